"""Odd data and loaders: loops of links, folders deleted meanwhile, names that are too long."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any

from huggingnersc import check_dataset
from huggingnersc.adapters.files.permissions import read_tree
from tests.builders import write_tree

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.api.check.conftest import Kept


def messages(kept: Kept) -> list[tuple[str, str, str]]:
    (dataset,) = check_dataset("iris", site=kept.site).datasets
    return [(one.level, one.about, str(one.message)) for one in dataset.findings]


def test_loop_of_links_in_the_data_is_a_broken_link(kept: Kept) -> None:
    (kept.data / "loop").symlink_to("loop")
    (kept.data / "more/there").symlink_to("back")
    (kept.data / "more/back").symlink_to("there")
    ((level, about, message),) = messages(kept)
    assert (level, about) == ("problem", "data")
    links = [str(kept.data / name) for name in ("loop", "more/back", "more/there")]
    assert message.endswith(", ".join(links))


def test_data_that_is_a_loop_of_links_does_not_exist(kept: Kept) -> None:
    shutil.rmtree(kept.data)
    kept.data.symlink_to("iris")
    ((level, about, message),) = messages(kept)
    assert (level, about) == ("problem", "data")
    assert str(kept.data) in message


def test_folder_deleted_during_the_walk_is_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(tmp_path, {"a/gone/1.csv": "", "a/stays/2.csv": ""})
    scandir = os.scandir

    def removed_just_before(folder: Any) -> Any:
        if str(folder).endswith("gone"):
            shutil.rmtree(folder)
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", removed_just_before)
    tree = read_tree(tmp_path / "a")
    assert [path.name for path in tree.unread] == ["gone"]
    assert [entry.path.name for entry in tree.entries] == ["a", "gone", "stays", "2.csv"]


def test_path_in_a_loader_that_is_too_long_does_not_exist(kept: Kept) -> None:
    endless = ("/tmp/" + "a" * 300, "/" + "b" * 300 + "/c")  # noqa: S108 - nothing is made there
    record = kept.record.read_text(encoding="utf-8")
    calibration = str(kept.place / "cfs/dasrepo/calibration.txt")
    kept.record.write_text(record.replace(calibration, '\\", \\"'.join(endless)), "utf-8")
    (message,) = [message for _, about, message in messages(kept) if about == "loader"]
    assert message.startswith("loader.py:1 ")
    assert endless[0] in message


def test_data_path_that_is_too_long_does_not_exist(kept: Kept) -> None:
    record = kept.record.read_text(encoding="utf-8")
    endless = kept.data / ("a" * 300)
    kept.record.write_text(record.replace(f'"{kept.data}"', f'"{endless}"'), "utf-8")
    level, _, message = next(one for one in messages(kept) if one[1] == "data")
    assert (level, str(endless) in message) == ("problem", True)
