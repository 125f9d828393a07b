"""Verifying a pack after what may happen to it."""

from __future__ import annotations

import hashlib
import json
import shutil
import tarfile
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from huggingnersc.api.packing.pack_dataset import pack_dataset
from huggingnersc.api.packing.verify_pack import verify_pack
from huggingnersc.domain.packing.options import PackOptions
from huggingnersc.domain.packing.pack import PACK_FILE
from huggingnersc.domain.versions.inventory_mode import Mode
from huggingnersc.errors import PackDamagedError
from huggingnersc.fixes import Fix, Option, Verb
from tests.builders import make_site, write_tree
from tests.data_files import DATA_EXTRA
from tests.versioned_catalog import VersionedCatalog, manifest_of_folder

_SHARD, _MANIFEST = "data/test-00000-of-00001.tar", "manifests/test-00000-of-00001.tsv"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack of a version."""
    root = tmp_path_factory.mktemp("verify")
    source = write_tree(root / "source", {f"{n}.txt": f"{n}" * n for n in range(1, 40)})
    VersionedCatalog(root / "catalog").add("n", manifest_of_folder(source), data_path=source)
    site = replace(
        make_site(),
        catalog_root=PurePosixPath(root / "catalog"),
        run_root=PurePosixPath(root / "runs"),
    )
    options = PackOptions(split="train=0.7,test=0.3")
    return pack_dataset("n@v1", root / "out", options=options, site=site).out


@pytest.fixture
def pack(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "pack"))


@pytest.mark.parametrize("mode", list(Mode))
def test_a_pack_as_it_was_written_is_well(whole: Path, mode: Mode) -> None:
    verified = verify_pack(whole, mode=mode)
    assert verified.is_well
    assert verified.members == 39
    assert (verified.read_bytes == 0) == (mode is Mode.QUICK)


def _flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[520] ^= 1
    file.write_bytes(content)


def _places(pack: Path, mode: Mode = Mode.REUSE) -> list[str]:
    return [problem.where for problem in verify_pack(pack, mode=mode).problems]


def test_all_that_differs_is_named_at_once(pack: Path) -> None:
    _flip(pack / _SHARD)
    (pack / "data/train-00000-of-00001.tar").unlink()
    (pack / "manifests/train-00000-of-00001.tsv").unlink()
    (pack / "data/other.tar").touch()
    assert sorted(_places(pack)) == [
        "data/other.tar",
        _SHARD,
        "data/train-00000-of-00001.tar",
    ]


def test_a_quick_look_sees_sizes_and_manifests(pack: Path) -> None:
    _flip(pack / _SHARD)
    assert _places(pack, Mode.QUICK) == []
    with (pack / _SHARD).open("ab") as file:
        file.write(b"x")
    with (pack / _MANIFEST).open("ab") as file:
        file.write(b"x\t-\t1\n")
    assert _places(pack, Mode.QUICK) == [_MANIFEST, _SHARD]


def _say_one_more(pack: Path) -> None:
    """Let `pack.json` say of its first shard, and of its split, that there is one sample more."""
    about = json.loads((pack / PACK_FILE).read_bytes())
    shard = about["shards"][0]
    shard["samples"] += 1
    about["splits"][shard["split"]]["samples"] += 1
    (pack / PACK_FILE).write_text(json.dumps(about))


@pytest.mark.parametrize("mode", list(Mode))
def test_more_samples_than_the_manifests_have_are_reported(pack: Path, mode: Mode) -> None:
    _say_one_more(pack)
    assert _places(pack, mode) == [PACK_FILE]


def test_a_downloaded_copy_is_verified_by_its_download(tmp_path: Path) -> None:
    shard = "data/train-00000-of-00001.tar"
    write_tree(tmp_path / "copy", {shard: "x", ".huggingnersc-transfer.tsv": ""})
    with pytest.raises(PackDamagedError) as caught:
        verify_pack(tmp_path / "copy")
    again = Fix(Verb.DOWNLOAD_DATASET, ("NAME", str(tmp_path / "copy")), (Option("verify"),))
    assert again in getattr(caught.value.hint, "parts", ())


_PAIRS = {f"{folder}/{n}.{kind}": f"{n}" for folder in "ab" for n in range(5) for kind in "tu"}


@pytest.mark.parametrize(
    ("files", "options", "samples"),
    [
        (_PAIRS, {}, 10),
        ({"a/1.t": "1", "a/2.t": "2"}, {"group_by": "file"}, 2),
        (_PAIRS, {"group_by": "folder", "form": "webdataset"}, 2),
        (_PAIRS, {"group_by": r"(.*/\d)", "form": "webdataset"}, 10),
        (_PAIRS, {"form": "parquet"}, 20),
        (_PAIRS, {"form": "parquet", "group_by": "stem"}, 10),
        (_PAIRS, {"group_by": "folder"}, 2),
        ({"a.csv": "x\n1\n2\n", "b.csv": "x\n3\n"}, {}, 3),
    ],
)
def test_samples_are_counted_in_the_manifests_of_every_form(
    tmp_path: Path, files: dict[str, str], options: dict[str, Any], samples: int
) -> None:
    pytest.importorskip("pyarrow", reason=DATA_EXTRA)
    site = replace(make_site(), run_root=PurePosixPath(tmp_path / "runs"))
    source, out = write_tree(tmp_path / "source", files), tmp_path / "out"
    packed = pack_dataset(str(source), out, options=PackOptions(**options), site=site)
    assert packed.plan.samples == samples
    assert _places(out, Mode.QUICK) == []
    _say_one_more(out)
    assert _places(out, Mode.QUICK) == [PACK_FILE]


def _record(pack: Path, path: str, key: str, content: bytes) -> None:
    """Let `pack.json` say that a file is as it is now."""
    about = json.loads((pack / PACK_FILE).read_bytes())
    (shard,) = (shard for shard in about["shards"] if shard["path"] == path)
    shard[key] = hashlib.sha256(content).hexdigest()
    (pack / PACK_FILE).write_text(json.dumps(about))


def test_members_are_compared_where_the_hashes_agree(pack: Path) -> None:
    _flip(pack / _SHARD)  # a byte of the first member
    _record(pack, _SHARD, "sha256", (pack / _SHARD).read_bytes())
    assert _places(pack) == []
    assert _places(pack, Mode.FULL) == [_SHARD]
    with tarfile.open(pack / _SHARD) as tar:
        names = tar.getnames()
    manifest = (pack / _MANIFEST).read_bytes().replace(names[0].encode(), names[1].encode(), 1)
    (pack / _MANIFEST).write_bytes(manifest)
    _record(pack, _SHARD, "manifest_sha256", manifest)
    assert _places(pack) == [PACK_FILE, _SHARD, names[1]]  # it is another one, and twice


def test_what_is_no_pack_is_explained(pack: Path) -> None:
    (pack / PACK_FILE).write_text("{}")
    with pytest.raises(PackDamagedError):
        verify_pack(pack)
    (pack / PACK_FILE).unlink()
    others = (pack, pack / "data", pack / "absent")  # unfinished, no pack, not there
    messages = {_refusal(folder).replace(str(folder), "") for folder in others}
    assert len(messages) == 3


def _refusal(folder: Path) -> str:
    with pytest.raises(PackDamagedError) as caught:
        verify_pack(folder)
    return str(caught.value)
