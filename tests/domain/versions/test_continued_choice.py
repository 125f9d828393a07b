from typing import Any

import pytest

from huggingnersc.domain.versions.continued_choice import continued
from huggingnersc.domain.versions.snapshot_options import SnapshotOptions
from huggingnersc.domain.versions.version import FileDigest, Version

DIGEST = FileDigest("0" * 64, 1)


def former(*published: str) -> Version:
    return Version(
        nickname="iris",
        name="v1",
        created_at="2026-11-22T00:00:00Z",
        data_path="/data",
        files=1,
        size_bytes=1,
        manifest=DIGEST,
        documents={"statistics.json": DIGEST, "tables/train.parquet": DIGEST},
        published=published,
    )


@pytest.mark.parametrize(
    ("published", "asked", "chosen", "kept"),
    [
        (("manifest.tsv", "statistics.json"), {}, {}, 0),
        (("statistics.json",), {}, {"manifest": False}, 1),
        (("statistics.json",), {"manifest": True}, {"manifest": True}, 0),
        (("manifest.tsv",), {}, {"private_statistics": True}, 1),
        (("manifest.tsv",), {"private_statistics": False}, {"private_statistics": False}, 0),
        (("manifest.tsv",), {"statistics": False}, {"statistics": False}, 0),
        ((), {}, {"manifest": False, "private_statistics": True}, 2),
        (
            ("manifest.tsv", "statistics.json", "tables/train.parquet"),
            {},
            {"publish_parquet": True},
            0,
        ),
        (("manifest.tsv", "statistics.json", "tables/x.parquet"), {"sample": False}, {}, 0),
    ],
)
def test_what_was_kept_back_stays_so(
    published: tuple[str, ...], asked: dict[str, Any], chosen: dict[str, Any], kept: int
) -> None:
    options, words = continued(SnapshotOptions(**asked), former(*published), had_no_sample=False)
    assert options == SnapshotOptions(**{**asked, **chosen})
    assert len(words) == kept


def test_a_version_without_a_sample_is_followed_by_one_without() -> None:
    public = former("manifest.tsv", "statistics.json")
    options, words = continued(SnapshotOptions(), public, had_no_sample=True)
    assert (options.sample, words) == (False, ("a sample",))
    assert continued(SnapshotOptions(sample=True), public, had_no_sample=True)[0].sample is True


def test_a_first_version_is_as_it_was_asked_for() -> None:
    assert continued(SnapshotOptions(), None, had_no_sample=True) == (SnapshotOptions(), ())
