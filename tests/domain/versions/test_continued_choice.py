from typing import Any

import pytest

from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.loading.loading import NO_LOADING, Loading
from huggingnersc.domain.site import VersionSettings
from huggingnersc.domain.versions.continued_choice import continued, without_effect
from huggingnersc.domain.versions.disclosure import choose_disclosure
from huggingnersc.domain.versions.snapshot_options import SnapshotOptions
from huggingnersc.domain.versions.version import FileDigest, Version
from huggingnersc.fixes import Option
from tests.versions import recorded

DIGEST = FileDigest("0" * 64, 1)
WITHOUT_SAMPLE = Loading(no_sample="As chosen.")


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
        message="First",
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
    options, words = continued(SnapshotOptions(**asked), former(*published), NO_LOADING)
    assert options == SnapshotOptions(**{**asked, **chosen})
    assert len(words) == kept


def test_a_version_without_a_sample_is_followed_by_one_without() -> None:
    public = former("manifest.tsv", "statistics.json")
    options, words = continued(SnapshotOptions(), public, WITHOUT_SAMPLE)
    assert (options.sample, words) == (False, ("a sample",))
    assert continued(SnapshotOptions(sample=True), public, WITHOUT_SAMPLE)[0].sample is True


@pytest.mark.parametrize(
    ("had", "asked", "rows"),
    [
        (5, {}, 5),
        (5, {"sample_rows": 9}, 9),
        (0, {}, None),
        (10_001, {}, None),  # of a record that was changed by hand
        (5, {"sample": False}, None),
    ],
)
def test_a_sample_has_as_many_rows_again(
    had: int, asked: dict[str, Any], rows: int | None
) -> None:
    version, loading = former(*ALL), Loading(sample_rows=had)
    assert continued(SnapshotOptions(**asked), version, loading)[0].sample_rows == rows


def test_the_number_of_rows_that_the_sample_has_is_no_news() -> None:
    options, version = SnapshotOptions(sample_rows=50), former(*ALL)
    disclosure = choose_disclosure(options, VersionSettings(), closed="")
    for had, useless in ((50, []), (51, [Field.SAMPLE_ROWS])):
        loading = Loading(sample_rows=had)
        found = without_effect(options, disclosure, version, recorded(version), loading)
        assert [option.name for option in found] == useless


def test_a_first_version_is_as_it_was_asked_for() -> None:
    assert continued(SnapshotOptions(), None, WITHOUT_SAMPLE) == (SnapshotOptions(), ())


ALL = ("manifest.tsv", "statistics.json", "tables/train.parquet")


@pytest.mark.parametrize(
    ("published", "asked", "useless"),
    [
        (ALL, {}, []),
        (ALL, {"manifest": True, "statistics": True, "sample": True}, []),
        (ALL, {"publish_parquet": True, "message": "First", "labels": ("a",)}, []),
        (ALL, {"sample_rows": 50}, [Field.SAMPLE_ROWS]),
        (ALL, {"sample": False}, [Field.SAMPLE]),
        (ALL, {"manifest": False, "statistics": False}, [Field.MANIFEST, Field.STATISTICS]),
        (ALL, {"private_statistics": True}, [Field.PRIVATE_STATISTICS]),
        (ALL[:2], {"publish_parquet": True}, [Field.PUBLISH_PARQUET]),
        (ALL[1:], {"manifest": False}, []),
        (ALL[1:], {"manifest": True, "private_statistics": False}, [Field.PRIVATE]),
        (ALL[:1], {"private_statistics": True}, []),
        (ALL, {"message": "x", "parent": "v0"}, [Field.MESSAGE, Field.PARENT]),
        (ALL, {"labels": ("a", "b")}, [Field.LABEL, Field.LABEL]),
    ],
)
def test_options_that_would_make_another_version_have_no_effect(
    published: tuple[str, ...], asked: dict[str, Any], useless: list[Field]
) -> None:
    options, version = SnapshotOptions(**asked), former(*published)
    latest = recorded(version, labels=("a",))
    disclosure = choose_disclosure(options, VersionSettings(), closed="")
    found = without_effect(options, disclosure, version, latest, NO_LOADING)
    assert [option.name for option in found] == useless


def test_a_version_without_a_sample_is_as_it_was_asked_for() -> None:
    version = former(*ALL)
    latest = recorded(version)
    for options, had, useless in (
        (SnapshotOptions(sample=False), WITHOUT_SAMPLE, []),
        (SnapshotOptions(sample=True), WITHOUT_SAMPLE, [Field.PRIVATE]),
    ):
        disclosure = choose_disclosure(options, VersionSettings(), closed="")
        found = without_effect(options, disclosure, version, latest, had)
        assert [option.name for option in found] == useless


def test_what_only_allows_a_version_is_repeated_and_not_named() -> None:
    options = SnapshotOptions(message="x", allow_unreadable=True, allow_secret=("ab", "cd"))
    version = former(*ALL)
    disclosure = choose_disclosure(options, VersionSettings(), closed="")
    found = without_effect(options, disclosure, version, recorded(version), NO_LOADING)
    assert [option.name for option in found] == [Field.MESSAGE]
    assert options.chosen[1:] == (
        Option(Field.ALLOW_UNREADABLE),
        Option(Field.ALLOW_SECRET, "ab"),
        Option(Field.ALLOW_SECRET, "cd"),
    )


def test_nothing_of_closed_data_was_to_become_public() -> None:
    options, version = SnapshotOptions(manifest=True, publish_parquet=True), former()
    disclosure = choose_disclosure(options, VersionSettings(), closed="/data")
    assert without_effect(options, disclosure, version, recorded(version), WITHOUT_SAMPLE) == ()
