from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.data_files.readme import read_readme
from huggingnersc.domain.draft.about import MOST_CHARS, Readme
from tests.builders import write_tree
from tests.mode_bits import mode_bits_count

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", ["README.md", "readme.txt", "README", "ReadMe.markdown"])
def test_readme_is_found_by_its_name(tmp_path: Path, name: str) -> None:
    write_tree(tmp_path, {name: "\ufeffAbout jets.\n", "a.csv": "x\n1\n"})
    assert read_readme(tmp_path) == Readme(name, "About jets.\n")


def test_markdown_goes_before_text(tmp_path: Path) -> None:
    write_tree(tmp_path, {"README.txt": "text\n", "README.md": "markdown\n"})
    assert read_readme(tmp_path) == Readme("README.md", "markdown\n")


@pytest.mark.parametrize("content", ["", " \n", b"\0\1"])
def test_readme_that_says_nothing_is_none(tmp_path: Path, content: str | bytes) -> None:
    write_tree(tmp_path, {"README.md": content})
    assert read_readme(tmp_path) is None


def test_link_is_not_followed(tmp_path: Path) -> None:
    write_tree(tmp_path, {"private.md": "mine\n", "data/a.csv": "x\n1\n"})
    (tmp_path / "data/README.md").symlink_to(tmp_path / "private.md")
    assert read_readme(tmp_path / "data") is None


def test_readme_that_may_not_be_read_is_none(tmp_path: Path) -> None:
    write_tree(tmp_path, {"README.md": "About jets.\n"})
    (tmp_path / "README.md").chmod(0)
    with mode_bits_count():
        assert read_readme(tmp_path) is None
    assert read_readme(tmp_path / "gone") is None


def test_beginning_of_a_huge_readme_is_read(tmp_path: Path) -> None:
    write_tree(tmp_path, {"README.md": "é" * 1_000_000})
    readme = read_readme(tmp_path)
    assert readme is not None
    assert MOST_CHARS < len(readme.text) < 4 * MOST_CHARS
    assert set(readme.text) == {"é"}
