"""Packs of Parquet files, as `datasets` loads them."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc.api.packing.pack_dataset import pack_dataset
from huggingnersc.api.packing.verify_pack import verify_pack
from huggingnersc.domain.packing.options import PackOptions
from huggingnersc.domain.packing.png import png_bytes
from huggingnersc.errors import SourceUnsuitableError
from tests.api.iris import tree
from tests.builders import write_tree
from tests.classic_sets import color_planes, gray_pixels, write_cifar, write_mnist
from tests.data_files import DATA_EXTRA
from tests.versioned_catalog import VersionedCatalog, manifest_of_folder

if TYPE_CHECKING:
    from huggingnersc.api.packing.pack_dataset import Packed
    from huggingnersc.domain.site import Site

datasets = pytest.importorskip("datasets")
pytest.importorskip("PIL", reason=DATA_EXTRA)

_SHARES = "train=0.75,validation=0.15,test=0.1"


def _pack(source: Path, site: Site, jobs: int = 1, **options: Any) -> Packed:
    """Pack a folder; the bytes of the pack do not depend on the number of processes."""
    out = source.with_name(f"pack-{jobs}")
    return pack_dataset(str(source), out, options=PackOptions(**options), jobs=jobs, site=site)


def _loaded(packed: Packed) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of all splits, which are the same streamed and not."""
    folder = str(packed.out)
    whole = datasets.load_dataset(folder, cache_dir=str(packed.out.with_name("cache")))
    streamed = datasets.load_dataset(folder, streaming=True)
    assert packed.pack is not None
    assert verify_pack(packed.out).problems == ()
    rows = {}
    for split, counts in packed.pack.splits.items():
        assert whole[split].features._to_yaml_list() == packed.pack.features
        assert streamed[split].features == whole[split].features
        rows[split] = list(whole[split])
        assert len(rows[split]) == counts.samples == sum(1 for _ in streamed[split])
    assert rows.keys() == whole.keys() == streamed.keys()
    return rows


def test_the_images_of_mnist_are_those_of_its_files(tmp_path: Path, site: Site) -> None:
    packed = _pack(write_mnist(tmp_path / "mnist"), site)
    assert (packed.plan.samples, packed.plan.files) == (36, 4)
    rows = _loaded(packed)
    assert {split: len(found) for split, found in rows.items()} == {"train": 30, "test": 6}
    for found in rows.values():
        for row in found:
            assert row["image"].mode == "L"
        pixels = {(row["image"].tobytes(), row["label"]) for row in found}
        assert pixels == {(gray_pixels(number), number % 3) for number in range(len(found))}


def test_metadata_of_an_image_folder_is_packed_as_datasets_reads_it(
    tmp_path: Path, site: Site
) -> None:
    images = {f"{n}.png": png_bytes(gray_pixels(n), 4, 4) for n in range(8)}
    rows = [{"file_name": f"{n}.png", "score": n / 2, "name": f"name {n}"} for n in range(8)]
    table = {"metadata.jsonl": "".join(f"{json.dumps(row)}\n" for row in rows)}
    source = write_tree(tmp_path / "images", {**images, **table})
    packed = _pack(source, site, form="parquet", split="train=0.5,test=0.5", jobs=2)
    assert verify_pack(packed.out, mode="full").problems == ()
    found = [row for rows in _loaded(packed).values() for row in rows]
    folder = datasets.load_dataset(
        "imagefolder", data_dir=str(source), split="train", cache_dir=str(tmp_path / "cache")
    )
    expected = [{**row, "image": row["image"].tobytes()} for row in folder]
    for row in found:
        row["image"] = row["image"].tobytes()
    assert sorted(found, key=lambda row: row["name"]) == expected
    assert packed.plan.files == 9
    again = _pack(source, site, form="parquet", split="train=0.5,test=0.5")
    assert tree(again.out) == tree(packed.out)


def test_training_images_of_mnist_are_divided_and_its_test_is_kept(
    tmp_path: Path, site: Site
) -> None:
    from pyarrow import parquet

    source = write_mnist(tmp_path / "mnist")
    packed = _pack(source, site, split="train=0.9,validation=0.1", stratify_by="label")
    rows = {
        split.name: parquet.read_table(next(packed.out.glob(f"data/{split.name}-*"))).to_pylist()
        for split in packed.plan.splits
    }
    assert [(split, len(found)) for split, found in rows.items()] == [
        ("train", 27),
        ("validation", 3),
        ("test", 6),
    ]
    kept = {(row["image"]["bytes"], row["label"]) for row in rows["test"]}
    assert kept == {(png_bytes(gray_pixels(number), 4, 4), number % 3) for number in range(6)}
    assert sorted(row["label"] for row in rows["validation"]) == [0, 1, 2]


def test_the_images_of_cifar_are_those_of_its_batches(tmp_path: Path, site: Site) -> None:
    packed = _pack(write_cifar(tmp_path / "cifar"), site)
    rows = _loaded(packed)
    assert {split: len(found) for split, found in rows.items()} == {"train": 10, "test": 5}
    planes = {number: color_planes(number) for number in range(15)}
    found = {}
    for row in (*rows["train"], *rows["test"]):
        red, green, blue = row["image"].split()
        found[red.tobytes() + green.tobytes() + blue.tobytes()] = row["label"]
    assert found == {planes[number]: number % 3 for number in planes}


def test_videos_are_rows_of_frames_in_their_order(tmp_path: Path, site: Site) -> None:
    lengths = {f"v{video}/{camera}": 1 + video for video in range(9, 13) for camera in "lr"}
    frames = {
        f"{name}/frame_{number}_.pgm": b"P5 4 4 255\n" + gray_pixels(number)
        for name, count in lengths.items()
        for number in range(count)
    }
    source = write_tree(tmp_path / "videos", frames)
    options: dict[str, Any] = {
        "group_by": "folder:2",
        "path_columns": "scene,camera",
        "split": _SHARES,
        "shard_size_bytes": 800,
    }
    packs = [_pack(source, site, jobs, **options) for jobs in (1, 2)]
    assert tree(packs[0].out) == tree(packs[1].out)
    rows = _loaded(packs[0])
    assert {split: len(found) for split, found in rows.items()} == {
        "train": 6,
        "validation": 1,
        "test": 1,
    }
    videos = [row for found in rows.values() for row in found]
    assert {f"{row['scene']}/{row['camera']}": row["n_frames"] for row in videos} == lengths
    for row in videos:
        shown = [frame.tobytes() for frame in row["video"]]
        assert shown == [*map(gray_pixels, range(row["n_frames"]))]


def test_samples_with_fewer_folders_than_columns_are_named(tmp_path: Path, site: Site) -> None:
    source = write_tree(tmp_path / "source", {"a/b/1.txt": "1", "a/2.txt": "2", "3.txt": "3"})
    with pytest.raises(SourceUnsuitableError) as caught:
        _pack(source, site, path_columns="x,y")
    (problem,) = caught.value.problems
    assert problem.where == "2 samples"
    assert "a/2.txt" in str(problem.message)
    assert _pack(source, site).plan.samples == 3


def test_rows_of_a_table_are_split_in_their_proportions(tmp_path: Path, site: Site) -> None:
    lines = [f"{number},{'ab'[number % 2]},{number / 8}\n" for number in range(400)]
    source = write_tree(tmp_path / "table", {"a.csv": "id,kind,x\n" + "".join(lines)})
    options: dict[str, Any] = {"split": _SHARES, "stratify_by": "kind", "seed": 42}
    packs = [_pack(source, site, jobs, **options) for jobs in (1, 2)]
    assert tree(packs[0].out) == tree(packs[1].out)
    assert packs[0].proof is not None
    assert packs[0].proof.holds
    rows = _loaded(packs[0])
    assert {split: len(found) for split, found in rows.items()} == {
        "train": 300,
        "validation": 60,
        "test": 40,
    }
    assert sum(row["kind"] == "a" for row in rows["train"]) == 150
    assert sorted(row["id"] for found in rows.values() for row in found) == [*range(400)]
    assert all(row["x"] == row["id"] / 8 for row in rows["test"])


def test_the_manifest_of_a_shard_names_the_files_of_the_version(
    tmp_path: Path, site: Site
) -> None:
    source = write_tree(tmp_path / "table", {"a.csv": "x\n1\n2\n", "b.csv": "x\n3\n"})
    catalog = VersionedCatalog(tmp_path / "catalog")
    catalog.add("numbers", manifest_of_folder(source), data_path=source)
    (source / "later.csv").write_text("x\n4\n")
    packed = pack_dataset("numbers@v1", tmp_path / "pack", site=site)
    assert packed.pack is not None
    (shard,) = packed.pack.shards
    lines = (packed.out / shard.manifest_path).read_text().splitlines()
    contents = [(source / name).read_bytes() for name in ("a.csv", "b.csv")]
    digests = [sha256(content).hexdigest() for content in contents]
    assert [line.split("\t")[1] for line in lines] == digests
    assert [line.split("\t")[3] for line in lines] == ["2", "1"]
    assert shard.samples == 3


def test_a_table_in_many_shards_is_as_it_was_written(tmp_path: Path, site: Site) -> None:
    rows = "".join(f"{number},{'x' * 500}\n" for number in range(1000))
    source = write_tree(tmp_path / "table", {"a.csv": "id,text\n" + rows})
    packed = _pack(source, site, split="train=0.8,test=0.2", shard_size_bytes=100_000)
    verified = verify_pack(packed.out, mode="full")
    assert verified.problems == ()
    assert (verified.members, verified.has_tables, verified.shards > 2) == (1000, True, True)
