from __future__ import annotations

import hashlib
import os
import tarfile
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc.adapters.packing.pack_shard import pack_result, pack_shard
from huggingnersc.domain.packing.sample import UNKNOWN, WHOLE_FILE, ListedPart, Sample, sample_line
from huggingnersc.domain.packing.shard_job import job_bytes
from huggingnersc.errors import SourceChangedError
from huggingnersc.fixes import Fix, Message, Verb

if TYPE_CHECKING:
    from pathlib import Path

_LARGE = 9 << 20  # more than the buffer of the writer


def _listed(root: Path, name: str) -> ListedPart:
    status = (root / name).stat()
    digest = hashlib.sha256((root / name).read_bytes()).hexdigest().encode()
    return ListedPart(name.encode(), status.st_size, status.st_mtime_ns, digest, WHOLE_FILE)


def _source(root: Path) -> list[Sample]:
    (root / "cats").mkdir(parents=True)
    contents = {"cats/a.jpg": b"a" * 513, "cats/a.txt": b"", "b.jpg": b"x" * _LARGE}
    for name, content in contents.items():
        (root / name).write_bytes(content)
    cats = tuple(_listed(root, name) for name in ("cats/a.jpg", "cats/a.txt"))
    return [Sample(b"cats/a", cats), Sample(b"b", (_listed(root, "b.jpg"),))]


def _packed(root: Path, out: Path, samples: list[Sample], compress: str = "none") -> bytes:
    extension = {"none": "tar", "gz": "tar.gz"}[compress]
    layout: dict[str, Any] = {"compress": compress, "group": "stem"}
    path = f"data/train-00000-of-00001.{extension}"
    items = job_bytes(path, "train", layout, (sample_line(one.key, one.parts) for one in samples))
    arguments = {"root": str(root), "out": str(out), "form": "webdataset", "seed": 0}
    return pack_shard(arguments, items)


@pytest.mark.parametrize("compress", ["none", "gz"])
def test_a_shard_holds_its_files_and_its_result_describes_it(
    tmp_path: Path, compress: str
) -> None:
    root, out = tmp_path / "source", tmp_path / "out"
    samples = _source(root)
    shard = pack_result(_packed(root, out, samples, compress)).shard
    content = (out / shard.path).read_bytes()
    assert (shard.samples, shard.size_bytes) == (2, len(content))
    assert shard.sha256 == hashlib.sha256(content).hexdigest()
    with tarfile.open(out / shard.path) as tar:
        found = {member.name: tar.extractfile(member) for member in tar}
        assert [*found] == ["cats/a.jpg", "cats/a.txt", "b.jpg"]
        for name, file in found.items():
            assert file is not None
            assert file.read() == (root / name).read_bytes()
    manifest = (out / shard.manifest_path).read_bytes()
    assert shard.manifest_sha256 == hashlib.sha256(manifest).hexdigest()
    assert [line.split(b"\t")[0] for line in manifest.splitlines()] == [*map(str.encode, found)]


def test_the_same_samples_make_the_same_bytes(tmp_path: Path) -> None:
    samples = _source(tmp_path / "source")
    results = {_packed(tmp_path / "source", tmp_path / out, samples, "gz") for out in "ab"}
    assert len(results) == 1


@pytest.mark.parametrize("change", ["size", "time", "gone", "folder", "large"])
def test_a_file_that_changed_leaves_no_shard(tmp_path: Path, change: str) -> None:
    root, out = tmp_path / "source", tmp_path / "out"
    samples = _source(root)
    file = root / "cats/a.jpg"
    match change:
        case "size":
            file.write_bytes(b"a" * 600)
        case "time":
            os.utime(file, (1, 1))
        case "gone":
            file.unlink()
        case "folder":
            file.unlink()
            file.mkdir()
        case "large":
            os.utime(root / "b.jpg", (1, 1))
    with pytest.raises(SourceChangedError):
        _packed(root, out, samples)
    assert [*(out / "data").iterdir()] == []


def _other(part: ListedPart) -> ListedPart:
    return part._replace(digest=b"0" * 64)


@pytest.mark.parametrize("compress", ["none", "gz"])
def test_every_file_that_is_not_that_of_the_version_is_named(
    tmp_path: Path, compress: str
) -> None:
    root, out = tmp_path / "source", tmp_path / "out"
    samples = [Sample(one.key, tuple(map(_other, one.parts))) for one in _source(root)]
    for _ in range(2):  # the same again
        with pytest.raises(SourceChangedError) as caught:
            _packed(root, out, samples, compress)
        for name in ("cats/a.jpg", "cats/a.txt", "b.jpg"):  # small, empty, larger than the buffer
            assert name in str(caught.value)
        assert isinstance(caught.value.hint, Message)
        assert Fix(Verb.SNAPSHOT_DATASET) in caught.value.hint.parts
        assert [file for file in out.rglob("*") if file.is_file()] == []


def test_digests_that_are_not_known_are_written_as_such(tmp_path: Path) -> None:
    root, out = tmp_path / "source", tmp_path / "out"
    samples = [
        Sample(one.key, tuple(part._replace(digest=UNKNOWN) for part in one.parts))
        for one in _source(root)
    ]
    shard = pack_result(_packed(root, out, samples)).shard
    rows = [line.split("\t") for line in (out / shard.manifest_path).read_text().splitlines()]
    assert rows == [
        ["cats/a.jpg", "-", "513"],
        ["cats/a.txt", "-", "0"],
        ["b.jpg", "-", str(_LARGE)],
    ]
