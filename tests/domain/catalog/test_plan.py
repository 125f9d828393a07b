from __future__ import annotations

import json
import random
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.domain.catalog.dataset_spec import DatasetSpec
from huggingnersc.domain.catalog.record import read_record
from huggingnersc.domain.planned_file import PlannedFile
from tests.conftest import Golden
from tests.odd_entries import ENTRIES, file_of, iris_entry, jetclass_entry, plan_of
from tests.odd_texts import few


def test_a_plan_names_every_file_sorted() -> None:
    plan = plan_of(jetclass_entry())
    assert [file.path for file in plan.hub_files] == [
        "README.md",
        "jetclass_batch.sh",
        "jetclass_environment.yml",
        "jetclass_loader.py",
    ]
    assert [file.path for file in plan.catalog_files] == [
        "README.md",
        "jetclass_batch.sh",
        "jetclass_environment.yml",
        "jetclass_info.json",
        "jetclass_loader.py",
    ]
    assert plan.notebook_link is None


def test_a_dataset_has_a_job_notebook_only_where_it_is_asked_for() -> None:
    entry = replace(jetclass_entry(), job_notebook=True)
    plain, plan = plan_of(jetclass_entry()), plan_of(entry)
    added = {file.path for file in plan.catalog_files} - {f.path for f in plain.catalog_files}
    assert added == {"jetclass_job.ipynb"}
    assert (plan.record.notebook, plan.record.job_notebook) == (None, "jetclass_job.ipynb")
    both = plan_of(replace(entry, distributed=False)).record
    assert (both.notebook, both.job_notebook) == (
        "jetclass_dataloader.ipynb",
        "jetclass_job.ipynb",
    )


def test_the_card_is_the_same_on_the_hub_and_in_the_folder() -> None:
    plan = plan_of(iris_entry())
    cards = {f.content for f in (*plan.hub_files, *plan.catalog_files) if f.path == "README.md"}
    assert len(cards) == 1


@few
@given(ENTRIES)
def test_the_same_entry_gives_the_same_bytes(entry: DatasetSpec) -> None:
    assert plan_of(entry) == plan_of(replace(entry))


@few
@given(st.randoms(use_true_random=False))
def test_the_order_of_metadata_keys_changes_the_card_only_in_its_order(
    chance: random.Random,
) -> None:
    entry = iris_entry()
    tags = list(entry.card_tags.items())
    chance.shuffle(tags)
    other = replace(entry, metadata={**entry.metadata, "datacard_tags": dict(tags)})
    cards = [file_of(plan_of(each), "README.md").splitlines() for each in (entry, other)]
    assert sorted(cards[0]) == sorted(cards[1])


@pytest.mark.parametrize("entry", [iris_entry(), jetclass_entry()], ids=["iris", "jetclass"])
def test_the_record_names_every_file_of_the_commit(entry: DatasetSpec) -> None:
    plan = plan_of(entry)
    recorded = [(file.path, file.size_bytes, file.git_oid) for file in plan.record.hub_files]
    assert recorded == [(file.path, file.size_bytes, file.git_oid) for file in plan.hub_files]
    content = json.loads(file_of(plan, f"{entry.nickname}_info.json"))
    assert read_record(content) == plan.record


@pytest.mark.parametrize("content", [b"", b"a\n", b"a\r\nb\0", "é🦆".encode(), b"x" * 100_000])
def test_the_git_oid_is_the_one_git_gives(tmp_path: Path, content: bytes) -> None:
    command = ["git", "hash-object", "--stdin"]
    done = subprocess.run(command, input=content, capture_output=True, check=True, cwd=tmp_path)
    file = PlannedFile("a", content)
    assert file.git_oid == done.stdout.decode().strip()
    assert file.size_bytes == len(content)


@pytest.mark.parametrize("part", ["README.md", "iris_dataloader.ipynb", "iris_info.json"])
def test_iris_looks_like_this(golden: Golden, part: str) -> None:
    golden(f"catalog/iris/{part}", file_of(plan_of(iris_entry()), part))
