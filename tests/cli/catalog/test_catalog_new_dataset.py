"""The command line of cataloging: its words, its exit codes, what goes where."""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING

import pytest

from tests.builders import IRIS, IRIS_LINK, JETCLASS, make_metadata, write_tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunCommand

COMMAND = shlex.join(
    [
        "catalog-new-dataset",
        "Fisher's Iris Data",
        "iris",
        str(IRIS / "iris_loader.py"),
        IRIS_LINK,
        str(IRIS / "iris_metadata.json"),
    ]
)
STAYS = "Nothing left this machine: the Hub is the embedded one; serve-hub shows it.\n"


def test_result_goes_to_stdout_and_all_else_to_stderr(run: RunCommand) -> None:
    done = run(COMMAND)
    assert done.code == 0
    assert done.out.startswith("Fisher's Iris Data is cataloged\n")
    assert "http://127.0.0.1:8017/datasets/NERSC/iris" in done.out
    assert done.err.endswith(STAYS)
    assert "does not exist on this machine" in done.err


def test_same_command_again_is_nothing_to_do(run: RunCommand) -> None:
    run(COMMAND)
    done = run(COMMAND)
    assert done.code == 0
    assert "nothing to do" in done.out


def test_json_is_one_document_with_every_place(run: RunCommand) -> None:
    value = json.loads(run(f"{COMMAND} --json").out)
    assert value["outcome"] == "cataloged"
    assert value["published_to"] == "embedded"
    assert value["data_path"] == "/global/cfs/cdirs/dasrepo/www/iris"
    assert value["notebook"].endswith("/iris/iris_dataloader.ipynb")
    assert [file["path"] for file in value["hub_files"]] == ["README.md", "iris_loader.py"]


def test_quiet_prints_no_result(run: RunCommand, tmp_path: Path) -> None:
    done = run(f"{COMMAND} --quiet --data-path", tmp_path)
    assert (done.code, done.out, done.err) == (0, "", "")


@pytest.mark.parametrize("word", ["True", "true", "TRUE", "1", "yes", "Yes"])
def test_distributed_in_every_spelling_has_no_notebook(run: RunCommand, word: str) -> None:
    value = json.loads(run(f"{COMMAND} None {word} --dry-run --json").out)
    assert value["notebook"] is None


@pytest.mark.parametrize("word", ["False", "false", "0", "no"])
def test_not_distributed_in_every_spelling_has_a_notebook(run: RunCommand, word: str) -> None:
    value = json.loads(run(f"{COMMAND} None {word} --dry-run --json").out)
    assert value["notebook"] is not None


def test_option_distributed_is_the_same_as_the_argument(run: RunCommand) -> None:
    value = json.loads(run(f"{COMMAND} --distributed --dry-run --json").out)
    assert value["notebook"] is None


def test_a_job_notebook_is_made_where_it_is_asked_for(run: RunCommand) -> None:
    batch = JETCLASS / "jetclass_batch.sh"
    done = run(COMMAND, batch, "True", "--job-notebook")
    assert done.code == 0
    assert "Job notebook" in done.out
    value = json.loads(run("inspect-dataset iris --json").out)
    assert value["notebook"] is None
    assert value["job_notebook"].endswith("/iris/iris_job.ipynb")
    assert "Job notebook" in run("inspect-dataset iris").out
    assert "nothing to do" in run(COMMAND, batch, "True", "--job-notebook").out


def test_a_job_notebook_without_a_batch_script_is_a_problem(run: RunCommand) -> None:
    done = run(f"{COMMAND} --job-notebook")
    assert done.code == 1
    assert "  --job-notebook: needs BATCH_SCRIPT, the script that it submits\n" in done.err


def test_word_that_is_no_truth_value_is_a_usage_error(run: RunCommand) -> None:
    done = run(f"{COMMAND} None maybe")
    assert done.code == 2
    assert '"maybe" is neither True nor False' in " ".join(done.err.split())


def test_missing_arguments_are_a_usage_error(run: RunCommand) -> None:
    assert run("catalog-new-dataset Iris iris").code == 2


def test_five_mistakes_are_five_lines_with_five_paths_and_nothing_is_made(
    run: RunCommand, tmp_path: Path, clean_env: Path
) -> None:
    wrong = make_metadata(license="MIT", size_categories="tiny", tags=[], language="en", x=1)
    write_tree(tmp_path, {"wrong.json": json.dumps(wrong)})
    line = COMMAND.replace(str(IRIS / "iris_metadata.json"), str(tmp_path / "wrong.json"))
    done = run(f"{line} --data-path", tmp_path)
    assert done.code == 1
    assert done.out == ""
    lines = [line for line in done.err.splitlines() if line.startswith("  wrong.json: $.")]
    assert [line.split()[1] for line in lines] == [
        "$.datacard_tags.language:",
        "$.datacard_tags.license:",
        "$.datacard_tags.size_categories:",
        "$.datacard_tags.tags:",
        "$.datacard_tags.x:",
    ]
    assert len(done.err.splitlines()) == 6
    assert list(clean_env.iterdir()) == []


def test_dry_run_makes_nothing_on_a_fresh_machine(run: RunCommand, clean_env: Path) -> None:
    assert run(f"{COMMAND} --dry-run").code == 0
    assert list(clean_env.iterdir()) == []


def test_brackets_in_a_file_name_are_shown_and_the_sizes_stay_aligned(
    run: RunCommand, tmp_path: Path
) -> None:
    loader = (IRIS / "iris_loader.py").read_text(encoding="utf-8")
    write_tree(tmp_path, {"iris[copy].py": loader})
    line = COMMAND.replace(str(IRIS / "iris_loader.py"), str(tmp_path / "iris[copy].py"))
    done = run(f"{line} --dry-run")
    assert re.search(r"\n  README\.md      \d\.", done.out)
    assert "\n  iris[copy].py  1." in done.out
    assert done.out.count(" kB\n") == 6  # as the pages of the embedded Hub say it


def test_unknown_site_names_the_nearest(run: RunCommand) -> None:
    done = run(f"{COMMAND} --site nersk")
    assert done.code == 3
    assert "hint: Did you mean nersc?" in done.err


def test_catalog_folder_of_nersc_that_is_not_here_is_a_problem(run: RunCommand) -> None:
    done = run(f"{COMMAND} --site nersc")
    assert done.code == 1
    assert "/global/cfs/cdirs/dasrepo/ai_ready_datasets is not a folder" in done.err
    assert "There is no token for https://huggingface.co" in done.err


def test_user_configuration_chooses_the_site(run: RunCommand, clean_env: Path) -> None:
    write_tree(clean_env, {".config/huggingnersc/config.toml": 'site = "nersc"\n'})
    assert "ai_ready_datasets" in run(COMMAND).err


def test_data_in_place_of_the_loader_is_refused(run: RunCommand, clean_env: Path) -> None:
    done = run(COMMAND.replace(str(IRIS / "iris_loader.py"), str(IRIS / "data" / "iris.csv")))
    assert done.code == 1
    assert 'LOADER_SCRIPT: "iris.csv" ' in done.err
    assert list(clean_env.iterdir()) == []


def test_empty_display_title_is_refused(run: RunCommand, tmp_path: Path) -> None:
    write_tree(tmp_path, {"m.json": json.dumps(make_metadata(pretty_name=" "))})
    done = run(COMMAND.replace(str(IRIS / "iris_metadata.json"), str(tmp_path / "m.json")))
    assert done.code == 1
    assert "$.datacard_tags.pretty_name: is empty" in done.err


def test_what_is_missing_or_odd_but_allowed_is_a_warning(run: RunCommand, tmp_path: Path) -> None:
    odd = make_metadata(license=None, other_info={"papers": ["see my thesis"]})
    write_tree(tmp_path, {"m.json": json.dumps(odd)})
    line = COMMAND.replace(str(IRIS / "iris_metadata.json"), str(tmp_path / "m.json"))
    done = run(f"{line} --dry-run")
    assert done.code == 0
    assert "names no license" in done.err
    assert 'The paper "see my thesis"' in done.err


def test_file_that_the_loader_needs_is_included_without_ado(
    run: RunCommand, tmp_path: Path
) -> None:
    write_tree(tmp_path, {"columns.yml": "a: 1\n"})
    done = run(f"{COMMAND} --data-path . --json --include", tmp_path / "columns.yml")
    assert (done.code, done.err) == (0, STAYS)
    assert "columns.yml" in [file["path"] for file in json.loads(done.out)["hub_files"]]


def test_catalog_folder_that_is_a_file_is_a_problem(
    run: RunCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(tmp_path, {"file": "x"})
    monkeypatch.setenv("HUGGINGNERSC_CATALOG_ROOT", str(tmp_path / "file"))
    done = run(COMMAND)
    assert done.code == 1
    assert f"the catalog folder {tmp_path / 'file'} is not a folder" in done.err


def test_other_content_is_named(run: RunCommand) -> None:
    run(COMMAND)
    done = run(COMMAND.replace("Fisher", "Ronald Fisher"))
    assert done.code == 3
    assert "cataloged already, with other content (official_name)" in done.err


def test_a_path_before_the_address_is_answered_with_the_command_to_type(
    run: RunCommand, tmp_path: Path
) -> None:
    name, nickname, loader, link, metadata = shlex.split(COMMAND)[1:]
    words = [name, nickname, loader, str(tmp_path), link, metadata]
    for more in ([], ["None"], ["None", "False"]):
        done = run("catalog-new-dataset", *words, *more, "--dry-run")
        assert (done.code, done.out) == (1, "")
        command = shlex.split(done.err.partition("hint: Run: ")[2])
        positional = [*words[:3], link, metadata, *more]
        start = command.index("catalog-new-dataset")
        assert command[start + 1 :] == [*positional, "--dry-run", "--data-path", str(tmp_path)]
        assert run(*command[start:]).code == 0
