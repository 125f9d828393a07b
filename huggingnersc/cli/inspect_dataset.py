"""The command `inspect-dataset`."""

from __future__ import annotations

from huggingnersc.cli.options import CatalogedArgument, JsonOption, QuietOption, SiteOption
from huggingnersc.cli.output import show


def inspect_dataset(
    nickname: CatalogedArgument,
    *,
    site: SiteOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show all that is known of a cataloged dataset.

    Where it lies, its links, its state on the Hub, its metadata. Works without the Hub too.

    Examples:
        huggingnersc inspect-dataset iris
        # one value, for a script
        huggingnersc inspect-dataset iris --json | jq -r .data_path
    """
    from huggingnersc.api.inspect_dataset import inspect_dataset as inspect
    from huggingnersc.cli.views.inspected import inspected

    show(inspect(nickname, site=site), inspected, as_json=json, quiet=quiet)
