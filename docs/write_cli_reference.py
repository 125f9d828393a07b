"""Write docs/cli.md, the reference of the command line, from the commands themselves.

python docs/write_cli_reference.py
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import typer  # noqa: E402

from huggingnersc.cli.app import app  # noqa: E402
from huggingnersc.cli.commands import COMMANDS  # noqa: E402
from huggingnersc.cli.docstrings import read_docstring  # noqa: E402
from huggingnersc.cli.global_options import before_any_command  # noqa: E402
from huggingnersc.cli.lazy_commands import load_command  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FILE = ROOT / "docs" / "cli.md"
PROGRAM = "huggingnersc"
HEAD = """\
# huggingnersc(1)

<!-- Written by docs/write_cli_reference.py; a test holds it up to date. -->

Each command is `python main.py COMMAND` in a checkout and `huggingnersc COMMAND` once installed.
"""
TAIL = """\
## Exit codes

| code | meaning |
|---|---|
| 0 | done, or nothing to do |
| 1 | the check says no |
| 2 | the command line is wrong |
| 3 | it could not be done; the message says why and what to do next |
| 70 | a bug; please report the traceback |
| 130 | stopped with Ctrl-C |

## Output

Results go to stdout, all else to stderr. `--json` prints the result for a program. Colours are
left out in a pipe, with `NO_COLOR`, and on a dumb terminal; progress is shown on a terminal only.

## Environment

| variable | what |
|---|---|
| `HUGGINGNERSC_SITE` | the site, a name or a TOML file |
| `HUGGINGNERSC_CATALOG_ROOT` | the catalog folder, in place of the site's |
| `HF_ENDPOINT`, `HF_TOKEN`, `HF_HOME`, `HF_HUB_OFFLINE` | as for any Hugging Face tool |
| `XDG_CONFIG_HOME`, `XDG_DATA_HOME` | where the user's configuration and data lie |
"""


def reference() -> str:
    """Return the whole text of docs/cli.md."""
    return "\n".join(f"{part.strip()}\n" for part in (HEAD, *_parts(), TAIL))


def _parts() -> Iterator[str]:
    told = read_docstring(before_any_command.__doc__)
    yield _section("Synopsis", f"{PROGRAM} [OPTIONS] COMMAND ...", told.paragraphs)
    yield from _parameters(typer.main.get_command(app))
    panel = ""
    for entry in COMMANDS:
        if entry.panel != panel:
            panel = entry.panel
            yield f"## {panel}"
        yield from _command(load_command(entry.name))


def _command(command: Any) -> Iterator[str]:
    told = read_docstring(command.callback.__doc__)
    arguments = (_argument(one) for one in command.params if one.param_type_name == "argument")
    synopsis = " ".join([PROGRAM, command.name, *arguments, "[OPTIONS]"])
    yield _section(command.name, synopsis, told.paragraphs, level=3)
    yield from _parameters(command)
    yield "\n".join(["```sh", *told.examples, "```"])


def _section(title: str, synopsis: str, paragraphs: Iterable[str], *, level: int = 2) -> str:
    return "\n\n".join([f"{'#' * level} {title}", f"```text\n{synopsis}\n```", *paragraphs])


def _argument(parameter: Any) -> str:
    name = f"{parameter.metavar}{'...' if parameter.nargs != 1 else ''}"
    return name if parameter.required else f"[{name}]"


def _parameters(command: Any) -> Iterator[str]:
    for kind, title in (("argument", "argument"), ("option", "option")):
        rows = [_row(one) for one in command.params if one.param_type_name == kind]
        if kind == "option":
            rows.append("| `--help`, `-h` | Show the help and exit. |")
        if rows:
            yield "\n".join([f"| {title} | what |", "|---|---|", *rows])


def _row(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        name = f"`{_argument(parameter)}`"
    else:
        value = "" if parameter.is_flag else f" {parameter.metavar or parameter.name.upper()}"
        name = ", ".join(f"`{word}{value}`" for word in parameter.opts)
    text = f"{parameter.help}{_default(parameter)}"
    return "| {} | {} |".format(*(cell.replace("|", "\\|") for cell in (name, text)))


def _default(parameter: Any) -> str:
    if isinstance(parameter.show_default, str):
        return f" Default: {parameter.show_default}."
    is_told = parameter.show_default and parameter.default not in {None, False, ""}
    return f" Default: `{parameter.default}`." if is_told else ""


if __name__ == "__main__":
    FILE.write_text(reference(), encoding="utf-8")
