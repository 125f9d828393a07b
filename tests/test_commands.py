"""Every command keeps the promises that all commands make."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from huggingnersc.cli.app import app
from tests.conftest import ROOT

if TYPE_CHECKING:
    from tests.conftest import Golden, RunCommand

COMMANDS = sorted(
    str(info.callback.__name__).replace("_", "-")
    for info in app.registered_commands
    if info.callback is not None
)


def test_there_are_commands() -> None:
    assert {"catalog-new-dataset", "inspect-dataset", "serve-hub"} <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_command_is_documented(command: str) -> None:
    callback = next(
        info.callback
        for info in app.registered_commands
        if info.callback and info.callback.__name__ == command.replace("-", "_")
    )
    first_line = (callback.__doc__ or "").splitlines()[0]
    assert first_line.endswith(".")
    assert command in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_command(command: str, run: RunCommand, golden: Golden) -> None:
    done = run(f"{command} --help")
    assert done.code == 0
    golden(f"help/{command}.txt", _stripped(done.out))


def test_help_of_the_program(run: RunCommand, golden: Golden) -> None:
    done = run("--help")
    assert done.code == 0
    golden("help/program.txt", _stripped(done.out))


def test_unknown_command_is_a_usage_error(run: RunCommand) -> None:
    done = run("catalog-new-datset")
    assert done.code == 2
    assert "catalog-new-dataset" in done.err


def _stripped(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines()) + "\n"
