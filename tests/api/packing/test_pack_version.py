"""A pack of a version has the content of the version, whatever the files hold now."""

from __future__ import annotations

import os
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc.adapters.packing.source_faults import NEW_VERSION
from huggingnersc.api.packing.pack_dataset import PackOutcome, pack_dataset
from huggingnersc.api.packing.verify_pack import verify_pack
from huggingnersc.domain.packing.options import PackOptions
from huggingnersc.domain.versions.version import MANIFEST_FILE
from huggingnersc.errors import (
    HuggingNerscError,
    RunFailedError,
    SourceUnsuitableError,
    VersionDamagedError,
)
from huggingnersc.fixes import Message
from tests.builders import write_tree
from tests.classic_sets import write_cifar, write_mnist
from tests.data_files import DATA_EXTRA
from tests.versioned_catalog import VersionedCatalog, manifest_of_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from huggingnersc.domain.site import Site


def _table(root: Path) -> Path:
    rows = "".join(f"{number},{'x' * 500}\n" for number in range(300))
    return write_tree(root, {f"{name}.csv": "id,text\n" + rows for name in "abc"})


def _parquet_tables(root: Path) -> Path:
    arrow = pytest.importorskip("pyarrow", reason=DATA_EXTRA)
    parquet = pytest.importorskip("pyarrow.parquet", reason=DATA_EXTRA)
    root.mkdir()
    for name in "abc":
        parquet.write_table(arrow.table({"id": [*range(50)]}), root / f"{name}.parquet")
    return root


def _texts(root: Path) -> Path:
    return write_tree(root, {f"{number}.txt": f"text {number}" for number in range(6)})


def _described(root: Path) -> Path:
    rows = "".join(f"{number}.txt,{number}\n" for number in range(3))
    return write_tree(_texts(root), {"metadata.csv": "file_name,kind\n" + rows})


def _change(file: Path) -> None:
    """Replace a byte in the middle; size and time stay, as after a restoration of the time."""
    status = file.stat()
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


def _versioned(source: Path, tmp_path: Path) -> Path:
    catalog = VersionedCatalog(tmp_path / "catalog")
    catalog.add("data", manifest_of_folder(source), data_path=source)
    return source


def _refusal(out: Path, site: Site, **options: Any) -> HuggingNerscError:
    with pytest.raises((SourceUnsuitableError, RunFailedError)) as caught:
        pack_dataset("data@v1", out, options=PackOptions(**options), jobs=1, site=site)
    assert [file for file in out.rglob("*") if file.is_file()] == []
    return caught.value


def _names(shard: Path) -> list[str]:
    with tarfile.open(shard) as tar:
        return tar.getnames()


def _said(error: HuggingNerscError) -> str:
    problems = error.problems if isinstance(error, SourceUnsuitableError) else ()
    return " ".join(map(str, (error, *problems)))


@pytest.mark.parametrize(
    ("write", "changed", "options"),
    [
        (_table, ("a.csv", "c.csv"), {"shard_size_bytes": 100_000}),
        (_parquet_tables, ("a.parquet", "b.parquet"), {}),
        (write_mnist, ("t10k-labels-idx1-ubyte.gz", "train-images-idx3-ubyte.gz"), {}),
        (write_cifar, ("data_batch_1", "test_batch"), {}),
        (_described, ("metadata.csv",), {"form": "parquet"}),
    ],
)
def test_files_that_are_read_in_records_are_compared_before_anything_is_written(
    tmp_path: Path,
    site: Site,
    write: Callable[[Path], Path],
    changed: tuple[str, ...],
    options: dict[str, Any],
) -> None:
    pytest.importorskip("pyarrow", reason=DATA_EXTRA)
    source = write(tmp_path / "source")
    found = {file.name: file for file in source.rglob("*") if file.is_file()}
    _versioned(source, tmp_path)
    for name in changed:
        _change(found[name])
    for _ in range(2):
        error = _refusal(tmp_path / "out", site, **options)
        assert isinstance(error, SourceUnsuitableError)
        assert all(name in _said(error) for name in changed)
        assert isinstance(error.hint, Message)
        assert NEW_VERSION in error.hint.parts
    as_it_is = PackOptions(**options)
    for name in changed:  # a change back: a folder that is as in the version
        _change(found[name])
    packed = pack_dataset("data@v1", tmp_path / "out", options=as_it_is, site=site)
    assert packed.outcome is PackOutcome.PACKED


@pytest.mark.parametrize("form", ["webdataset", "parquet"])
def test_files_are_compared_as_they_are_packed(tmp_path: Path, site: Site, form: str) -> None:
    if form == "parquet":
        pytest.importorskip("pyarrow", reason=DATA_EXTRA)
    source = _versioned(_texts(tmp_path / "source"), tmp_path)
    for number in (2, 4):
        _change(source / f"{number}.txt")
    for _ in range(2):
        said = _said(_refusal(tmp_path / "out", site, form=form))
        assert [f"{number}.txt" in said for number in range(6)] == [
            *(False, False, True, False, True, False)
        ]


def test_of_many_shards_the_one_with_another_file_is_not_written(
    tmp_path: Path, site: Site
) -> None:
    source = _versioned(_texts(tmp_path / "source"), tmp_path)
    _change(source / "2.txt")
    options, out = PackOptions(shard_size_bytes=1), tmp_path / "out"
    for _ in range(2):
        with pytest.raises(RunFailedError) as caught:
            pack_dataset("data@v1", out, options=options, jobs=2, site=site)
        assert "2.txt" in str(caught.value)
        assert not str(caught.value).endswith("..")  # the sentence of the shard has an end, too
        assert not any("2.txt" in _names(shard) for shard in (out / "data").glob("*.tar"))
    _change(source / "2.txt")  # back
    packed = pack_dataset("data@v1", out, options=options, jobs=2, site=site)
    assert verify_pack(packed.out, mode="full").problems == ()


def test_a_file_that_is_no_text_any_more_is_first_one_of_no_version(
    tmp_path: Path, site: Site
) -> None:
    pytest.importorskip("pyarrow", reason=DATA_EXTRA)
    source = _versioned(_texts(tmp_path / "source"), tmp_path)
    (source / "2.txt").write_bytes(b"\xff" * 6)
    assert "not that of the version" in _said(_refusal(tmp_path / "out", site, form="parquet"))


@pytest.mark.parametrize("form", ["webdataset", "parquet"])
def test_a_plain_folder_is_packed_as_it_is(tmp_path: Path, site: Site, form: str) -> None:
    if form == "parquet":
        pytest.importorskip("pyarrow", reason=DATA_EXTRA)
    source = _versioned(_texts(tmp_path / "source"), tmp_path)
    _change(source / "2.txt")
    options = PackOptions(form=form)
    for word in (str(source), "data"):
        out = tmp_path / f"out-{Path(word).name}"
        packed = pack_dataset(word, out, options=options, site=site)
        assert packed.outcome is PackOutcome.PACKED


@pytest.mark.parametrize("damage", [b"no line\n", b"3.txt\tcut"])
def test_a_version_whose_manifest_is_damaged_is_not_packed(
    tmp_path: Path, site: Site, damage: bytes
) -> None:
    _versioned(_texts(tmp_path / "source"), tmp_path)
    (manifest,) = (tmp_path / "catalog").rglob(MANIFEST_FILE)
    lines = manifest.read_bytes().splitlines(keepends=True)
    manifest.chmod(0o600)
    manifest.write_bytes(b"".join([*lines[:3], damage]))
    with pytest.raises(VersionDamagedError):
        pack_dataset("data@v1", tmp_path / "out", jobs=1, site=site)
