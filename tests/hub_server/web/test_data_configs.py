from __future__ import annotations

from typing import Any

import pytest

from huggingnersc.hub_server.web.data_configs import (
    SampleFile,
    config_names,
    config_to_name,
    sample_files,
)

TRAIN, TABLE = "version/sample/train.parquet", "version/tables/iris.parquet"


def config(name: object, data_files: object) -> dict[str, Any]:
    return {"config_name": name, "data_files": data_files}


def test_samples_and_tables_are_taken_and_other_files_are_not() -> None:
    card = {
        "configs": [
            config("sample", [{"split": "train", "path": TRAIN}]),
            config("all", [{"split": "train", "path": [TABLE, "other.parquet"]}]),
            config("files", [{"split": "train", "path": "version/files.parquet"}]),
        ]
    }
    found = sample_files(card)
    assert found == (SampleFile("sample", "train", TRAIN), SampleFile("all", "train", TABLE))
    assert [one.label for one in found] == ["train", "all, train"]
    assert config_names(card) == ("sample", "all", "files")


@pytest.mark.parametrize("files", [TRAIN, [TRAIN], [{"split": "train", "path": TRAIN}]])
def test_files_are_named_in_several_forms(files: object) -> None:
    assert sample_files({"configs": [config("sample", files)]}) == (
        SampleFile("sample", "train", TRAIN),
    )


@pytest.mark.attack("hostile data")
@pytest.mark.parametrize(
    "configs",
    [
        None,
        "sample",
        [1, None, []],
        [config(1, TRAIN)],
        [config("sample", {"train": TRAIN})],
        [config("sample", [{"split": 1, "path": TRAIN}])],
        [config("sample", [{"split": "x", "path": {"a": TRAIN}}, None])],
        [config("sample", [{"split": "x", "path": [None, 3]}])],
    ],
)
def test_what_names_no_file_is_left_out(configs: object) -> None:
    assert sample_files({"configs": configs}) == ()


@pytest.mark.parametrize(
    ("configs", "named"),
    [
        ([config("sample", TRAIN), config("files", TRAIN)], "sample"),
        ([config("sample", TRAIN), config("tables", "version/tables/train.parquet")], "tables"),
        ([config("a", TRAIN), {**config("b", TRAIN), "default": True}], ""),
        ([config("default", TRAIN)], ""),
        ([], ""),
    ],
)
def test_a_configuration_is_named_where_none_is_the_default(configs: object, named: str) -> None:
    assert config_to_name({"configs": configs}) == named


@pytest.mark.attack("expensive pages")
def test_only_so_many_files_are_taken() -> None:
    many = [config("sample", [TRAIN] * 1_000)] * 100
    assert len(sample_files({"configs": many})) == 50


def test_the_first_shard_of_data_that_was_uploaded_comes_after_the_sample() -> None:
    data = [
        {"split": "train", "path": "data/train-*-of-00004.parquet"},
        {"split": "test", "path": "data/test-00000-of-00001.parquet"},
        {"split": "odd", "path": "data/*.parquet"},
        {"split": "tar", "path": "data/tar-*-of-00004.tar"},
    ]
    sample = [{"split": "train", "path": "version/sample/train.parquet"}]
    found = sample_files({"configs": [config("data", data), config("sample", sample)]})
    assert [(one.label, one.path) for one in found] == [
        ("train", "version/sample/train.parquet"),
        ("data, train", "data/train-00000-of-00004.parquet"),
        ("data, test", "data/test-00000-of-00001.parquet"),
    ]
