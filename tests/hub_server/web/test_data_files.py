from __future__ import annotations

from collections import Counter
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.domain.versions.folders import folder_columns, folder_line
from huggingnersc.domain.versions.manifest import ManifestEntry
from huggingnersc.hub_server.web import data_files
from huggingnersc.hub_server.web.data_files import DataLists
from huggingnersc.hub_server.web.sorted_lines import SortedLines
from tests.manifest_lines import line_of

DIGEST = b"a" * 64
PATHS = st.sets(
    st.lists(st.text("ab-.", min_size=1, max_size=2), min_size=1, max_size=3).map("/".join),
    max_size=25,
)


def lists_of(*paths: str, with_folders: bool = True) -> DataLists:
    lines = sorted(line_of(ManifestEntry(path.encode(), DIGEST, 5, 10**18)) for path in paths)
    folders = b"".join(sorted(map(folder_line, folder_columns(lines))))
    of_folders = SortedLines(folders) if with_folders else None
    return DataLists(SortedLines(b"".join(lines)), of_folders)


def names_in(lists: DataLists, folder: str, most: int) -> list[str]:
    """All names of a folder, page by page."""
    names: list[str] = []
    after = b""
    while True:
        listing = lists.folder(folder.encode(), after, most)
        assert len(listing.rows) <= most
        assert not listing.after or listing.after.encode() != after
        names += [row.name + "/" * row.is_folder for row in listing.rows]
        if not listing.after:
            return names
        after = listing.after.encode()


@given(paths=PATHS, with_folders=st.booleans(), most=st.integers(1, 9))
def test_every_folder_is_listed_in_whole(paths: set[str], with_folders: bool, most: int) -> None:
    """Where a file has the name of a folder, as no file system allows, both are listed."""
    lists = lists_of(*paths, with_folders=with_folders)
    parents = {"", *(path.rpartition("/")[0] for path in paths)}
    for parent in parents:
        below = [path[len(parent) + bool(parent) :] for path in paths if _is_in(path, parent)]
        expected = {name.partition("/")[0] + "/" * ("/" in name) for name in below}
        assert Counter(names_in(lists, parent, most)) == Counter(expected)


def _is_in(path: str, parent: str) -> bool:
    return not parent or path.startswith(parent + "/")


def test_a_folder_has_the_totals_of_what_is_below_it() -> None:
    (row,) = lists_of("a/x.nc", "a/b/y.nc", "a/b/z.csv").folder(b"", b"").rows
    shown = (row.name, row.files, row.size_bytes, row.formats, row.is_folder)
    assert shown == ("a", 3, 15, ".nc 2, .csv 1", True)
    assert row.changed is not None


def test_what_is_no_regular_file_is_named() -> None:
    entries = [(b"l", b"link:../x\n"), (b"p", b"fifo"), (b"u", b"unreadable")]
    lines = b"".join(line_of(ManifestEntry(name, digest, 0, 0)) for name, digest in entries)
    rows = DataLists(SortedLines(lines), None).folder(b"", b"").rows
    assert [row.formats for row in rows] == ["link to ../x\\x0a", "FIFO", "not readable"]
    assert {row.size_bytes for row in rows} == {None}


@pytest.mark.parametrize(
    ("folder", "text", "found"),
    [
        ("", "RUN-1", ["a/run-1.nc", "b/run-1.csv"]),
        ("a", "run-1", ["run-1.nc"]),
        ("", "a/run", ["a/run-1.nc", "a/run-2.nc"]),
        ("", "nothing", []),
        ("", "aaaa", []),
    ],
)
def test_files_are_found_by_their_names(folder: str, text: str, found: list[str]) -> None:
    lists = lists_of("a/run-1.nc", "a/run-2.nc", "b/run-1.csv", "c")
    listing = lists.search(folder.encode(), text)
    assert ([row.name for row in listing.rows], listing.after) == (found, "")


def test_folders_are_found_before_files() -> None:
    rows = lists_of("x/Year-1990/a", "x/Year-1990/year.txt", "z/1990/b").search(b"x", "year").rows
    assert [(row.name, row.is_folder) for row in rows] == [
        ("Year-1990", True),
        ("Year-1990/year.txt", False),
    ]


def test_a_search_goes_on_where_it_was_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_files, "PAGE_ENTRIES", 7)
    lists = lists_of(*(f"{n:03}/run-{n}.nc" for n in range(40)), with_folders=False)
    names, begin = [], 0
    for _ in range(10):
        listing = lists.search(b"", "run", begin)
        names += [row.name for row in listing.rows]
        if not listing.after:
            break
        begin = int(listing.after)
    assert names == [f"{n:03}/run-{n}.nc" for n in range(40)]


@pytest.mark.attack("expensive pages")
def test_a_long_search_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_files, "SEARCH_BYTES", 500)
    monkeypatch.setattr(data_files, "_MOST_SEARCHED_BYTES", 1_000)
    lists = lists_of(*(f"{n:03}" for n in range(100)), with_folders=False)
    listing = lists.search(b"", "nothing")
    assert listing.rows == ()
    assert 0 < listing.searched_bytes == int(listing.after) < lists.manifest.size_bytes / 2


@pytest.mark.attack("expensive pages")
def test_files_behind_many_folders_are_sought_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_files, "_MOST_SKIPPED", 5)
    lists = lists_of(*(f"{n:02}/x" for n in range(40)), "z")
    assert names_in(lists, "", 100) == [*(f"{n:02}/" for n in range(40)), "z"]


@pytest.mark.attack("hostile data")
@given(
    manifest=st.binary(max_size=90) | st.text("a/\t\n1", max_size=90).map(str.encode),
    folders=st.none() | st.binary(max_size=90) | st.text("a\t\n1", max_size=90).map(str.encode),
    folder=st.sampled_from([b"", b"a", b"a/a", b"1"]),
    after=st.sampled_from([b"", b"a", b"a/", b"1/"]),
)
def test_lists_of_anything_are_shown_or_refused(
    manifest: bytes, folders: bytes | None, folder: bytes, after: bytes
) -> None:
    lists = DataLists(SortedLines(manifest), None if folders is None else SortedLines(folders))
    with suppress(ValueError):
        assert len(lists.folder(folder, after, 3).rows) <= 3
    with suppress(ValueError):
        assert len(lists.search(folder, "a", 1).rows) <= data_files.PAGE_ENTRIES
