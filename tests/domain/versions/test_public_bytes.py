"""What everyone may see of a version."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from huggingnersc.domain.versions.version import (
    MANIFEST_FILE,
    STATISTICS_FILE,
    Version,
    public_bytes,
    version_bytes,
)
from tests.versions import PICTURE, made_version


def version_with(tmp_path: Path, *published: str) -> Version:
    return replace(made_version(tmp_path)[0], examples=150, published=published)


def test_a_version_whose_files_are_all_published_is_published_as_it_is(tmp_path: Path) -> None:
    version = version_with(tmp_path, MANIFEST_FILE, PICTURE, STATISTICS_FILE)
    assert public_bytes(version) == version_bytes(version)


@pytest.mark.attack("closed data")
@pytest.mark.parametrize("private", [MANIFEST_FILE, PICTURE, STATISTICS_FILE])
def test_a_private_file_has_no_digest_there(tmp_path: Path, private: str) -> None:
    public = {MANIFEST_FILE, PICTURE, STATISTICS_FILE} - {private}
    version = version_with(tmp_path, *sorted(public))
    shown = public_bytes(version).decode()
    assert version.digests[private].sha256 not in shown
    assert all(version.digests[path].sha256 in shown for path in public)


@pytest.mark.attack("closed data")
def test_examples_are_counted_in_public_with_public_statistics_only(tmp_path: Path) -> None:
    public = version_with(tmp_path, STATISTICS_FILE)
    assert json.loads(public_bytes(public))["examples"] == 150
    assert "examples" not in json.loads(public_bytes(version_with(tmp_path, MANIFEST_FILE)))
