"""The command `upload-dataset`."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from huggingnersc.cli.columns import Columns
from huggingnersc.cli.facts import facts, heading
from huggingnersc.cli.options import (
    AllowSecretOption,
    CatalogedArgument,
    DryRunOption,
    EndpointOption,
    JsonOption,
    QuietOption,
    SiteOption,
    YesOption,
    folder,
    site_at,
)
from huggingnersc.cli.output import show
from huggingnersc.domain.bucket_address import is_bucket_address
from huggingnersc.domain.text.formatting import plural, size_words
from huggingnersc.fixes import Verb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.packing.upload_result import Uploaded


def upload_dataset(
    nickname: CatalogedArgument,
    shards: Annotated[
        Path,
        typer.Argument(
            metavar="SHARDS",
            parser=folder,
            help="The folder that pack-dataset wrote.",
            show_default=False,
        ),
    ],
    *,
    private: Annotated[
        bool | None,
        typer.Option(
            "--private/--public",
            help="Who may see the dataset on the Hub.",
            show_default="as it is",
        ),
    ] = None,
    overwrite: Annotated[
        bool,
        typer.Option(
            "--overwrite",
            help="Replace what someone else put on the Hub, or the shards of other data.",
        ),
    ] = False,
    allow_secret: AllowSecretOption = None,
    jobs: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="The most shards sent at a time.", show_default="4"),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option(
            "--to",
            metavar="s3://BUCKET/FOLDER",
            help="Put the shards into a bucket; the card says how to load them from there.",
        ),
    ] = None,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    site: SiteOption = None,
    endpoint: EndpointOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Put the data of a dataset on the Hub, as the shards of a pack.

    Shows what becomes public, and asks. Parquet shards go to the repository of the dataset, where
    its bare name loads them; WebDataset shards go to a repository NICKNAME-shards. The card says
    how to load them. A new pack replaces the former one. The same command again completes an
    upload that was cut off; what is on the Hub is not sent again.

    With --to the shards go to a bucket (s3://, with the settings of the AWS tools), where nothing
    is ever replaced.

    Examples:
        huggingnersc upload-dataset digits digits-pack --dry-run
        huggingnersc upload-dataset digits digits-pack --yes
        huggingnersc upload-dataset digits digits-pack --private --jobs 8
        huggingnersc upload-dataset digits digits-pack --to s3://my-bucket/digits/v1
    """
    from huggingnersc.api.packing.upload_dataset import plan_upload
    from huggingnersc.cli.confirm import confirm
    from huggingnersc.cli.work_progress import work_progress

    with ExitStack() as stack:
        on_progress = stack.enter_context(work_progress(Verb.UPLOAD_DATASET, nickname))
        pending = stack.enter_context(
            plan_upload(
                nickname,
                shards,
                private=private,
                overwrite=overwrite,
                allow_secret=tuple(allow_secret or ()),
                jobs=jobs,
                to=to,
                on_progress=on_progress,
                dry_run=dry_run,
                site=site_at(site, endpoint),
            )
        )
        was_shown = confirm(pending, uploaded, "Upload it? [y/N]", yes=yes, as_json=json)
        result = pending.apply()
    shown = pending.plan.warnings if was_shown else ()
    show(result, uploaded, as_json=json, quiet=quiet, shown=shown)


def show_uploaded(result: Uploaded, *, as_json: bool, quiet: bool) -> None:
    """Show an upload that was completed."""
    show(result, uploaded, as_json=as_json, quiet=quiet)


_SAID = {
    "planned": "would be uploaded; nothing was touched yet",
    "uploaded": "is {there}",
    "unchanged": "is {there} already; nothing to do",
}


def uploaded(result: Uploaded) -> Iterator[str | Columns]:
    """Show where the data is, who sees it, and how it is loaded."""
    there = "in the bucket" if is_bucket_address(result.shards_url) else "on the Hub"
    yield heading(result.official_name, _SAID[result.outcome.value].format(there=there))
    yield from facts(
        [
            ("Hub", result.hub_url),
            ("Shards", None if result.shards_url == result.hub_url else result.shards_url),
            ("Seen by", _seen_by(result)),
            ("Pack", result.pack),
            ("Packed from", result.packed_from),
            ("Data", f"{plural(result.shards, 'shard')}, {size_words(result.size_bytes)}"),
            ("Sent" if result.outcome.value == "uploaded" else "To send", _sent(result)),
            ("Replaces", _replaced(result)),
            ("Commit", result.commit),
            ("Load", result.load),
        ]
    )
    yield Columns(
        ("split", "samples", "size", "shards"),
        tuple(
            (one.name, f"{one.samples:,}", size_words(one.size_bytes), f"{one.shards:,}")
            for one in result.splits
        ),
        wrapping=frozenset({0}),
    )


def _seen_by(result: Uploaded) -> str:
    who = "members of the organization" if result.private else "everyone"
    if result.private == result.was_private:
        return who
    verb = "becomes" if result.outcome.value == "planned" else "became"
    return f"{who}; it {verb} {'private' if result.private else 'public'}"


def _sent(result: Uploaded) -> str | None:
    if result.outcome.value == "unchanged":
        return None
    if not result.sent_shards:
        return "none; every shard is there"
    return f"{plural(result.sent_shards, 'shard')}, {size_words(result.sent_bytes)}"


def _replaced(result: Uploaded) -> str | None:
    count = result.replaced_shards
    return f"{plural(count, 'shard')} of the former upload" if count else None
