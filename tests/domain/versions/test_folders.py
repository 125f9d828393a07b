from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.domain.versions.folders import (
    FolderTotals,
    extension_of,
    folder_columns,
    folder_line,
    totals_of,
)
from huggingnersc.domain.versions.manifest import ManifestEntry, escaped
from tests.manifest_lines import line_of

DIGEST = b"a" * 64
NAMES = st.binary(min_size=1, max_size=3).filter(
    lambda name: not {0, 0x2F} & {*name} and name not in {b".", b".."}
)
PATHS = st.lists(NAMES, min_size=1, max_size=4).map(b"/".join)


def manifest(*entries: tuple[bytes, bytes, int, int]) -> list[bytes]:
    return sorted(line_of(ManifestEntry(*entry)) for entry in entries)


def folders_of(lines: list[bytes]) -> list[FolderTotals]:
    return [totals_of(line) for line in sorted(map(folder_line, folder_columns(lines)))]


def test_a_folder_has_the_files_and_bytes_below_it_and_what_is_directly_in_it() -> None:
    lines = manifest(
        (b"README", DIGEST, 1, 5),
        (b"a-1/x.csv", DIGEST, 10, 6),
        (b"a/b/y.NC", DIGEST, 100, 9),
        (b"a/b/z.nc", DIGEST, 200, 7),
        (b"a/link.csv", b"link:b/y.nc", 6, 99),
        (b"a/w.csv.gz", DIGEST, 0, 8),
        (b"a/zz", b"unreadable", 7, 8),
    )
    nc, csv, packed = (".nc", 2), (".csv", 1), (".csv.gz", 1)
    assert folders_of(lines) == [
        FolderTotals(b"", b"", 5, 311, 1, 2, 9, (nc, csv, packed)),
        FolderTotals(b"", b"a", 3, 300, 3, 1, 9, (nc, packed)),
        FolderTotals(b"", b"a-1", 1, 10, 1, 0, 6, (csv,)),
        FolderTotals(b"a", b"b", 2, 300, 2, 0, 9, (nc,)),
    ]


def test_a_version_without_files_has_a_root() -> None:
    assert folders_of([]) == [FolderTotals(b"", b"", 0, 0, 0, 0, 0, ())]


@given(st.dictionaries(PATHS, st.integers(0, 1000), max_size=20))
def test_the_folders_are_those_of_the_manifest(files: dict[bytes, int]) -> None:
    """What is counted line by line is what counting each path by itself gives."""
    counts: dict[bytes, list[int]] = defaultdict(lambda: [0, 0])
    counts[b""] = [0, 0]
    for path, size in files.items():
        parts = path.split(b"/")
        for depth in range(len(parts)):
            below = counts[escaped(b"/".join(parts[:depth]))]
            below[0], below[1] = below[0] + 1, below[1] + size
    found = folders_of(manifest(*((path, DIGEST, size, 0) for path, size in files.items())))
    assert {one.path: [one.files, one.size_bytes] for one in found} == counts
    assert [(one.parent, one.name) for one in found] == sorted((o.parent, o.name) for o in found)


def test_lines_sort_as_their_columns_do() -> None:
    rows = [*folder_columns(manifest(*((b"a%b/x" % bytes([n]), DIGEST, 1, 0) for n in b" -09z")))]
    assert [*map(folder_line, sorted(rows))] == sorted(map(folder_line, rows))


@pytest.mark.parametrize(
    ("name", "extension"),
    [
        (b"x.CSV", b".csv"),
        (b"x.csv.gz", b".csv.gz"),
        (b"v1.2.tar", b".tar"),
        (b".csv.gz", b""),
        (b".profile", b""),
        (b"x.a b", b""),
        (b"x.", b""),
        (b"x.of-some-sentence", b""),
        (b"x.\xff", b""),
    ],
)
def test_an_extension_is_one_in_common_use(name: bytes, extension: bytes) -> None:
    assert extension_of(name) == extension


@pytest.mark.attack("hostile data")
@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"a\tb\t1\t1\t1\t1\t1\n",
        b"a\tb\t-1\t1\t1\t1\t1\t\n",
        b"a\tb\t1\t1\t1\t1\t" + b"9" * 30 + b"\t\n",
        b"a\tb\t1\t1\t1\t1\t1\t<b>=1\n",
        b"a\tb\t1\t1\t1\t1\t1\t.a=1 .b=1 .c=1 .d=1\n",
    ],
)
def test_another_line_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError, match="no line"):
        totals_of(line)
