"""A snapshot that was published and cut off, whose run is lost: someone else goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc import snapshot_dataset, update_dataset
from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.hub.client import Hub
from huggingnersc.adapters.version_store import VersionStore
from huggingnersc.errors import HubConflictError, HubEditedError, RunExistsError
from tests.api.iris import api, edit_on_hub, hub_text
from tests.api.versions.publishing import files_at, tags
from tests.api.versions.snapshots import cut_off_at

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.api.versions.snapshot_result import Snapshot
    from tests.api.conftest import Centre

DELETE_TAG = "hf repos tag delete NERSC/iris v1 --type dataset"


def snapshot(centre: Centre, **changes: Any) -> Snapshot:
    return snapshot_dataset("iris", statistics=False, site=str(centre.profile), **changes)


@pytest.fixture(params=["commit", "tag"])
def lost(centre: Centre, data: Path, request: pytest.FixtureRequest) -> str:
    """What a colleague's lost run had done last: the commit of v1, or its tag."""
    after: dict[str, tuple[type, str]] = {
        "commit": (Hub, "create_tag"),
        "tag": (VersionStore, "promote"),
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(data.parent / "colleague"))
        with cut_off_at(*after[request.param]):
            snapshot(centre, message="Theirs")
    done: str = request.param
    return done


def names(centre: Centre) -> list[str]:
    return [one.name for one in CatalogFolder(centre.catalog).record("iris").history.versions]


def test_the_next_snapshot_goes_on(centre: Centre, lost: str) -> None:
    name = {"commit": "v1", "tag": "v2"}[lost]
    assert snapshot(centre, dry_run=True).version == name
    made = snapshot(centre, message="Mine")
    assert (made.outcome, made.version, names(centre)) == ("made", name, [name])
    assert tags(centre)[name] == made.commit
    assert files_at(centre) == files_at(centre, name)
    assert "Theirs" not in hub_text(centre, "README.md")
    assert (DELETE_TAG in " ".join(map(str, made.warnings))) == (lost == "tag")
    assert snapshot(centre).outcome == "unchanged"
    assert update_dataset("iris", site=str(centre.profile)).outcome == "unchanged"


def test_an_update_goes_on(centre: Centre, lost: str) -> None:
    update_dataset("iris", official_name="Iris", site=str(centre.profile))
    assert "Theirs" not in hub_text(centre, "README.md")
    assert len(tags(centre)) == (lost == "tag")


def test_edits_since_are_not_replaced(centre: Centre, lost: str) -> None:
    edit_on_hub(centre, "README.md", hub_text(centre, "README.md") + "\nMore.\n")
    with pytest.raises(HubEditedError):
        snapshot(centre)
    assert "More." in hub_text(centre, "README.md")
    assert lost


@pytest.mark.parametrize("lost", ["tag"], indirect=True)
def test_a_name_that_was_asked_for_is_free_after_the_printed_command(
    centre: Centre, lost: str
) -> None:
    with pytest.raises(HubConflictError) as caught:
        snapshot(centre, version="v1")
    assert DELETE_TAG in str(caught.value.hint)
    api(centre).delete_tag("NERSC/iris", tag="v1", repo_type="dataset")
    assert snapshot(centre, version="v1").outcome == "made"
    assert lost


@pytest.mark.parametrize("lost", ["tag"], indirect=True)
def test_the_lost_run_is_not_completed_after_a_later_version(
    centre: Centre, data: Path, lost: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot(centre)
    monkeypatch.setenv("XDG_DATA_HOME", str(data.parent / "colleague"))
    with pytest.raises(RunExistsError) as caught:
        snapshot(centre)
    assert "cancel_run(" in str(caught.value.hint)
    assert names(centre) == ["v2"]
    assert lost
