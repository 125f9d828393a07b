"""An empty word, such as an unset variable, is told and never read as something else."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

import pytest

from tests.builders import IRIS, IRIS_LINK

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunCommand

HERE = quote(str(IRIS))
CATALOG = f"catalog-new-dataset Iris iris {HERE}/iris_loader.py {IRIS_LINK}"
METADATA = f"{HERE}/iris_metadata.json"


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to be in, which an empty path would mean."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


@pytest.mark.parametrize(
    "line",
    [
        f"{CATALOG} {METADATA} --dry-run --data-path ''",
        f"preview-dataset Iris iris {HERE}/iris_loader.py {IRIS_LINK} {METADATA} --data-path ''",
        "update-dataset iris --data-path ''",
        f"init-dataset {HERE}/data --output ''",
        "init-dataset ''",
        "serve-hub --check --root ''",
    ],
)
def test_empty_folder_is_a_usage_error(run: RunCommand, line: str, nowhere: Path) -> None:
    done = run(line)
    assert done.code == 2
    assert "It is empty; give a folder." in " ".join(done.err.split())
    assert list(nowhere.iterdir()) == []


def test_empty_metadata_file_is_told_as_that_beside_other_problems(
    run: RunCommand, tmp_path: Path
) -> None:
    (tmp_path / "iris.py").write_text("print((\n", encoding="utf-8")
    done = run(f"catalog-new-dataset Iris iris {tmp_path}/iris.py {IRIS_LINK} ''")
    assert done.code == 1
    told = [line for line in done.err.splitlines() if not line.startswith("warning: ")]
    assert told[:2] == [
        'error: "iris" cannot be cataloged: 2 problems; nothing was touched.',
        "  METADATA_JSON: is empty, or the folder you are in; give a file",
    ]


def test_empty_portal_link_of_an_update_is_refused(run: RunCommand) -> None:
    assert run(f"{CATALOG} {METADATA}").code == 0
    done = run("update-dataset iris --yes --portal-link ''")
    assert done.code == 1
    assert "  --portal-link: " in done.err


def test_empty_site_is_not_the_default_one(run: RunCommand) -> None:
    done = run(f"{CATALOG} {METADATA} --dry-run --site ''")
    assert done.code == 3
    assert 'There is no site ""' in done.err


@pytest.mark.parametrize("flag", ["--official-name", "--nickname", "--license", "--size-category"])
def test_empty_answer_is_not_the_proposed_one(run: RunCommand, flag: str, nowhere: Path) -> None:
    done = run(f"init-dataset {HERE}/data {flag} ''")
    assert done.code == 1
    assert "Not all that was given is allowed" in done.err
    assert list(nowhere.iterdir()) == []
