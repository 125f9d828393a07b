"""What every test may use: a clean environment, one command line, golden files, a running Hub."""

from __future__ import annotations

import os
import shlex
import signal
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest
from hypothesis import settings

settings.register_profile("without_deadline", deadline=None)  # speed belongs to benchmarks/
settings.load_profile("without_deadline")

# huggingface_hub and datasets read these when they are imported, so they are set before any test.
os.environ["HF_HOME"] = tempfile.mkdtemp(prefix="huggingnersc-tests-")
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["HF_HUB_DISABLE_UPDATE_CHECK"] = "1"
os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
os.environ["HF_UPDATE_DOWNLOAD_COUNTS"] = "0"
os.environ["COLUMNS"] = "80"
for _name in ("HF_ENDPOINT", "HF_TOKEN", "HUGGINGFACE_CO_STAGING", "NO_COLOR", "FORCE_COLOR"):
    os.environ.pop(_name, None)

# A shell that runs the tests in the background has them, and all they start, ignore Ctrl-C.
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.hub_server import RunningHub

ROOT = Path(__file__).parent.parent
GOLDEN = Path(__file__).parent / "golden"


@dataclass(frozen=True)
class Run:
    """What a command line did: its exit code and what it printed."""

    code: int
    out: str
    err: str


class RunCommand(Protocol):
    """Runs one command line in this process."""

    def __call__(self, line: str, *words: str | Path) -> Run: ...


class Golden(Protocol):
    """Compares a text with the file of that name, or writes it with --update-golden."""

    def __call__(self, name: str, text: str) -> None: ...


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """In CI everything is installed, so a skipped test is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or not os.environ.get("CI"):
        return
    skipped = reporter.stats.get("skipped", ())
    if skipped and exitstatus == pytest.ExitCode.OK:
        reporter.write_line(f"{len(skipped)} skipped in CI, where nothing may be", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell how many faults were tried; see tests/faults."""
    reports = [
        report for ended in ("passed", "failed") for report in terminalreporter.getreports(ended)
    ]
    counts = [
        value for report in reports for name, value in report.user_properties if name == "faults"
    ]
    if counts:
        tried, lost = (sum(column) for column in zip(*counts, strict=True))
        terminalreporter.write_line(
            f"faults: {tried} points tried, {tried - lost} converged, {lost} lost"
        )


@pytest.fixture(autouse=True)
def clean_env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of the test's own, and no setting of the machine; gives the home folder."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for name in list(os.environ):
        if name.startswith(("HUGGINGNERSC_", "XDG_", "NERSC_", "SLURM_")):
            monkeypatch.delenv(name)
    return home


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> RunCommand:
    """Run a command line as the program does and give what came of it."""

    def _run(line: str, *words: str | Path) -> Run:
        from huggingnersc.cli.app import main

        capsys.readouterr()
        code = main([*shlex.split(line), *map(str, words)], program="huggingnersc")
        printed = capsys.readouterr()
        return Run(code, printed.out, printed.err)

    return _run


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compare with the golden file, or write it when `--update-golden` is given."""

    def _golden(name: str, text: str) -> None:
        file = GOLDEN / name
        if request.config.getoption("--update-golden"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        assert file.is_file(), (
            f"no golden file {name}; write it with --update-golden and review it"
        )
        assert text == file.read_text(encoding="utf-8")

    return _golden


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RunningHub]:
    """A running embedded Hub of the test's own, with the organization NERSC."""
    from huggingnersc.hub_server import running_hub

    with running_hub(tmp_path / "hub", organizations=["NERSC"]) as running:
        yield running
