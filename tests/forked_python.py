"""A `python` whose processes are forks of one that has imported the packages they will need.

It takes what `python` takes: a file, `-c` or `-m`, also after `-P` or `-u`. By default only
packages of others are imported before the fork, so that each process still imports, compiles and
renders all that is tested here. It becomes a real Python where a fork would differ: where another
option is given, Ctrl-C is ignored, or a variable has another value that what is imported may have
read.
"""

from __future__ import annotations

import atexit
import marshal
import os
import runpy
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PACKAGES = (
    "dulwich.repo", "dulwich.server", "fastjsonschema", "filelock", "huggingface_hub.hf_api",
    "jinja2", "jsonschema", "markdown_it", "mdit_py_plugins", "nbformat.v4", "nh3",
    "pydantic.dataclasses", "pydantic.type_adapter", "pygments.formatters",
    "referencing.jsonschema", "rich.progress", "rich.table", "sqlite3", "starlette.applications",
    "starlette.routing", "tomllib", "typer._adapters", "typer._completion_shared",
    "typer.rich_utils", "urllib.request", "uuid", "uvicorn.protocols.http.h11_impl", "yaml",
)  # fmt: skip
_CLIENT = """\
import marshal, os, signal, socket, sys
address, *words = sys.argv[1:]
server = socket.socket(socket.AF_UNIX)
def ask():
    mask = os.umask(0o022)
    os.umask(mask)
    request = marshal.dumps((words, os.getcwdb(), dict(os.environb), mask))
    server.connect(address)
    socket.send_fds(server, [len(request).to_bytes(4, "big")], [0, 1, 2])
    server.sendall(request)
    return server.recv(1) == b"y"
first = words[1] if words[0] in ("-P", "-u") else words[0]
if first.startswith("-") and first not in ("-c", "-m"):
    accepted = False
elif accepted := signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: server.send(bytes([number])))
    accepted = ask()
if not accepted:
    os.execv(sys.executable, [sys.executable, *words])
code = int.from_bytes(server.recv(4), "big", signed=True)
if code < 0:
    signal.signal(-code, signal.SIG_DFL)
    os.kill(os.getpid(), -code)
os._exit(code)
"""
# Read when they are needed, so they may differ.
_READ_LATE = {
    b"COLUMNS", b"HF_TOKEN", b"HOME", b"LINES", b"NO_COLOR", b"OLDPWD", b"PATH", b"PWD", b"SHLVL",
    b"TERM", b"TMPDIR", b"_",
}  # fmt: skip
_READ_LATE_TOO = (b"COMP_", b"HUGGINGNERSC_", b"PYTEST_", b"XDG_", b"_HUGGINGNERSC_", b"_TYPER_")

_AT_START = dict(os.environ)


@cache
def forked_python(*imported: str) -> Path:
    """Return the `python` that the tests of this process share, by default one of PACKAGES."""
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(ForkedPython(imported or PACKAGES, _AT_START)).python


class ForkedPython:
    """The running parent; use it as a context manager.

    Args:
        imported: the modules that each process finds imported.
        environment: the variables that modules may read when they are imported; by default those
            of this process.
        late: how the names of other variables begin that they read when they are needed.

    Attributes:
        python: the executable file.
    """

    def __init__(
        self,
        imported: Sequence[str] = PACKAGES,
        environment: Mapping[str, str] | None = None,
        *,
        late: Sequence[str] = (),
    ) -> None:
        # A test may have set another temporary folder, too deep for the address of a socket.
        parent = _AT_START.get("TMPDIR")
        self._folder = tempfile.TemporaryDirectory(prefix="forked-", dir=parent)
        self.python = Path(self._folder.name, "python")
        address = Path(self._folder.name, "socket")
        client = Path(self._folder.name, "client.py")
        client.write_text(_CLIENT, encoding="utf-8")
        self.python.write_text(
            f'#!/bin/sh\nexec "{sys.executable}" -I -S "{client}" "{address}" "$@"\n',
            encoding="utf-8",
        )
        self.python.chmod(0o755)
        self._parent = subprocess.Popen(
            [sys.executable, __file__, address, " ".join(late), *imported],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert self._parent.stdout
        assert self._parent.stdout.read(1) == b"r", "the parent did not start"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._parent.communicate()  # it ends with its input
        self._folder.cleanup()


@dataclass(frozen=True)
class _Request:
    words: list[str]
    folder: bytes
    environment: dict[bytes, bytes]
    umask: int
    streams: list[int]


def _received(client: socket.socket) -> _Request | None:
    head, streams, *_ = socket.recv_fds(client, 4, 3)
    if len(head) < 4:
        return None
    size, content = int.from_bytes(head, "big"), b""
    while len(content) < size and (part := client.recv(size - len(content))):
        content += part
    if len(content) < size:  # the client was killed
        for stream in streams:
            os.close(stream)
        return None
    words, folder, environment, umask = marshal.loads(content)  # noqa: S302 - from a test
    return _Request(words, folder, environment, umask, streams)


def _static(environment: Mapping[bytes, bytes], late: tuple[bytes, ...]) -> dict[bytes, bytes]:
    return {
        name: value
        for name, value in environment.items()
        if name not in _READ_LATE and not name.startswith((*_READ_LATE_TOO, *late))
    }


class _Parent:
    """Answers the clients until its standard input ends."""

    def __init__(
        self, listener: socket.socket, start: Mapping[bytes, bytes], late: tuple[bytes, ...]
    ) -> None:
        self._listener = listener
        self._clients: dict[int, socket.socket] = {}
        self._late = late
        self._static = _static(start, late)

    def next_fork(self) -> _Request:
        """Return in each fork, with what it has to do."""
        with selectors.DefaultSelector() as selector:
            selector.register(0, selectors.EVENT_READ, _leave)
            selector.register(self._listener, selectors.EVENT_READ, self._accepted)
            while True:
                for key, _ in selector.select():
                    request = key.data(selector)
                    if isinstance(request, _Request):
                        return request

    def _accepted(self, selector: selectors.BaseSelector) -> _Request | None:
        client, _ = self._listener.accept()
        request = _received(client)
        if request is None:
            client.close()
            return None
        is_same = _static(request.environment, self._late) == self._static
        child = os.fork() if is_same else -1
        if child == 0:
            for one in (client, self._listener, *self._clients.values()):
                one.close()
            return request
        for stream in request.streams:  # whoever reads them waits for the last to be closed
            os.close(stream)
        if not is_same:
            client.close()
            return None
        with suppress(BrokenPipeError):  # killed; its end is the next event
            client.send(b"y")
        self._clients[child] = client
        ended = os.pidfd_open(child)
        selector.register(client, selectors.EVENT_READ, lambda _: self._signal(selector, child))
        selector.register(
            ended, selectors.EVENT_READ, lambda _: self._ended(selector, ended, child)
        )
        return None

    def _signal(self, selector: selectors.BaseSelector, child: int) -> None:
        client = self._clients.get(child)
        if client is None:  # both ended at the same time
            return
        numbers = b""
        with suppress(ConnectionResetError):  # it was killed before it read our answer
            numbers = client.recv(16)
        if not numbers:
            selector.unregister(client)
        for number in numbers or [signal.SIGKILL]:
            os.kill(child, number)

    def _ended(self, selector: selectors.BaseSelector, ended: int, child: int) -> None:
        client = self._clients.pop(child)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        selector.unregister(ended)
        os.close(ended)
        with suppress(KeyError):
            selector.unregister(client)
        with client, suppress(OSError):  # the client was killed
            client.send(code.to_bytes(4, "big", signed=True))


def _leave(_: selectors.BaseSelector) -> NoReturn:
    os._exit(0)


def _run(request: _Request) -> None:
    """Do what `python` does with these words."""
    for number, stream in enumerate(request.streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(request.folder)
    os.umask(request.umask)
    os.environb.clear()
    os.environb.update(request.environment)
    tempfile.tempdir = None  # an import may have asked for it, with another TMPDIR
    option = request.words[0] if request.words[0] in {"-P", "-u"} else ""
    _open_streams(is_buffered=option != "-u")
    words = request.words[1:] if option else request.words
    first, *rest = words
    folder = {"-c": "", "-m": str(Path.cwd())}.get(first, str(Path(first).resolve().parent))
    sys.path[:1] = [] if option == "-P" else [folder]
    if first == "-c":
        sys.argv = ["-c", *rest[1:]]
        exec(compile(rest[0], "<string>", "exec"), {"__name__": "__main__"})  # noqa: S102
    elif first == "-m":
        sys.argv = rest
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    else:
        sys.argv = words
        runpy.run_path(first, run_name="__main__")


def _open_streams(*, is_buffered: bool) -> None:
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        old = getattr(sys, name)
        stream = open(  # noqa: SIM115 - a descriptor, open to the end
            number,
            "r" if number == 0 else "w",
            encoding=old.encoding,
            errors=old.errors,
            buffering=1 if number == 2 or os.isatty(number) else -1,
            closefd=False,
        )
        if not is_buffered and number:
            stream.reconfigure(write_through=True)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _main() -> None:
    import gc
    import importlib

    address, late, *imported = sys.argv[1:]
    start = dict(os.environb)
    for name in imported:
        importlib.import_module(name)
    set_by_imports = {name: os.environb[name] for name in os.environb.keys() - start.keys()}
    gc.collect()
    gc.freeze()  # a fork that collects would copy every page
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen(64)
        os.write(1, b"r")
        request = _Parent(listener, start, (*late.encode().split(), *set_by_imports)).next_fork()
    request.environment.update(set_by_imports)
    _run(request)


if __name__ == "__main__":
    _main()
