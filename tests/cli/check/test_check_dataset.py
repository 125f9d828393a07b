"""The command: exit codes, the report for cron, JSON."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

import pytest

from tests.builders import IRIS, IRIS_LINK

if TYPE_CHECKING:
    from pathlib import Path

    from tests.api.conftest import Centre
    from tests.conftest import RunCommand


@pytest.fixture
def cataloged(run: RunCommand, clean_env: Path) -> Path:
    """Catalog iris at the local site; return its catalog folder."""
    words: list[str | Path] = [
        "Iris",
        "iris",
        IRIS / "iris_loader.py",
        IRIS_LINK,
        IRIS / "iris_metadata.json",
    ]
    assert run("catalog-new-dataset", *words).code == 0
    return clean_env / ".local/share/huggingnersc/catalog/iris"


def test_dataset_without_findings_exits_with_zero_and_quiet_prints_nothing(
    run: RunCommand, cataloged: Path
) -> None:
    done = run("check-dataset iris")
    assert (done.code, done.out.startswith("iris: ")) == (0, True)
    quiet = run("check-dataset --all --quiet")
    assert (quiet.code, quiet.out, quiet.err) == (0, "", "")


def test_report_for_cron_has_one_line_for_each_dataset_with_findings(
    run: RunCommand, cataloged: Path
) -> None:
    (cataloged / "iris_dataloader.ipynb").unlink()
    (cataloged / "README.md").write_text("other\n", encoding="utf-8")
    done = run("check-dataset --all --quiet")
    assert done.code == 1
    lines = done.out.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("iris: 1 problem, 1 warning: ")
    assert lines[1] == "1 dataset checked, 0 well."


def test_datasets_that_are_well_as_far_as_they_could_be_checked_are_named(
    run: RunCommand, cataloged: Path
) -> None:
    far = run("check-dataset --all")  # the data is at NERSC
    assert (far.code, len(far.out.splitlines())) == (0, 2)
    assert far.out.endswith(" iris\n")
    assert (
        run(f"update-dataset iris --yes --data-path {shlex.quote(str(IRIS / 'data'))}").code == 0
    )
    near = run("check-dataset --all")
    assert (near.code, len(near.out.splitlines())) == (0, 1)


def test_findings_are_json_too(run: RunCommand, cataloged: Path) -> None:
    (cataloged / "iris_dataloader.ipynb").unlink()
    done = run("check-dataset iris --json")
    assert done.code == 1
    (dataset,) = json.loads(done.out)["datasets"]
    found = [one for one in dataset["findings"] if one["level"] == "problem"]
    assert found[0]["fixes"] == ["huggingnersc update-dataset iris"]


def test_view_names_level_part_and_command(run: RunCommand, cataloged: Path) -> None:
    (cataloged / "README.md").write_text("other\n", encoding="utf-8")
    done = run("check-dataset iris")
    assert "[" not in done.out.replace("[[", "")
    assert "  warning catalog: " in done.out
    assert "      huggingnersc update-dataset iris\n" in done.out


def test_nickname_and_all_exclude_each_other(run: RunCommand) -> None:
    assert run("check-dataset").code == 2
    assert run("check-dataset iris --all").code == 2


def test_empty_catalog_is_well_and_an_absent_one_is_not(
    run: RunCommand, clean_env: Path, centre: Centre
) -> None:
    absent = run("check-dataset --all --quiet")
    assert (absent.code, absent.out) == (3, "")
    assert absent.err.endswith(": huggingnersc catalog-new-dataset\n")
    (clean_env / ".local/share/huggingnersc/catalog").mkdir(parents=True)
    done = run("check-dataset --all")
    assert (done.code, done.out) == (0, "0 datasets checked, 0 well.\n")

    centre.catalog.rmdir()
    for words, code in (
        ("check-dataset --all -q", 3),
        ("inspect-dataset iris", 3),
        ("list-datasets", 0),
    ):
        unmounted = run(words, "--site", centre.profile)
        assert (unmounted.code, unmounted.out) == (code, "")
        assert str(centre.catalog) in unmounted.err


def test_run_asks_and_runs_nothing_without_agreement(run: RunCommand, cataloged: Path) -> None:
    assert run(f"update-dataset iris --yes --data-path {shlex.quote(str(IRIS))}").code == 0
    done = run("check-dataset iris --run")
    assert done.code == 3
    assert done.out.splitlines()[0].startswith("iris: ")
    assert done.err.endswith("--yes\n")
    planned = json.loads(run("check-dataset iris --run --json").out)
    assert planned["run"]["files"] == ["iris_loader.py"]


def test_run_shows_the_first_example(run: RunCommand, cataloged: Path) -> None:
    words = ["update-dataset", "iris", "--yes", "--data-path", str(IRIS / "data")]
    assert run(shlex.join(words)).code == 0
    done = run("check-dataset iris --run --yes --timeout 120")
    assert done.code == 0
    assert "      150 flowers; mean lengths in cm\n" in done.out
    assert "sepal_length: 5.1\n" in done.out


@pytest.mark.parametrize(
    "words",
    ["--all --run", "iris --timeout 3", "iris --memory 1", "iris --run --timeout 0"],
)
def test_run_is_for_one_dataset_and_its_limits_need_it(run: RunCommand, words: str) -> None:
    assert run(f"check-dataset {words}").code == 2


def test_ctrl_c_ends_the_loader(run: RunCommand, cataloged: Path, tmp_path: Path) -> None:
    loader = tmp_path / "load.py"
    loader.write_text("import os, time\nos.kill(os.getppid(), 2)\ntime.sleep(600)\n")
    words = [
        "update-dataset",
        "iris",
        "--yes",
        "--loader",
        str(loader),
        "--data-path",
        str(tmp_path),
    ]
    assert run(shlex.join(words)).code == 0
    done = run("check-dataset iris --run --yes")
    assert (done.code, done.out) == (130, "")
