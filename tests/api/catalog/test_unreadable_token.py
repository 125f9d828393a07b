"""A token file that cannot be read: each verb does what it can without, and says why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from huggingface_hub import constants

from huggingnersc import check_dataset, inspect_dataset
from huggingnersc.errors import RequestInvalidError, SettingsError
from tests.api.iris import catalog_iris
from tests.builders import write_tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.api.conftest import Centre


@pytest.fixture
def iris(centre: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Centre:
    """Iris, cataloged; since then the token can be read no more."""
    catalog_iris(centre)
    (tmp_path / "token").write_bytes(b"\xff")
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "token"))
    monkeypatch.delenv("HF_TOKEN")
    return centre


def test_record_is_shown_all_the_same(iris: Centre) -> None:
    shown = inspect_dataset("iris", site=str(iris.profile))
    assert shown.nickname == "iris"
    assert not shown.hub.reachable
    assert "token cannot be read" in (shown.hub.note or "")


def test_all_but_the_hub_is_checked(iris: Centre) -> None:
    (iris.catalog / "iris/README.md").unlink()
    checks = check_dataset("iris", site=str(iris.profile))
    reported = {(one.level.value, one.about): one.message for one in checks.datasets[0].findings}
    assert "README.md is missing" in str(reported["problem", "catalog"])
    assert "token cannot be read" in str(reported["not checked", "Hub"])


def test_cataloging_is_refused_beside_all_other_problems(iris: Centre, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="token cannot be read"):
        catalog_iris(iris)
    write_tree(tmp_path, {"bad.json": "{}"})
    with pytest.raises(RequestInvalidError) as caught:
        catalog_iris(iris, metadata_json=tmp_path / "bad.json")
    assert "token cannot be read" in str(caught.value.problems[-1])
