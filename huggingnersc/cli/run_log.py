"""The log of one run: on stderr with -v, in a file with --log-file."""

from __future__ import annotations

import copy
import errno
import os
import signal
import stat
import sys
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from huggingnersc.cli.output import note
from huggingnersc.domain.text.redact import redact
from huggingnersc.domain.text.terminal import visible
from huggingnersc.errors import SettingsError

if TYPE_CHECKING:
    import logging
    from collections.abc import Iterator
    from io import TextIOWrapper
    from pathlib import Path
    from types import FrameType, TracebackType

_LOGGERS = ("huggingnersc", "huggingface_hub")  # the client logs retried requests there
_LOOK_S = 0.01  # how often whoever passes on an interrupt looks whether it can


class RunLog:
    """The log of a run; nothing is logged before `open`, and leaving the context closes it.

    Attributes:
        next_step: what completes a command that Ctrl-C ended; empty for the same command.
    """

    def __init__(self) -> None:
        self.next_step = ""
        self._started_s = time.perf_counter()
        self._handlers: dict[str, logging.Handler] = {}

    def __enter__(self) -> RunLog:
        self._hook_before, sys.unraisablehook = sys.unraisablehook, self._log_unraisable
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        sys.unraisablehook = self._hook_before
        if not self._handlers:
            return
        import logging

        for handler in self._handlers.values():
            for name in _LOGGERS:
                logging.getLogger(name).removeHandler(handler)
            handler.close()
        logging.getLogger(_LOGGERS[0]).setLevel(logging.NOTSET)

    def open(self, *, verbose: bool, file: Path | None) -> None:
        """Log to stderr, a file, both or neither; a target opened twice is logged to once.

        Raises:
            SettingsError: the file cannot be written.
        """
        if verbose:
            self._add("stderr", _stderr_handler(), _LOGGERS[:1])
        if file is not None:
            self._add(str(file.absolute()), _file_handler(file), _LOGGERS)

    def log_error(self, error: Exception) -> None:
        """Log an error: its causes on stderr, which shows the error anyway, and its traceback."""
        self._log(f"{type(error).__name__}: {error}", error=error)

    def log_end(self, code: int) -> None:
        """Log the exit code and the duration of the run."""
        self._log(f"exit code {code} after {time.perf_counter() - self._started_s:.3f} s")

    def _log_unraisable(self, what: sys.UnraisableHookArgs) -> None:
        """Log errors that are raised while objects are finalized, instead of printing them.

        A file that could not be written to a full disk raises again when it is finalized, which
        would print a traceback after the error has been reported. A Ctrl-C at such a moment would
        be lost, so it is raised again.
        """
        if isinstance(what.exc_value, KeyboardInterrupt):
            threading.Thread(target=_interrupt_again, daemon=True).start()
        elif isinstance(what.exc_value, OSError):
            self._log(f"while cleaning up: {what.exc_value}", error=what.exc_value)
        else:
            self._hook_before(what)

    def _log(self, message: str, *, error: Exception | None = None) -> None:
        if self._handlers:
            import logging

            logging.getLogger(__name__).debug("%s", message, exc_info=error)

    def _add(self, target: str, handler: logging.Handler, loggers: tuple[str, ...]) -> None:
        import logging

        if target in self._handlers:
            handler.close()
            return
        self._handlers[target] = handler
        logging.getLogger(_LOGGERS[0]).setLevel(logging.DEBUG)
        for name in loggers:
            logging.getLogger(name).addHandler(handler)


def _stderr_handler() -> logging.Handler:
    import logging

    class StderrHandler(logging.Handler):
        """Prints each record on a line, and the causes of an error on one line each."""

        def emit(self, record: logging.LogRecord) -> None:
            clock = time.strftime("%H:%M:%S", time.localtime(record.created))
            error = record.exc_info[1] if record.exc_info else None
            for line in _causes(error) if error else [record.getMessage()]:
                note(f"{clock}.{int(record.msecs):03d} {line}", style="dim")

    return StderrHandler()


def _causes(error: BaseException) -> Iterator[str]:
    while error.__cause__ is not None:
        error = error.__cause__
        yield f"caused by {type(error).__name__}: {error}"


def _own_file(path: str) -> int:
    """Open a regular file of this user without following a link; a new one is for them alone.

    Raises:
        OSError: it is a link, someone else's, no regular file, or has other names.
    """
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        descriptor = os.open(path, flags, 0o600)
    except OSError as error:
        if error.errno == errno.ELOOP:  # whose own words are about many links
            error.strerror = "it is a link"
        raise
    status = os.fstat(descriptor)
    if stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid() and status.st_nlink == 1:
        return descriptor
    os.close(descriptor)
    raise OSError(errno.EPERM, "it is not a regular file of your own, or has several names", path)


def _file_handler(file: Path) -> logging.Handler:
    import logging

    class RedactingFormatter(logging.Formatter):
        """Formats each record as a line with its UTC time, without secrets.

        The lines of a traceback are indented, so that no text in it looks like a record.
        """

        converter = partial(time.gmtime)
        default_time_format = "%Y-%m-%dT%H:%M:%S"
        default_msec_format = "%s.%03dZ"

        def format(self, record: logging.LogRecord) -> str:
            own = copy.copy(record)
            own.exc_text = None  # another handler's, which is not filtered
            return redact(super().format(own))

        def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - Python's name
            return visible(super().formatMessage(record))

        def formatException(self, ei: Any) -> str:  # noqa: N802 - Python's name
            return "\n".join(
                f"  {visible(line)}" for line in super().formatException(ei).split("\n")
            )

    class OwnFileHandler(logging.FileHandler):
        """Appends to a file of this user's that no one else can read, or redirect by a link."""

        def _open(self) -> TextIOWrapper:
            descriptor = _own_file(self.baseFilename)
            return os.fdopen(descriptor, "a", encoding="utf-8", errors="backslashreplace")

    try:
        handler = OwnFileHandler(file)
    except OSError as error:
        raise SettingsError(
            f"The log file {file} cannot be written: {error.strerror}.",
            hint="Choose another file for --log-file.",
        ) from error
    handler.setFormatter(RedactingFormatter("%(asctime)s %(message)s"))
    return handler


def _interrupt_again() -> None:
    """Interrupt the main thread when it has left the hook, in which an interrupt would be lost.

    A real signal also wakes a call that waits.
    """
    main = threading.main_thread().ident
    assert main is not None  # noqa: S101 - it runs
    while _is_in_hook(sys._current_frames().get(main)):
        time.sleep(_LOOK_S)
    signal.pthread_kill(main, signal.SIGINT)


def _is_in_hook(frame: FrameType | None) -> bool:
    hook = RunLog._log_unraisable.__code__
    while frame is not None and frame.f_code is not hook:
        frame = frame.f_back
    return frame is not None
