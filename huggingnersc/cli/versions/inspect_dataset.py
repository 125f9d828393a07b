"""The command `inspect-dataset`, of a dataset or of one of its versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from huggingnersc.cli.facts import facts, heading
from huggingnersc.cli.options import (
    EndpointOption,
    JsonOption,
    QuietOption,
    SiteOption,
    VersionedArgument,
    site_at,
)
from huggingnersc.cli.output import show, write_lines
from huggingnersc.domain.catalog.card_versions import card_version
from huggingnersc.domain.text.formatting import plural, size_words
from huggingnersc.domain.text.markdown import one_line
from huggingnersc.domain.versions.export_format import ExportFormat
from huggingnersc.domain.versions.recorded import change_words
from huggingnersc.domain.versions.version import VERSION_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.versions.inspect_version import InspectedVersion
    from huggingnersc.domain.versions.version import ChangeCounts, FileDigest, Version


def inspect_dataset(
    dataset: VersionedArgument,
    *,
    manifest: Annotated[
        bool, typer.Option("--manifest", help="Print the list of the files, one a line.")
    ] = False,
    export: Annotated[
        ExportFormat | None,
        typer.Option(metavar="FORMAT", help="Print that list for another tool: sha256sum."),
    ] = None,
    statistics: Annotated[
        bool, typer.Option("--statistics", help="Show what its files contain, in numbers.")
    ] = False,
    site: SiteOption = None,
    endpoint: EndpointOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show all that is known of a dataset, or of a version of it.

    Where it is stored, its links, its state on the Hub, its metadata; of a version its files,
    parent and hashes. Works without the Hub too. Without a version, --manifest, --export and
    --statistics are about the current one, the newest that is not retired.

    Examples:
        huggingnersc inspect-dataset iris
        # one value, for a script
        huggingnersc inspect-dataset iris --json | jq -r .data_path
        huggingnersc inspect-dataset iris@v1
        huggingnersc inspect-dataset iris --statistics
        # does the folder of the data hold the bytes of the version?
        huggingnersc inspect-dataset iris@v1 --export sha256sum | sha256sum -c
    """
    where = site_at(site, endpoint)
    if manifest or export:
        from huggingnersc.api.versions.read_manifest import read_manifest

        _require_one_form(manifest, export is not None, statistics, json)
        write_lines(read_manifest(dataset, export=export, site=where), quiet=quiet)
    elif statistics:
        from huggingnersc.api.versions.read_statistics import read_statistics
        from huggingnersc.cli.versions.statistics_view import statistics_view

        show(read_statistics(dataset, site=where), statistics_view, as_json=json, quiet=quiet)
    elif "@" in dataset:
        from huggingnersc.api.versions.inspect_version import inspect_version

        show(inspect_version(dataset, site=where), version_view, as_json=json, quiet=quiet)
    else:
        from huggingnersc.api.catalog.inspect_dataset import inspect_dataset as inspect
        from huggingnersc.cli.catalog.dataset_view import inspected

        show(inspect(dataset, site=where), inspected, as_json=json, quiet=quiet)


def _require_one_form(*forms: bool) -> None:
    if sum(forms) > 1:
        raise typer.BadParameter(
            "--manifest, --export, --statistics and --json are different forms; give one"
        )


def version_view(result: InspectedVersion) -> Iterator[str]:
    """Show what a version is of, what it holds, and what of it is public."""
    version, recorded = result.version, result.recorded
    yield heading(result.official_name, f"({version.title})")
    yield from facts(
        [
            ("Made", version.created_at),
            ("Message", one_line(recorded.message) or None),
            ("Labels", ", ".join(recorded.labels) or None),
            ("Retired", "yes" if recorded.retired else None),
            ("Current", "yes" if result.is_current else "no"),
            ("Parent", version.parent),
            ("Changes", _changes(version.changes)),
            ("Files", card_version(recorded).amount),
            ("Not files", _not_files(version)),
            ("Examples", None if version.examples is None else f"{version.examples:,}"),
            ("Data", version.data_path),
            ("Folder", result.folder),
        ]
    )
    yield "[bold]SHA-256[/bold]"
    digests = ((path, _digest(one)) for path, one in sorted(version.digests.items()))
    yield from facts([*digests, (VERSION_FILE, recorded.digest)])
    yield "[bold]On the Hub[/bold]"
    yield from facts(
        [
            ("Tag", result.hub_note or result.hub_url),
            ("Commit", result.commit),
            ("Public", ", ".join(sorted({VERSION_FILE, *version.published}))),
        ]
    )


def _changes(counts: ChangeCounts | None) -> str | None:
    if counts is None:
        return None
    sizes = f"{size_words(counts.added_bytes)} more, {size_words(counts.removed_bytes)} less"
    return f"{change_words(counts)} ({sizes})"


def _not_files(version: Version) -> str | None:
    counts = (
        (version.links, "link", "links"),
        (version.others, "FIFO, socket or device", "FIFOs, sockets and devices"),
        (version.unreadable, "unreadable file", "unreadable files"),
    )
    return ", ".join(plural(count, one, many) for count, one, many in counts if count) or None


def _digest(file: FileDigest) -> str:
    return f"{file.sha256}  {size_words(file.size_bytes)}"
