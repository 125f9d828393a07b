from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.domain.draft.split import in_order, split_name, split_word, splits_of
from huggingnersc.domain.draft.survey import DataFile


def patterns(*names: str) -> dict[str, str | None]:
    files = [DataFile(PurePosixPath(name), 1, None) for name in names]
    return {split.name: split.pattern for split in splits_of(files)}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["test/a.csv", "train/a.csv"], {"train": "train/*", "test": "test/*"}),
        (["Training/a", "val/a"], {"train": "Training/*", "validation": "val/*"}),
        (["data/dev/a", "data/eval/a"], {"validation": "data/dev/*", "test": "data/eval/*"}),
        (["train.csv", "test.csv"], {"train": "train.csv", "test": "test.csv"}),
        (
            ["iris_train.csv", "iris-test.csv"],
            {"train": "iris_train.csv", "test": "iris-test.csv"},
        ),
        (
            ["data/train-00000.csv", "data/train-00001.csv", "data/test-00000.csv"],
            {"train": "data/train*", "test": "data/test-00000.csv"},
        ),
        (["1/train/a", "2/train/a", "2/test/a"], {"train": "*/train/*", "test": "2/test/*"}),
        (
            ["1/train.csv", "2/train.csv", "1/test.csv", "2/test.csv"],
            {"train": "*/train.csv", "test": "*/test.csv"},
        ),
        (
            ["test-7/train/a", "test-7/eval/a"],
            {"train": "test-7/train/*", "test": "test-7/eval/*"},
        ),
        (["train/a", "train/b", "test.csv"], {"train": "train/*", "test": "test.csv"}),
        (["train [1]/a", "test [1]/a"], {"train": "train [[]1]/*", "test": "test [[]1]/*"}),
    ],
)
def test_split_is_recognized_by_folder_or_file_name(
    names: list[str], expected: dict[str, str]
) -> None:
    assert patterns(*names) == expected


@pytest.mark.parametrize(
    "names",
    [
        ["a.csv", "b.csv"],
        ["test.csv"],
        ["wind-tunnel-test/a.csv", "wind-tunnel-test/b.csv"],
        ["latest/a.csv", "contrain/b.csv"],
        ["train/a.csv", "training/b.csv"],
        [],
    ],
)
def test_names_that_are_not_two_splits_are_none(names: list[str]) -> None:
    assert patterns(*names) == {}


def test_other_folder_beside_train_and_test_is_a_split_of_its_own() -> None:
    found = patterns("train/a", "test/a", "unlabeled/a", "a")
    assert found == {"train": "train/*", "test": "test/*", "unlabeled": "unlabeled/*"}


def test_two_folders_that_mean_one_split_are_two_where_no_pattern_holds_both() -> None:
    found = patterns("train/a", "dev/a", "valid/a")
    assert found == {"train": "train/*", "dev": "dev/*", "valid": "valid/*"}


def test_order_is_train_validation_test_and_then_by_name() -> None:
    assert in_order(["z", "test", "a", "validation", "train", "a"]) == [
        "train",
        "validation",
        "test",
        "a",
        "z",
    ]


@pytest.mark.parametrize(
    ("name", "word", "split"),
    [("X_train", "train", "train"), ("val2", "val", "validation"), ("contest", None, "contest")],
)
def test_word_of_a_split_stands_alone_in_the_name(name: str, word: str | None, split: str) -> None:
    assert (split_word(name), split_name(name)) == (word, split)


PARTS = st.sampled_from(["train", "test", "val", "dev", "a", "b*", "[x]", "my-train_1", "TEST"])
NAMES = st.lists(PARTS, min_size=1, max_size=3).map("/".join)


@given(names=st.lists(NAMES, unique=True, max_size=6))
def test_each_file_is_matched_by_the_pattern_of_its_split_only(names: list[str]) -> None:
    files = [DataFile(PurePosixPath(name), 1, None) for name in names]
    splits = splits_of(files)
    assert len(splits) != 1
    for split in splits:
        matched = [file for file in files if fnmatchcase(str(file.path), str(split.pattern))]
        assert matched == sorted(split.files, key=files.index)
        assert split.files
