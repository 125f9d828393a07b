"""The command `update-dataset`: its words for nothing, and what it says of titles."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from huggingnersc.cli.catalog.catalog_new_dataset import path_or_none
from huggingnersc.cli.options import is_none
from tests.builders import IRIS, IRIS_LINK, write_tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunCommand

CATALOG = [
    *("catalog-new-dataset", "Iris", "iris"),
    *(str(IRIS / "iris_loader.py"), IRIS_LINK, str(IRIS / "iris_metadata.json")),
]


@pytest.mark.parametrize("word", ["None", "none", "NONE"])
def test_none_in_any_case_is_no_file(word: str) -> None:
    assert is_none(word)
    assert path_or_none(word) is None
    assert not is_none(None)
    assert not is_none(f"x/{word}")


def test_none_takes_files_away(run: RunCommand, tmp_path: Path, clean_env: Path) -> None:
    write_tree(tmp_path, {"a.md": "Words.\n", "h.py": "x = 1\n"})
    assert (
        run(*CATALOG, "none", "--about", tmp_path / "a.md", "--include", tmp_path / "h.py").code
        == 0
    )
    assert (
        run("update-dataset iris --yes --about none --include none --batch-script none").code == 0
    )
    file = clean_env / ".local/share/huggingnersc/catalog/iris/iris_info.json"
    record = json.loads(file.read_text(encoding="utf-8"))
    assert (record.get("about", ""), record["includes"], record["batch_script"]) == ("", [], None)


def test_a_new_name_offers_to_change_the_title_in_the_lists_too(run: RunCommand) -> None:
    assert run(*CATALOG).code == 0
    done = run("update-dataset", "iris", "--official-name", "Iris flowers", "--yes")
    assert "update-dataset iris --pretty-name 'Iris flowers'" in done.err
    assert "git_oid" not in done.out
    done = run("update-dataset", "iris", "--pretty-name", "Iris flowers", "--yes")
    assert (done.code, "pretty_name" in done.err) == (0, False)
    assert "pretty_name      Iris flowers" in run("inspect-dataset iris").out


def test_a_title_is_stated_once(run: RunCommand) -> None:
    assert run(*CATALOG).code == 0
    done = run("update-dataset iris --yes --pretty-name X --metadata", IRIS / "iris_metadata.json")
    assert done.code == 1
    assert "--pretty-name" in done.err
