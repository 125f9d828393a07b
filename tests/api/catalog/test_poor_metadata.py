"""A record whose metadata lacks what a card needs: every verb goes on, and an update fixes it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc import (
    check_dataset,
    inspect_dataset,
    preview_dataset,
    remove_dataset,
    restore_dataset,
)
from huggingnersc.errors import RequestInvalidError
from tests.api.iris import catalog_iris, edit_on_hub, hub_text, update_iris
from tests.builders import IRIS
from tests.wording import typed

if TYPE_CHECKING:
    from tests.api.conftest import Centre
    from tests.conftest import RunCommand

POOR: list[Any] = [
    {},
    {"datacard_tags": ["a"]},
    {"datacard_tags": {"pretty_name": 1}, "other_info": {}},
    {"datacard_tags": {"pretty_name": "Iris", "size_categories": "n<1K"}, "other_info": None},
    {
        "datacard_tags": {"pretty_name": "Iris", "size_categories": "n<1K"},
        "other_info": {"papers": "one"},
    },
]


@pytest.fixture(params=POOR, ids=json.dumps)
def iris(centre: Centre, request: pytest.FixtureRequest) -> Centre:
    """Iris, cataloged; since then someone edited the metadata in its record."""
    catalog_iris(centre)
    record = centre.catalog / "iris/iris_info.json"
    content = json.loads(record.read_text(encoding="utf-8"))
    record.write_text(json.dumps(content | {"metadata": request.param}), encoding="utf-8")
    return centre


def test_update_that_the_check_recomfixes_fixes_it(iris: Centre) -> None:
    edit_on_hub(iris, "iris_loader.py", "theirs\n")
    found = check_dataset("iris", site=str(iris.profile)).datasets[0].findings
    fixes = {typed(fix) for one in found if one.about == "metadata" for fix in one.fixes}
    assert {fix.partition(" --site")[0] for fix in fixes} == {
        "update-dataset iris --metadata FILE --overwrite"
    }
    assert any("Hub" in one.about for one in found)
    update_iris(iris, metadata=IRIS / "iris_metadata.json", overwrite=True)
    again = check_dataset("iris", site=str(iris.profile)).datasets[0].findings
    assert not [one for one in again if one.about in {"metadata", "Hub", "catalog"}]
    assert "iris_loader.py" in hub_text(iris, "README.md")


def test_update_of_something_else_reports_what_is_missing(iris: Centre) -> None:
    with pytest.raises(RequestInvalidError) as caught:
        update_iris(iris, official_name="New")
    assert "metadata in iris_info.json: $." in str(caught.value.problems)


def test_it_is_inspected(iris: Centre, run: RunCommand) -> None:
    done = run("inspect-dataset iris --site", iris.profile)
    assert (done.code, done.err) == (0, "")
    assert inspect_dataset("iris", site=str(iris.profile)).hub.as_recorded is True


def test_it_is_previewed_by_the_card_in_its_folder(iris: Centre) -> None:
    cards: list[str] = []
    preview_dataset(
        "iris",
        on_ready=lambda preview: cards.append(preview.card.read_text(encoding="utf-8")),
        site=str(iris.profile),
    )
    assert cards == [(iris.catalog / "iris/README.md").read_text(encoding="utf-8")]


def test_it_is_removed_and_restored(iris: Centre) -> None:
    remove_dataset("iris", site=str(iris.profile))
    restored = restore_dataset("iris", site=str(iris.profile))
    assert restored.outcome == "restored"
    assert (iris.catalog / "iris/iris_info.json").is_file()


def test_deleted_repository_is_restored_with_its_loader(iris: Centre) -> None:
    remove_dataset("iris", delete=True, site=str(iris.profile))
    restored = restore_dataset("iris", site=str(iris.profile))
    assert restored.published_again
    published = hub_text(iris, "iris_loader.py")
    assert published == (iris.catalog / "iris/iris_loader.py").read_text("utf-8")
    assert published.endswith((IRIS / "iris_loader.py").read_text("utf-8"))


def test_what_is_recorded_is_published_where_the_file_beside_it_says_something_else(
    iris: Centre,
) -> None:
    (iris.catalog / "iris/iris_loader.py").write_text("print('edited')\n", encoding="utf-8")
    remove_dataset("iris", delete=True, site=str(iris.profile))
    restore_dataset("iris", site=str(iris.profile))
    assert hub_text(iris, "iris_loader.py") == (IRIS / "iris_loader.py").read_text("utf-8")
