"""The words of `preview-dataset`: one nickname, or what `catalog-new-dataset` takes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer

from huggingnersc.cli.catalog.preview_dataset import read_words

if TYPE_CHECKING:
    from tests.conftest import RunCommand

NEW = ["Iris", "iris", "load.py", "https://x.org", "m.json"]


@pytest.mark.parametrize(
    ("words", "read"),
    [
        (["iris"], ("iris", None, "", "", "", None, False)),
        (NEW, (*NEW, None, False)),
        ([*NEW, "job.sh"], (*NEW, Path("job.sh"), False)),
        ([*NEW, "None", "True"], (*NEW, None, True)),
    ],
)
def test_words_are_a_nickname_or_the_arguments_of_a_new_dataset(
    words: list[str], read: tuple[object, ...]
) -> None:
    assert read_words(words, distributed=False, has_options=False) == read


def test_option_distributed_is_the_same_as_the_word() -> None:
    assert read_words(NEW, distributed=True, has_options=True)[-1] is True


@pytest.mark.parametrize("count", [2, 4, 8])
def test_other_numbers_of_words_are_refused(count: int) -> None:
    with pytest.raises(typer.BadParameter, match="give NICKNAME, or OFFICIAL_NAME"):
        read_words(["x"] * count, distributed=False, has_options=False)


def test_options_of_a_new_dataset_are_refused_for_a_cataloged_one(run: RunCommand) -> None:
    done = run("preview-dataset iris --job-notebook")
    assert done.code == 2
    assert "update-dataset iris --dry-run" in " ".join(done.err.split())


def test_empty_nickname_of_a_new_dataset_is_told_as_that(run: RunCommand) -> None:
    done = run("preview-dataset Iris '' load.py https://x.org m.json")
    assert done.code == 1
    assert "  NICKNAME: " in done.err
