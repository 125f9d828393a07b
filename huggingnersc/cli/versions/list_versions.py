"""The command `list-versions`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.cli.options import (
    CatalogedArgument,
    EndpointOption,
    JsonOption,
    QuietOption,
    SiteOption,
    site_at,
)
from huggingnersc.cli.output import show
from huggingnersc.domain.catalog.card_versions import card_version
from huggingnersc.domain.text.formatting import plural, size_words
from huggingnersc.domain.text.markdown import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.versions.list_versions import ListedVersion, ListedVersions
    from huggingnersc.cli.columns import Columns


def list_versions(
    nickname: CatalogedArgument,
    *,
    site: SiteOption = None,
    endpoint: EndpointOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    r"""List the versions of a dataset, the newest first.

    Looks whether the files of each version are as they were made, by their names and sizes; a
    difference is reported, and the exit code is 1. Into a pipe goes one version a line, its values
    separated by tabs: name, time, files, bytes, parent, what changed, labels, retired, tag on the
    Hub (yes, no, or unknown), message.

    Examples:
        huggingnersc list-versions iris
        # the name of the newest version, for a script
        huggingnersc list-versions iris | head -n 1 | cut -f 1
        # which may still be used?
        huggingnersc list-versions iris | awk -F'\t' '$8 == ""'
    """
    from huggingnersc.api.versions.list_versions import list_versions as find

    found = find(nickname, site=site_at(site, endpoint))
    show(found, listed, as_json=json, quiet=quiet, piped=tabbed)
    found.raise_for_problems()


_HEAD = ("VERSION", "DATE", "FILES", "SIZE", "CHANGES")
_TAGGED = {True: "yes", False: "no", None: "unknown"}


def listed(result: ListedVersions) -> Iterator[str | Columns]:
    """Show a table that fits the terminal, then how many versions these are."""
    from huggingnersc.cli.columns import Columns

    if result.versions:
        yield Columns(_HEAD, [_cells(row) for row in result.versions], frozenset({4}))
    yield f"[dim]{plural(len(result.versions), 'version')} of {result.nickname}[/dim]"


def _cells(row: ListedVersion) -> tuple[str, ...]:
    version, shown = row.version, card_version(row.version)
    marks = (*shown.marks, *(("no tag on the Hub",) if row.tagged is False else ()))
    said = f"({', '.join(marks)})" if marks else ""
    size = size_words(version.size_bytes)
    changes = one_line(f"{said} {shown.note}")
    return (version.name, shown.day, f"{version.files:,}", size, changes)


def tabbed(result: ListedVersions) -> Iterator[tuple[str, ...]]:
    """Yield the values of each version, none of them cut."""
    return (_tabbed(row) for row in result.versions)


def _tabbed(row: ListedVersion) -> tuple[str, ...]:
    version = row.version
    values = (
        version.name,
        version.created_at,
        str(version.files),
        str(version.size_bytes),
        version.parent,
        version.changes,
        ",".join(version.labels),
        "retired" if version.retired else "",
        _TAGGED[row.tagged],
        version.message,
    )
    return tuple(map(one_line, values))
