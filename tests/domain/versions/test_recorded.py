from __future__ import annotations

from pathlib import Path

import pytest

from huggingnersc.domain.versions.recorded import change_words, moment_after, recorded_version
from huggingnersc.domain.versions.version import (
    ChangeCounts,
    VersionName,
    digest_of,
    version_bytes,
)
from tests.versions import made_version


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        (ChangeCounts(), "no file changed"),
        (ChangeCounts(added=1), "1 file added"),
        (
            ChangeCounts(added=2, removed=3000, modified=1, renamed=4),
            "2 files added, 3,000 files removed, 1 file modified, 4 files renamed",
        ),
    ],
)
def test_changes_are_one_line(counts: ChangeCounts, words: str) -> None:
    assert change_words(counts) == words


@pytest.mark.parametrize(
    ("parent", "shown"),
    [(None, ""), (VersionName("iris", "v1"), "v1"), (VersionName("other", "v2"), "other@v2")],
)
def test_a_record_holds_the_digest_and_the_parent(
    tmp_path: Path, parent: VersionName | None, shown: str
) -> None:
    version, _ = made_version(tmp_path, "v2", parent=parent, message="New\nrows")
    found = recorded_version(version, ("checked",))
    assert (found.name, found.digest) == ("v2", digest_of(version_bytes(version)))
    assert (found.parent, found.changes, found.labels) == (shown, "", ("checked",))
    assert (found.files, found.message, found.retired) == (1, "New\nrows", False)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2027-01-01T00:00:00Z", "2027-01-01T00:00:00Z"),
        ("2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z"),
        ("2020-01-01T00:00:00Z", "2027-01-01T00:00:00Z"),
    ],
)
def test_a_version_is_later_than_the_one_before(
    tmp_path: Path, moment: str, expected: str
) -> None:
    version, _ = made_version(tmp_path, created_at="2026-12-31T23:59:59Z")
    assert moment_after(moment, recorded_version(version)) == expected
    assert moment_after(moment, None) == moment
