from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc.api.versions.update_version import plan_version_update, update_version
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.catalog.version_texts import MAX_MESSAGE_CHARS
from huggingnersc.errors import (
    HubEditedError,
    RequestInvalidError,
    VersionUnknownError,
)
from huggingnersc.fixes import Fix, Message, Verb
from tests.api.iris import catalog_iris, edit_on_hub, hub_text, tree
from tests.api.iris_versions import add_version, history_of

if TYPE_CHECKING:
    from huggingnersc.api.catalog.update_dataset import Updated
    from tests.api.conftest import Centre

SECRET = "hf_" + "AbCdEfGhIjKlMnOpQrStUvWxYzAbCdEfGh"


@pytest.fixture
def versioned(centre: Centre) -> Centre:
    """Iris with two versions, as the Hub has them."""
    from huggingnersc import update_dataset

    catalog_iris(centre)
    add_version(centre, "v1", tag=False)
    add_version(centre, "v2", tag=False)
    update_dataset("iris", site=str(centre.profile))
    return centre


def change(centre: Centre, title: str = "iris@v1", **changes: Any) -> Updated:
    return update_version(title, site=str(centre.profile), **changes)


def test_message_labels_and_retirement_are_recorded_and_on_the_card(versioned: Centre) -> None:
    before = tree(versioned.catalog / "iris/versions")
    result = change(versioned, message=" As published.\n", labels=("paper", "x"), retired=True)
    assert result.outcome == "updated"
    v1, v2 = history_of(versioned).versions
    assert (v1.message, v1.labels, v1.retired) == ("As published.", ("paper", "x"), True)
    assert (v2.message, v2.labels, v2.retired) == ("", (), False)
    card = hub_text(versioned, "README.md")
    assert "(retired, paper, x)" in card
    assert "As published." in card
    assert tree(versioned.catalog / "iris/versions") == before


def test_the_same_change_again_does_nothing(versioned: Centre) -> None:
    changes: dict[str, Any] = {"message": "m", "labels": ("paper",), "retired": True}
    assert change(versioned, **changes).outcome == "updated"
    assert change(versioned, **changes).outcome == "unchanged"


def test_what_was_changed_is_taken_back(versioned: Centre) -> None:
    first = history_of(versioned)
    change(versioned, message="m", labels=("paper",), retired=True)
    change(versioned, message="", without_labels=("paper",), retired=False)
    assert history_of(versioned) == first


def test_dry_run_shows_the_card_and_changes_nothing(versioned: Centre) -> None:
    before = tree(versioned.catalog)
    result = change(versioned, retired=True, dry_run=True)
    assert result.outcome == "planned"
    assert {one.path for one in result.changes} == {"README.md", "iris_info.json"}
    assert tree(versioned.catalog) == before


def test_version_that_is_made_meanwhile_is_kept(versioned: Centre) -> None:
    with plan_version_update(
        "iris@v1", retired=True, site=str(versioned.profile), dry_run=True
    ) as pending:
        assert pending.plan.outcome == "planned"
    add_version(versioned, "v3", tag=False)
    change(versioned, retired=True)
    assert [one.name for one in history_of(versioned).versions] == ["v1", "v2", "v3"]


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"message": "x" * (MAX_MESSAGE_CHARS + 1)}, [Field.MESSAGE]),
        ({"message": "a\x1b[2Jb"}, [Field.MESSAGE]),
        ({"labels": ("a b", "fine", "c,d")}, [Field.LABEL, Field.LABEL]),
        ({"labels": ("a",), "without_labels": ("a",)}, [Field.LABEL]),
        ({"message": f"token={SECRET}"}, [Field.MESSAGE]),
        ({"labels": (SECRET,)}, [Field.LABEL]),
    ],
)
def test_what_may_not_be_published_is_refused_with_every_problem(
    versioned: Centre, changes: dict[str, Any], fields: list[Field]
) -> None:
    before = tree(versioned.catalog)
    with pytest.raises(RequestInvalidError) as caught:
        change(versioned, **changes)
    assert [one.where for one in caught.value.problems] == fields
    assert SECRET not in str(caught.value.__notes__)
    assert tree(versioned.catalog) == before


@pytest.mark.parametrize("title", ["iris", "iris@v9", "iris@"])
def test_only_a_version_that_is_there_changes(versioned: Centre, title: str) -> None:
    with pytest.raises(VersionUnknownError) as caught:
        change(versioned, title, retired=True)
    assert caught.value.hint


def test_edit_on_the_hub_is_decided_about_by_update_dataset(versioned: Centre) -> None:
    edit_on_hub(versioned, "README.md", "---\nlicense: mit\n---\n# Mine\n")
    with pytest.raises(HubEditedError) as caught:
        change(versioned, retired=True)
    assert isinstance(caught.value.hint, Message)
    assert Fix(Verb.UPDATE_DATASET, ("iris",)) in caught.value.hint.parts
    assert [one.path for one in caught.value.changes] == ["README.md"]
