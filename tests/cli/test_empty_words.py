"""An empty word, such as an unset variable, is an error and never read as something else."""

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
    assert any(name in done.err for name in ("--data-path", "--output", "DATA_PATH", "--root"))
    assert list(nowhere.iterdir()) == []


def test_empty_metadata_file_is_reported_with_the_other_problems(
    run: RunCommand, tmp_path: Path
) -> None:
    (tmp_path / "iris.py").write_text("print((\n", encoding="utf-8")
    done = run(f"catalog-new-dataset Iris iris {tmp_path}/iris.py {IRIS_LINK} ''")
    assert done.code == 1
    fields = [line.split(":")[0].strip() for line in done.err.splitlines() if line[:2] == "  "]
    assert fields == ["METADATA_JSON", "iris_loader.py"]


def test_empty_portal_link_of_an_update_is_rejected(run: RunCommand) -> None:
    assert run(f"{CATALOG} {METADATA}").code == 0
    done = run("update-dataset iris --yes --portal-link ''")
    assert done.code == 1
    assert "  --portal-link: " in done.err


def test_empty_site_is_not_the_default_one(run: RunCommand) -> None:
    done = run(f"{CATALOG} {METADATA} --dry-run --site ''")
    assert done.code == 3
    assert '""' in done.err


@pytest.mark.parametrize(
    ("flag", "field"),
    [
        ("--official-name", "OFFICIAL_NAME"),
        ("--nickname", "NICKNAME"),
        ("--license", "metadata.json: $.datacard_tags.license"),
        ("--size-category", "metadata.json: $.datacard_tags.size_categories"),
    ],
)
def test_empty_answer_is_not_the_proposed_one(
    run: RunCommand, flag: str, field: str, nowhere: Path
) -> None:
    done = run(f"init-dataset {HERE}/data {flag} ''")
    assert done.code == 1
    (problem,) = [line for line in done.err.splitlines() if line.startswith("  ")]
    assert problem.strip().startswith((f"{field}: ", f"{flag}: "))
    assert list(nowhere.iterdir()) == []
