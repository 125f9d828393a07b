"""The arguments of `preview-dataset`: one nickname, or those of `catalog-new-dataset`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer

from huggingnersc.cli.catalog.preview_dataset import parse_dataset

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
    assert parse_dataset(words, distributed=False, has_options=False) == read


def test_option_distributed_equals_the_argument() -> None:
    assert parse_dataset(NEW, distributed=True, has_options=True)[-1] is True


@pytest.mark.parametrize("count", [2, 4, 8])
def test_other_numbers_of_words_are_refused(count: int) -> None:
    with pytest.raises(typer.BadParameter):
        parse_dataset(["x"] * count, distributed=False, has_options=False)


def test_options_of_a_new_dataset_are_refused_for_a_cataloged_one(run: RunCommand) -> None:
    done = run("preview-dataset iris --job-notebook")
    assert (done.code, done.out) == (2, "")
    words = done.err.replace("│", " ").split()  # in a panel
    assert "update-dataset iris --dry-run" in " ".join(words)


def test_empty_nickname_of_a_new_dataset_is_reported(run: RunCommand) -> None:
    done = run("preview-dataset Iris '' load.py https://x.org m.json")
    assert done.code == 1
    assert "  NICKNAME: " in done.err
