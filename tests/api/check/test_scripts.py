"""What scripts need beside them, and what a record lacks, is never "all is well"."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc import check_dataset, inspect_dataset, update_dataset
from tests.api.old_record import FIRST_RECORD
from tests.builders import write_tree
from tests.wording import typed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from huggingnersc.domain.check.findings import Finding
    from tests.api.check.conftest import Kept
    from tests.conftest import RunCommand

BATCH = "#!/bin/bash\n#SBATCH --nodes=1\n{options}\n{commands}\npython loader.py\n"


def findings(kept: Kept) -> tuple[Finding, ...]:
    (dataset,) = check_dataset("iris", site=kept.site).datasets
    return dataset.findings


def give_batch_script(kept: Kept, *commands: str, options: str = "#", **files: str) -> list[str]:
    """Update iris with a batch script and `files`; return the warnings."""
    text = BATCH.format(options=options, commands="\n".join(commands))
    paths = [
        write_tree(kept.place, {f"{name}.sh": body}) / f"{name}.sh" for name, body in files.items()
    ]
    job = write_tree(kept.place, {"job.sh": text}) / "job.sh"
    updated = update_dataset("iris", batch_script=job, include=paths, site=kept.site)
    return [str(warning) for warning in updated.warnings]


@pytest.mark.parametrize(
    ("command", "file"),
    [
        ("source env.sh", "env.sh"),
        (". ./env.sh", "env.sh"),
        ("conda env create -f env.yml", "env.yml"),
        ("srun python train.py", "train.py"),
    ],
)
def test_file_that_is_not_included_is_a_warning_at_cataloging_and_in_the_check(
    kept: Kept, command: str, file: str
) -> None:
    (warning,) = give_batch_script(kept, command)
    assert warning.startswith(f"job.sh:4 needs {file}, ")
    assert warning.endswith(f"include='{file}'")
    (found,) = findings(kept)
    assert (found.level, found.about) == ("warning", "scripts")
    assert f"needs {file}," in str(found.message)


def test_the_warning_names_the_file_where_it_is_beside_the_script(kept: Kept) -> None:
    env = write_tree(kept.place, {"tools/env.sh": "export A=1\n"}) / "tools/env.sh"
    job = write_tree(
        kept.place, {"tools/job.sh": BATCH.format(options="#", commands=". ./env.sh")}
    )
    updated = update_dataset("iris", batch_script=job / "tools/job.sh", site=kept.site)
    (warning,) = updated.warnings
    assert str(warning).endswith(f"include={str(env)!r}")


def test_module_beside_a_loader_that_is_not_included_is_a_warning(kept: Kept) -> None:
    files = {"a/load.py": "import csv\nfrom helpers.rows import read\n", "a/helpers.py": "x = 1\n"}
    folder = write_tree(kept.place, files) / "a"
    updated = update_dataset("iris", loader=folder / "load.py", site=kept.site)
    (warning,) = [str(one) for one in updated.warnings if "imports" in str(one)]
    assert warning.startswith("load.py imports helpers.py, ")
    assert warning.endswith(f"include={str(folder / 'helpers.py')!r}")
    included = update_dataset("iris", include=[folder / "helpers.py"], site=kept.site)
    assert not any("imports" in str(one) for one in included.warnings)


def test_any_of_the_printed_commands_includes_every_missing_file(kept: Kept) -> None:
    give_batch_script(kept, "source env.sh", "bash setup.sh", "source env.sh")
    commands = {typed(fix) for found in findings(kept) for fix in found.fixes}
    assert [one.partition(" iris ")[2] for one in commands] == [
        "--include env.sh --include setup.sh"
    ]


def test_the_printed_command_includes_the_file_beside_the_others(
    kept: Kept, run: RunCommand, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert give_batch_script(kept, "source one.sh", "source two.sh", one="export A=1\n")
    (found,) = findings(kept)
    write_tree(kept.place, {"two.sh": "export B=2\n"})
    monkeypatch.chdir(kept.place)
    (fix,) = map(typed, found.fixes)
    assert fix.endswith("iris --include one.sh --include two.sh")
    assert run(f"{fix} --site {kept.site} --yes").code == 0
    assert findings(kept) == ()


def test_log_folder_that_no_copy_has_is_a_warning_at_cataloging_and_in_the_check(
    kept: Kept,
) -> None:
    (warning,) = give_batch_script(kept, options="#SBATCH --output=logs/%j.out")
    assert warning.startswith("job.sh:3 writes the output of the job to the folder logs, ")
    (found,) = findings(kept)
    assert (found.level, found.about) == ("warning", "scripts")


def test_log_folder_of_this_machine_must_exist(kept: Kept) -> None:
    logs = kept.place / "logs"
    assert give_batch_script(kept, options=f"#SBATCH -o {logs}/%u/%j.out") == []
    (found,) = findings(kept)
    assert f"{logs}, which does not exist" in str(found.message)
    logs.mkdir()
    assert findings(kept) == ()


def test_bash_loader_that_sources_a_file_needs_it(kept: Kept) -> None:
    loader = write_tree(kept.place, {"load.sh": "source env.sh\nls $1\n"}) / "load.sh"
    warnings = update_dataset("iris", loader=loader, site=kept.site).warnings
    assert any(str(one).startswith("load.sh:1 needs env.sh, ") for one in warnings)


def edit_record(kept: Kept, edit: Callable[[dict[str, Any]], object]) -> None:
    content = json.loads(kept.record.read_text(encoding="utf-8"))
    edit(content)
    kept.record.write_text(json.dumps(content), encoding="utf-8")


@pytest.mark.parametrize(
    ("keys", "named", "fix"),
    [
        (["loader"], "no loader script", "iris --loader FILE"),
        (["portal_link"], "no portal link", "iris"),
        (["loader", "portal_link"], "no loader script and no portal link", "iris --loader FILE"),
        (
            ["portal_link", "data_dir"],
            "no portal link",
            "iris --portal-link URL",
        ),
    ],
)
def test_record_without_loader_or_portal_link_is_a_warning_with_the_update(
    kept: Kept, keys: list[str], named: str, fix: str
) -> None:
    edit_record(kept, lambda record: record.update(dict.fromkeys(keys)))
    if "loader" in keys:  # where the folder has it, an update without options takes that
        (kept.folder / "loader.py").unlink()
    (found, *others) = findings(kept)
    assert (found.level, found.about) == ("warning", "record")
    assert str(found.message).endswith(named)
    assert [typed(one).partition("update-dataset ")[2] for one in found.fixes] == [fix]
    assert all(one.level == "not checked" for one in others)


@pytest.fixture
def old_local(clean_env: Path) -> Path:
    """A record of the first HuggingNERSC, of huggingface.co, in the catalog of the local site."""
    folder = clean_env / ".local/share/huggingnersc/catalog/iris"
    files = {"iris_info.json": json.dumps(FIRST_RECORD), "README.md": "# Iris\n"}
    return write_tree(folder, files)


@pytest.mark.parametrize("is_used", [False, True])
def test_old_record_is_not_called_missing_on_a_hub_that_was_not_asked(
    old_local: Path, run: RunCommand, clean_env: Path, *, is_used: bool
) -> None:
    if is_used:
        from huggingnersc.hub_server import running_hub

        with running_hub(clean_env / ".local/share/huggingnersc/hub", organizations=["NERSC"]):
            pass
    (dataset,) = check_dataset("iris", site="local").datasets
    (found,) = [one for one in dataset.findings if one.about == "Hub"]
    assert (found.level, found.fixes) == ("not checked", ())
    assert "https://huggingface.co/datasets/NERSC/iris was not asked" in str(found.message)
    assert "embedded Hub" in (inspect_dataset("iris", site="local").hub.note or "")
    assert "  State  " in run("inspect-dataset iris").out
    assert not dataset.is_well


@pytest.mark.attack("catalog records")
def test_record_with_an_address_that_cannot_be_read_is_checked(old_local: Path) -> None:
    record = old_local / "iris_info.json"
    record.write_text(json.dumps(FIRST_RECORD | {"hf_dir": "http://[x"}), encoding="utf-8")
    (dataset,) = check_dataset("iris", site="local").datasets
    assert not dataset.is_well
