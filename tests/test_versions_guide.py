"""What docs/versions.md says of manifests and other tools is tried with these tools."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from huggingnersc.domain.versions.manifest import ManifestEntry
from tests.builders import write_tree
from tests.conftest import ROOT
from tests.data_files import data_library
from tests.manifest_lines import line_of
from tests.test_readme import blocks

if TYPE_CHECKING:
    from pathlib import Path

GUIDE = (ROOT / "docs/versions.md").read_text(encoding="utf-8")
FILES = {"a b.txt": "x", "dir/long.txt": "longer\n", "dir/same.txt": "x", "é": "y"}


def manifest_of(files: dict[str, str]) -> bytes:
    entries = [
        ManifestEntry(
            name.encode(), hashlib.sha256(text.encode()).hexdigest().encode(), len(text), 1
        )
        for name, text in files.items()
    ]
    entries.append(ManifestEntry(b"dir/link", b"link:long.txt", 8, 1))
    return b"".join(sorted(map(line_of, entries)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The data, with the manifests of two versions beside it."""
    changed = FILES | {"é": "z"}
    write_tree(tmp_path, {"v1/manifest.tsv": manifest_of(FILES)})
    write_tree(tmp_path, {"v2/manifest.tsv": manifest_of(changed)})
    write_tree(tmp_path, FILES)
    return write_tree(tmp_path, {"manifest.tsv": manifest_of(FILES)})


def test_shell_commands_read_a_manifest(folder: Path) -> None:
    (script,) = [block for block in blocks(GUIDE, "sh") if "comm -3" in block]
    lines = [line for line in script.splitlines() if not line.startswith("huggingnersc")]
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(lines)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    shown = [line.strip().split("\t")[0] for line in done.stdout.splitlines()]
    assert shown[:3] == ["é", "é", "dir/link"]
    (folder / "dir/same.txt").write_text("changed", encoding="utf-8")
    done = subprocess.run(
        ["bash", "-c", "\n".join(lines)], cwd=folder, capture_output=True, text=True, check=False
    )
    assert "dir/same.txt: FAILED" in done.stdout


def test_pandas_reads_a_manifest(folder: Path) -> None:
    (script,) = blocks(GUIDE, "python")
    check = "print(len(manifest), manifest.path.iloc[0], manifest.size_bytes.sum())"
    done = subprocess.run(
        [sys.executable, "-c", f"{script}\n{check}"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "5 a b.txt 18\n", done.stderr


def test_duckdb_reads_a_manifest(folder: Path) -> None:
    duckdb = data_library("duckdb")
    (query,) = blocks(GUIDE, "sql")
    rows = duckdb.sql(query.replace("manifest.tsv", str(folder / "manifest.tsv"))).fetchall()
    ((digest, copies, path, size_bytes),) = rows
    assert (digest, copies, size_bytes) == (hashlib.sha256(b"x").hexdigest(), 2, 1)
    assert path in {"a b.txt", "dir/same.txt"}
