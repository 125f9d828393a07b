"""How a loader is run, for the loaders that people have."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.domain.catalog.run_command import command_faults, run_command
from huggingnersc.domain.catalog.scripts import Script
from tests.odd_entries import ODD_CODE
from tests.odd_texts import some

PARSER = "import argparse\nparser = argparse.ArgumentParser()\n"


def python(text: str) -> Script:
    return Script("load.py", dedent(text))


def arguments(text: str) -> str:
    """The words behind the loader's name, or the doubt in brackets."""
    found = run_command(python(text))
    assert found.doubt or found.words[:2] == ("python", "{loader}")
    return f"[{found.doubt}]" if found.doubt else " ".join(found.words[2:])


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        ('"--data-dir"', "--data-dir {data}"),
        ('"-d", "--data_path", type=Path', "--data_path {data}"),
        ('"--root", required=True', "--root {data}"),
        ('"data"', "{data}"),
        ('"data_dir", nargs="?"', "{data}"),
        ('"files", nargs="*"', "{data}"),
        ('"events"', "{data}"),
        ('"--input", default="/old"', "--input {data}"),
        ('"-i"', "[no argument has a name like that of a data path]"),
        ('"--epochs", type=int', "[no argument has a name like that of a data path]"),
        ('"--output-dir", required=True', "[no argument has a name like that of a data path]"),
    ],
)
def test_one_argparse_argument_is_filled_by_its_name(declared: str, words: str) -> None:
    assert arguments(f"{PARSER}parser.add_argument({declared})\n") == words


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        (['"--data", default="x"', '"--root", required=True'], "--root {data}"),
        (['"--split", choices=["train", "test"], required=True', '"path"'],
         "{data} --split train"),
        (['"--split", choices=["train", "test"]', '"--path"'], "--path {data}"),
        (['"split", choices=["train", "test"]', '"path"'], "train {data}"),
        (['"--verbose", action="store_true"', '"--data-dir"'], "--data-dir {data}"),
        (['"--seed", type=int, required=True', '"--data-dir"'], "[it also requires --seed]"),
        (['"path"', '"count", type=int'], "[it also requires COUNT]"),
        (['"scale", nargs="?"', '"path", nargs="?"'],
         "[SCALE comes before the path of the data]"),
        (['"path", nargs="?"', '"scale", nargs="?"'], "{data}"),
        (['"--data-dir"', '"--cache-dir"', '"--log-dir"'], "--data-dir {data}"),
    ],
)  # fmt: skip
def test_several_argparse_arguments_leave_no_doubt_or_the_doubt_is_named(
    declared: list[str], words: str
) -> None:
    calls = "".join(f"parser.add_argument({one})\n" for one in declared)
    assert arguments(PARSER + calls) == words


def test_a_loader_with_a_doubt_is_run_where_it_needs_no_argument() -> None:
    found = run_command(python(f'{PARSER}parser.add_argument("--epochs", type=int)\n'))
    assert (found.words, found.takes_data) == (("python", "{loader}"), False)
    assert found.doubt


def test_subcommands_are_a_doubt() -> None:
    assert arguments(f"{PARSER}parser.add_subparsers()\n") == "[it has subcommands]"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("import sys\nprint(sys.argv[1])\n", "{data}"),
        ("from sys import argv\nprint(argv[1])\n", "{data}"),
        ("import sys\nmain(*sys.argv[1:])\n", "{data}"),
        ("import sys\nsys.exit(main(sys.argv))\n", "{data}"),
        ("import sys\nprint(sys.argv[1], sys.argv[2])\n",
         "[it reads 2 words of its command line]"),
        ("import sys\nn = sys.argv[2] if len(sys.argv) > 2 else 1\nprint(sys.argv[1])\n",
         "{data}"),
        ("print(1)\n", ""),
        ("import fire\nfire.Fire(main)\n", "[it reads its command line with fire]"),
        ("""
         import click
         @click.command()
         @click.option("--verbose/--quiet")
         @click.option("--split", type=click.Choice(["train", "test"]), required=True)
         @click.argument("path")
         def main(path, split, verbose): ...
         """, "{data} --split train"),
        ("import click\n@click.group()\ndef main(): ...\n", "[it has subcommands]"),
        ("""
         import typer
         def main(data_dir: str, n: int = 3): ...
         typer.run(main)
         """, "{data}"),
        ("""
         import typer
         app = typer.Typer()
         @app.command()
         def main(data_dir: str = typer.Option(...)): ...
         """, "--data-dir {data}"),
        ("""
         import typer
         from typing import Annotated
         app = typer.Typer()
         @app.command()
         def main(root: Annotated[str, typer.Option("--from", "-f")], n: int = 1): ...
         """, "--from {data}"),
    ],
)  # fmt: skip
def test_other_ways_to_read_a_command_line(text: str, words: str) -> None:
    assert arguments(text) == words


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("def load(path): return 1.5", "load(DATA_PATH)"),
        ("def load(path, n=3): yield 1", "load(DATA_PATH)"),
        ("def load(n=3, data_dir='x'): yield 1", "load(data_dir=DATA_PATH)"),
        ("def load(*, root): yield 1", "load(root=DATA_PATH)"),
        ("def load(path, split): return rows['train']", 'load(DATA_PATH, "train")'),
        ("def load(split, path): return rows['train']", 'load("train", DATA_PATH)'),
        ("def load(path, n): return rows", None),
        ("def load(where: str): return rows", "load(DATA_PATH)"),
        ("def load(): return rows", "load()"),
        ("def load(n: int): return rows", None),
        ("def load(path): print(path)", None),
        ("async def load(path): return 1.5", None),
        ("def get_dataset(root): return x\ndef load_data(root): return x", "load_data(DATA_PATH)"),
        ("def read(path): return x\ndef load(p): return [read(f) for f in p.iterdir()]",
         "load(DATA_PATH)"),
        ("def read_file(path): return x\ndef all_events(folder): return map(read_file, folder)",
         "all_events(DATA_PATH)"),
        ("def read_events(path): return x\n"
         "def main():\n    for f in files:\n        print(read_events(f))", None),
        ("def read_events(path): return x\ndef main(): print(read_events(p))",
         "read_events(DATA_PATH)"),
        ("class Events(torch.utils.data.Dataset):\n    def __init__(self, root, train=True): ...",
         "Events(DATA_PATH)"),
        ("class Base:\n    def __init__(self, root): ...\n    def __getitem__(self, i): ...\n"
         "class Events(Base): ...", "Events(DATA_PATH)"),
        ("@dataclass\nclass Events(Dataset):\n    root: str\n    n: int = 3", "Events(DATA_PATH)"),
        ("class Events(Dataset):\n    def __init__(self, frame): ...", None),
        ("class Tokens:\n    def __init__(self, path): ...", None),
        ("def main(path): return dataset", "main(DATA_PATH)"),
        ("def main(path): return dataset\nsys.exit(main(1))", None),
        ("def main(path): return 0", None),
        ("@click.command()\ndef load(path): return 1.5", None),
        ("if True:\n    def load(path): return 1.5", "load(DATA_PATH)"),
        ("import pandas\ndf = pandas.read_csv('x')", "df"),
        ("import numpy\nx, y = 1, 2", None),
        ("print('hello')", None),
    ],
)  # fmt: skip
def test_the_entry_point_is_what_a_reader_would_call(text: str, call: str | None) -> None:
    found = run_command(python(text)).entry_point
    assert (None if found is None else found.call) == call


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("load.sh", "cat $1\n", "bash {loader} {data}"),
        ("load.jl", "println(ARGS[1])\n", "julia {loader} {data}"),
        ("load.R", "commandArgs(TRUE)[1]\n", "Rscript {loader} {data}"),
        ("load.pl", "print $ARGV[0];\n", "perl {loader} {data}"),
        ("load.sh", "while getopts d: o; do :; done\n", "[it takes options]"),
        ("load.sh", "case $1 in\n  -d|--data) shift;;\nesac\n", "[it takes options]"),
        ("load.jl", "using ArgParse\n", "[it takes options]"),
        ("load.R", "library(optparse)\n", "[it takes options]"),
        ("load.cpp", "int main() {}\n", "[no program is known that runs a file of its kind]"),
    ],
)
def test_loaders_in_other_languages(name: str, text: str, words: str) -> None:
    found = run_command(Script(name, text))
    assert (f"[{found.doubt}]" if found.doubt else " ".join(found.words)) == words


def test_python_that_cannot_be_read_is_a_doubt() -> None:
    assert run_command(python("def (\n")).doubt
    assert run_command(python("x = " + "(" * 5000 + ")" * 5000)).doubt


def test_what_the_steward_states_is_used_and_paths_stay_whole_words() -> None:
    stated = "env N=1 python {loader} --data={data} 'a b'"
    found = run_command(python(f"{PARSER}parser.add_subparsers()\n"), stated)
    assert (found.is_stated, found.doubt, found.takes_data) == (True, "", True)
    words = ("env", "N=1", "python", "/c/load it.py", "--data=/d/{loader}'s", "a b")
    assert found.filled("/c/load it.py", "/d/{loader}'s") == words
    assert tuple(shlex.split(found.line("/c/load it.py", "/d/{loader}'s"))) == words


@pytest.mark.parametrize(
    "command",
    ["", "python {loader}", "python {loader} --data-dir '{data}'", "env A=1 julia {loader} {data}",
     "./{loader} {data}", "torchrun --nproc-per-node=2 {loader} {data}"],
)  # fmt: skip
def test_commands_that_may_be_stated(command: str) -> None:
    assert list(command_faults(command)) == []


@pytest.mark.parametrize(
    "command",
    ["python load.py", "python {loader} {path}", "python {loader} | head", "python {loader}; ls",
     "python {loader} $HOME", "python {loader} > x", "A=1 python {loader}", "python '{loader}",
     "{data} {loader}", "python {loader}\nls", "python {loader} \x1b[2J", "python {loader} `id`",
     "python {loader} " + "x" * 500, " ", "python {loader} {", "python {loader} {data"],
)  # fmt: skip
def test_commands_that_are_refused(command: str) -> None:
    assert list(command_faults(command))


@some
@given(ODD_CODE)
def test_any_text_has_an_answer(text: str) -> None:
    for name in ("load.py", "load.sh", "load.R"):
        found = run_command(Script(name, text))
        assert found.words or found.doubt


@some
@given(st.text(max_size=80))
def test_a_command_without_faults_can_be_split_and_pasted(command: str) -> None:
    if command and not list(command_faults(command)):
        found = run_command(python("print(1)"), command)
        assert "{loader}" in "".join(found.words)
        assert tuple(shlex.split(found.line("l.py", "/d"))) == found.filled("l.py", "/d")


def test_the_words_are_those_that_argparse_accepts(tmp_path: Path) -> None:
    text = dedent("""
        import argparse, sys
        parser = argparse.ArgumentParser()
        parser.add_argument("--data-dir", required=True)
        parser.add_argument("--split", choices=["train", "test"], required=True)
        parser.add_argument("--n", type=int, default=3)
        print(parser.parse_args())
    """)
    file = tmp_path / "load it.py"
    file.write_text(text, "utf-8")
    line = run_command(Script(file.name, text)).line(file, "/data/it's here")
    line = line.replace("python", shlex.quote(sys.executable), 1)
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True)
    assert "data_dir=\"/data/it's here\", split='train'" in done.stdout


@pytest.mark.attack("slow scripts")
@pytest.mark.parametrize(
    ("name", "text"),
    {
        "functions": ("load.py", "".join(f"def f{i}(split): return x\n" for i in range(8000))),
        "loops": ("load.py", "".join(" " * i + "for x in y:\n" for i in range(80))
                  + " " * 80 + "g(" + "g(a)," * 40_000 + ")\n"),
        "bash lines": ("load.sh", "\n" * 250_000),
        "bash options": ("load.sh", "--a | " * 40_000),
        "Julia lines": ("load.jl", "\n" * 250_000),
        "R blanks": ("load.R", "load" + " " * 250_000),
    }.values(),
)  # fmt: skip
def test_a_loader_made_to_be_slow_is_read_like_any_other(name: str, text: str) -> None:
    assert run_command(Script(name, text)).entry_point is None


def test_the_same_loader_is_read_once() -> None:
    text = "def load(path):\n    return path\n"
    assert run_command(Script("a.py", text)) is run_command(Script("a.py", text))
