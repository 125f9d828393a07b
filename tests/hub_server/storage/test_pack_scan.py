"""Reading the packs that git itself makes."""

from __future__ import annotations

import random
import shutil
import struct
import subprocess
from typing import TYPE_CHECKING

import pytest

from huggingnersc.hub_server.storage import pack_scan
from huggingnersc.hub_server.storage.errors import PushRefusedError
from huggingnersc.hub_server.storage.limits import GitLimits
from huggingnersc.hub_server.storage.pack_scan import PackScan

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def git(folder: Path, *words: str, given: str = "") -> bytes:
    line = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@localhost", *words]
    done = subprocess.run(line, cwd=folder, input=given.encode(), capture_output=True, check=True)
    return done.stdout


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository whose 20 commits each change some lines of one file, with a tag."""
    folder, chance = tmp_path_factory.mktemp("work"), random.Random(9)  # noqa: S311 - the same history
    git(folder, "init", "-q", "-b", "main")
    lines = [str(chance.random()) for _ in range(2_000)]
    for number in range(20):
        lines[chance.randrange(len(lines))] = str(number)
        (folder / "numbers.txt").write_text("\n".join(lines))
        (folder / f"{number}.txt").write_text(str(number))
        git(folder, "add", ".")
        git(folder, "commit", "-q", "-m", f"commit {number}")
    git(folder, "tag", "-a", "v1", "-m", "tagged")
    return folder


def scanned(work: Path, data: bytes, limits: GitLimits) -> PackScan:
    """Scan a pack whose other objects are in `work`."""
    kinds = {"commit": 1, "tree": 2, "blob": 3, "tag": 4}

    def outside(oid: bytes) -> tuple[int, bytes]:
        kind = git(work, "cat-file", "-t", oid.hex()).decode().strip()
        return kinds[kind], git(work, "cat-file", kind, oid.hex())

    scan = PackScan(data, limits, outside)
    scan.run()
    return scan


def expected(work: Path, *revisions: str) -> set[str]:
    listed = git(work, "rev-list", "--objects", *revisions).decode()
    return {line.split(" ")[0] for line in listed.splitlines()}


@pytest.mark.parametrize("kept_bytes", [0, 32 << 20])
def test_every_object_of_a_history_is_found(
    work: Path, kept_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pack_scan, "_KEPT_BYTES", kept_bytes)
    data = git(work, "pack-objects", "--revs", "--stdout", "-q", given="main\nv1\n")
    scan = scanned(work, data, GitLimits())
    assert {entry.oid.hex() for entry in scan.entries} == expected(work, "main", "v1")
    assert max(entry.depth for entry in scan.entries) > 3
    sizes = {oid: head.size_bytes for oid, head in scan.heads.items()}
    assert all(int(git(work, "cat-file", "-s", oid)) == size for oid, size in sizes.items())


def test_a_thin_pack_borrows_what_it_changes(work: Path) -> None:
    words = ["pack-objects", "--revs", "--thin", "--stdout", "-q"]
    data = git(work, *words, given="main\n^main~2\n")
    scan = scanned(work, data, GitLimits())
    assert {entry.oid.hex() for entry in scan.entries} == expected(work, "main", "^main~2")
    assert scan.borrowed != []
    assert expected(work, "main~2") > {oid.hex() for oid in scan.borrowed}


def test_what_is_made_again_counts_as_unpacked_again(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = git(work, "pack-objects", "--revs", "--stdout", "-q", given="main\n")
    enough = GitLimits(small_push_bytes=3_000_000, unpacked_ratio=0)
    scanned(work, data, enough)
    monkeypatch.setattr(pack_scan, "_KEPT_BYTES", 0)
    with pytest.raises(PushRefusedError):
        scanned(work, data, enough)


@pytest.mark.attack("hostile packs")
def test_an_object_padded_with_empty_blocks_is_refused() -> None:
    padding = b"\x00\x00\x00\xff\xff" * 100_000
    data = b"PACK" + struct.pack(">II", 2, 1) + b"\x31\x78\x01" + padding + bytes(30)
    scan = PackScan(data, GitLimits(), lambda oid: (3, oid))
    with pytest.raises(PushRefusedError, match="padding"):
        scan.run()
