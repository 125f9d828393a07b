"""A `python` that forks does what Python does."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.forked_python import ForkedPython

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

IMPORTED = "import sys; print('colorsys' in sys.modules)"


@pytest.fixture(scope="module")
def forked() -> Iterator[ForkedPython]:
    with ForkedPython(["colorsys"]) as running:
        yield running


def run(python: str | Path, *words: str | Path, **options: Any) -> tuple[int, str, str]:
    done = subprocess.run([python, *words], capture_output=True, text=True, **options)
    return done.returncode, done.stdout, done.stderr


def test_its_processes_find_the_packages_imported(forked: ForkedPython) -> None:
    assert run(forked.python, "-c", IMPORTED) == (0, "True\n", "")
    assert run(sys.executable, "-c", IMPORTED) == (0, "False\n", "")


@pytest.mark.parametrize(
    "words",
    [
        ["-c", "import sys; print(sys.argv, sys.path[0])", "one", "-m"],
        ["-m", "shown", "-c"],
        ["shown.py", "-P"],
        ["-P", "-c", "import sys; print(sys.argv, sys.path)", "one"],
        ["-P", "-m", "site"],
        ["-P", "shown.py"],
        ["-c", "import os, sys; print(input()); os.write(2, b'two'); sys.exit(3)"],
        ["-c", "import os; print(os.getcwd(), os.umask(0), os.environ['TERM'])"],
        ["-c", "import os; os.abort()"],
    ],
)
def test_it_does_what_python_does(forked: ForkedPython, tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "shown.py").write_text("import sys; print(sys.argv, sys.path)\n")
    options: dict[str, Any] = {
        "cwd": tmp_path,
        "input": "typed\n",
        "umask": 0o027,
        "env": {**os.environ, "TERM": "dumb"},
    }
    assert run(forked.python, *words, **options) == run(sys.executable, *words, **options)


@pytest.mark.parametrize(
    ("words", "changes"),
    [(["-I"], {}), (["-P", "-I"], {}), ([], {"OMP_NUM_THREADS": "3"}), ([], {"LANG": "C"})],
)
def test_it_is_a_real_python_where_a_fork_would_differ(
    forked: ForkedPython, words: list[str], changes: dict[str, str]
) -> None:
    environment = {**os.environ, **changes}
    assert run(forked.python, *words, "-c", IMPORTED, env=environment) == (0, "False\n", "")


def test_a_process_that_is_killed_ends_and_the_next_one_starts(forked: ForkedPython) -> None:
    words = [str(forked.python), "-c", "import time; print(flush=True); time.sleep(600)"]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        process.kill()
        assert process.stdout.read() == b""  # the fork has ended too
    assert run(forked.python, "-c", IMPORTED) == (0, "True\n", "")


def test_a_process_that_ends_while_it_is_killed_is_no_problem(forked: ForkedPython) -> None:
    words = [str(forked.python), "-c", "import os; print(os.getpid(), flush=True); input()"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        child = os.pidfd_open(int(process.stdout.readline()))
        os.kill(forked._parent.pid, signal.SIGSTOP)  # so that it finds both ended
        process.stdin.write(b"\n")
        process.stdin.close()
        select.select([child], [], [], 60)
        process.kill()
    os.close(child)
    os.kill(forked._parent.pid, signal.SIGCONT)
    assert run(forked.python, "-c", IMPORTED) == (0, "True\n", "")
