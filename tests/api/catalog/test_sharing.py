"""Colleagues of one group keep one catalog: what one cataloged another may change."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc import (
    catalog_new_dataset,
    preview_dataset,
    remove_dataset,
    restore_dataset,
    update_dataset,
)
from huggingnersc.errors import DatasetError
from tests.adapters.catalogs import OTHER_GROUP, know_users, needs_root
from tests.api.conftest import Centre
from tests.api.iris import catalog_iris, commits, is_private
from tests.builders import CENTRE_PROFILE, IRIS, IRIS_LINK
from tests.faults.world import in_child

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from huggingnersc.hub_server import RunningHub

ADA, BOB = 4001, 4002
pytestmark = needs_root


@pytest.fixture
def shared(hub: RunningHub, monkeypatch: pytest.MonkeyPatch) -> Iterator[Centre]:
    """A centre whose catalog the group of Ada and Bob may write."""
    monkeypatch.setenv("HF_TOKEN", hub.token)
    know_users(monkeypatch, {ADA: [OTHER_GROUP], BOB: [OTHER_GROUP]})
    with tempfile.TemporaryDirectory() as folder:
        place, catalog = Path(folder), Path(folder) / "catalog"
        place.chmod(0o755)
        shutil.copytree(IRIS, place / "iris")
        catalog.mkdir()
        os.chown(catalog, 0, OTHER_GROUP)
        catalog.chmod(0o2775)
        profile = place / "centre.toml"
        profile.write_text(
            CENTRE_PROFILE.format(endpoint=hub.endpoint, root=catalog), encoding="utf-8"
        )
        monkeypatch.setenv("HOME", str(place))
        centre = Centre(profile, catalog, hub)
        files = {
            "loader_script": place / "iris/iris_loader.py",
            "metadata_json": place / "iris/iris_metadata.json",
        }
        # One import of all that is needed: others may not be able to read this Python.
        catalog_iris(centre, **files | {"nickname": "first", "metadata_json": _renamed(place)})
        update_dataset("first", official_name="First", site=str(profile))
        remove_dataset("first", site=str(profile))
        restore_dataset("first", site=str(profile))
        assert acting(ADA, lambda: catalog_iris(centre, **files).outcome) == "cataloged"
        yield centre


def _renamed(place: Path) -> Path:
    file = place / "first.json"
    text = (place / "iris/iris_metadata.json").read_text(encoding="utf-8")
    file.write_text(text.replace('"nickname": "iris"', '"nickname": "first"'), encoding="utf-8")
    return file


def acting(user: int, action: Callable[[], Any]) -> str:
    """Do something as another user, in a child; gives its value, or the error and its hint."""

    def do() -> str:
        os.umask(0o022)
        os.setgroups([])
        os.setgid(OTHER_GROUP)
        os.setuid(user)
        try:
            return str(action())
        except DatasetError as error:
            return " ".join([str(error), *error.__notes__]).replace("hint: ", "")

    _, said = in_child(do)
    return str(said)


def test_what_one_cataloged_a_colleague_updates_removes_and_restores(shared: Centre) -> None:
    site = str(shared.profile)
    update = partial(update_dataset, "iris", site=site)
    assert acting(BOB, lambda: update(official_name="By Bob").outcome) == "updated"
    assert acting(BOB, lambda: remove_dataset("iris", site=site).outcome) == "removed"
    assert acting(ADA, lambda: restore_dataset("iris", site=site).outcome) == "restored"
    assert acting(ADA, lambda: update(official_name="By Ada").outcome) == "updated"
    assert acting(BOB, lambda: update().outcome) == "unchanged"


def test_where_a_folder_cannot_be_moved_away_the_hub_is_not_touched(shared: Centre) -> None:
    site = str(shared.profile)
    shared.catalog.chmod(0o2755)
    said = acting(BOB, lambda: remove_dataset("iris", site=site))
    assert said.endswith(f"chmod g+rwxs {shared.catalog}")
    assert (is_private(shared), (shared.catalog / "iris").is_dir()) == (False, True)
    shared.catalog.chmod(0o2775)
    assert acting(BOB, lambda: remove_dataset("iris", site=site).outcome) == "removed"


def test_where_a_colleague_may_not_write_the_hub_is_not_touched(shared: Centre) -> None:
    folder, site, before = shared.catalog / "iris", str(shared.profile), commits(shared)
    folder.chmod(0o2755)
    said = (
        f"You may not change {folder}, which belongs to {ADA}; nothing was touched. "
        f"Ask them to run: chmod g+rwxs {folder}"
    )
    update = partial(update_dataset, "iris", official_name="New", site=site)
    assert acting(BOB, update) == said
    assert acting(BOB, lambda: remove_dataset("iris", site=site)) == said
    assert (commits(shared), is_private(shared)) == (before, False)
    assert acting(ADA, lambda: update().outcome) == "updated"
    folder.chmod(0o2775)
    acting(ADA, lambda: remove_dataset("iris", site=site))
    (grave,) = (shared.catalog / ".removed").iterdir()
    grave.chmod(0o2755)
    assert acting(BOB, lambda: restore_dataset("iris", site=site)) == said.replace(
        str(folder), str(grave)
    )
    assert is_private(shared)


def test_who_may_not_write_the_catalog_may_preview_and_is_refused_to_catalog(
    shared: Centre,
) -> None:
    shared.catalog.chmod(0o755)
    place, site, seen = shared.profile.parent, str(shared.profile), []
    words: list[Any] = [
        "Iris", "iris", place / "iris/iris_loader.py", IRIS_LINK, place / "iris/iris_metadata.json"
    ]  # fmt: skip

    def preview() -> int:
        preview_dataset(*words, on_ready=lambda shown: seen.append(shown.address), site=site)
        return len(seen)

    with in_empty_folder_for_all():
        assert acting(BOB, preview) == "1"
    refused = f"catalog: the catalog folder {shared.catalog} is not writable for you"
    assert refused in acting(BOB, lambda: catalog_new_dataset(*words, site=site))


@contextmanager
def in_empty_folder_for_all() -> Iterator[None]:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as change:
        Path(folder).chmod(0o777)
        change.setattr(tempfile, "tempdir", folder)
        yield
