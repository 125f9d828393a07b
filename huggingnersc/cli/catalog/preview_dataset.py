"""The command `preview-dataset`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from huggingnersc.cli.catalog.catalog_new_dataset import path_or_none, yes_or_no
from huggingnersc.cli.completion import complete_new_or_nickname
from huggingnersc.cli.facts import facts, heading
from huggingnersc.cli.options import (
    AboutOption,
    AllowSecretOption,
    JsonOption,
    KernelOption,
    QuietOption,
    RunCommandOption,
    SchemaOption,
    SiteOption,
    folder,
)
from huggingnersc.cli.program import worded
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.fixes import Option, update_fix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.catalog.preview_dataset import Preview


_NEW = "OFFICIAL_NAME NICKNAME LOADER_SCRIPT PORTAL_LINK METADATA_JSON"
_DEFAULTS = ["", "", "", "", "None", "False"]  # of the words after the first


def parse_dataset(
    words: list[str], *, distributed: bool, has_options: bool
) -> tuple[str, str | None, str, str, str, Path | None, bool]:
    """Return the words of DATASET as the positional arguments of the verb.

    Args:
        words: one nickname, or the arguments of `catalog-new-dataset`.
        distributed: whether --distributed was given.
        has_options: whether any option of a new dataset was given.

    Raises:
        BadParameter: the number of words is wrong, or a cataloged dataset was given with options
            of a new one.
    """
    if len(words) not in {1, 5, 6, 7}:
        raise typer.BadParameter(f"give NICKNAME, or {_NEW} [BATCH_SCRIPT] [IS_DISTRIBUTED]")
    if len(words) == 1 and has_options:
        raise typer.BadParameter(
            f"these options apply to a new dataset ({_NEW}); to preview changes of a "
            f"cataloged one: {worded(update_fix(words[0], Option(Field.DRY_RUN)))}"
        )
    name, nickname, loader, link, metadata, batch, flag = [*words, *_DEFAULTS[len(words) - 1 :]]
    new_nickname = nickname if len(words) > 1 else None
    is_distributed = distributed or yes_or_no(flag)
    return name, new_nickname, loader, link, metadata, path_or_none(batch), is_distributed


def preview_dataset(
    dataset: Annotated[
        list[str],
        typer.Argument(
            metavar="DATASET",
            help="The NICKNAME of a cataloged dataset; or, for a new one, the arguments of "
            "catalog-new-dataset.",
            show_default=False,
            autocompletion=complete_new_or_nickname,
        ),
    ],
    *,
    distributed: Annotated[
        bool, typer.Option("--distributed", help="The loader of the new dataset is distributed.")
    ] = False,
    data_path: Annotated[
        Path | None,
        typer.Option(metavar="DIR", parser=folder, help="The folder of the new dataset's data."),
    ] = None,
    include: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="A file that its loader or batch script needs."),
    ] = None,
    job_notebook: Annotated[
        bool, typer.Option("--job-notebook", help="Add a notebook that runs its batch script.")
    ] = False,
    about: AboutOption = None,
    run_command: RunCommandOption = "",
    kernel: KernelOption = "",
    schema: SchemaOption = "",
    allow_secret: AllowSecretOption = None,
    port: Annotated[
        int,
        typer.Option(
            min=0, max=65535, help="The TCP port of the page.", show_default="a free one"
        ),
    ] = 0,
    browser: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
    site: SiteOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show a dataset's page as the Hub will show it.

    Publishes to a temporary Hub on this machine and serves the page until Enter, the end of the
    input, or Ctrl-C. Requires no token.

    Examples:
        huggingnersc preview-dataset iris --open
        # on a login node: always at the same address of your own computer
        huggingnersc preview-dataset iris --port 8900
    """
    from huggingnersc.api.catalog.preview_dataset import preview_dataset as run_preview
    from huggingnersc.cli.confirm import wait_for_enter
    from huggingnersc.cli.output import note, show

    def show_page(ready: Preview) -> None:
        show(ready, previewed, as_json=json, quiet=quiet)
        note("Served until you press Enter or Ctrl-C.")
        wait_for_enter()

    files = (data_path, include, about)
    has_options = any(
        (distributed, *files, job_notebook, run_command, kernel, schema, allow_secret)
    )
    run_preview(
        *parse_dataset(dataset, distributed=distributed, has_options=has_options),
        data_path=data_path,
        include=include or (),
        job_notebook=job_notebook,
        about=about,
        run_command=run_command,
        kernel=kernel,
        schema=schema,
        allow_secret=allow_secret or (),
        port=port,
        browser=browser,
        on_ready=show_page,
        site=site,
    )


def previewed(result: Preview) -> Iterator[str]:
    """Yield where the page and the card are."""
    yield heading(result.official_name, "as the Hub will show it; nothing is saved")
    yield from facts(
        [("Page", result.address), ("Card", result.card), ("From your computer", result.tunnel)]
    )
