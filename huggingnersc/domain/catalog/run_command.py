"""How a loader is run: as a command, and by the function that a reader would call.

It is read from the loader's text, which is never run, or stated by the steward.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from huggingnersc.domain.catalog.declared_parameters import UnknownArgumentsError
from huggingnersc.domain.catalog.entry_point import DATA_PATH, EntryPoint, entry_point
from huggingnersc.domain.catalog.python_arguments import DATA, python_arguments
from huggingnersc.domain.scan.python_code import syntax_tree
from huggingnersc.domain.text.shell import shell_word

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import PurePath

    from huggingnersc.domain.catalog.scripts import Script

LOADER = "{loader}"
MAX_COMMAND_CHARS = 500
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
# What a shell would act on: the words are also used without a shell.
_SHELL_SIGNS = re.compile(r"[|&;<>()$`*?~#!\[\]\\]")
# A loader in another language that takes options, which are not read here.
_OPTION_PARSERS = {
    "bash": re.compile(
        r"\bgetopts?\b|^[ \t]*-{1,2}[a-z][\w-]*(?:[ \t]*\|[ \t]*-{1,2}\w[\w-]*)*\)", re.M
    ),
    "julia": re.compile(r"^[ \t]*(?:using|import)[ \t]+(?:ArgParse|Comonicon|DocOpt)\b", re.M),
    "r": re.compile(r"\b(?:optparse|argparse|argparser|docopt|getopt)\b"),
    "perl": re.compile(r"\bGetopt::"),
    "ruby": re.compile(r"\boptparse\b"),
}
_DATA_FUNCTION = r"(?P<name>(?:load|read|get)(?:[_.](?:data|dataset))?)"
_FUNCTIONS = {
    "julia": re.compile(rf"^(?:function[ \t]+)?{_DATA_FUNCTION}\([^,;()\n]*\)[ \t]*(?:=|$)", re.M),
    "r": re.compile(rf"^{_DATA_FUNCTION}[ \t]*(?:<-|=)[ \t]*function[ \t]*\(", re.M),
}


@dataclass(frozen=True, slots=True)
class RunCommand:
    """How a loader is run.

    Attributes:
        words: of a command line, the program first, with `{loader}` and `{data}`; empty where no
            command is known. With a doubt it runs the loader without the path of the data.
        entry_point: what to call in the loader for its data; None where there is none.
        doubt: why the way to pass the path of the data on a command line is not known; empty
            where it is known, or where the loader takes none.
        is_stated: whether the steward stated it.
    """

    words: tuple[str, ...] = ()
    entry_point: EntryPoint | None = None
    doubt: str = ""
    is_stated: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether the command is a program, the loader's file and its arguments."""
        return self.words[1:2] == (LOADER,)

    @property
    def takes_data(self) -> bool:
        """Whether the path of the data is passed on the command line."""
        return any(DATA in word for word in self.words)

    def filled(self, loader: PurePath | str, data: PurePath | str) -> tuple[str, ...]:
        """Return the words to run, with the path of the loader and that of the data."""
        values = {LOADER: str(loader), DATA: str(data)}
        return tuple(_PLACEHOLDER.sub(lambda m: values.get(m[0], m[0]), w) for w in self.words)

    def line(self, loader: PurePath | str, data: PurePath | str) -> str:
        """Return the command as a line for a shell; empty where no command is known."""
        return " ".join(shell_word(word) for word in self.filled(loader, data))


def example_command(loader: Script) -> str:
    """Return what a stated command may look like, where the way to run a loader is not known."""
    return f"{loader.command or 'PROGRAM'} {LOADER} --data-dir {DATA}"


# One plan asks several times, and to read a loader takes the most time of it.
@lru_cache(maxsize=8)
def run_command(loader: Script, stated: str = "") -> RunCommand:
    """Return how a loader is run.

    Args:
        loader: the script.
        stated: the command that the steward stated; empty where there is none. One with a fault,
            which only a record that someone edited can have, is ignored.
    """
    tree = syntax_tree(loader.text) if loader.language == "python" else None
    start = _call_in_other_language(loader) if tree is None else entry_point(tree)
    if stated and not any(command_faults(stated)):
        return RunCommand(tuple(shlex.split(stated)), start, is_stated=True)
    if loader.command is None:
        return RunCommand(doubt="no program is known that runs a file of its kind")
    if loader.language != "python":
        return _of_other_language(loader, loader.command)
    if tree is None:
        return RunCommand((loader.command, LOADER), doubt="its code cannot be read here")
    try:
        words = python_arguments(tree)
    except UnknownArgumentsError as error:
        words = (loader.command, LOADER) if error.runs_without else ()
        return RunCommand(words, start, doubt=str(error))
    return RunCommand((loader.command, LOADER, *(words or ())), start)


def _of_other_language(loader: Script, program: str) -> RunCommand:
    start = _call_in_other_language(loader)
    parser = _OPTION_PARSERS.get(loader.language)
    if parser and parser.search(loader.code):
        return RunCommand((), start, doubt="it takes options")
    return RunCommand((program, LOADER, DATA), start)


def _call_in_other_language(loader: Script) -> EntryPoint | None:
    form = _FUNCTIONS.get(loader.language)
    found = form.search(loader.code) if form else None
    return EntryPoint(found["name"], f"{found['name']}({DATA_PATH})") if found else None


def command_faults(command: str) -> Iterator[str]:
    """Yield what is wrong with a command that a steward states; an empty one is none."""
    if not command:
        return
    if not command.isprintable() or len(command) > MAX_COMMAND_CHARS:
        yield f"must be one line of at most {MAX_COMMAND_CHARS} visible characters"
        return
    for found in sorted(set(_PLACEHOLDER.findall(command)) - {LOADER, DATA}):
        yield f"has {found}; {LOADER} and {DATA} are known"
    if "{" in (rest := _PLACEHOLDER.sub("", command)) or "}" in rest:
        yield "has a brace that is not closed or not opened"
    if LOADER not in command:
        yield f"does not have {LOADER}, which stands for the loader's file"
    if found := _SHELL_SIGNS.search(command):
        yield f'has "{found[0]}", which needs a shell; put it into a script'
    try:
        words = shlex.split(command)
    except ValueError:
        yield "has a quote that is not closed"
        return
    if words and ("=" in words[0] or DATA in words[0]):
        yield "must begin with a program; for variables use: env NAME=VALUE python ..."
