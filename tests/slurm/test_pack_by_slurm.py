"""Packs whose shards are written by jobs of a real Slurm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from huggingnersc import PackOptions, pack_dataset
from tests.builders import write_tree
from tests.data_files import data_library
from tests.slurm.test_snapshot_by_slurm import SITE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.slurm.cluster import Slurm


@pytest.mark.parametrize("form", ["webdataset", "parquet"])
def test_jobs_on_two_nodes_write_the_bytes_that_this_machine_writes(
    form: str, slurm: Slurm, tmp_path: Path
) -> None:
    assert slurm.conf.exists()
    if form == "parquet":
        data_library("pyarrow")
    site = tmp_path / "site.toml"
    site.write_text(SITE.format(folder=tmp_path, setup=":"), encoding="utf-8")
    source = write_tree(tmp_path / "source", {f"{n}.txt": f"{n:02}" * 500 for n in range(60)})
    options = PackOptions(form=form, split="train=0.8,test=0.2", seed=7, shard_size_bytes=12_000)
    packs = [
        pack_dataset(
            str(source), tmp_path / engine, options=options, engine=engine, site=str(site)
        )
        for engine in ("local", "slurm")
    ]
    contents = [
        {
            str(file.relative_to(packed.out)): file.read_bytes()
            for file in packed.out.rglob("*")
            if file.is_file()
        }
        for packed in packs
    ]
    assert contents[0] == contents[1]
    assert len(contents[0]) > 8
    assert [packed.proof.holds for packed in packs if packed.proof] == [True, True]
