"""What every test may use: a clean environment, one command line, golden files, a running Hub."""

from __future__ import annotations

import fcntl
import gc
import os
import random
import shlex
import shutil
import signal
import sys
import tempfile
import threading
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest
from hypothesis import settings

from tests.clean_environment import FOREIGN, clean_environment
from tests.desk import ONE_IN, SLOWEST, decide, examples, is_left_out, leaves_out_some

# Without a deadline, because speed belongs to benchmarks/.
settings.register_profile("ours", deadline=None, max_examples=examples(100))
settings.load_profile("ours")

_TEMPORARY = "huggingnersc-tests-"
_IN_USE = ".in-use"  # locked as long as its session lives
_MEMORY = Path("/dev/shm")  # noqa: S108 - as good a temporary folder as any
_MOST_BYTES = 4 << 30  # several times what a session writes


def _has_room(folder: Path) -> bool:
    """Return whether a session can keep its files and run its scripts in `folder`."""
    if not os.access(folder, os.W_OK | os.X_OK):
        return False
    system = os.statvfs(folder)
    return system.f_bavail * system.f_frsize >= _MOST_BYTES and not system.f_flag & os.ST_NOEXEC


def _is_in_use(folder: Path) -> bool:
    """Return whether a session lives that keeps its files there."""
    try:
        with (folder / _IN_USE).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:  # a session was killed while it removed the folder
        return False
    except OSError:
        return True
    return False


def _own_temporary_folder(stack: ExitStack) -> None:
    """Let everything temporary go to one folder, which `stack` removes; xdist's workers share it.

    It is in memory where there is room and no TMPDIR is set: catalog and Hub call fsync thousands
    of times. What a session that was killed left behind is removed by the next one.
    """
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    if "TMPDIR" not in os.environ and _has_room(_MEMORY):
        tempfile.tempdir = str(_MEMORY)
    for left in Path(tempfile.gettempdir()).glob(f"{_TEMPORARY}*"):
        if not _is_in_use(left):
            shutil.rmtree(left, ignore_errors=True)
    made = Path(tempfile.mkdtemp(prefix="huggingnersc-new-"))
    fcntl.flock(stack.enter_context((made / _IN_USE).open("w")), fcntl.LOCK_EX)
    made.chmod(0o711)  # tests that act as another user reach their folders through it
    folder = made.rename(made.with_name(made.name.replace("huggingnersc-new-", _TEMPORARY)))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)


# Containers often set it; then each of the hundreds of processes compiles the package again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
os.umask(0o022)  # tests of modes and of sharing between users say themselves where they differ
_AT_END = ExitStack()
_own_temporary_folder(_AT_END)

clean_environment(tempfile.mkdtemp(prefix="hf-home-"))
# Each test has a home of its own; this is that of browsers and notebooks that several share.
os.environ["HOME"] = tempfile.mkdtemp(prefix="home-")
if not os.access(Path(__file__).parent.parent, os.W_OK):  # hypothesis warns where it cannot write
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = tempfile.mkdtemp(prefix="hypothesis-")
# No test trusts a certificate of the machine; to load them takes each client 25 ms.
os.environ["SSL_CERT_DIR"] = tempfile.mkdtemp(prefix="no-certificates-")

# A shell that runs the tests in the background has them, and all they start, ignore Ctrl-C.
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from huggingnersc.hub_server import RunningHub
    from tests.s3_server import S3Server

ROOT = Path(__file__).parent.parent
_SLOWEST_FIRST = {name: place for place, name in enumerate(SLOWEST)}
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
    parser.addoption("--update-golden", action="store_true", help="write the golden files again")
    parser.addoption("--shuffle", metavar="SEED", help="run files, and tests in them, shuffled")


def pytest_configure(config: pytest.Config) -> None:
    """Decide whether tests are left out."""
    decide(config)


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    _AT_END.close()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for garbage in what the tests make, never among the thousands that are collected."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the slowest files first, so that no worker ends long after the others; or shuffle."""
    if leaves_out_some():
        left_out = [item for item in items if is_left_out(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not is_left_out(item)]
    for item in items:
        for mark in item.iter_markers("attack"):
            item.user_properties.append(("attack", mark.args[0]))
    seed = config.getoption("--shuffle")
    if seed is None:
        items.sort(key=lambda item: _SLOWEST_FIRST.get(_file(item), len(_SLOWEST_FIRST)))
        return
    chance = random.Random(seed)  # noqa: S311 - an order, not a secret
    place = {file: chance.random() for file in dict.fromkeys(map(_file, items))}
    items.sort(key=lambda item: (place[_file(item)], chance.random()))


def _file(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0].removeprefix("tests/")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let what a test logged be UTF-8, because xdist can report nothing else."""
    report = yield
    report.sections = [
        (name, text.encode("utf-8", "backslashreplace").decode()) for name, text in report.sections
    ]
    return report


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
    """Print how many faults were tried (see tests/faults), and how the attacks ended."""
    reports = [
        (ended, report)
        for ended in ("passed", "failed")
        for report in terminalreporter.getreports(ended)
    ]
    counts = [
        value
        for _, report in reports
        for name, value in report.user_properties
        if name == "faults"
    ]
    if counts:
        from tests.faults.sampling import sample

        tried, lost = (sum(column) for column in zip(*counts, strict=True))
        terminalreporter.write_line(
            f"faults: {tried} points tried, {tried - lost} converged, {lost} lost; {sample()}"
        )
    inputs = [
        value for _, report in reports for name, value in report.user_properties if name == "fuzz"
    ]
    if inputs:
        terminalreporter.write_line(f"fuzz: {sum(inputs)} inputs tried by {len(inputs)} tests")
    attacks = Counter(
        (value, ended)
        for ended, report in reports
        for name, value in report.user_properties
        if name == "attack" and report.when == "call"
    )
    if attacks:
        _write_attacks(terminalreporter, attacks)
    if leaves_out_some():
        terminalreporter.write_line(f"a desk's sample: of slow tests one in {ONE_IN}")


def _write_attacks(reporter: pytest.TerminalReporter, attacks: Counter[tuple[str, str]]) -> None:
    names = sorted({name for name, _ in attacks})
    width = max(map(len, (*names, "attacks")))
    reporter.write_line(f"{'attacks':{width}}  tried   held  failed")
    for name in names:
        held, failed = attacks[name, "passed"], attacks[name, "failed"]
        reporter.write_line(f"{name:{width}}  {held + failed:5}  {held:5}  {failed:6}")


@pytest.fixture(autouse=True)
def clean_env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of the test's own, and no setting of the machine; gives the home folder."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for name in list(os.environ):
        if name.startswith(FOREIGN):
            monkeypatch.delenv(name)
    return home


@pytest.fixture(scope="module", autouse=True)
def describing() -> Iterator[None]:
    """Let processes that describe data be forks; tests of such a process override this."""
    from tests.forked_describing import forked_describing

    with forked_describing():
        yield


@pytest.fixture(scope="session")
def storage() -> Iterator[S3Server]:
    """An S3 storage that all tests share; each makes buckets of its own."""
    from tests.s3_server import s3_server

    with s3_server() as server:
        yield server


@pytest.fixture
def s3(storage: S3Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    """The storage, to which the variables of this process point."""
    from tests.s3_server import s3_environment

    with s3_environment(storage, monkeypatch) as server:
        yield server


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
