"""A damaged record is reported with a recovery hint, and following the hint recovers it."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from huggingnersc import (
    check_dataset,
    inspect_dataset,
    list_datasets,
    remove_dataset,
    restore_dataset,
    update_dataset,
)
from huggingnersc.errors import DatasetExistsError, RecordDamagedError
from huggingnersc.fixes import Message, ShellCommand, Text
from tests.api.iris import catalog_iris, commits, tree, update_iris
from tests.wording import shell_command_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.api.conftest import Centre


def damage(centre: Centre, content: str) -> Path:
    record = centre.catalog / "iris/iris_info.json"
    record.write_text(content, encoding="utf-8")
    return record


def type_what_a_hint_says(hint: Text | None) -> None:
    subprocess.run(["bash", "-euc", shell_command_in(hint)], check=True)


@pytest.mark.parametrize("content", ["{", "{}", "[]", ""])
def test_the_command_that_cataloged_it_says_what_makes_it_work_again(
    centre: Centre, content: str
) -> None:
    catalog_iris(centre)
    before, history = tree(centre.catalog), commits(centre)
    damage(centre, content)
    with pytest.raises(DatasetExistsError, match="its record is damaged") as caught:
        catalog_iris(centre)
    type_what_a_hint_says(caught.value.hint)
    assert catalog_iris(centre).outcome == "completed"
    assert tree(centre.catalog / "iris") == tree_of(before, "iris/")
    assert commits(centre) == history
    assert update_iris(centre).outcome == "unchanged"
    assert [row.nickname for row in list_datasets(site=str(centre.profile)).datasets] == ["iris"]


def tree_of(files: dict[str, bytes], folder: str) -> dict[str, bytes]:
    return {p.removeprefix(folder): c for p, c in files.items() if p.startswith(folder)}


@pytest.mark.parametrize("verb", [update_dataset, inspect_dataset, remove_dataset])
def test_every_other_verb_says_so_too(centre: Centre, verb: Callable[..., object]) -> None:
    catalog_iris(centre)
    record = damage(centre, "{")
    with pytest.raises(RecordDamagedError) as caught:
        verb("iris", site=str(centre.profile))
    assert str(record) in str(caught.value)
    type_what_a_hint_says(caught.value.hint)
    assert catalog_iris(centre).outcome == "completed"


def test_the_check_prints_the_command(centre: Centre) -> None:
    catalog_iris(centre)
    damage(centre, "{")
    (found,) = check_dataset("iris", site=str(centre.profile)).datasets[0].findings
    (fix,) = found.fixes
    assert isinstance(fix, ShellCommand)
    type_what_a_hint_says(Message(fix))
    assert catalog_iris(centre).outcome == "completed"


@pytest.mark.parametrize("verb", [restore_dataset, remove_dataset])
def test_a_removed_one_can_be_cataloged_anew(centre: Centre, verb: Callable[..., object]) -> None:
    catalog_iris(centre, private=True)
    stone = remove_dataset("iris", site=str(centre.profile)).removed_dir
    assert stone is not None
    (stone / "iris_info.json").write_text("{", encoding="utf-8")
    with pytest.raises(RecordDamagedError) as caught:
        verb("iris", site=str(centre.profile))
    type_what_a_hint_says(caught.value.hint)
    assert catalog_iris(centre, private=True).outcome == "completed"
    assert update_iris(centre, private=False).outcome == "updated"
