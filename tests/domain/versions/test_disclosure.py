from __future__ import annotations

from typing import Any

import pytest

from huggingnersc.domain.site import Publication, VersionSettings
from huggingnersc.domain.versions.disclosure import Disclosure, choose_disclosure
from huggingnersc.domain.versions.snapshot_options import SnapshotOptions

FILES = ("statistics.json", "version.json", "pictures/files.png", "manifest.tsv")
PUBLIC, PRIVATE, NONE = Publication.PUBLIC, Publication.PRIVATE, Publication.NONE


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, (PUBLIC, PUBLIC)),
        ({"manifest": False}, (PRIVATE, PUBLIC)),
        ({"statistics": False}, (PUBLIC, NONE)),
        ({"private_statistics": True}, (PUBLIC, PRIVATE)),
        ({"manifest": True, "private_statistics": False}, (PUBLIC, PUBLIC)),
    ],
)
def test_open_data_is_described_in_public_unless_the_command_says_otherwise(
    options: dict[str, Any], expected: tuple[Publication, Publication]
) -> None:
    chosen = choose_disclosure(SnapshotOptions(**options), VersionSettings(), closed="")
    assert (chosen.manifest, chosen.statistics) == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, (PRIVATE, NONE)),
        ({"manifest": True}, (PUBLIC, NONE)),
        ({"statistics": True}, (PRIVATE, PUBLIC)),
        ({"private_statistics": True}, (PRIVATE, PRIVATE)),
    ],
)
def test_the_command_goes_before_the_site(
    options: dict[str, Any], expected: tuple[Publication, Publication]
) -> None:
    site = VersionSettings(manifest=PRIVATE, statistics=NONE)
    chosen = choose_disclosure(SnapshotOptions(**options), site, closed="")
    assert (chosen.manifest, chosen.statistics) == expected


@pytest.mark.attack("closed data")
@pytest.mark.parametrize(
    "options", [{}, {"manifest": True}, {"statistics": True, "private_statistics": False}]
)
def test_nothing_of_closed_data_becomes_public_whatever_is_asked(options: dict[str, Any]) -> None:
    chosen = choose_disclosure(SnapshotOptions(**options), VersionSettings(), closed="a/b")
    assert (chosen.manifest, chosen.statistics) == (PRIVATE, PRIVATE)
    assert chosen.published(FILES) == ("version.json",)


@pytest.mark.parametrize(
    ("manifest", "statistics", "expected"),
    [
        (PUBLIC, PUBLIC, tuple(sorted(FILES))),
        (PRIVATE, PUBLIC, ("pictures/files.png", "statistics.json", "version.json")),
        (PUBLIC, PRIVATE, ("manifest.tsv", "version.json")),
        (PRIVATE, NONE, ("version.json",)),
    ],
)
def test_files_are_published_as_chosen(
    manifest: Publication, statistics: Publication, expected: tuple[str, ...]
) -> None:
    assert Disclosure(manifest, statistics).published(FILES) == expected


@pytest.mark.parametrize(
    ("options", "site", "expected"),
    [
        ({}, VersionSettings(), True),
        ({"sample": False}, VersionSettings(), False),
        ({}, VersionSettings(sample=False), False),
        ({"sample": True}, VersionSettings(sample=False), True),
        ({"private_statistics": True}, VersionSettings(), False),
    ],
)
def test_a_sample_is_published_as_the_command_says_else_the_site(
    options: dict[str, Any], site: VersionSettings, *, expected: bool
) -> None:
    assert choose_disclosure(SnapshotOptions(**options), site, closed="").sample is expected
