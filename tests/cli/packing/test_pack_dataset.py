from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.builders import write_tree
from tests.data_files import DATA_EXTRA

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunCommand


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "source", {f"{n}.txt": str(n) for n in range(10)})


def test_a_pack_is_shown_and_verified_by_its_exit_code(
    source: Path, tmp_path: Path, run: RunCommand
) -> None:
    out = tmp_path / "out"
    words = ("--split", "train=0.8,test=0.2", "--site", "local")
    planned = run("pack-dataset", source, out, *words, "--dry-run")
    assert (planned.code, out.exists()) == (0, False)
    assert "planned" in planned.out
    packed = run("pack-dataset", source, out, *words)
    assert packed.code == 0
    for word in ("train", "80.0%", "disjoint and complete", f"verify-dataset {out}"):
        assert word in packed.out
    again = run("pack-dataset", source, out, *words, "--json")
    assert json.loads(again.out)["outcome"] == "unchanged"
    assert run("verify-dataset", out, "--quiet").out == ""
    assert "is as it was written" in run("verify-dataset", out).out
    assert "is as it was written" not in run("verify-dataset", out, "--quick").out
    (out / "data/test-00000-of-00001.tar").write_bytes(b"")
    damaged = run("verify-dataset", out, "--json")
    assert damaged.code == 1
    assert [one["where"] for one in json.loads(damaged.out)["problems"]] == [
        "data/test-00000-of-00001.tar"
    ]


def test_no_one_is_told_to_load_what_datasets_does_not_read(
    source: Path, tmp_path: Path, run: RunCommand
) -> None:
    pytest.importorskip("pyarrow", reason=DATA_EXTRA)
    words = ("--compress", "zst", "--site", "local")
    packed = run("pack-dataset", source, tmp_path / "out", *words)
    assert packed.code == 0
    assert "load_dataset" not in packed.out
    assert "tar --zstd -xf" in packed.out


def test_shards_of_several_types_are_shown_as_webdataset_reads_them(
    tmp_path: Path, run: RunCommand
) -> None:
    names = [f"{number}{kind}.{kind}" for number in range(9) for kind in "ab"]
    source = write_tree(tmp_path / "source", dict.fromkeys(names, "1"))
    words = ("--shard-size", "12kB", "--site", "local")
    packed = run("pack-dataset", source, tmp_path / "out", *words)
    assert packed.code == 0
    assert "load_dataset" not in packed.out
    assert 'WebDataset("' in packed.out
    assert "train-{00000..00001}-of-00002.tar" in packed.out


def test_options_that_make_no_sense_are_usage_errors(
    source: Path, tmp_path: Path, run: RunCommand
) -> None:
    done = run("pack-dataset", source, tmp_path / "out", "--split", "a=2", "--site", "local")
    assert done.code == 2
    assert "--split" in done.err
    size = run("pack-dataset", source, tmp_path / "out", "--shard-size", "x")
    assert (size.code, "--shard-size" in size.err) == (2, True)


def test_what_cannot_be_packed_is_listed(tmp_path: Path, run: RunCommand) -> None:
    source = write_tree(tmp_path / "source", {"measured": "", "a.txt": ""})
    done = run("pack-dataset", source, tmp_path / "out", "--site", "local")
    assert done.code == 1
    assert "measured" in done.err
