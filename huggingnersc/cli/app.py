"""The application: its commands, and the one place where errors end."""

from __future__ import annotations

import sys
import traceback
from typing import TYPE_CHECKING

import typer

from huggingnersc.cli.catalog_new_dataset import catalog_new_dataset
from huggingnersc.cli.init_dataset import init_dataset
from huggingnersc.cli.inspect_dataset import inspect_dataset
from huggingnersc.cli.options import CATALOG_PANEL, HUB_PANEL
from huggingnersc.cli.output import as_paragraphs, show_error
from huggingnersc.cli.serve_hub import serve_hub
from huggingnersc.errors import HuggingNerscError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

EXIT_BUG = 70
EXIT_INTERRUPTED = 130

app = typer.Typer(
    name="huggingnersc",
    help="Catalog datasets on the Hugging Face Hub; the data stays at the centre.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (
    (CATALOG_PANEL, init_dataset),
    (CATALOG_PANEL, catalog_new_dataset),
    (CATALOG_PANEL, inspect_dataset),
    (HUB_PANEL, serve_hub),
)
for _panel, _command in _COMMANDS:
    app.command(rich_help_panel=_panel, help=as_paragraphs(_command.__doc__ or ""))(_command)


def main(arguments: Sequence[str] | None = None, *, program: str | None = None) -> int:
    """Run one command line.

    Args:
        arguments: the words after the program's name; None takes the process's own.
        program: the name to show in the usage line; None takes the process's own.

    Returns:
        The exit code: 0 done, 1 the check says no, 2 usage, 3 explained failure, 70 a bug,
        130 interrupted.
    """
    try:
        app(args=arguments, prog_name=program)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except HuggingNerscError as error:
        show_error(error)
        return error.exit_code
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except Exception:  # noqa: BLE001 - a bug: told as one, with everything needed to mend it
        traceback.print_exc()
        return EXIT_BUG
    return 0


def run() -> None:
    """Run the process's command line and exit."""
    sys.exit(main())
