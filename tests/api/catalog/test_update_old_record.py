"""Updating what the first HuggingNERSC cataloged: flat records, scripts often lost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc import inspect_dataset, remove_dataset, restore_dataset
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.errors import (
    HubEditedError,
    HubError,
    RequestInvalidError,
)
from huggingnersc.fixes import Message
from tests.api.iris import (
    api,
    edit_on_hub,
    files,
    hub_text,
    is_private,
    shown,
    tree,
    update_iris,
)
from tests.api.old_record import COMPLETED_CARD, OLD_CARD, THEIR_CARD, write_old
from tests.builders import IRIS, IRIS_LINK, write_tree

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.api.catalog.restore_dataset import Restored
    from tests.api.conftest import Centre


def record(centre: Centre) -> dict[str, Any]:
    file = centre.catalog / "iris" / "iris_info.json"
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return content


def test_old_record_with_the_loader_given_is_published_anew(centre: Centre) -> None:
    write_old(centre, README__md=OLD_CARD)
    result = update_iris(centre, loader=IRIS / "iris_loader.py")
    assert (result.outcome, result.creates_repository, result.missing) == ("updated", True, ())
    assert "# Iris of old" in hub_text(centre, "README.md")
    assert record(centre)["format"] == 2
    assert record(centre)["portal_link"] == IRIS_LINK
    assert "iris/iris_dataloader.ipynb" in tree(centre.catalog)
    assert update_iris(centre).outcome == "unchanged"


def test_old_record_takes_the_loader_that_lies_in_its_folder(centre: Centre) -> None:
    write_old(centre, load__py="print('old')\n", run__sh="#!/bin/sh\n", README__md=OLD_CARD)
    result = update_iris(centre)
    assert any("load.py in the catalog folder is used" in str(said) for said in result.warnings)
    assert files(centre) == [".gitattributes", "README.md", "load.py", "run.sh"]
    assert record(centre)["loader"] == {"name": "load.py", "text": "print('old')\n"}
    assert record(centre)["batch_script"]["name"] == "run.sh"


def test_old_record_without_scripts_is_published_as_found_and_says_what_is_missing(
    centre: Centre,
) -> None:
    write_old(centre, README__md=OLD_CARD, iris_dataloader__ipynb="{}")
    result = update_iris(centre)
    assert result.outcome == "updated"
    (missing,) = result.missing
    assert isinstance(missing, Message)
    assert Field.LOADER in missing.parts
    assert hub_text(centre, "README.md") == COMPLETED_CARD
    assert (record(centre)["format"], record(centre)["loader"]) == (2, None)
    assert record(centre)["notebook"] == "iris_dataloader.ipynb"
    assert update_iris(centre).outcome == "unchanged"
    assert update_iris(centre, loader=IRIS / "iris_loader.py").missing == ()


def test_old_record_keeps_what_the_hub_holds_beside_its_card(centre: Centre) -> None:
    api(centre).create_repo("NERSC/iris", repo_type="dataset", private=True)
    edit_on_hub(centre, "README.md", OLD_CARD)
    edit_on_hub(centre, "iris_loader.py", "print('on the Hub')\n")
    write_old(centre, README__md=OLD_CARD)
    result = update_iris(centre)
    assert shown(result) == [
        ("hub", "README.md", "changed"),
        ("catalog folder", "README.md", "changed"),
        ("catalog folder", "iris_info.json", "changed"),
    ]
    assert hub_text(centre, "README.md") == COMPLETED_CARD
    assert "iris_loader.py" in files(centre)
    assert is_private(centre)
    assert record(centre)["private"] is True
    assert inspect_dataset("iris", site=str(centre.profile)).hub.as_recorded is True


def test_old_record_whose_card_differs_on_the_hub_is_a_conflict(centre: Centre) -> None:
    api(centre).create_repo("NERSC/iris", repo_type="dataset")
    edit_on_hub(centre, "README.md", THEIR_CARD)
    write_old(centre, README__md=OLD_CARD)
    with pytest.raises(HubEditedError, match="never recorded"):
        update_iris(centre)
    assert hub_text(centre, "README.md") == THEIR_CARD
    assert update_iris(centre, overwrite=True).outcome == "updated"
    assert hub_text(centre, "README.md") == COMPLETED_CARD


def test_license_and_tags_of_an_old_record_reach_a_card_that_lacks_them(centre: Centre) -> None:
    write_old(centre, README__md="# Iris of old\n")
    update_iris(centre)
    card = hub_text(centre, "README.md")
    assert "license: cc\n" in card
    assert card.endswith("---\n\n# Iris of old\n")
    assert (centre.catalog / "iris" / "README.md").read_text(encoding="utf-8") == card
    assert update_iris(centre).outcome == "unchanged"


def test_old_card_that_the_hub_refuses_is_reported(centre: Centre) -> None:
    write_old(centre, README__md="---\nlicense: [\n---\n# Iris\n")
    with pytest.raises(HubError, match="the card of NERSC/iris"):
        update_iris(centre)
    write_old(centre, README__md="# A card without front matter\n")
    assert update_iris(centre).outcome == "updated"


def test_old_record_with_nothing_beside_it_asks_for_the_loader(centre: Centre) -> None:
    write_old(centre)
    before = tree(centre.catalog)
    with pytest.raises(RequestInvalidError) as caught:
        update_iris(centre)
    assert [problem.where for problem in caught.value.problems] == [Field.LOADER]
    assert tree(centre.catalog) == before


def test_card_of_an_old_record_cannot_change_without_the_loader(centre: Centre) -> None:
    write_old(centre, README__md=OLD_CARD)
    with pytest.raises(RequestInvalidError) as caught:
        update_iris(centre, official_name="New")
    assert [problem.where for problem in caught.value.problems] == [Field.LOADER]


@pytest.mark.parametrize("verb", ["update", "restore"])
def test_what_is_published_as_found_is_searched_for_secrets_and_faults_too(
    centre: Centre, verb: str
) -> None:
    write_old(centre, a__py=f'TOKEN = "hf_{"aB3" * 11}"\n', b__py="print((\n", README__md=OLD_CARD)
    if verb == "restore":
        remove_dataset("iris", site=str(centre.profile))
    publish = update_iris if verb == "update" else restore_iris
    with pytest.raises(RequestInvalidError) as caught:
        publish(centre)
    places = [problem.where for problem in caught.value.problems]
    assert places == ["a.py:1", "b.py:1"]
    assert api(centre).repo_exists("NERSC/iris", repo_type="dataset") is False
    write_tree(_folder(centre), {"b.py": "print()\n"})
    line_hash = str(caught.value.problems[0].message).rpartition("=")[2].strip("'")
    assert publish(centre, allow_secret=[line_hash]).commit
    assert files(centre) == [".gitattributes", "README.md", "a.py", "b.py"]


def restore_iris(centre: Centre, **options: Any) -> Restored:
    return restore_dataset("iris", site=str(centre.profile), **options)


def _folder(centre: Centre) -> Path:
    return next(file.parent for file in centre.catalog.rglob("iris_info.json"))
