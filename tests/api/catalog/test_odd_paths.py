"""Paths that cannot be read: in closed folders, too long, of an unknown user."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from huggingnersc import doctor, init_dataset
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.errors import DatasetError, RequestInvalidError
from tests.api.iris import catalog_iris
from tests.builders import IRIS, IRIS_LINK, write_tree
from tests.conftest import ROOT
from tests.mode_bits import mode_bits_count, under_mode_bits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.api.conftest import Centre
    from tests.conftest import RunCommand

UNKNOWN = "~nobody-of-this-name/data"
LONG = f"/tmp/{'a' * 300}/data"  # noqa: S108 - nothing is made there


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Path]:
    """Data below a folder that may not be entered."""
    write_tree(tmp_path, {"closed/data/a.csv": "x,y\n1,2\n"})
    (tmp_path / "closed").chmod(0)
    with mode_bits_count():
        yield tmp_path / "closed/data"
    (tmp_path / "closed").chmod(0o700)


def test_data_path_in_a_closed_folder_is_a_warning(centre: Centre, closed: Path) -> None:
    result = catalog_iris(centre, data_path=closed)
    assert result.outcome == "cataloged"
    assert any(str(closed) in w and "Permission denied" in w for w in map(str, result.warnings))


def test_data_path_that_is_too_long_is_a_warning(centre: Centre) -> None:
    result = catalog_iris(centre, data_path=Path(LONG), dry_run=True)
    assert any(LONG in w and "File name too long" in w for w in map(str, result.warnings))


def test_data_path_that_is_not_here_is_a_warning(centre: Centre) -> None:
    result = catalog_iris(centre, dry_run=True)
    assert any(str(result.data_path) in warning for warning in map(str, result.warnings))


def test_data_path_is_published_without_dots(centre: Centre, tmp_path: Path) -> None:
    write_tree(tmp_path, {"real/data/a.csv": "x\n1\n", "here/b.csv": "x\n1\n"})
    (tmp_path / "link").symlink_to("real/data")
    (tmp_path / "named").symlink_to("here")
    typed = tmp_path / "link/../data"  # what the kernel takes for real/data
    result = catalog_iris(centre, data_path=typed, dry_run=True)
    assert str(result.data_path) == str(tmp_path.resolve() / "real/data")
    kept = catalog_iris(centre, data_path=tmp_path / "named", dry_run=True)
    assert str(kept.data_path) == str(tmp_path / "named")


def test_a_link_that_repeats_a_folder_of_the_path_is_explained(centre: Centre) -> None:
    with pytest.raises(RequestInvalidError) as caught:
        catalog_iris(centre, portal_link=IRIS_LINK.replace("/cfs/", "/cfs/cdirs/"))
    (problem,) = caught.value.problems
    assert problem.where == Field.PORTAL_LINK
    assert f"is {IRIS_LINK} meant?" in str(problem.message)


def test_data_path_of_an_unknown_user_is_reported_with_other_problems(centre: Centre) -> None:
    with pytest.raises(RequestInvalidError) as caught:
        catalog_iris(centre, data_path=Path(UNKNOWN), official_name="")
    problems = {problem.where: str(problem.message) for problem in caught.value.problems}
    assert UNKNOWN in problems[Field.DATA_PATH]
    assert Field.OFFICIAL_NAME in problems


def test_catalog_folder_that_cannot_be_entered_is_reported(closed: Path) -> None:
    files = (IRIS / "iris_loader.py", IRIS_LINK, IRIS / "iris_metadata.json")
    refused = program(closed, "catalog-new-dataset", "Iris", "iris", *files)
    assert refused.returncode == 1, refused.stderr
    assert str(closed) in refused.stderr
    for words in (["check-dataset", "--all"], ["list-datasets"]):
        assert program(closed, *words).returncode == 3
    found = program(closed, "doctor")
    assert found.returncode == 1, found.stderr
    assert str(closed) in found.stdout


def test_catalog_folder_that_is_too_long_is_reported(tmp_path: Path) -> None:
    files = (IRIS / "iris_loader.py", IRIS_LINK, IRIS / "iris_metadata.json")
    refused = program(tmp_path / ("a" * 300), "catalog-new-dataset", "Iris", "iris", *files)
    assert refused.returncode == 3, refused.stderr
    assert "File name too long" in refused.stderr


def test_catalog_folder_of_an_unknown_user_is_reported(
    run: RunCommand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUGGINGNERSC_CATALOG_ROOT", UNKNOWN)
    done = run("list-datasets --site local")
    assert done.code == 3
    assert done.err.startswith(f"error: HUGGINGNERSC_CATALOG_ROOT: {UNKNOWN} ")
    found = {line.topic: line for line in doctor(site="local").lines}
    assert found["site"].health == "fail"


def test_draft_of_data_that_cannot_be_read_is_refused(closed: Path) -> None:
    with pytest.raises(DatasetError, match="Permission denied"):
        init_dataset(closed, site="local")
    with pytest.raises(DatasetError, match="File name too long"):
        init_dataset(LONG, site="local")
    with pytest.raises(DatasetError, match=re.escape(UNKNOWN)) as caught:
        init_dataset(UNKNOWN, site="local")
    assert caught.value.hint


def test_draft_of_a_loop_of_links_is_refused(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    for path in (tmp_path / "loop", tmp_path / "x/../loop/data"):
        with pytest.raises(DatasetError, match="Too many levels of symbolic links"):
            init_dataset(path, site="local")


def program(catalog: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        under_mode_bits(sys.executable, ROOT / "main.py", *words, "--site", "local"),
        env={**os.environ, "HUGGINGNERSC_CATALOG_ROOT": str(catalog), "COLUMNS": "400"},
        capture_output=True,
        text=True,
        check=False,
    )
