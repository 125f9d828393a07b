"""The application: its commands, and the handling of every error."""

from __future__ import annotations

import os
import sys
import traceback
from typing import TYPE_CHECKING

import typer

from huggingnersc.cli.completion import join_broken_words
from huggingnersc.cli.docstrings import read_docstring
from huggingnersc.cli.global_options import HELP_NAMES, before_any_command
from huggingnersc.cli.lazy_commands import Program
from huggingnersc.cli.output import let_all_names_be_shown, note, open_closed_streams, show_error
from huggingnersc.cli.program import invoked_as
from huggingnersc.cli.run_log import RunLog
from huggingnersc.errors import HuggingNerscError

if TYPE_CHECKING:
    from collections.abc import Sequence

EXIT_BUG = 70
EXIT_INTERRUPTED = 130

app = typer.Typer(
    name="huggingnersc",
    cls=Program,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings=dict(HELP_NAMES),
)
_docstring = read_docstring(before_any_command.__doc__)
app.callback(help=_docstring.help, epilog=_docstring.epilog)(before_any_command)


def main(arguments: Sequence[str] | None = None, *, program: str | None = None) -> int:
    """Run one command line.

    Args:
        arguments: the words after the program's name; None for those of the process.
        program: the name to show in the usage line; None for that of the process.

    Returns:
        The exit code: 0 done, 1 invalid, different or drifted, 2 usage error, 3 explained failure,
        70 bug, 130 interrupted.
    """
    open_closed_streams()
    let_all_names_be_shown()
    if {"COMP_WORDS", "COMP_CWORD"} <= os.environ.keys():  # only where bash completes
        join_broken_words()
    with invoked_as(program), RunLog() as log:
        code = _run(arguments, program, log)
        if code == EXIT_INTERRUPTED:
            if sys.stderr.isatty():
                note("")  # the terminal has just shown ^C
            note(f"Stopped. {log.next_step or 'Run the same command again to complete it.'}")
        log.log_end(code)
    return code


def _run(arguments: Sequence[str] | None, program: str | None, log: RunLog) -> int:
    try:
        app(args=arguments, prog_name=program, obj=log)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except HuggingNerscError as error:
        log.log_error(error)
        show_error(error)
        return error.exit_code
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except Exception as error:  # noqa: BLE001 - a bug: its traceback is needed to fix it
        log.log_error(error)
        for line in traceback.format_exc().rstrip().split("\n"):
            note(line)
        return EXIT_BUG
    return 0
