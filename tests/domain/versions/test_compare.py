"""Comparing manifests: the same answer as sets of paths give, however the bytes come."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.domain.versions.compare import differences, differing_lines
from huggingnersc.domain.versions.comparison import Amount, DifferenceKind, summarized
from huggingnersc.domain.versions.manifest import (
    NOT_READ,
    UNREADABLE,
    ManifestEntry,
    escaped,
)
from tests.manifest_lines import line_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from huggingnersc.domain.versions.comparison import FileDifference

PARTS = st.text("abc.\x01\n\t\\é\udcff", min_size=1, max_size=3)
NAMES = st.lists(PARTS, min_size=1, max_size=3).map(
    lambda parts: "/".join(parts).encode("utf-8", "surrogateescape")
)
DIGESTS = st.sampled_from([b"%064x" % number for number in range(4)] + [b"link:x", UNREADABLE])
ENTRIES = st.builds(
    ManifestEntry, NAMES, DIGESTS, st.integers(0, 2), st.integers(0, 2).map(lambda n: 10**18 + n)
)
MANIFESTS = st.lists(ENTRIES, max_size=12, unique_by=lambda entry: entry.path)
NEW, OLD = b"%064x" % 1, b"%064x" % 2


def manifest(entries: Iterable[ManifestEntry]) -> bytes:
    return b"".join(sorted(map(line_of, entries)))


def pieces(data: bytes, length: int) -> list[bytes]:
    return [data[at : at + length] for at in range(0, len(data), length)]


def file(path: str, digest: bytes = NEW, size: int = 3, mtime: int = 1) -> ManifestEntry:
    return ManifestEntry(path.encode(), digest, size, mtime)


def found(before: Iterable[ManifestEntry], after: Iterable[ManifestEntry]) -> list[FileDifference]:
    return list(differences([manifest(before)], [manifest(after)]))


@given(MANIFESTS, MANIFESTS, st.integers(1, 200))
def test_lines_that_differ_are_those_that_sets_of_lines_give(
    before: list[ManifestEntry], after: list[ManifestEntry], length: int
) -> None:
    data = [manifest(before), manifest(after)]
    pairs = list(differing_lines(*(pieces(one, length) for one in data)))
    old, new = (set(one.splitlines(keepends=True)) for one in data)
    assert {line for line, _ in pairs if line} == old - new
    assert {line for _, line in pairs if line} == new - old
    paths = {entry.path for entry in before} & {entry.path for entry in after}
    assert {line.split(b"\t")[0] for line, other in pairs if line and other} <= set(
        map(escaped, paths)
    )


@given(MANIFESTS, MANIFESTS)
def test_each_path_that_differs_is_named_once_and_a_rename_keeps_the_content(
    before: list[ManifestEntry], after: list[ManifestEntry]
) -> None:
    old = {escaped(entry.path).decode(): entry for entry in before}
    new = {escaped(entry.path).decode(): entry for entry in after}
    by_kind: dict[DifferenceKind, list[FileDifference]] = {kind: [] for kind in DifferenceKind}
    all_found = found(before, after)
    assert [one.path for one in all_found] == sorted(
        (one.path for one in all_found), key=str.encode
    )
    for one in all_found:
        by_kind[one.kind].append(one)
    gone = [one.path for one in by_kind[DifferenceKind.REMOVED]]
    came = [one.path for one in by_kind[DifferenceKind.ADDED]]
    for one in by_kind[DifferenceKind.RENAMED]:
        assert old[one.old_path].digest == new[one.path].digest
        gone.append(one.old_path)
        came.append(one.path)
    assert Counter(gone) == Counter(old.keys() - new.keys())
    assert Counter(came) == Counter(new.keys() - old.keys())
    for kind in (DifferenceKind.MODIFIED, DifferenceKind.TOUCHED):
        for one in by_kind[kind]:
            first, second = old[one.path], new[one.path]
            is_same = (first.digest, first.size_bytes) == (second.digest, second.size_bytes)
            assert is_same == (kind is DifferenceKind.TOUCHED)
    for kind, side in ((DifferenceKind.UNREADABLE, new), (DifferenceKind.NOT_READ, old)):
        assert {one.path for one in by_kind[kind]} == {
            path
            for path in old.keys() & new.keys()
            if side[path].digest == UNREADABLE and old[path].digest != new[path].digest
        }


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (file("a"), file("a", NOT_READ), None),
        (file("a"), file("a", NOT_READ, mtime=2), DifferenceKind.NOT_READ),
        (file("a"), file("a", NOT_READ, size=4), DifferenceKind.MODIFIED),
        (file("a", UNREADABLE), file("a", NOT_READ), None),
        (file("a", UNREADABLE), file("a", NOT_READ, size=4), DifferenceKind.NOT_READ),
        (file("a", b"fifo"), file("a", NOT_READ), DifferenceKind.MODIFIED),
        (file("a", b"link:b"), file("a", b"link:c"), DifferenceKind.MODIFIED),
    ],
)
def test_a_file_that_was_not_read_is_compared_by_size_and_time(
    before: ManifestEntry, after: ManifestEntry, kind: DifferenceKind | None
) -> None:
    assert [one.kind for one in found([before], [after])] == ([kind] if kind else [])


@given(MANIFESTS, MANIFESTS)
def test_sums_agree_with_the_differences(
    before: list[ManifestEntry], after: list[ManifestEntry]
) -> None:
    comparison = summarized(differences([manifest(before)], [manifest(after)]))
    counted = Counter(one.kind for one in found(before, after))
    assert {kind: amount.files for kind, amount in comparison.total.amounts.items()} == counted
    size = sum(entry.size_bytes for entry in after) - sum(entry.size_bytes for entry in before)
    grown = sum((one.after_bytes or 0) - (one.before_bytes or 0) for one in found(before, after))
    assert grown == size


def test_of_several_with_one_content_the_name_of_the_file_decides_first() -> None:
    before = [file("old/a"), file("old/b"), file("old/c")]
    after = [file("new/b"), file("new/x"), file("new/c"), file("new/y"), file("new/z")]
    renamed = {(one.old_path, one.path) for one in found(before, after) if one.old_path}
    assert renamed == {("old/a", "new/x"), ("old/b", "new/b"), ("old/c", "new/c")}


def test_an_empty_file_is_renamed_only_with_its_name() -> None:
    before = [file("a/__init__.py", size=0), file("a/empty", size=0)]
    after = [file("b/__init__.py", size=0), file("b/none", size=0)]
    kinds = {one.path: one.kind for one in found(before, after)}
    assert kinds == {
        "a/empty": DifferenceKind.REMOVED,
        "b/__init__.py": DifferenceKind.RENAMED,
        "b/none": DifferenceKind.ADDED,
    }


def test_sums_by_folder_hold_what_is_below() -> None:
    after = [file("a/b/one", size=5), file("a/two", size=7), file("three", size=9)]
    comparison = summarized(differences([], [manifest(after)]))
    sums = {one.folder: one.amounts for one in comparison.folders}
    assert sums == {
        "a": {DifferenceKind.ADDED: Amount(2, 12)},
        "a/b": {DifferenceKind.ADDED: Amount(1, 5)},
    }
    assert comparison.amount(DifferenceKind.ADDED) == Amount(3, 21)
    assert [one.path for one in comparison.largest] == ["three", "a/two", "a/b/one"]


def test_many_folders_are_counted_as_their_parents() -> None:
    after = [file(f"{number % 7}/{number}/x", size=1) for number in range(10_001)]
    comparison = summarized(differences([], [manifest(after)]))
    assert [one.folder for one in comparison.folders] == [str(number) for number in range(7)]
    assert comparison.amount(DifferenceKind.ADDED) == Amount(10_001, 10_001)


def test_a_new_time_alone_is_no_difference_of_the_data() -> None:
    comparison = summarized(differences([manifest([file("a")])], [manifest([file("a", mtime=2)])]))
    assert not comparison.differs
    assert comparison.amount(DifferenceKind.TOUCHED).files == 1


@pytest.mark.parametrize(
    "damaged",
    [
        b"no tabs\n",
        b"a\tb\n",
        b"a\tb\tc\td\n",
        manifest([file("a")])[:-1],
        line_of(file("b")) + line_of(file("a")),
        b"x" * (2 << 20),
    ],
)
def test_a_damaged_manifest_is_refused(damaged: bytes) -> None:
    for sides in ([damaged], [manifest([file("0")])]), ([], [damaged]):
        with pytest.raises(ValueError, match=r"\w"):
            summarized(differences(*sides))
