"""What others read of the shards of a pack: `datasets`, `webdataset` and `tar`."""

from __future__ import annotations

import subprocess
import warnings
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc.api.packing.pack_dataset import pack_dataset
from huggingnersc.domain.packing.options import PackOptions
from huggingnersc.domain.packing.pack import Compress
from huggingnersc.domain.packing.png import png_bytes
from tests.builders import make_site, write_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from huggingnersc.api.packing.pack_dataset import Packed

datasets = pytest.importorskip("datasets", reason="reads the shards")

_COUNT = 30


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> dict[Compress, Packed]:
    """The same images with labels, packed with and without gzip."""
    root = tmp_path_factory.mktemp("shards")
    (root / "source").mkdir()
    for number in range(_COUNT):
        (root / f"source/{number}.v1.png").write_bytes(png_bytes(bytes([number]) * 16, 4, 4))
        (root / f"source/{number}.v1.cls").write_text(str(number % 10))
    site = replace(make_site(), run_root=PurePosixPath(root / "runs"))
    return {
        compress: pack_dataset(
            str(root / "source"),
            root / compress,
            options=PackOptions(
                split="train=0.8,test=0.2", shard_size_bytes=12_000, compress=compress.value
            ),
            site=site,
        )
        for compress in (Compress.NONE, Compress.GZ)
    }


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")


def _seen(rows: Iterator[Any]) -> dict[str, tuple[int, int]]:
    return {row["__key__"]: (row["png"].getpixel((0, 0)), row["cls"]) for row in rows}


_ALL = {f"{number}_v1": (number, number % 10) for number in range(_COUNT)}


@pytest.mark.parametrize("compress", [Compress.NONE, Compress.GZ])
@pytest.mark.parametrize("streaming", [False, True])
def test_datasets_loads_every_sample_with_its_types(
    packs: dict[Compress, Packed], compress: Compress, streaming: bool, tmp_path: Path
) -> None:
    pytest.importorskip("PIL", reason="datasets decodes images with it")
    out = packs[compress].out
    loaded = datasets.load_dataset(
        str(out), streaming=streaming, cache_dir=None if streaming else str(tmp_path / "cache")
    )
    assert {*loaded} == {"train", "test"}
    found = {split: _seen(iter(rows)) for split, rows in loaded.items()}
    assert {split: len(rows) for split, rows in found.items()} == {"train": 24, "test": 6}
    assert found["train"] | found["test"] == _ALL
    declared = [column["name"] for column in packs[compress].plan.features]
    assert declared == [*loaded["train"].features]


@pytest.mark.parametrize("compress", [Compress.NONE, Compress.GZ])
def test_webdataset_reads_every_sample(packs: dict[Compress, Packed], compress: Compress) -> None:
    webdataset = pytest.importorskip("webdataset", reason="reads the shards")
    out = packs[compress].out
    shards = sorted(map(str, (out / "data").iterdir()))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own code
        samples = [*webdataset.WebDataset(shards, shardshuffle=False, empty_check=False)]
    found = {sample["__key__"]: int(sample["cls"]) for sample in samples}
    assert found == {key: label for key, (_, label) in _ALL.items()}


def test_tar_lists_every_member(packs: dict[Compress, Packed]) -> None:
    names = []
    for shard in sorted((packs[Compress.NONE].out / "data").iterdir()):
        listed = subprocess.run(["tar", "tf", shard], capture_output=True, text=True, check=True)
        names += listed.stdout.splitlines()
    assert sorted(names) == sorted(f"{key}.{kind}" for key in _ALL for kind in ("cls", "png"))


@pytest.mark.parametrize(
    ("kinds", "is_loaded"),
    [
        (lambda _: "txt bin", True),
        (lambda number: "txt bin" if number else "txt", True),  # not among the first
        (lambda number: "txt" if number else "bin", False),  # its column would be dropped
        (lambda number: ("txt", "bin", "dat")[number % 3], False),
    ],
)
def test_a_pack_says_whether_datasets_loads_it(
    kinds: Callable[[int], str], is_loaded: bool, tmp_path: Path
) -> None:
    names = [f"{number}.{kind}" for number in range(_COUNT) for kind in kinds(number).split()]
    packed = pack_dataset(
        str(write_tree(tmp_path / "source", dict.fromkeys(names, "a"))),
        tmp_path / "out",
        site=replace(make_site(), run_root=PurePosixPath(tmp_path / "runs")),
    )
    assert packed.loads is is_loaded
    try:
        loaded = datasets.load_dataset(str(packed.out), streaming=True)
        columns = {*next(iter(loaded["train"]))} - {"__key__", "__url__"}
    except ValueError:
        columns = set()
    assert (columns == {name.partition(".")[2] for name in names}) is is_loaded


def test_a_pack_in_zstandard_is_read_and_verified(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="compresses it")
    from huggingnersc.api.packing.verify_pack import verify_pack

    (tmp_path / "source").mkdir()
    (tmp_path / "source/a.txt").write_text("a")
    packed = pack_dataset(
        str(tmp_path / "source"),
        tmp_path / "out",
        options=PackOptions(compress="zst"),
        site=replace(make_site(), run_root=PurePosixPath(tmp_path / "runs")),
    )
    assert verify_pack(packed.out).is_well
