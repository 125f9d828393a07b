"""Every command keeps the promises that all commands make."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Any

import pytest
import typer

from docs.write_cli_reference import reference
from huggingnersc.cli.app import app
from huggingnersc.cli.commands import COMMANDS
from huggingnersc.cli.docstrings import Docstring, read_docstring
from huggingnersc.cli.global_options import before_any_command
from huggingnersc.cli.lazy_commands import load_command
from tests.conftest import ROOT

if TYPE_CHECKING:
    from tests.conftest import Golden, RunCommand

NAMES = [command.name for command in COMMANDS]
EXAMPLE_CHARS = 76  # fits into 80 columns of help


def docstring_of(name: str) -> Docstring:
    return read_docstring(load_command(name).callback.__doc__)


def test_there_are_commands() -> None:
    assert {"catalog-new-dataset", "inspect-dataset", "serve-hub"} <= set(NAMES)
    assert len(NAMES) == len(set(NAMES))


def test_commands_of_one_panel_stand_together() -> None:
    panels = [command.panel for command in COMMANDS]
    assert panels == sorted(panels, key=panels.index)


@pytest.mark.parametrize("command", COMMANDS, ids=NAMES)
def test_command_is_documented(command: Any) -> None:
    docstring = docstring_of(command.name)
    assert docstring.paragraphs[0] == command.summary
    assert command.summary.endswith(".")
    assert command.name in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_help_of_command(name: str, run: RunCommand, golden: Golden) -> None:
    done = run(f"{name} --help")
    assert done.code == 0
    golden(f"help/{name}.txt", _stripped(done.out))


@pytest.mark.parametrize("name", NAMES)
def test_command_has_examples_that_fit_into_its_help(name: str, run: RunCommand) -> None:
    examples = docstring_of(name).examples
    assert examples
    shown = {line[1:].rstrip() for line in run(f"{name} --help").out.splitlines()}
    assert set(examples) <= shown
    assert all(len(line) <= EXAMPLE_CHARS for line in examples)


@pytest.mark.parametrize("name", NAMES)
def test_examples_of_a_command_are_command_lines_of_it(name: str) -> None:
    command = load_command(name)
    lines = command_lines(docstring_of(name))
    assert lines
    for words in lines:
        assert words[:2] == ["huggingnersc", name]
        with command.make_context(name, words[2:]) as context:
            assert context.command.name == name


def test_examples_of_the_program_name_its_options_and_commands() -> None:
    known = {word for one in typer.main.get_command(app).params for word in one.opts} | set(NAMES)
    for words in command_lines(read_docstring(before_any_command.__doc__)):
        assert words[1] in known


@pytest.mark.parametrize("name", NAMES)
def test_every_option_and_argument_says_what_it_is(name: str) -> None:
    for parameter in load_command(name).params:
        assert parameter.help.endswith("."), parameter.name


@pytest.mark.parametrize("name", NAMES)
def test_log_options_work_after_every_command(name: str) -> None:
    options = {word for parameter in load_command(name).params for word in parameter.opts}
    assert {"-v", "--verbose", "--log-file"} <= options


def test_help_of_the_program(run: RunCommand, golden: Golden) -> None:
    done = run("--help")
    assert done.code == 0
    golden("help/program.txt", _stripped(done.out))


def test_unknown_command_is_a_usage_error(run: RunCommand) -> None:
    done = run("catalog-new-datset")
    assert done.code == 2
    assert "catalog-new-dataset" in done.err


def test_reference_of_the_command_line_is_up_to_date() -> None:
    written = (ROOT / "docs/cli.md").read_text(encoding="utf-8")
    assert written == reference(), "run: python docs/write_cli_reference.py"


def command_lines(docstring: Docstring) -> list[list[str]]:
    """The words of each call of ours in the examples, up to a pipe."""
    text = "\n".join(line for line in docstring.examples if not line.startswith("#"))
    text = text.replace("\\\n", " ").replace("|\n", "| ")
    calls = re.findall(r"\bhuggingnersc .*", text)
    return [_before_pipe(shlex.split(call)) for call in calls]


def _before_pipe(words: list[str]) -> list[str]:
    return words[: words.index("|")] if "|" in words else words


def _stripped(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines()) + "\n"
