"""The commands of runs, as they are typed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.engines.choice import WorkProgress
from huggingnersc.adapters.engines.run_folder import Failure
from huggingnersc.api.runs import resume_run as api_module
from huggingnersc.cli import work_progress
from huggingnersc.cli.app import main
from huggingnersc.cli.runs import resume_run as cli_module
from huggingnersc.errors import RunLeft, RunPendingError
from huggingnersc.fixes import Fix, Message, Verb
from tests.adapters.engines.test_run_folder import SPEC, made

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.adapters.engines.choice import EngineChoice, Report
    from huggingnersc.adapters.engines.run_folder import RunFolder
    from huggingnersc.domain.site import Site
    from tests.conftest import Golden


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HUGGINGNERSC_SITE", "local")
    return tmp_path / "huggingnersc/runs"


def a_failed_run(runs: Path) -> RunFolder:
    run = made(runs, b"a", b"bcd", b"e")
    run.put_result(1, b"")
    run.put_failure(Failure(shard=2, host="n1", job="7_0", message="\x1b[31mno [data]"))
    (run.path / "log/7_0.txt").write_text("\x1b]0;x\x07error: [bold]no data\n", encoding="utf-8")
    return run


def shown(text: str, runs: Path) -> str:
    return text.replace(str(runs), "RUNS")


def test_a_failed_run_is_shown_with_the_reason_and_the_next_step(
    runs: Path, capsys: pytest.CaptureFixture[str], golden: Golden
) -> None:
    a_failed_run(runs)
    assert main(["status-run", SPEC.run_id], program="huggingnersc") == 0
    golden("messages/status_run.txt", shown(capsys.readouterr().out, runs))


def test_runs_are_listed_for_people_and_for_programs(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status-run"]) == 0
    assert capsys.readouterr().out == ""
    a_failed_run(runs)
    assert main(["status-run"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.split("\t") == [
        *(SPEC.run_id, "failed", "local", "1", "3", "3", "5", SPEC.created_at, "/data/iris")
    ]
    assert main(["status-run", "--json"]) == 0
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    assert (run["state"], run["shards_done"]) == ("failed", 1)


def test_a_planned_run_is_shown_with_what_to_do(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    request = {"nickname": "iris", "is_agreed": False}
    made(runs, b"a", spec=replace(SPEC, request=request)).put_result(0, b"")
    assert main(["status-run", SPEC.run_id], program="huggingnersc") == 0
    shown_lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert shown_lines[0].endswith("planned")
    assert "Next huggingnersc snapshot-dataset iris" in shown_lines
    assert f"Or remove it huggingnersc cancel-run {SPEC.run_id} --delete" in shown_lines


def test_an_unknown_run_ends_with_3(runs: Path) -> None:
    for command in ("status-run", "resume-run", "cancel-run"):
        assert main([command, "none"]) == 3


def test_a_run_is_cancelled_and_deleted(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = a_failed_run(runs)
    assert main(["cancel-run", SPEC.run_id, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["outcome"] == "unchanged"
    assert main(["cancel-run", SPEC.run_id]) == 0
    assert f"cancel-run {SPEC.run_id} --delete" in " ".join(capsys.readouterr().out.split())
    assert main(["cancel-run", SPEC.run_id, "--delete"]) == 0
    assert not run.path.exists()
    assert SPEC.run_id in capsys.readouterr().out


def test_resuming_shows_what_the_verb_shows(
    runs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made(runs, b"a")
    monkeypatch.setitem(api_module.FINISHING, SPEC.verb, f"{__name__}:finish")
    monkeypatch.setitem(cli_module.SHOWN_BY, SPEC.verb, f"{__name__}:show_finished")
    assert main(["resume-run", SPEC.run_id, "--json", "--jobs", "2"]) == 0
    assert capsys.readouterr().out == f"{SPEC.run_id} True False\n"


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        (Verb.COMPARE_DATASETS, "Reading the data: 1 of 3 files"),
        (Verb.DOWNLOAD_DATASET, "Downloading: 1 of 3 files"),
        (Verb.PACK_DATASET, "Packing: 1 of 3 samples"),
        (Verb.SNAPSHOT_DATASET, "Reading iris: 1 of 3 files"),
        (Verb.UPLOAD_DATASET, "Uploading iris: 1 of 3 files"),
        (Verb.VERIFY_DATASET, "Verifying: 1 of 3 files"),
    ],
)
def test_resuming_shows_the_progress_that_the_verb_shows(
    runs: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    verb: Verb,
    said: str,
) -> None:
    made(runs, b"a", spec=replace(SPEC, verb=verb))
    monkeypatch.setattr(work_progress, "_LINE_EVERY_S", 0)
    monkeypatch.setitem(api_module.FINISHING, verb, f"{__name__}:finish_part")
    monkeypatch.setitem(cli_module.SHOWN_BY, verb, f"{__name__}:show_finished")
    assert main(["resume-run", SPEC.run_id]) == 0
    assert capsys.readouterr().err.startswith(f"{said}, ")


@pytest.mark.parametrize("options", [[], ["--json"], ["--quiet"]])
def test_a_run_that_is_left_to_slurm_is_a_result(
    runs: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
) -> None:
    run = made(runs, b"a")
    run.update(replace(run.spec, request={"pending": True}))
    monkeypatch.setitem(api_module.FINISHING, SPEC.verb, f"{__name__}:finish")
    assert main(["resume-run", SPEC.run_id, "--no-wait", *options]) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    assert ("12" in shown.out) is (options != ["--quiet"])
    if options == ["--json"]:
        assert json.loads(shown.out)["job_id"] == "12"


def finish(run: RunFolder, *_: object) -> str:
    if run.spec.request.get("pending"):
        raise RunPendingError("Left.", run_id=run.spec.run_id, job_id="12", hint="Look.")
    if run.spec.request.get("left"):
        raise RunLeft(Message("Look: ", Fix(Verb.STATUS_RUN, (run.spec.run_id,))))
    return run.spec.run_id


def finish_part(run: RunFolder, _choice: EngineChoice, _site: Site, report: Report) -> str:
    report(WorkProgress(files=1, size_bytes=1, of_files=3, of_bytes=3))
    return run.spec.run_id


def show_finished(result: str, *, as_json: bool, quiet: bool) -> None:
    print(result, as_json, quiet)  # noqa: T201 - in the place of a view


def test_ctrl_c_leaves_the_jobs_and_says_how_to_go_on(
    runs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = made(runs, b"a")
    run.update(replace(run.spec, request={"left": True}))
    monkeypatch.setitem(api_module.FINISHING, SPEC.verb, f"{__name__}:finish")
    assert main(["resume-run", SPEC.run_id], program="huggingnersc") == 130
    assert f"status-run {SPEC.run_id}" in capsys.readouterr().err
