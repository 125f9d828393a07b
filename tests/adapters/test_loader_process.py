"""A loader runs with nothing of the user's, within its limits, and leaves nothing behind."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.loader_process import loader_folder, run_bounded
from huggingnersc.domain.check.loader_run import Limit, RunLimits
from huggingnersc.domain.planned_file import PlannedFile
from tests.builders import write_tree
from tests.conftest import ROOT

if TYPE_CHECKING:
    from huggingnersc.domain.check.loader_run import EndedRun

IS_LINUX = sys.platform == "linux"


def run(code: str, *, timeout_s: float = 60, memory_gb: float = 8) -> EndedRun:
    files = [PlannedFile("load.py", code.encode()), PlannedFile("helpers.py", b"value = 7\n")]
    with loader_folder(files) as folder:
        return run_bounded(["python", "load.py"], folder, RunLimits(timeout_s, memory_gb))


def goes_on(process: int) -> bool:
    """Return whether a process that was killed is still there after a while."""
    try:
        descriptor = os.pidfd_open(process)
    except ProcessLookupError:
        return False
    try:
        return not select.select([descriptor], [], [], 60)[0]
    finally:
        os.close(descriptor)


def test_it_finds_its_companions_and_prints() -> None:
    ended = run("import helpers, sys\nprint(helpers.value, sys.stdin.read() == '')\n")
    assert (ended.status, ended.output, ended.limit) == (0, "7 True\n", None)


@pytest.mark.attack("loader runs")
def test_no_token_and_no_setting_is_passed_on(
    monkeypatch: pytest.MonkeyPatch, clean_env: Path
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    (clean_env / ".cache").mkdir()
    ended = run("import os\nprint(sorted(os.environ))\nprint(os.listdir(os.environ['HOME']))\n")
    for name in ("HF_TOKEN", "AWS_SECRET_ACCESS_KEY", "PYTHONPATH"):
        assert name not in ended.output
    assert "'PATH'" in ended.output
    assert ended.output.endswith("\n[]\n")


def test_failure_and_signal_are_its_status() -> None:
    assert run("import sys\nsys.exit(3)\n").status == 3
    assert run("import os\nos.kill(os.getpid(), 11)\n").status == -11


def test_program_that_is_not_here_is_not_run(tmp_path: Path) -> None:
    with loader_folder([]) as folder:
        ended = run_bounded(["no-such-program", "load.jl"], folder, RunLimits())
    assert ended.status is None
    assert "no-such-program" in ended.output


@pytest.mark.attack("loader runs")
@pytest.mark.parametrize("program", ["./tool", "sub/tool"])
def test_a_relative_program_is_none_of_the_folder_where_the_user_is(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = write_tree(tmp_path, {program: "#!/bin/sh\ntouch ran\n"}) / program
    tool.chmod(0o700)
    monkeypatch.chdir(tmp_path)
    with loader_folder([]) as folder:
        assert run_bounded([program, "load.py"], folder, RunLimits()).status is None
    assert not list(tmp_path.rglob("ran"))


@pytest.mark.attack("loader runs")
def test_what_the_system_cannot_start_is_not_run(tmp_path: Path) -> None:
    tool = write_tree(tmp_path, {"tool": "\x7fELF"}) / "tool"
    tool.chmod(0o700)
    with loader_folder([]) as folder:
        assert run_bounded([str(tool)], folder, RunLimits()).status is None
        assert run_bounded(["python", "a" * (1 << 20)], folder, RunLimits()).status is None


def test_python_is_found_where_path_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert run("print(1)\n").output == "1\n"


def test_time_ends_it_with_its_children() -> None:
    child = "import subprocess, sys, time\n"
    child += "c = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
    ended = run(f"{child}print(c.pid)\ntime.sleep(600)\n", timeout_s=2)
    assert ended.limit is Limit.TIME
    assert 2 <= ended.seconds < 60
    assert not goes_on(int(ended.output or 0))


def test_child_that_goes_on_is_ended_and_not_waited_for() -> None:
    child = "import subprocess, sys\n"
    child += "c = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
    ended = run(f"{child}print(c.pid)\n")
    assert (ended.status, ended.limit) == (0, None)
    assert not goes_on(int(ended.output))


def test_output_may_be_closed_before_the_end() -> None:
    ended = run("import os, time\nos.close(1)\nos.close(2)\ntime.sleep(0.3)\nos._exit(4)\n")
    assert (ended.status, ended.output) == (4, "")


@pytest.mark.skipif(not IS_LINUX, reason="/proc shows the memory of processes on Linux only")
def test_memory_of_all_its_processes_together_is_limited() -> None:
    child = "import time; x = bytearray(150_000_000); time.sleep(600)"
    code = "import subprocess, sys\n"
    code += f"c = [subprocess.Popen([sys.executable, '-c', {child!r}]) for _ in range(2)]\n"
    ended = run(f"{code}[one.wait() for one in c]\n", memory_gb=0.25)
    assert ended.limit is Limit.MEMORY


def test_long_output_keeps_its_beginning_and_its_end() -> None:
    ended = run("print('begin')\nfor n in range(20000): print('line', n)\nprint('end')\n")
    assert ended.status == 0
    assert len(ended.output) < 60_000
    assert ended.output.startswith("begin\n")
    assert ended.output.endswith("end\n")
    assert "bytes left out]" in ended.output


def test_output_without_end_is_ended_by_time() -> None:
    ended = run("while True: print('x' * 1000)\n", timeout_s=1)
    assert ended.limit is Limit.TIME
    assert len(ended.output) < 60_000


CTRL_C = """
import os, signal, sys, threading
from huggingnersc.adapters.loader_process import loader_folder, run_bounded
from huggingnersc.domain.check.loader_run import RunLimits
from huggingnersc.domain.planned_file import PlannedFile

code = b"import os, time; open(os.environ['HOME'] + '/../../{mark}', 'w').write(str(os.getpid()))"
code += b"; os.kill(os.getppid(), {number}); time.sleep(600)"
with loader_folder([PlannedFile("load.py", code)]) as folder:
    run_bounded(["python", "load.py"], folder, RunLimits())
"""


@pytest.mark.parametrize("number", [2, 15], ids=["Ctrl-C", "SIGTERM"])
def test_signal_ends_the_loader_and_removes_its_folder(tmp_path: Path, number: int) -> None:
    code = CTRL_C.replace("{mark}", "mark").replace("{number}", str(number))
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode != 0
    assert not goes_on(int((tmp_path / "mark").read_text()))
    assert [path.name for path in tmp_path.iterdir() if path.name != "home"] == ["mark"]
