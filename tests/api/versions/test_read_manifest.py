from __future__ import annotations

import hashlib
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from huggingnersc.api.versions.read_manifest import read_manifest
from huggingnersc.domain.versions.manifest import ManifestEntry
from huggingnersc.errors import VersionDamagedError, VersionUnknownError
from tests.api.iris import catalog_iris
from tests.api.iris_versions import add_version
from tests.manifest_lines import line_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.api.conftest import Centre

ODD_NAMES = (b"a b", b"a\\nb", b"a\nb", b"\xff", "é".encode(), b"-x", b"*x", b" x", b"d/e")


def manifest(centre: Centre, title: str = "iris@v1", *, export: str | None = None) -> list[bytes]:
    return list(read_manifest(title, export=export, site=str(centre.profile)))


def test_lines_are_those_of_the_file(centre: Centre) -> None:
    catalog_iris(centre)
    add_version(centre, "v1", content=b"old\n")
    add_version(centre, "v2", content=b"new\n")
    for name in ("v1", "v2"):
        file = centre.catalog / f"iris/versions/{name}/manifest.tsv"
        assert b"".join(manifest(centre, f"iris@{name}")) == file.read_bytes()
    assert manifest(centre, "iris") == manifest(centre, "iris@v2")


def test_sha256sum_checks_data_of_any_names_by_the_export(centre: Centre, tmp_path: Path) -> None:
    catalog_iris(centre)
    root = tmp_path / "data"
    entries = list(files(root))
    entries.append(ManifestEntry(b"link", b"link:../x", 4, 0))
    lines = b"".join(sorted(map(line_of, entries)))
    store = centre.catalog / "iris/versions/v1"
    add_version(centre, "v1", contents={"manifest.tsv": lines})
    assert (store / "manifest.tsv").read_bytes() == lines
    sums = b"".join(manifest(centre, export="sha256sum"))
    assert sums.count(b"\n") == len(ODD_NAMES)
    check = ["sha256sum", "--check", "--strict", "--quiet", "-"]
    assert subprocess.run(check, cwd=root, input=sums, check=False).returncode == 0
    (root / "a b").write_bytes(b"changed")
    done = subprocess.run(check, cwd=root, input=sums, check=False, capture_output=True)
    assert (done.returncode, done.stdout) == (1, b"a b: FAILED\n")


def files(root: Path) -> Iterator[ManifestEntry]:
    """Write files with odd names; yield their entries."""
    (root / "d").mkdir(parents=True)
    for name in ODD_NAMES:
        path = root / os.fsdecode(name)
        path.write_bytes(name)
        yield ManifestEntry(name, hashlib.sha256(name).hexdigest().encode(), len(name), 1)


@pytest.mark.parametrize("export", [None, "sha256sum"])
def test_altered_manifest_is_told_after_its_last_line(centre: Centre, export: str | None) -> None:
    catalog_iris(centre)
    add_version(centre)
    file = centre.catalog / "iris/versions/v1/manifest.tsv"
    file.write_bytes(file.read_bytes().replace(b"iris.csv", b"iris.tsv"))
    lines = read_manifest("iris@v1", export=export, site=str(centre.profile))
    assert b"iris.tsv" in next(lines)
    with pytest.raises(VersionDamagedError):
        next(lines)


@pytest.mark.parametrize("content", [b"", b"x\n", b"\0" * 200_000, b"a\tb\tc\td\n"])
def test_damaged_manifest_is_no_traceback(centre: Centre, content: bytes) -> None:
    catalog_iris(centre)
    add_version(centre)
    (centre.catalog / "iris/versions/v1/manifest.tsv").write_bytes(content)
    for export in (None, "sha256sum"):
        with pytest.raises(VersionDamagedError):
            manifest(centre, export=export)


def test_unknown_version_is_told_before_the_first_line(centre: Centre) -> None:
    catalog_iris(centre)
    add_version(centre)
    with pytest.raises(VersionUnknownError):
        read_manifest("iris@v9", site=str(centre.profile))


def test_manifest_of_a_version_that_was_exchanged_is_not_read(centre: Centre) -> None:
    catalog_iris(centre)
    add_version(centre)
    folder = centre.catalog / "iris/versions/v1"
    manifest_file, version_file = folder / "manifest.tsv", folder / "version.json"
    old = hashlib.sha256(manifest_file.read_bytes()).hexdigest()
    manifest_file.write_bytes(manifest_file.read_bytes().replace(b"iris.csv", b"iris.tsv"))
    new = hashlib.sha256(manifest_file.read_bytes()).hexdigest()
    version_file.write_text(version_file.read_text().replace(old, new))
    with pytest.raises(VersionDamagedError):
        manifest(centre)
