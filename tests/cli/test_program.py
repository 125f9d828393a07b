"""Fields are named and commands are written as the command line was called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from huggingnersc.cli.program import (
    field_name,
    invoked_as,
    option_name,
    program_words,
    set_command,
    worded,
)
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.fixes import (
    REMOVE,
    Fix,
    Message,
    Option,
    Placeholder,
    ShellCommand,
    Verb,
    update_fix,
)
from tests.builders import IRIS, IRIS_LINK

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import RunCommand


@pytest.fixture(autouse=True)
def program() -> Iterator[None]:
    with invoked_as("hn"):
        yield


@pytest.mark.parametrize(
    ("started_as", "words"),
    [
        ("main.py", ("python", "main.py")),
        ("/a b/main.py", ("python", "/a b/main.py")),
        ("/x/huggingnersc/__main__.py", ("python", "-m", "huggingnersc")),
        ("/x/bin/huggingnersc", ("huggingnersc",)),
    ],
)
def test_commands_start_the_program_the_way_it_was_started(
    started_as: str, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert program_words(started_as) == words
    monkeypatch.setattr("sys.argv", [started_as])
    with invoked_as(None):
        assert worded(Fix(Verb.DOCTOR)).startswith(words[0])


@pytest.mark.parametrize(
    ("fix", "line"),
    [
        (Fix(Verb.LIST_DATASETS, options=(Option(Field.REMOVED),)), "hn list-datasets --removed"),
        (
            update_fix("iris", Option(Field.OFFICIAL_NAME, "It's $new")),
            "hn update-dataset iris --official-name 'It'\"'\"'s $new'",
        ),
        (
            update_fix("iris", Option(Field.LOADER, Placeholder.FILE), Option(Field.OVERWRITE)),
            "hn update-dataset iris --loader FILE --overwrite",
        ),
        (
            update_fix("iris", Option(Field.BATCH_SCRIPT, REMOVE), Option(Field.PRIVATE, False)),
            "hn update-dataset iris --batch-script None --public",
        ),
        (
            Fix(Verb.VALIDATE_METADATA, ("-odd.json",), (Option(Field.TAGS, "a b"),)),
            "hn validate-metadata --tag 'a b' -- -odd.json",
        ),
        (ShellCommand("chmod o+x '/a b'"), "chmod o+x '/a b'"),
    ],
)
def test_command_is_written_as_it_is_typed(fix: Fix | ShellCommand, line: str) -> None:
    assert worded(fix) == line


def test_commands_name_the_site_of_the_command_line() -> None:
    set_command("check-dataset", site="my center.toml")
    assert worded(update_fix("iris")) == "hn update-dataset iris --site 'my center.toml'"
    assert worded(ShellCommand("mv a b")) == "mv a b"


def test_field_is_named_as_the_command_calls_it() -> None:
    set_command("catalog-new-dataset", site=None)
    assert [field_name(f) for f in (Field.LOADER, Field.INCLUDE)] == ["LOADER_SCRIPT", "--include"]
    set_command("update-dataset", site=None)
    assert [field_name(f) for f in (Field.LOADER, Field.NICKNAME)] == ["--loader", "NICKNAME"]
    set_command("init-dataset", site=None)
    assert [field_name(f) for f in (Field.PAPERS, Field.NICKNAME)] == ["--paper", "--nickname"]


def test_place_that_is_spelled_like_a_field_keeps_its_name() -> None:
    assert field_name("loader") == "loader"
    assert option_name("dry_run") == "--dry-run"


def test_fields_and_commands_within_a_message_are_written_too() -> None:
    nested = Message("needs ", Field.BATCH_SCRIPT, ": ", Message(update_fix("iris")))
    assert worded(nested) == "needs --batch-script: hn update-dataset iris"
    assert str(nested) == "needs batch_script: update_dataset('iris')"


def test_python_shows_a_call_of_the_verb() -> None:
    options = (Option(Field.LOADER, Placeholder.FILE), Option(Field.INCLUDE, REMOVE))
    assert str(update_fix("iris", *options)) == (
        "update_dataset('iris', loader=FILE, include=REMOVE)"
    )


def test_hint_of_an_error_carries_program_and_site(run: RunCommand) -> None:
    words: list[str | Path] = [IRIS / "iris_loader.py", IRIS_LINK, IRIS / "iris_metadata.json"]
    assert run("catalog-new-dataset Iris iris --site local", *words).code == 0
    assert run("remove-dataset iris --yes --site local").code == 0
    done = run("inspect-dataset iris --site local")
    assert done.code == 3
    assert done.err.endswith("huggingnersc restore-dataset iris --site local\n")


def test_problem_names_the_argument_or_the_option(run: RunCommand, tmp_path: Path) -> None:
    words: list[str | Path] = [tmp_path / "no.py", IRIS_LINK, IRIS / "iris_metadata.json"]
    new = run("catalog-new-dataset Iris iris --site local", *words)
    assert (new.code, "  LOADER_SCRIPT: " in new.err) == (1, True)
    words[0] = IRIS / "iris_loader.py"
    assert run("catalog-new-dataset Iris iris --site local", *words).code == 0
    changed = run("update-dataset iris --site local --loader", tmp_path / "no.py")
    assert (changed.code, "  --loader: " in changed.err) == (1, True)
