from __future__ import annotations

import os
from itertools import chain
from pathlib import Path

import pytest

from huggingnersc.adapters.inventory import sorted_walk as walking
from huggingnersc.adapters.inventory.sorted_walk import (
    Files,
    Found,
    Special,
    open_root,
    sorted_walk,
)
from tests.inventories import make_tree


def walked(root: Path, scratch: Path) -> list[bytes]:
    with open_root(root) as opened:
        walk = sorted_walk(opened, scratch, looked_at=3)
        return list(chain.from_iterable(paths_of(found) for found in walk))


def paths_of(found: Found) -> list[bytes]:
    """Return the paths, with a tab after what is neither a folder nor a file."""
    if isinstance(found, Files):
        return found.paths()
    return [found.path + b"\t"] if isinstance(found, Special) else [found.path]


@pytest.mark.parametrize("most", [1, 2, 4])
def test_a_huge_folder_is_sorted_in_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    root = tmp_path / "root"
    root.mkdir()
    make_tree(root)
    before = sorted(tmp_path.iterdir())
    whole = walked(root, tmp_path)
    monkeypatch.setattr(walking, "MOST_IN_MEMORY", most)
    assert walked(root, tmp_path) == whole == sorted(whole)
    assert sorted(tmp_path.iterdir()) == before


def test_a_tree_deeper_than_a_path_may_be_long_is_walked(tmp_path: Path) -> None:
    before = Path.cwd()
    root = tmp_path / "root"
    root.mkdir()
    os.chdir(root)
    try:
        for _ in range(30):
            Path("d" * 200).mkdir()
            os.chdir("d" * 200)
        Path("end").touch()
    finally:
        os.chdir(before)
    assert len(walked(root, tmp_path)[-1]) == 30 * 201 + len("end")


def test_every_descriptor_is_closed_when_the_walk_is_left(tmp_path: Path) -> None:
    make_tree(tmp_path)
    before = len(list(Path("/proc/self/fd").iterdir()))
    with open_root(tmp_path) as opened:
        walk = sorted_walk(opened, tmp_path, looked_at=1)
        while paths_of(next(walk)) != [b"z/y/x/"]:
            pass
        walk.close()  # type: ignore[attr-defined] # it is a generator
    assert len(list(Path("/proc/self/fd").iterdir())) == before
