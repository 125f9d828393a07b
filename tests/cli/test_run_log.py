"""The log of a run contains every request with its time, and never a token."""

from __future__ import annotations

import io
import logging
import os
import re
import subprocess
import sys
import threading
import time
from contextlib import suppress
from stat import S_IMODE
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from huggingface_hub import HfApi

from huggingnersc.cli.run_log import RunLog
from huggingnersc.hub_server.error_mapping import http_error_of
from tests.adapters.catalogs import umask
from tests.builders import IRIS, IRIS_LINK
from tests.conftest import ROOT
from tests.forked_python import forked_python
from tests.ports import held_port

if TYPE_CHECKING:
    from pathlib import Path

    from tests.api.conftest import Centre
    from tests.conftest import Run, RunCommand

ASKED = re.compile(r"\[(\d+)\] (GET|POST) (\S+)$")
ANSWERED = re.compile(r"\[(\d+)\] (\d{3}) .* after \d+\.\d{3} s")


def catalog(run: RunCommand, centre: Centre, *words: str | Path) -> Run:
    files = (IRIS / "iris_loader.py", IRIS_LINK, IRIS / "iris_metadata.json")
    return run("catalog-new-dataset Iris iris", *files, "--site", centre.profile, *words)


def paths(text: str, endpoint: str) -> list[str]:
    found = [match for line in text.splitlines() if (match := ASKED.search(line))]
    return [m[3].removeprefix(endpoint).split("?")[0] for m in found if m[3].startswith(endpoint)]


def test_every_request_is_logged_with_its_time_and_without_the_token(
    run: RunCommand, centre: Centre, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    done = catalog(run, centre, "-v", "--log-file", log)
    assert done.code == 0
    for text in (done.err, log.read_text(encoding="utf-8")):
        assert paths(text, centre.hub.endpoint) == [
            "/api/whoami-v2",
            "/api/datasets/NERSC/iris",
            "/api/repos/create",
            "/api/validate-yaml",
            "/api/datasets/NERSC/iris/preupload/main",
            "/api/datasets/NERSC/iris/commit/main",
        ]
        numbers = [m[1] for line in text.splitlines() if (m := ANSWERED.search(line))]
        asked = [
            m[1]
            for line in text.splitlines()
            if (m := ASKED.search(line)) and centre.hub.endpoint in m[3]
        ]
        assert set(asked) <= set(numbers)
        assert "exit code 0 after" in text
        assert centre.hub.token not in text
        assert "Bearer" not in text


def test_the_options_work_before_the_command_too_and_each_target_is_logged_to_once(
    run: RunCommand, centre: Centre, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    after = ("list-datasets", "-v", "--log-file", log, "--from-hub", "--site", centre.profile)
    done = run("-v --log-file", log, *after)
    assert done.code == 0
    for text in (done.err, log.read_text(encoding="utf-8")):
        assert paths(text, centre.hub.endpoint) == ["/api/datasets"]


def test_without_the_options_nothing_is_logged_and_afterwards_no_handler_stays(
    run: RunCommand, centre: Centre, tmp_path: Path
) -> None:
    run("list-datasets --from-hub -v --log-file", tmp_path / "log", "--site", centre.profile)
    before = (tmp_path / "log").read_text(encoding="utf-8")
    done = run("list-datasets --from-hub --site", centre.profile)
    assert done.err == ""
    assert (tmp_path / "log").read_text(encoding="utf-8") == before
    assert logging.getLogger("huggingnersc").handlers == []
    assert logging.getLogger("huggingnersc").level == logging.NOTSET


def test_a_failure_is_logged_with_its_cause_and_in_the_file_with_its_traceback(
    run: RunCommand, centre: Centre, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with held_port() as port:
        text = centre.profile.read_text(encoding="utf-8")
        text = text.replace(centre.hub.endpoint, f"http://127.0.0.1:{port}")
        centre.profile.write_text(text, encoding="utf-8")
        done = catalog(run, centre, "-v", "--log-file", log)
    assert done.code == 3
    assert done.err.count("ConnectError") >= 2  # the request without an answer, and the cause
    assert "Traceback" not in done.err
    written = log.read_text(encoding="utf-8")
    assert "Traceback" in written
    assert "exit code 3 after" in written


def test_a_log_file_grows(run: RunCommand, tmp_path: Path) -> None:
    log = tmp_path / "log"
    for _ in range(2):
        run("list-datasets --log-file", log)
    assert log.read_text(encoding="utf-8").count("exit code 0") == 2


def test_a_log_file_that_cannot_be_written_stops_the_command(
    run: RunCommand, tmp_path: Path
) -> None:
    done = run("list-datasets --log-file", tmp_path / "none" / "log")
    assert done.code == 3
    assert str(tmp_path / "none" / "log") in done.err.replace("\n", "")
    assert "--log-file" in done.err


@pytest.mark.attack("catalog links")
@pytest.mark.parametrize("how", ["symlink_to", "hardlink_to"])
def test_a_log_file_that_is_a_link_is_refused(run: RunCommand, tmp_path: Path, how: str) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine", encoding="utf-8")
    getattr(tmp_path / "log", how)(precious)
    done = run("list-datasets --log-file", tmp_path / "log")
    assert done.code == 3
    assert "--log-file" in done.err
    assert precious.read_text(encoding="utf-8") == "mine"


@pytest.mark.attack("catalog links")
def test_a_log_file_that_is_a_pipe_or_another_user_s_is_refused(
    run: RunCommand, tmp_path: Path
) -> None:
    pipe, theirs = tmp_path / "pipe", tmp_path / "theirs"
    os.mkfifo(pipe)
    theirs.touch()
    with suppress(PermissionError):
        os.chown(theirs, 4321, -1)
    for file in (pipe, theirs, tmp_path):
        if file.stat().st_uid != os.geteuid() or file is not theirs:
            assert run("list-datasets --log-file", file).code == 3


@pytest.mark.attack("catalog links")
def test_a_new_log_file_is_for_its_user_alone_at_any_umask(
    run: RunCommand, tmp_path: Path
) -> None:
    for mask in (0, 0o022):
        with umask(mask):
            assert run("list-datasets --log-file", tmp_path / f"log{mask}").code == 0
        assert S_IMODE((tmp_path / f"log{mask}").stat().st_mode) == 0o600


def test_a_bug_is_logged_to_the_file(
    run: RunCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingnersc.api.catalog import list_datasets

    monkeypatch.delattr(list_datasets, "CatalogFolder")  # what a mistake in the code would be
    done = run("list-datasets --log-file", tmp_path / "log")
    assert done.code == 70
    assert "NameError" in (tmp_path / "log").read_text(encoding="utf-8")


def test_a_token_in_an_error_is_masked_without_any_log(
    run: RunCommand, centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = f"{centre.hub.token} with a space"
    monkeypatch.setenv("HF_TOKEN", f"\x01{odd}")
    done = catalog(run, centre, "-v")
    assert done.code != 0
    assert centre.hub.token not in done.err + done.out


def test_the_version_is_printed(run: RunCommand) -> None:
    done = run("--version")
    assert done.code == 0
    assert re.fullmatch(r"huggingnersc (\d+\.\d+\.\d+|not installed.*)\n", done.out)


def test_other_users_of_the_client_go_on_working(run: RunCommand, centre: Centre) -> None:
    run("list-datasets --from-hub -v --site", centre.profile)
    api = HfApi(endpoint=centre.hub.endpoint, token=centre.hub.token)
    assert api.whoami()["name"]


def test_with_the_local_site_no_other_machine_is_contacted(
    tmp_path: Path, clean_env: Path
) -> None:
    words = ["Iris", "iris", IRIS / "iris_loader.py", IRIS_LINK, IRIS / "iris_metadata.json"]
    command = [sys.executable, ROOT / "main.py", "-v", "catalog-new-dataset", *words]
    done = subprocess.run(
        [str(word) for word in command],
        env={**os.environ, "HF_HOME": str(tmp_path / "a fresh one")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    asked = [match[3] for line in done.stderr.splitlines() if (match := ASKED.search(line))]
    assert len(asked) == 6
    assert {urlsplit(url).hostname for url in asked} == {"127.0.0.1"}


def test_names_that_are_not_text_are_logged_to_the_file(tmp_path: Path) -> None:
    file = tmp_path / "log"
    words = ["list-datasets", "--site", os.fsdecode(b"caf\xe9"), "--log-file", str(file)]
    done = subprocess.run(  # apart: pytest would send the log on, which only text survives
        [forked_python(), ROOT / "main.py", *words], capture_output=True, check=False
    )
    assert done.returncode == 3
    assert b"Logging error" not in done.stderr
    logged = file.read_text(encoding="utf-8").splitlines()
    assert "SettingsError: " in logged[0]
    assert r'"caf\udce9"' in logged[0]
    assert "exit code 3" in logged[-1]


class Forgotten:
    """Something that cannot be cleaned up."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def __del__(self) -> None:
        raise self.error


def test_what_fails_while_cleaning_up_is_for_the_log_unless_it_is_a_bug(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "log"
    with RunLog() as log:
        log.open(verbose=False, file=file)
        Forgotten(OSError(28, "No space left on device"))
        assert capsys.readouterr().err == ""
        log.open(verbose=False, file=file)
    assert "while cleaning up: [Errno 28]" in file.read_text(encoding="utf-8")
    hook = sys.unraisablehook
    printed: list[sys.UnraisableHookArgs] = []
    try:
        sys.unraisablehook = printed.append
        with RunLog():
            Forgotten(ValueError("a bug"))
        Forgotten(OSError("no one's run"))
    finally:
        sys.unraisablehook = hook
    assert [str(what.exc_value) for what in printed] == ["a bug", "no one's run"]


class SlowThread(threading.Thread):
    """On a busy machine a thread works before whoever started it goes on."""

    def start(self) -> None:
        super().start()
        time.sleep(0.1)


@pytest.mark.parametrize("thread", [threading.Thread, SlowThread])
def test_ctrl_c_while_cleaning_up_is_not_lost(
    thread: type[threading.Thread],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("huggingnersc.cli.run_log.threading.Thread", thread)
    with RunLog():
        Forgotten(KeyboardInterrupt())
        started = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            time.sleep(60)
        assert time.monotonic() - started < 60  # the wait was cut, not only followed by it
    assert capsys.readouterr().err == ""


def test_an_error_of_the_server_is_shown_with_its_traceback_and_without_tokens(
    capfd: pytest.CaptureFixture[str],
) -> None:
    token = "hf_" + "x" * 40
    with RunLog() as log:
        log.open(verbose=True, file=None)
        try:
            raise ZeroDivisionError(token)
        except ZeroDivisionError as error:
            http_error_of(error, asked="GET /bug")
    _, shown = capfd.readouterr()
    assert "GET /bug" in shown
    assert "Traceback" in shown
    assert "ZeroDivisionError" in shown
    assert "xxx" not in shown


def test_a_traceback_is_safe_though_another_handler_has_formatted_it(tmp_path: Path) -> None:
    other = logging.StreamHandler(io.StringIO())
    logging.getLogger("huggingnersc").addHandler(other)
    try:
        with RunLog() as log:
            log.open(verbose=False, file=tmp_path / "log")
            log.log_error(ValueError("\x1b]0;owned\x07"))
    finally:
        logging.getLogger("huggingnersc").removeHandler(other)
    assert "owned" in other.stream.getvalue()
    assert "\x1b" not in (tmp_path / "log").read_text(encoding="utf-8")
