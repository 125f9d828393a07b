from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from huggingnersc.adapters.inventory import hash_files
from huggingnersc.adapters.inventory.hash_files import hash_shard
from huggingnersc.adapters.inventory.shard_result import ShardResult, decoded
from tests.inventories import make_tree


@pytest.fixture
def root(tmp_path: Path) -> Path:
    make_tree(tmp_path)
    return tmp_path


def worked(root: Path, items: bytes) -> ShardResult:
    return decoded(hash_shard({"root": str(root)}, items))


@pytest.mark.parametrize(
    "path", [b"out", b"pipe", b"socket", b"a", b"loop/a/1", b"missing", b"a.txt/1"]
)
def test_a_name_that_is_no_file_any_more_is_reported(root: Path, path: bytes) -> None:
    result = worked(root, path + b"\na/2\n")
    assert result.counts.changed.count == 1
    assert result.manifest.startswith(b"a/2\t")
    assert (result.counts.files, result.counts.links, result.counts.others) == (1, 0, 0)


def test_a_file_that_changes_while_it_is_read_is_reported(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = hash_files._digest

    def read_and_change(file: int, size_hint: int) -> tuple[int, bytes]:
        digest = read(file, size_hint)
        (root / "a" / "1").write_bytes(b"x" * (digest[0] + 1))
        return digest

    monkeypatch.setattr(hash_files, "_digest", read_and_change)
    result = worked(root, b"a/1\n")
    assert result.counts.changed.count == 1
    assert (result.manifest, result.known, result.counts.files) == (b"", b"", 0)


def test_a_file_that_changed_once_is_read_again(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = hash_files._digest

    def read_and_change(file: int, size_hint: int) -> tuple[int, bytes]:
        digest = read(file, size_hint)
        if digest[0] < 10:
            (root / "a" / "1").write_bytes(b"x" * 10)
        return digest

    monkeypatch.setattr(hash_files, "_digest", read_and_change)
    result = worked(root, b"a/1\n")
    assert result.counts.changed.count == 0
    assert result.manifest.split(b"\t")[2] == b"10"


@pytest.mark.parametrize("size", [0, 1, (1 << 16) - 1, 1 << 16, (1 << 20) + 1])
@pytest.mark.parametrize("settled_ns", [0, 10**18])
def test_a_file_of_any_size_has_its_hash(
    root: Path, monkeypatch: pytest.MonkeyPatch, size: int, settled_ns: int
) -> None:
    monkeypatch.setattr(hash_files, "SETTLED_NS", settled_ns)
    (root / "file").write_bytes(b"x" * size)
    result = worked(root, b"file\n")
    digest = sha256(b"x" * size).hexdigest().encode()
    assert result.manifest.split(b"\t")[:3] == [b"file", digest, b"%d" % size]
    assert result.known.rstrip().endswith(b"\t" + digest) == (settled_ns == 0)
    assert (result.counts.files, result.counts.size_bytes) == (1, size)


def test_a_result_survives_being_written(root: Path) -> None:
    result = worked(root, b"a/1\npipe\t?\nz/y/\tunreadable:Permission denied\nmissing\n")
    again = decoded(result.encoded())
    assert again == result
    assert again.counts.unreadable.count == again.counts.changed.count == again.counts.others == 1
