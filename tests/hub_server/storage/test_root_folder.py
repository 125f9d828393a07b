"""A Hub's folder is for its owner alone."""

from __future__ import annotations

import logging
import os
import stat
from typing import TYPE_CHECKING

import pytest

from huggingnersc.errors import SettingsError
from huggingnersc.hub_server import running_hub, serve
from huggingnersc.hub_server.storage.root_folder import prepare_root

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.attack("accounts")


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    prepare_root(tmp_path / "a" / "hub")
    assert mode_of(tmp_path / "a" / "hub") == 0o700


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o711, 0o701])
def test_an_own_folder_that_others_can_read_is_closed_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, mode: int
) -> None:
    root = tmp_path / "hub"
    with running_hub(root):
        pass
    root.chmod(mode)
    caplog.clear()
    with running_hub(root):
        assert mode_of(root) == 0o700
    records = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert [str(root) in record.getMessage() for record in records] == [True]


def test_an_empty_folder_that_others_may_write_to_is_closed(tmp_path: Path) -> None:
    root = tmp_path / "hub"
    root.mkdir()
    root.chmod(0o2777)
    prepare_root(root)
    assert mode_of(root) == 0o2700


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o722])
def test_a_hub_that_others_may_have_changed_is_refused_and_left_alone(
    tmp_path: Path, mode: int
) -> None:
    root = tmp_path / "hub"
    with running_hub(root):
        pass
    root.chmod(mode)
    with pytest.raises(SettingsError) as caught, running_hub(root):
        pass
    assert f"chmod go-rwx {root}" in str(caught.value.hint)
    assert mode_of(root) == mode


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another user")
def test_a_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "hub"
    root.mkdir()
    os.chown(root, 12345, -1)
    with pytest.raises(SettingsError):
        serve(root, port=0)
    assert list(root.iterdir()) == []


def test_a_folder_with_other_files_is_refused_and_left_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "data.csv").touch()
    with pytest.raises(SettingsError), running_hub(tmp_path):
        pass
    assert mode_of(tmp_path) == 0o755


def test_a_folder_is_taken_where_a_server_was_killed_at_once(tmp_path: Path) -> None:
    root = tmp_path / "hub"
    root.mkdir(mode=0o700)
    (root / ".token.0123").touch()
    prepare_root(root)


def test_a_folder_may_be_reached_by_a_link(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "far").chmod(0o755)
    (tmp_path / "near").symlink_to("far")
    with running_hub(tmp_path / "near"):
        assert mode_of(tmp_path / "far") == 0o700


@pytest.mark.parametrize("below", ["", "hub"])
def test_what_cannot_be_a_folder_is_explained(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").write_text("data")
    with pytest.raises(SettingsError) as caught:
        serve(tmp_path / "file" / below)
    assert "root" in str(caught.value.hint)


@pytest.mark.attack("damaged repositories")
@pytest.mark.parametrize("name", ["hub.sqlite3", "secret"])
def test_a_damaged_registry_or_secret_is_explained(tmp_path: Path, name: str) -> None:
    with running_hub(tmp_path / "hub"):
        pass
    (tmp_path / "hub" / name).write_bytes(b"x" * 5000)
    with pytest.raises(SettingsError, match=name), running_hub(tmp_path / "hub"):
        pass
