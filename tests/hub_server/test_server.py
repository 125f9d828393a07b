"""The life of the server that runs inside a command."""

from __future__ import annotations

import _thread
import contextlib
import signal
import socket
import sys
import threading
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from starlette.responses import Response

import huggingnersc.hub_server
from huggingnersc.errors import SettingsError
from huggingnersc.hub_server import running_hub, serve, server
from tests.builders import write_tree
from tests.hub_server.wire import wired

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import FrameType
    from typing import Any

TRACED = {module.__file__ for module in (huggingnersc.hub_server, server, contextlib, threading)}
START_LINES = 50  # fewer are run only when the tracing does not work


@dataclass
class Tracer:
    """Calls `strike` once, before the line of this number of the traced modules."""

    at: int
    strike: Callable[[], None]
    lines: int = field(default=0, init=False)

    def __call__(self, frame: FrameType, event: str, _arg: Any) -> Tracer | None:
        if frame.f_code.co_filename not in TRACED:
            return None
        if event == "line":
            self.lines += 1
            if self.lines == self.at + 1:
                self.strike()
        return self


def press_ctrl_c() -> None:
    signal.raise_signal(signal.SIGINT)


def is_interrupted(root: Path, *, ours: Tracer | None, theirs: Tracer | None) -> bool:
    """Start and stop a Hub, the lines of this thread and of the server's thread traced."""
    threading.settrace(theirs)
    sys.settrace(ours)
    try:
        with running_hub(root):
            pass
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(None)
        threading.settrace(None)
    return False


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # of the sockets that were cut off
@pytest.mark.parametrize("whose", ["ours", "theirs"])
def test_ctrl_c_at_any_line_of_start_and_stop_is_raised_and_ends_the_thread_in_good_order(
    whose: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    before = set(threading.enumerate())
    strike = {"ours": press_ctrl_c, "theirs": _thread.interrupt_main}[whose]
    for at in count():
        tracer = Tracer(at, strike)
        if not is_interrupted(tmp_path / "hub", **{"ours": None, "theirs": None, whose: tracer}):
            assert START_LINES < tracer.lines <= at, f"not raised at line {at}"
            break
    started = [thread for thread in threading.enumerate() if thread not in before]
    for thread in started:
        if thread.ident is not None:  # else Ctrl-C came before it was made
            thread.join(30)
    assert [thread for thread in started if thread.ident and thread.is_alive()] == []
    assert capfd.readouterr() == ("", "")


def test_server_stops_while_a_client_keeps_its_connection(tmp_path: Path) -> None:
    with running_hub(tmp_path / "hub") as hub:
        client = HTTPConnection(urlsplit(hub.endpoint).netloc, timeout=30)
        client.request("GET", "/api/datasets")
        assert client.getresponse().read() == b"[]"
        assert client.sock is not None
    assert client.sock.recv(1) == b""
    client.close()


def test_request_that_outlives_the_grace_period_is_cut_off_quietly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(server, "GRACE_S", 0.01)
    with wired(tmp_path) as wire:
        address = urlsplit(wire.endpoint)
        client = socket.create_connection((address.hostname, address.port), timeout=30)
        head = "POST /api/repos/create HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n"
        client.sendall(f"{head}Expect: 100-continue\r\n\r\n".encode())
        assert client.recv(12) == b"HTTP/1.1 100"  # it waits for a body that never comes
    with contextlib.suppress(ConnectionResetError):
        while client.recv(1 << 16):
            pass
    client.close()
    assert capfd.readouterr() == ("", "")


def test_an_answer_that_breaks_off_is_logged_and_shows_nothing_of_the_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with wired(tmp_path) as wire:
        monkeypatch.setattr(Response, "__call__", broken)
        answer = wire.ask("GET", "/api/datasets?ticket=secret")
    assert (answer.status, b"inner" in answer.body) == (500, False)
    (message,) = caplog.messages
    assert "GET /api/datasets" in message
    assert "RuntimeError: inner" in message
    assert "secret" not in message


async def broken(*_: object) -> None:
    raise RuntimeError("inner")


def test_server_that_cannot_start_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as no_listener:
        no_listener.bind(("127.0.0.1", 0))
        monkeypatch.setattr(server, "bind", lambda _host, _port: no_listener)
        with pytest.raises(SettingsError) as caught, running_hub(tmp_path / "hub"):
            pass
    assert isinstance(caught.value.__cause__, ValueError)
    assert capfd.readouterr() == ("", "")


def test_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    data = write_tree(tmp_path / "data", {"obs.csv": "1\n"})
    with pytest.raises(SettingsError) as caught:
        serve(data, port=0)
    assert str(data) in str(caught.value)
    assert [file.name for file in data.iterdir()] == ["obs.csv"]
