"""A check that runs the loader finds what a visitor would find."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from huggingnersc import check_dataset, snapshot_dataset, update_dataset
from huggingnersc.api.check.check_dataset import plan_check
from huggingnersc.domain.check.loader_run import RunLimits
from huggingnersc.errors import DatasetError, DatasetUnknownError
from tests.builders import write_tree

if TYPE_CHECKING:
    from huggingnersc.domain.check.findings import Finding
    from tests.api.check.conftest import Kept

LOADER = """\
import sys
from pathlib import Path


def load(folder):
    for file in sorted(Path(folder).rglob("*.csv")):
        for line in file.read_text().splitlines():
            yield {"name": file.name, "values": line.split(",")}


if __name__ == "__main__":
    print(len(list(load(sys.argv[1]))), "rows")
"""


def use(kept: Kept, loader: str, name: str = "load.py", **more: str) -> None:
    """Let iris have this loader, and the companions `more`."""
    write_tree(kept.place, {name: loader})
    files = [
        write_tree(kept.place, {f"{key}.py": text}) / f"{key}.py" for key, text in more.items()
    ]
    update_dataset("iris", loader=kept.place / name, include=files, site=kept.site)


def run(kept: Kept, *, timeout_s: float = 60, memory_gb: float = 8) -> list[Finding]:
    """Check with a run; return what was found about the loader."""
    (dataset,) = check_dataset(
        "iris", run=True, timeout_s=timeout_s, memory_gb=memory_gb, site=kept.site
    ).datasets
    return [found for found in dataset.findings if found.about == "loader"]


def test_command_of_the_card_runs_and_the_first_example_is_shown(kept: Kept) -> None:
    use(kept, LOADER)
    command, example = run(kept)
    assert (command.level, command.excerpt) == ("note", "2 rows")
    assert str(command.message).startswith(f"python load.py {kept.data} ended well")
    assert str(example.message).startswith("load(DATA_PATH) ended well")
    assert "iris.csv" in (example.excerpt or "")
    assert "'1', '2'" in (example.excerpt or "")
    assert check_dataset("iris", run=True, site=kept.site).all_is_well


def test_loader_that_raises_is_not_well_and_its_line_is_shown(kept: Kept) -> None:
    use(kept, LOADER.replace('"*.csv"', '"*.csv" + 1'))
    (found,) = run(kept)
    assert found.level == "problem"
    lines = (found.excerpt or "").splitlines()
    assert lines[1] == '  File "load.py", line 12, in <module>'
    assert lines[-1].startswith("TypeError: ")


def test_loader_whose_function_raises_is_not_well(kept: Kept) -> None:
    use(kept, LOADER.replace("    for file", "    assert sys.argv[0] == 'load.py'\n    for file"))
    command, example = run(kept)
    assert (command.level, example.level) == ("note", "problem")
    assert '  File "load.py", line 6, in load' in (example.excerpt or "").splitlines()


def test_the_script_of_the_version_is_run_though_the_loader_fails(kept: Kept) -> None:
    use(kept, "raise SystemExit(3)\n")
    snapshot_dataset("iris", statistics=False, site=kept.site)
    line = 'from load_iris import load; example = next(load(where="center"))'
    pending = plan_check("iris", site=kept.site)
    assert pending.plan.run is not None
    assert pending.plan.run.script == line
    assert pending.plan.run.files[-1] == "load_iris.py"
    loader, script = run(kept)
    assert (loader.level, script.level) == ("problem", "note")
    assert str(script.message).startswith(f"{line} ended")
    assert script.excerpt == "{'column_1': 1, 'column_2': 2}"


def test_a_script_that_finds_no_data_is_not_well(kept: Kept) -> None:
    use(kept, LOADER)
    snapshot_dataset("iris", statistics=False, site=kept.site)
    (kept.data / "iris.csv").unlink()
    *_, script = run(kept)
    assert script.level == "problem"
    assert '  File "load_iris.py"' in (script.excerpt or "")


@pytest.mark.attack("loader runs")
def test_a_script_that_was_changed_is_not_run(kept: Kept) -> None:
    use(kept, LOADER)
    snapshot_dataset("iris", statistics=False, site=kept.site)
    (kept.folder / "load_iris.py").write_text(f"open({str(kept.place / 'mark')!r}, 'w')\n")
    assert len(run(kept)) == 2
    assert not (kept.place / "mark").exists()


def test_companions_are_there_and_one_that_was_forgotten_is_not_well(kept: Kept) -> None:
    use(kept, "from helpers import rows as load\nload\n", helpers="def rows(p):\n    return [p]\n")
    assert [found.level for found in run(kept)] == ["note"]
    use(kept, "import helpers\n")
    (found,) = run(kept)
    assert found.level == "warning"
    assert "needs the module helpers" in str(found.message)


def test_command_to_state_names_the_program_of_the_loader(kept: Kept) -> None:
    use(kept, "library(optparse)\nprint(parse_args(OptionParser()))\n", name="load.R")
    (found,) = run(kept)
    assert found.level == "not checked"
    assert "Rscript {loader} --data-dir {data}" in str(found.message)


def test_options_are_read_and_a_stated_command_is_run(kept: Kept) -> None:
    use(
        kept,
        "import argparse\np = argparse.ArgumentParser()\n"
        "p.add_argument('--data-dir', required=True)\nprint(p.parse_args().data_dir)\n",
    )
    assert run(kept)[0].excerpt == str(kept.data)
    use(kept, "import sys\nprint(sys.argv[3])\n")
    (found,) = run(kept)
    assert found.level == "not checked"
    update_dataset("iris", run_command="python {loader} a b={data} c", site=kept.site)
    assert run(kept)[0].excerpt == "c"


def test_bash_loader_runs_with_the_path_of_its_data(kept: Kept) -> None:
    use(kept, 'cat "$1/iris.csv"; exit 3\n', name="load.sh")
    (found,) = run(kept)
    assert (found.level, found.excerpt) == ("problem", "1,2")


def test_time_and_memory_end_it_with_a_warning(kept: Kept) -> None:
    use(kept, "import time\ntime.sleep(600)\n")
    (found,) = run(kept, timeout_s=1)
    assert (found.level, "timeout_s='10'" in str(found.message)) == ("warning", True)
    use(kept, "import time\nx = bytearray(300_000_000)\ntime.sleep(600)\n")
    (found,) = run(kept, memory_gb=0.1)
    assert (found.level, "memory_gb='0.2'" in str(found.message)) == ("warning", True)


def test_data_that_is_not_here_is_not_read(kept: Kept) -> None:
    kept.data.rename(kept.place / "elsewhere")
    pending = plan_check("iris", site=kept.site)
    assert not pending.can_change
    (dataset,) = pending.apply().datasets
    assert ("not checked", "loader") in [(one.level, one.about) for one in dataset.findings]


def test_plan_shows_what_is_run_and_runs_nothing(kept: Kept) -> None:
    use(kept, f"open({str(kept.place / 'mark')!r}, 'w')\n")
    pending = plan_check("iris", limits=RunLimits(5, 1), site=kept.site)
    planned = pending.plan.run
    assert planned is not None
    assert planned.command == "python load.py"
    assert planned.files == ("load.py", "job.sh")
    assert (Path(planned.record), planned.owner) == (kept.record, kept.record.owner())
    assert not (kept.place / "mark").exists()


@pytest.mark.attack("loader runs")
def test_what_runs_is_what_was_shown_though_the_record_changes_meanwhile(kept: Kept) -> None:
    use(kept, "print('shown')\n")
    pending = plan_check("iris", site=kept.site)
    content = json.loads(kept.record.read_text(encoding="utf-8"))
    content["loader"]["text"] = f"open({str(kept.place / 'mark')!r}, 'w')\n"
    kept.record.write_text(json.dumps(content), encoding="utf-8")
    (dataset,) = pending.apply().datasets
    assert dataset.findings[-1].excerpt == "shown"
    assert not (kept.place / "mark").exists()


@pytest.mark.attack("loader runs")
@pytest.mark.parametrize("name", ["../load.py", "a/b.py", "/load.py", ".."])
def test_record_whose_files_lead_elsewhere_is_not_run(kept: Kept, name: str) -> None:
    content = json.loads(kept.record.read_text(encoding="utf-8"))
    content["loader"]["name"] = name
    kept.record.write_text(json.dumps(content), encoding="utf-8")
    (dataset,) = plan_check("iris", site=kept.site).apply().datasets
    assert ("not checked", "loader") in [(one.level, one.about) for one in dataset.findings]
    assert ("problem", "record") in [(one.level, one.about) for one in dataset.findings]


def test_loaders_of_all_datasets_are_never_run(kept: Kept) -> None:
    with pytest.raises(DatasetError):
        check_dataset(run=True, site=kept.site)
    with pytest.raises(DatasetUnknownError):
        plan_check("other", site=kept.site)
