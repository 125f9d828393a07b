"""The log of one run: on stderr with -v, in a file with --log-file."""

from __future__ import annotations

import _thread
import sys
import threading
import time
from functools import partial
from typing import TYPE_CHECKING

from huggingnersc.cli.output import note
from huggingnersc.domain.text.redact import redact
from huggingnersc.errors import SettingsError

if TYPE_CHECKING:
    import logging
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

_LOGGERS = ("huggingnersc", "huggingface_hub")  # the client tells there of requests it repeats


class RunLog:
    """Where a run tells what it does; nowhere before it is opened, and closed with the run."""

    def __init__(self) -> None:
        self._begun = time.perf_counter()
        self._handlers: dict[str, logging.Handler] = {}

    def __enter__(self) -> RunLog:
        self._hook_before, sys.unraisablehook = sys.unraisablehook, self._tell_unraisable
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
        """Tell stderr, a file, both or none; may be called again, each place is told once.

        Raises:
            SettingsError: the file cannot be written.
        """
        if verbose:
            self._add("stderr", _told_on_stderr(), _LOGGERS[:1])
        if file is not None:
            self._add(str(file.absolute()), _told_in_file(file), _LOGGERS)

    def tell_error(self, error: Exception) -> None:
        """Tell an error: its causes on stderr, which shows it anyway, its traceback in a file."""
        self._tell(f"{type(error).__name__}: {error}", error=error)

    def tell_end(self, code: int) -> None:
        """Tell how the run ended."""
        self._tell(f"exit code {code} after {time.perf_counter() - self._begun:.3f} s")

    def _tell_unraisable(self, what: sys.UnraisableHookArgs) -> None:
        """Keep for the log what goes wrong while objects are cleaned up.

        A file that could not be written on a full disk says so once more when it is forgotten,
        in lines that help no user; the error itself was told. Ctrl-C that comes at such a moment
        would be lost, so it is given again.
        """
        if isinstance(what.exc_value, KeyboardInterrupt):
            threading.Timer(0.01, _thread.interrupt_main).start()  # in here it would be lost too
        elif isinstance(what.exc_value, OSError):
            self._tell(f"while cleaning up: {what.exc_value}", error=what.exc_value)
        else:
            self._hook_before(what)

    def _tell(self, message: str, *, error: Exception | None = None) -> None:
        if self._handlers:
            import logging

            logging.getLogger(__name__).debug("%s", message, exc_info=error)

    def _add(self, place: str, handler: logging.Handler, loggers: tuple[str, ...]) -> None:
        import logging

        if place in self._handlers:
            handler.close()
            return
        self._handlers[place] = handler
        logging.getLogger(_LOGGERS[0]).setLevel(logging.DEBUG)
        for name in loggers:
            logging.getLogger(name).addHandler(handler)


def _told_on_stderr() -> logging.Handler:
    import logging

    class Told(logging.Handler):
        """Prints each record as a line; of an error its causes, one line each."""

        def emit(self, record: logging.LogRecord) -> None:
            clock = time.strftime("%H:%M:%S", time.localtime(record.created))
            error = record.exc_info[1] if record.exc_info else None
            for line in _causes(error) if error else [record.getMessage()]:
                note(f"{clock}.{int(record.msecs):03d} {line}", style="dim")

    return Told()


def _causes(error: BaseException) -> Iterator[str]:
    while error.__cause__ is not None:
        error = error.__cause__
        yield f"because of {type(error).__name__}: {error}"


def _told_in_file(file: Path) -> logging.Handler:
    import logging

    class Masked(logging.Formatter):
        """One line a record, UTC, nothing secret in it."""

        converter = partial(time.gmtime)
        default_time_format = "%Y-%m-%dT%H:%M:%S"
        default_msec_format = "%s.%03dZ"

        def format(self, record: logging.LogRecord) -> str:
            return redact(super().format(record))

    try:
        handler = logging.FileHandler(file, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise SettingsError(
            f"The log file {file} cannot be written: {error.strerror}.",
            hint="Give --log-file another place.",
        ) from error
    handler.setFormatter(Masked("%(asctime)s %(message)s"))
    return handler
