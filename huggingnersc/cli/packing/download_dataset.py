"""The command `download-dataset`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from huggingnersc.cli.completion import complete_version
from huggingnersc.cli.facts import facts, heading
from huggingnersc.cli.options import (
    DryRunOption,
    EndpointOption,
    JsonOption,
    QuietOption,
    SiteOption,
)
from huggingnersc.cli.output import show, write_lines
from huggingnersc.domain.packing.download import SHARDS_AT, DownloadOptions, DownloadSource
from huggingnersc.domain.packing.url_list import UrlListForm
from huggingnersc.domain.text.formatting import plural, size_words
from huggingnersc.fixes import Verb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.packing.download_dataset import Downloaded


def download_dataset(
    title: Annotated[
        str,
        typer.Argument(
            metavar="NICKNAME[@VERSION]",
            help="The dataset or a version of it; NERSC/iris needs no catalog.",
            show_default=False,
            autocompletion=complete_version,
        ),
    ],
    target: Annotated[
        Path | None,
        typer.Argument(metavar="DIR", help="The folder to download to.", show_default=False),
    ] = None,
    *,
    source: Annotated[
        DownloadSource | None,
        typer.Option(
            "--from",
            help="Where the files come from.",
            show_default="the first of these that has them",
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only",
            metavar="GLOB",
            help="Only files whose paths match; * stands for / too. May be repeated.",
        ),
    ] = None,
    split: Annotated[
        str | None,
        typer.Option("--split", metavar="NAME", help="Only the files of this split."),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs",
            metavar="N",
            min=1,
            max=64,
            help="The most connections at a time.",
            show_default="8",
        ),
    ] = None,
    max_rate: Annotated[
        str | None,
        typer.Option("--max-rate", metavar="RATE", help="The most bytes a second, such as 50MB."),
    ] = None,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Replace files in the way that no download brought."),
    ] = False,
    verify: Annotated[
        bool,
        typer.Option("--verify", help="Read the files that are here again, and check them."),
    ] = False,
    delete: Annotated[
        bool,
        typer.Option(
            "--delete",
            help="Delete what an earlier download brought and the data has no more.",
        ),
    ] = False,
    print_urls: Annotated[
        UrlListForm | None,
        typer.Option(
            "--print-urls",
            help="Print the addresses with checksums for another program, and download nothing.",
        ),
    ] = None,
    dry_run: DryRunOption = False,
    site: SiteOption = None,
    endpoint: EndpointOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Download the files of a dataset, and check each of them.

    From the Hub or the bucket where the whole data is, else from the portal by the list of the
    files of the version, else from the data's folder on this machine. No file gets its name before
    its SHA-256 is right. A second run fetches only what changed, and one that was stopped goes on
    where it was. A list of --print-urls needs nothing but curl or aria2c.

    Examples:
        huggingnersc download-dataset iris ./iris
        huggingnersc download-dataset NERSC/iris@v1 ./iris --only '*.csv'
        huggingnersc download-dataset iris ./iris --jobs 16 --max-rate 50MB
        huggingnersc download-dataset iris --print-urls aria2c | aria2c -i -
    """
    from huggingnersc.api.packing.download_dataset import download_dataset as download
    from huggingnersc.api.packing.list_urls import list_urls
    from huggingnersc.cli.work_progress import work_progress

    options = DownloadOptions(
        source=source,
        only=tuple(only or ()),
        split=split,
        jobs=jobs,
        bytes_per_s=_rate(max_rate),
        replace=replace,
        verify=verify,
        delete=delete,
    )
    if print_urls:
        lines = list_urls(title, print_urls, options, site=site, endpoint=endpoint)
        write_lines(lines, quiet=quiet)
        return
    if delete and not options.is_whole:
        reason = "is for the whole data: leave --only and --split out"
        raise typer.BadParameter(reason, param_hint="--delete")
    if target is None:
        raise typer.BadParameter("name the folder to download to", param_hint="DIR")
    with work_progress(Verb.DOWNLOAD_DATASET) as report:
        result = download(
            title,
            target,
            options,
            dry_run=dry_run,
            site=site,
            endpoint=endpoint,
            on_progress=report,
        )
    show_downloaded(result, as_json=json, quiet=quiet)


def show_downloaded(result: Downloaded, *, as_json: bool, quiet: bool) -> None:
    """Show what was downloaded."""
    show(result, downloaded, as_json=as_json, quiet=quiet)


def _rate(text: str | None) -> int | None:
    """Return a rate in bytes a second.

    Raises:
        BadParameter: it is none.
    """
    from huggingnersc.domain.packing.sizes import parse_size

    try:
        return None if text is None else parse_size(text.removesuffix("/s"))
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--max-rate") from error


def downloaded(result: Downloaded) -> Iterator[str]:
    """Show how the download ended, what is here, and how it is loaded."""
    title = f"{result.repo_id}@{result.version}" if result.version else result.repo_id
    endings = {
        "downloaded": "is downloaded",
        "unchanged": "is here already",
        "planned": "would be downloaded",
    }
    yield heading(title, endings[result.outcome])
    kept = plural(result.kept_files, "file") if result.kept_files else None
    left_out = f"{plural(result.left_out, 'link or other entry', 'links and other entries')}"
    yield from facts(
        [
            ("Current", result.current or None),
            ("From", result.address),
            ("To", result.target),
            ("Files", f"{plural(result.files, 'file')}, {size_words(result.size_bytes)}"),
            ("Fetched" if result.outcome != "planned" else "To fetch", _fetched(result)),
            ("Here before", kept),
            ("Deleted" if result.outcome != "planned" else "To delete", _removed(result)),
            ("Left out", left_out if result.left_out else None),
            ("Load it", None if result.outcome == "planned" else _loads(result)),
        ]
    )


def _fetched(result: Downloaded) -> str | None:
    if not result.fetched_files:
        return None
    return f"{plural(result.fetched_files, 'file')}, {size_words(result.fetched_bytes)}"


def _removed(result: Downloaded) -> str | None:
    if not result.removed_files:
        return None
    return f"{plural(result.removed_files, 'file')} of earlier downloads"


def _loads(result: Downloaded) -> str | None:
    """Return the Python that loads the folder; None where nothing is known to load it."""
    if result.source in SHARDS_AT and not (result.has_tar_files and result.loader):
        return f"datasets.load_dataset({str(result.target)!r})"
    if result.loader:
        module = result.loader.removesuffix(".py")
        where = str(result.target)
        return f"{module}.load(where={where!r}), with {result.loader} of {result.repo_id}"
    return None
