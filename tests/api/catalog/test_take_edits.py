"""Descriptions that stewards write in the Hub's editor are taken into the record."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc.api.catalog.plan_target import UpdateOptions
from huggingnersc.api.catalog.update_dataset import plan_update
from huggingnersc.domain.catalog.description import BEGIN, END
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.errors import HubConflictError, HubEditedError, RequestInvalidError
from huggingnersc.fixes import Message, Option
from tests.api.iris import (
    catalog_iris,
    commits,
    edit_on_hub,
    hub_text,
    shown,
    tree,
    update_iris,
)
from tests.api.old_record import OLD_CARD, write_old
from tests.builders import IRIS, write_tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.api.conftest import Centre
    from tests.conftest import RunCommand

CARD = "README.md"


def write_on_hub(centre: Centre, text: str, **changes: str) -> str:
    """Write a description on the Hub, and replace other words of the card; gives the card."""
    before, _, rest = hub_text(centre, CARD).partition(BEGIN)
    card = f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.partition(END)[2]}"
    for old, new in changes.items():
        card = card.replace(old, new)
    edit_on_hub(centre, CARD, card)
    return card


def recorded(centre: Centre) -> Any:
    file = centre.catalog / "iris" / "iris_info.json"
    return json.loads(file.read_text(encoding="utf-8")).get("about")


def test_a_description_written_on_the_hub_is_recorded(centre: Centre) -> None:
    catalog_iris(centre)
    card = write_on_hub(centre, "Measured in **1935**.\n\n- Iris setosa")
    result = update_iris(centre, take_edits=True)
    assert (result.outcome, result.edits, result.takes_description) == ("updated", (), True)
    assert recorded(centre) == "Measured in **1935**.\n\n- Iris setosa"
    assert hub_text(centre, CARD) == card == (centre.catalog / "iris" / CARD).read_text()
    assert len(commits(centre)) == 3  # the first two, and the steward's
    for take_edits in (True, False):
        assert update_iris(centre, take_edits=take_edits).outcome == "unchanged"


def test_it_is_shown_first_and_goes_together_with_other_changes(centre: Centre) -> None:
    catalog_iris(centre)
    write_on_hub(centre, "# Iris\r\n\r\nWords <b>here</b>. \r\n")
    before = tree(centre.catalog)
    planned = update_iris(centre, take_edits=True, official_name="Iris", dry_run=True)
    assert ("hub", CARD, "changed") in shown(planned)
    assert ("catalog folder", "iris_info.json", "changed") in shown(planned)
    said = [str(one) for one in planned.warnings]
    assert "The description has HTML, which is shown as text." in said
    assert tree(centre.catalog) == before
    update_iris(centre, take_edits=True, official_name="Iris")
    assert recorded(centre) == r"Words \<b>here\</b>."
    assert f"\n# Iris\n\n{BEGIN}\n\nWords \\<b>here\\</b>.\n\n{END}\n" in hub_text(centre, CARD)


def test_a_description_taken_away_on_the_hub_is_dropped(centre: Centre, tmp_path: Path) -> None:
    write_tree(tmp_path, {"about.md": "Words.\n"})
    catalog_iris(centre, about=tmp_path / "about.md")
    write_on_hub(centre, "")
    update_iris(centre, take_edits=True)
    assert recorded(centre) is None


def test_without_the_option_it_is_neither_lost_nor_taken(centre: Centre) -> None:
    catalog_iris(centre)
    card = write_on_hub(centre, "Words.")
    with pytest.raises(HubEditedError) as caught:
        update_iris(centre)
    assert [change.path for change in caught.value.changes] == [CARD]
    assert isinstance(caught.value.hint, Message)
    assert Option(Field.TAKE_EDITS) in caught.value.hint.parts
    assert hub_text(centre, CARD) == card
    assert update_iris(centre, overwrite=True).outcome == "updated"
    assert "Words." not in hub_text(centre, CARD)


def test_an_edit_beside_the_description_is_refused_as_before(centre: Centre) -> None:
    catalog_iris(centre)
    write_on_hub(centre, "Words.", **{"license: cc": "license: mit"})
    with pytest.raises(HubEditedError) as caught:
        update_iris(centre, take_edits=True)
    assert isinstance(caught.value.hint, Message)
    assert Option(Field.TAKE_EDITS) not in caught.value.hint.parts
    assert recorded(centre) is None
    result = update_iris(centre, take_edits=True, overwrite=True)
    assert [edit.path for edit in result.edits] == [CARD]
    assert recorded(centre) == "Words."
    assert "license: mit" not in hub_text(centre, CARD)


def test_another_file_edited_too_is_refused(centre: Centre) -> None:
    catalog_iris(centre)
    write_on_hub(centre, "Words.")
    edit_on_hub(centre, "iris_loader.py", "print('theirs')\n")
    with pytest.raises(HubEditedError) as caught:
        update_iris(centre, take_edits=True)
    assert [change.path for change in caught.value.changes] == ["iris_loader.py"]


@pytest.mark.parametrize("lost", [{BEGIN: ""}, {END: ""}, {END: f"{END}\n{END}"}])
def test_without_its_two_lines_nothing_is_taken(centre: Centre, lost: dict[str, str]) -> None:
    catalog_iris(centre)
    card = write_on_hub(centre, "Words.", **lost)
    for overwrite in (False, True):
        with pytest.raises(HubEditedError, match="<!-- huggingnersc:"):
            update_iris(centre, take_edits=True, overwrite=overwrite)
    assert hub_text(centre, CARD) == card
    assert update_iris(centre, overwrite=True).outcome == "updated"


@pytest.mark.attack("descriptions")
@pytest.mark.parametrize(
    ("text", "error"),
    [
        (f"TOKEN = hf_{'aB3' * 11}", RequestInvalidError),
        ("x" * 40_000, RequestInvalidError),
        ("x" * (5 << 20), HubEditedError),
        ("<!-- only this -->", RequestInvalidError),
    ],
)
def test_what_no_file_may_hold_is_not_taken_from_the_hub(
    centre: Centre, text: str, error: type[Exception]
) -> None:
    catalog_iris(centre)
    write_on_hub(centre, text)
    before = tree(centre.catalog)
    with pytest.raises(error):
        update_iris(centre, take_edits=True)
    assert tree(centre.catalog) == before


def test_two_descriptions_at_once_are_refused(centre: Centre, tmp_path: Path) -> None:
    write_tree(tmp_path, {"about.md": "Words.\n"})
    catalog_iris(centre)
    with pytest.raises(RequestInvalidError) as caught:
        update_iris(centre, take_edits=True, about=tmp_path / "about.md")
    assert [problem.where for problem in caught.value.problems] == [Field.ABOUT]


def test_an_edit_that_arrives_while_we_ask_is_not_overwritten(centre: Centre) -> None:
    catalog_iris(centre)
    write_on_hub(centre, "First <i>words</i>.")
    options = UpdateOptions()
    with plan_update("iris", options, take_edits=True, site=str(centre.profile)) as pending:
        card = write_on_hub(centre, "Second words.")
        with pytest.raises(HubConflictError):
            pending.apply()
    assert hub_text(centre, CARD) == card
    update_iris(centre, take_edits=True)
    assert recorded(centre) == "Second words."


def test_an_old_card_has_no_description_to_take(centre: Centre) -> None:
    write_old(centre, README__md=OLD_CARD)
    update_iris(centre)
    assert update_iris(centre, take_edits=True).outcome == "unchanged"
    edit_on_hub(centre, CARD, f"{OLD_CARD}\nWords.\n")
    with pytest.raises(HubEditedError, match="<!-- huggingnersc:"):
        update_iris(centre, take_edits=True)
    update_iris(centre, loader=IRIS / "iris_loader.py", overwrite=True)
    write_on_hub(centre, "Words.")
    update_iris(centre, take_edits=True)
    assert recorded(centre) == "Words."


def test_the_command_says_what_it_takes(centre: Centre, run: RunCommand) -> None:
    catalog_iris(centre)
    write_on_hub(centre, "Words.")
    refused = run("update-dataset", "iris", "--yes", "--site", centre.profile)
    assert refused.code == 3
    assert "--take-edits" in refused.err
    done = run("update-dataset", "iris", "--take-edits", "--yes", "--site", centre.profile)
    assert done.code == 0
    assert "as it was edited on the Hub" in done.out
