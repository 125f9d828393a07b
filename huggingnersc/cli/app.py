"""The application: its commands, and the one place where errors end."""

from __future__ import annotations

import sys
import traceback
from typing import TYPE_CHECKING

import typer

from huggingnersc.cli.catalog_new_dataset import catalog_new_dataset
from huggingnersc.cli.everywhere import register, register_program
from huggingnersc.cli.inspect_dataset import inspect_dataset
from huggingnersc.cli.list_datasets import list_datasets
from huggingnersc.cli.options import CATALOG_PANEL, HUB_PANEL
from huggingnersc.cli.output import note, show_error
from huggingnersc.cli.run_log import RunLog
from huggingnersc.cli.serve_hub import serve_hub
from huggingnersc.cli.validate_metadata import validate_metadata
from huggingnersc.errors import HuggingNerscError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

EXIT_BUG = 70
EXIT_INTERRUPTED = 130

app = typer.Typer(
    name="huggingnersc",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (
    (CATALOG_PANEL, catalog_new_dataset),
    (CATALOG_PANEL, validate_metadata),
    (CATALOG_PANEL, inspect_dataset),
    (CATALOG_PANEL, list_datasets),
    (HUB_PANEL, serve_hub),
)
register_program(app)
for _panel, _command in _COMMANDS:
    register(app, _command, panel=_panel)


def main(arguments: Sequence[str] | None = None, *, program: str | None = None) -> int:
    """Run one command line.

    Args:
        arguments: the words after the program's name; None takes the process's own.
        program: the name to show in the usage line; None takes the process's own.

    Returns:
        The exit code: 0 done, 1 the check says no, 2 usage, 3 explained failure, 70 a bug,
        130 interrupted.
    """
    with RunLog() as log:
        code = _run(arguments, program, log)
        log.tell_end(code)
    return code


def _run(arguments: Sequence[str] | None, program: str | None, log: RunLog) -> int:
    try:
        app(args=arguments, prog_name=program, obj=log)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except HuggingNerscError as error:
        log.tell_error(error)
        show_error(error)
        return error.exit_code
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except Exception as error:  # noqa: BLE001 - a bug: told as one, with everything needed to mend it
        log.tell_error(error)
        note(traceback.format_exc().rstrip())
        return EXIT_BUG
    return 0


def run() -> None:
    """Run the process's command line and exit."""
    sys.exit(main())
