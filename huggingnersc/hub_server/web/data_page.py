"""The Data tab: a sample of a dataset, what its columns and variables hold, and its files."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from huggingnersc.domain.loading.file_addresses import file_url, portal_base
from huggingnersc.domain.loading.loading import FOLDERS_FILE, hub_split
from huggingnersc.domain.text.formatting import plural, size_words
from huggingnersc.domain.text.terminal import visible
from huggingnersc.domain.versions.manifest import unescaped
from huggingnersc.domain.versions.version import MANIFEST_FILE, STATISTICS_FILE
from huggingnersc.hub_server.http_error import HttpError
from huggingnersc.hub_server.protocol.client_text import whole_number
from huggingnersc.hub_server.storage.cache import Memory
from huggingnersc.hub_server.web.card_page import ShownCard, data_access, shown_card
from huggingnersc.hub_server.web.data_configs import DATA_FOLDER, SampleFile
from huggingnersc.hub_server.web.data_facts import (
    STATISTICS_LIMIT,
    ColumnFacts,
    DataFacts,
    TableFacts,
    data_facts,
)
from huggingnersc.hub_server.web.data_files import (
    DataFileRow,
    DataListing,
    DataLists,
    format_words,
)
from huggingnersc.hub_server.web.parquet import ParquetSample, parquet_sample
from huggingnersc.hub_server.web.rendered import rendered_once
from huggingnersc.hub_server.web.repo_files import big_file, read_entry, stored_file
from huggingnersc.hub_server.web.sorted_lines import opened_lines
from huggingnersc.hub_server.web.trust_strip import day_of, trust_strip, version_of
from huggingnersc.hub_server.web.values import Choice

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.hub_server.storage.values import Commit, TreeEntry
    from huggingnersc.hub_server.web.data_upload import UploadOnCard
    from huggingnersc.hub_server.web.repo_values import RepoHeader, TrustStrip
    from huggingnersc.hub_server.web.repo_view import RepoView
    from huggingnersc.hub_server.web.tables import CellPicture, TableColumn, TableHead

SAMPLE_LIMIT = 64 << 20
FIRST_ENTRIES = 10
_MOST_PICTURES = 60
_MOST_CAPTIONS = 3
_LONGEST_QUERY = 4_000
_LISTS: Memory[str, bytes] = Memory(48 << 20, weigh=len)


class FilesQuery(NamedTuple):
    """Which files are asked for: below a folder, after an entry, with a name."""

    folder: str = ""
    after: str = ""
    find: str = ""


@dataclass(frozen=True, slots=True)
class SampleColumn:
    """A column of a sample, and what the statistics say of the one with its name."""

    column: TableColumn
    facts: ColumnFacts | None


@dataclass(frozen=True, slots=True)
class GridPicture:
    """A picture of a sample: its address, and what the other columns of its row say."""

    href: str
    alt: str
    captions: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DataSample:
    """One of the tables of a dataset, or what is known of it.

    Attributes:
        choices: the tables to choose from; none where there is only one.
        label: of the one that is shown.
        head: its rows; None where there are none to show.
        columns: of `head`, or all that is known of the columns where there is none.
        columns_left_out: how many more there are.
        pictures: those in its rows.
        table: what the statistics say of the table that it is from.
        reason: why there are no rows, as a sentence.
    """

    choices: tuple[Choice, ...] = ()
    label: str = ""
    head: TableHead | None = None
    columns: tuple[SampleColumn, ...] = ()
    columns_left_out: int = 0
    pictures: tuple[GridPicture, ...] = ()
    table: TableFacts | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DataFilesRow:
    """A row of the list of files, and where it leads; an outside address is the portal's."""

    row: DataFileRow
    href: str = ""
    is_outside: bool = False


@dataclass(frozen=True, slots=True)
class DataFilesPart:
    """A part of the list of files.

    Attributes:
        rows: what is shown.
        amount: what the folder holds, in words; empty where that is not known.
        more: the address of the next part; empty at the end.
        searched: how much was looked through, in words; empty where that was all.
        reason: why there is no list, as a sentence; empty where there is one.
    """

    rows: tuple[DataFilesRow, ...] = ()
    amount: str = ""
    more: str = ""
    searched: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DataPage:
    """The Data tab.

    Attributes:
        elsewhere: what the card says of shards of all of the data that are not here; None where
            there are none, or where they are here.
        files_href: the whole list of files.
        as_of: the day of the version.
    """

    header: RepoHeader
    trust: TrustStrip | None
    revisions: tuple[Choice, ...]
    sample: DataSample
    elsewhere: UploadOnCard | None
    facts: DataFacts
    files: DataFilesPart
    files_href: str
    as_of: str
    version: str


@dataclass(frozen=True, slots=True)
class DataFilesPage:
    """The files of the data, in one folder or with one name."""

    header: RepoHeader
    trust: TrustStrip | None
    revisions: tuple[Choice, ...]
    crumbs: tuple[Choice, ...]
    asked: FilesQuery
    action: str
    files: DataFilesPart
    as_of: str
    version: str
    first: str


def data_page(view: RepoView, table: int) -> DataPage:
    """Assemble the Data tab, with a table by its number from 1. Raises: HttpError: 404."""
    commit, shown, header = _opened(view)
    version = version_of(view, commit)
    facts = _facts(view, commit)
    samples = tuple(one for one in shown.samples if not _is_elsewhere(view, commit, one))
    return DataPage(
        header=header,
        trust=trust_strip(view, commit, shown.outline),
        revisions=view.revisions(view.pages.data),
        sample=_sample(view, commit, samples, facts, table),
        elsewhere=shown.uploaded if samples != shown.samples else None,
        facts=facts,
        files=_files(view, commit, shown, FilesQuery(), FIRST_ENTRIES),
        files_href=view.pages.data_files(view.revision),
        as_of=day_of(version) if version else "",
        version=version.name if version else "",
    )


def data_files_page(view: RepoView, asked: FilesQuery) -> DataFilesPage:
    """Assemble a part of the list of files. Raises: HttpError: 404."""
    commit, shown, header = _opened(view)
    version = version_of(view, commit)
    asked = FilesQuery(*(text[:_LONGEST_QUERY].strip("\n") for text in asked))
    pages, revision = view.pages, view.revision
    return DataFilesPage(
        header=header,
        trust=trust_strip(view, commit, shown.outline),
        revisions=view.revisions(lambda name: pages.data_files(name, folder=asked.folder)),
        crumbs=tuple(_crumbs(view, asked.folder)),
        asked=asked,
        action=pages.data_files(revision),
        files=_files(view, commit, shown, asked),
        as_of=day_of(version) if version else "",
        version=version.name if version else "",
        first=pages.data_files(revision, **asked._replace(after="")._asdict()),
    )


def sample_picture(view: RepoView, column: int | None, row: int | None) -> CellPicture:
    """Return a picture in a sample. Raises: HttpError: 404."""
    commit = view.commit()
    if view.path in {sample.path for sample in shown_card(view, commit).samples}:
        found = _parquet(view, view.git.file(commit, view.path))
        for picture in found.pictures:
            if (picture.column, picture.row) == (column, row):
                return picture
    raise HttpError(404, "There is no such picture", code="EntryNotFound")


def _opened(view: RepoView) -> tuple[Commit, ShownCard, RepoHeader]:
    commit, header = view.commit(), view.header("data")
    if not header.has_data:
        raise HttpError(404, "This repository says nothing of its data", code="EntryNotFound")
    return commit, shown_card(view, commit), header


def _facts(view: RepoView, commit: Commit) -> DataFacts:
    entry = view.git.find(commit, f"{DATA_FOLDER}/{STATISTICS_FILE}")
    if entry is None or entry.is_folder:
        return DataFacts()
    if entry.size_bytes > STATISTICS_LIMIT:
        return data_facts(b" " * (STATISTICS_LIMIT + 1))
    data = read_entry(view, entry, STATISTICS_LIMIT + 1)
    return rendered_once(lambda: data_facts(data), "statistics", _content(entry))


def _content(entry: TreeEntry) -> str:
    return entry.lfs.oid if entry.lfs else entry.oid


def _is_elsewhere(view: RepoView, commit: Commit, sample: SampleFile) -> bool:
    """Return whether it is a shard that is no file here, as in a catalog that was exported."""
    return sample.is_shard and view.git.find(commit, sample.path) is None


def _sample(
    view: RepoView,
    commit: Commit,
    samples: tuple[SampleFile, ...],
    facts: DataFacts,
    number: int,
) -> DataSample:
    labels = [one.label for one in samples] or [_label(one) for one in facts.tables]
    if not labels:
        return DataSample()
    if not 1 <= number <= len(labels):
        raise HttpError(404, "There is no such table", code="EntryNotFound")
    choices = tuple(
        Choice(label, view.pages.data(view.revision, place), place == number)
        for place, label in enumerate(labels, 1)
    )
    label = labels[number - 1]
    made = DataSample(choices if len(choices) > 1 else (), label)
    if samples:
        return _with_rows(view, commit, samples[number - 1], facts, made)
    return _with_columns(made, facts.tables[number - 1])


def _label(table: TableFacts) -> str:
    return f"{table.name}, {table.split}" if table.split else table.name


def _with_columns(made: DataSample, table: TableFacts) -> DataSample:
    """Return what is known of the columns of a table of which there are no rows."""
    from huggingnersc.hub_server.web.tables import TableColumn

    columns = tuple(SampleColumn(TableColumn(o.name, o.kind), o) for o in table.columns)
    return replace(made, columns=columns, columns_left_out=table.columns_left_out, table=table)


def _with_rows(
    view: RepoView, commit: Commit, sample: SampleFile, facts: DataFacts, made: DataSample
) -> DataSample:
    entry = view.git.find(commit, sample.path)
    if entry is None or entry.is_folder:
        return replace(made, reason="The card names a sample that is not in the repository.")
    found = _parquet(view, entry)
    if found.head is None:
        table = _table_of(sample, (), facts)
        return replace(_with_columns(made, table) if table else made, reason=found.reason)
    names = [column.name for column in found.head.columns]
    table = _table_of(sample, names, facts)
    known = {one.name: one for one in table.columns} if table else {}
    columns = (SampleColumn(one, known.get(one.name)) for one in found.head.columns)
    return replace(
        made,
        head=found.head,
        columns=tuple(columns),
        columns_left_out=found.head.columns_left_out,
        pictures=tuple(_pictures(view, sample.path, found, found.head)),
        table=table,
    )


def _parquet(view: RepoView, entry: TreeEntry) -> ParquetSample:
    if entry.size_bytes > SAMPLE_LIMIT:
        return ParquetSample(None, reason="The sample is too large to be shown.")
    if entry.lfs is not None:
        big_file(view, entry, entry.lfs)  # it must be this repository's
    return rendered_once(
        lambda: parquet_sample(stored_file(view, entry)), "sample", _content(entry)
    )


def _table_of(
    sample: SampleFile, names: list[str] | tuple[()], facts: DataFacts
) -> TableFacts | None:
    """Return the table that a sample is from: of its split, with most of its columns."""
    alike = [
        (len({*names} & {one.name for one in table.columns}), table)
        for table in facts.tables
        if not table.split or hub_split(table.split) == sample.split
    ]
    best = max(alike, key=lambda one: one[0], default=None)
    return best[1] if best and (best[0] or not names) else None


def _pictures(
    view: RepoView, path: str, found: ParquetSample, head: TableHead
) -> list[GridPicture]:
    pictured = {one.column for one in found.pictures}
    others = [place for place in range(len(head.columns)) if place not in pictured]
    shown = []
    for one in found.pictures[:_MOST_PICTURES]:
        said = [(head.columns[place].name, head.rows[one.row][place]) for place in others]
        captions = tuple((name, text) for name, text in said if text)[:_MOST_CAPTIONS]
        href = view.pages.thumbnail(view.commit().sha, path, one.column, one.row)
        shown.append(GridPicture(href, f"Example {one.row + 1} of the sample", captions))
    return shown


def _files(
    view: RepoView, commit: Commit, shown: ShownCard, asked: FilesQuery, most: int = 0
) -> DataFilesPart:
    entries = [
        view.git.find(commit, f"{DATA_FOLDER}/{name}") for name in (MANIFEST_FILE, FOLDERS_FILE)
    ]
    manifest, folders = (None if one is None or one.is_folder else one for one in entries)
    if manifest is None:
        return DataFilesPart(reason="The list of the files is not published.")
    with ExitStack() as stack:
        try:
            lines, of_folders = (
                stack.enter_context(opened_lines(_list(view, one))) if one else None
                for one in (manifest, folders)
            )
            assert lines is not None  # noqa: S101 - for mypy
            listing = _listing(DataLists(lines, of_folders), asked, most)
        except (ValueError, OverflowError):
            return DataFilesPart(reason="The list of the files cannot be read.")
    access = data_access(view, commit, shown)
    portal = access.portal.href if access.portal else ""
    return _part(view, listing, asked, portal)


def _list(view: RepoView, entry: TreeEntry) -> Path | bytes:
    if entry.lfs is not None:
        return big_file(view, entry, entry.lfs)
    return _LISTS.get(entry.oid, lambda: view.git.objects.blob(entry.oid))


def _listing(lists: DataLists, asked: FilesQuery, most: int) -> DataListing:
    folder = asked.folder.encode(errors="replace")
    if asked.find:
        begin = whole_number(asked.after[:18]) or 0
        return lists.search(folder, asked.find, begin)
    after = asked.after.encode(errors="replace")
    return lists.folder(folder, after, most) if most else lists.folder(folder, after)


def _part(view: RepoView, listing: DataListing, asked: FilesQuery, portal: str) -> DataFilesPart:
    base = portal_base(portal)
    rows = tuple(_row(view, row, base) for row in listing.rows)
    totals, searched = listing.totals, listing.searched_bytes
    amount = ""
    if totals:
        parts = [plural(totals.files, "file"), size_words(totals.size_bytes), format_words(totals)]
        amount = ", ".join(filter(None, parts))
    query = asked._replace(after=listing.after)._asdict()
    more = view.pages.data_files(view.revision, **query) if listing.after else ""
    words = size_words(searched) if searched and asked.find else ""
    return DataFilesPart(rows, amount, more, words)


def _row(view: RepoView, row: DataFileRow, base: str) -> DataFilesRow:
    if row.is_folder:
        folder = row.path.decode(errors="replace")
        return DataFilesRow(row, view.pages.data_files(view.revision, folder=folder))
    if base and row.size_bytes is not None:
        return DataFilesRow(row, file_url(base, unescaped(row.path)), True)
    return DataFilesRow(row)


def _crumbs(view: RepoView, folder: str) -> list[Choice]:
    parts = folder.split("/") if folder else []
    pages, revision = view.pages, view.revision
    steps = [Choice("All files", pages.data_files(revision), not parts)]
    for number, part in enumerate(parts[:50], 1):
        path = "/".join(parts[:number])
        href = pages.data_files(revision, folder=path)
        steps.append(Choice(visible(part), href, number == len(parts)))
    return steps
