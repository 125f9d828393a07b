"""The command `snapshot-dataset`: what it shows, asks and returns."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.builders import IRIS, IRIS_LINK
from tests.data_files import DATA_EXTRA
from tests.open_data import open_iris

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import RunCommand


@pytest.fixture
def data(run: RunCommand) -> Iterator[Path]:
    """The data of iris, which is cataloged at the local site."""
    given = ["Iris", "iris", str(IRIS / "iris_loader.py"), IRIS_LINK]
    with open_iris() as data:
        cataloged = run(
            "catalog-new-dataset", *given, IRIS / "iris_metadata.json", "--data-path", data
        )
        assert cataloged.code == 0
        yield data


def test_without_agreement_nothing_is_made(run: RunCommand, data: Path) -> None:
    done = run("snapshot-dataset iris --no-statistics")
    assert (done.code, "--yes" in done.err) == (3, True)
    assert "iris@v1 would be made" in done.out
    assert data.is_dir()


def test_a_version_is_made_and_shown(run: RunCommand, data: Path) -> None:
    planned = run("snapshot-dataset iris --dry-run")
    assert (planned.code, "Public, on the Hub" in planned.out) == (0, True)
    made = run("snapshot-dataset iris --yes --no-statistics -m First --tag checked")
    assert (made.code, made.out.splitlines()[0]) == (0, "iris@v1 is made")
    again = run("snapshot-dataset iris --yes")
    assert (again.code, "nothing to do" in again.out) == (0, True)
    assert run("snapshot-dataset iris --yes --quiet").out == ""
    (data / "more.csv").write_text("x\n")
    shown = json.loads(
        run("snapshot-dataset iris --version v1.1 --no-statistics --yes --json").out
    )
    assert (shown["version"], shown["outcome"], shown["parent"]) == ("v1.1", "made", "iris@v1")
    assert shown["changes"]["added"] == 1


def test_both_samples_of_wide_tables_are_shown(run: RunCommand, data: Path) -> None:
    (data / "iris.csv").unlink()
    for split in ("train", "test"):
        names = ",".join(f"column_number_{number}" for number in range(1_200))
        (data / f"{split}.csv").write_text(f"{names}\n{'1,' * 1_199}1\n")
    shown = run("snapshot-dataset iris --dry-run --no-statistics --public").out
    for split in ("train", "test"):
        assert f"  sample/{split}.parquet" in shown.partition("Examples")[2]
    assert shown.count("1,160 more") == 2


def test_a_table_that_is_described_in_part_is_not_reported_as_not_described(
    run: RunCommand, data: Path
) -> None:
    pytest.importorskip("duckdb", reason=DATA_EXTRA)
    (data / "short.csv").write_text("a,b\n" + "1,2\n" * 9 + "1,2,3\n")
    done = run("snapshot-dataset iris --dry-run")
    (line,) = [line for line in done.err.splitlines() if "short.csv: " in line]
    assert line.startswith("warning: Not fully described: short.csv: ")


def test_options_that_unchanged_data_leaves_without_effect_are_named(
    run: RunCommand, data: Path
) -> None:
    assert run("snapshot-dataset iris --yes --no-statistics").code == 0
    done = run("snapshot-dataset iris --yes --json --no-sample --no-manifest --sample-rows 50")
    assert (done.code, done.err.count("--sample-rows")) == (1, 1)
    done = run("snapshot-dataset iris --yes --json --no-manifest --sample-rows 50 --public")
    (warning,) = json.loads(done.out)["warnings"]
    command = "huggingnersc snapshot-dataset iris --version v2 --public --no-manifest"
    assert warning.endswith(f"{command} --sample-rows 50")
    assert (done.code, f"warning: {warning}" in done.err) == (0, True)
    assert data.is_dir()


def test_lines_fit_into_a_narrow_terminal(
    run: RunCommand, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = run("snapshot-dataset iris --dry-run").out.replace(str(data), "DATA").splitlines()
    paths = ("  Folder", "  Hub")
    assert [line for line in shown if len(line) > 80 and not line.startswith(paths)] == []


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("nothing --yes", 3, "nothing"),
        ("iris --version a/b --yes", 1, "--version"),
        ("iris --draft nowhere --data-path . --yes", 3, "not a folder"),
        ("iris --data-path . --yes", 1, "--data-path"),
        ("iris --engine cloud", 2, "--engine"),
        ("iris --parent v7 --yes", 3, "no versions"),
    ],
)
def test_mistakes_are_explained(
    run: RunCommand, data: Path, words: str, code: int, said: str
) -> None:
    done = run(f"snapshot-dataset {words}")
    assert (done.code, said in done.err) == (code, True)
    assert data.is_dir()


def test_every_reason_why_tables_are_not_published_is_shown(run: RunCommand, data: Path) -> None:
    pytest.importorskip("pyarrow", reason=DATA_EXTRA)
    for name in ("empty.csv", "void.csv"):
        (data / name).touch()
    done = run("snapshot-dataset iris --dry-run --publish-parquet")
    reasons = [f"as Parquet: {name} is empty." in done.err for name in ("empty.csv", "void.csv")]
    assert (done.code, *reasons) == (0, True, True)


def test_a_script_that_is_not_made_is_named_before_and_after(run: RunCommand, data: Path) -> None:
    options = "snapshot-dataset iris --no-statistics --no-manifest"
    for more in ("--dry-run", "", "--yes"):
        assert run(f"{options} {more}").err.count("load_iris.py is not made: ") == 1
    catalog = Path(json.loads(run("inspect-dataset iris --json").out)["catalog_dir"])
    assert not (catalog / "load_iris.py").exists()
    (data / "more.csv").write_text("a\n1\n")
    assert "load_iris.py" not in run("snapshot-dataset iris --yes --public").err
    assert (catalog / "load_iris.py").exists()


def test_closed_data_is_named_with_the_command_that_opens_it(run: RunCommand, data: Path) -> None:
    data.chmod(0o700)
    done = run("snapshot-dataset iris --yes")
    assert (done.code, f"chmod o+rX {data}" in done.err) == (0, True)
    assert "load_iris.py is not made: " in done.err
    assert "Private, in its folder only" in done.out
