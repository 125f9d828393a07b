"""The files that a shell script runs or reads beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from huggingnersc.domain.scan.shell_commands import shell_commands

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from huggingnersc.domain.scan.shell_commands import Word

_SHELL_FILES = (".sh", ".bash", ".ksh", ".zsh", ".slurm", ".sbatch")
_SCRIPTS = (*_SHELL_FILES, ".py", ".R", ".r", ".jl", ".pl", ".rb")
_LISTS = (".yml", ".yaml", ".txt")
# Programs that run a file: its suffixes, and the option behind which code stands in its place.
_RUNNERS = {
    **dict.fromkeys(
        ("torchrun", "accelerate", "deepspeed", "ipython", "python"), ((".py",), r"-\w*c")
    ),
    **dict.fromkeys(("bash", "sh", "ksh", "zsh", "sbatch"), (_SHELL_FILES, r"-\w*c")),
    "Rscript": ((".R", ".r"), "-e"),
    "julia": ((".jl",), "-[eE]"),
    "perl": ((".pl",), "-[eE]"),
    "ruby": ((".rb",), "-e"),
}
_PYTHON = re.compile(r"^python[0-9.]+$")
_MOST_WORDS = 200  # of a command that are looked at; a list of thousands is data
_INSTALLERS = {"conda", "mamba", "micromamba", "pip", "pip3"}
_FILE_OPTION = re.compile(r"(?:-f|--file|-r|--requirement)(?:=(?P<file>.+))?", re.DOTALL)
_PREFIXES = {"!", "do", "elif", "else", "exec", "if", "then", "time", "until", "while", "{"}
_ASSIGNMENT = re.compile(r"\w+\+?=")
_OWN_FOLDER = re.compile(r"\$\{?SLURM_SUBMIT_DIR|\$\(dirname |\$\{(?:0|BASH_SOURCE)|\.?/?$")


@dataclass(frozen=True, slots=True)
class NeededFile:
    """A file that a script names, relative to the folder in which it runs, and the line."""

    line: int
    path: PurePosixPath


def needed_files(text: str) -> tuple[NeededFile, ...]:
    """Return each file that a shell script sources, runs or installs from, once.

    A file that the script mentions before is left out, since it may have made it or test for it.
    So is everything behind a `cd`, because the folder is not known then.
    """
    found: dict[PurePosixPath, NeededFile] = {}
    seen: set[str] = set()
    for words in shell_commands(text):
        command = _without_prefixes(words)
        if command and command[0].text in {"cd", "pushd"} and _leaves(command):
            break
        named = tuple(_files_of(command))
        for word in named:
            path = PurePosixPath(word.text)
            if not path.is_absolute() and seen.isdisjoint({path.name, *path.parts[:1]}):
                found.setdefault(path, NeededFile(word.line, path))
        if command and command[0].text not in {"echo", "printf"}:
            seen.update(name for word in words if word not in named for name in _names(word))
    return tuple(found.values())


def _names(word: Word) -> Iterator[str]:
    """Yield the parts of a path; `code` too for `code.tar.gz` and `code.git`."""
    for part in word.text.split("/"):
        yield part
        yield part.partition(".")[0]


def _without_prefixes(words: Sequence[Word]) -> Sequence[Word]:
    for index, word in enumerate(words):
        if word.text not in _PREFIXES and not _ASSIGNMENT.match(word.text):
            return words[index:]
    return ()


def _leaves(command: Sequence[Word]) -> bool:
    """Return whether `cd` may lead out of the folder with the files."""
    return not (len(command) > 1 and _OWN_FOLDER.match(command[1].text))


def _files_of(command: Sequence[Word]) -> Iterator[Word]:
    if not command or command[0].text in {"echo", "printf"}:
        return
    first, *arguments = command
    if first.text in {"source", "."}:
        yield from filter(_is_sourced_file, arguments[:1])
    elif first.is_fixed and first.text.startswith(("./", "../")):
        yield from (word for word in (first,) if word.text.endswith(_SCRIPTS))
    else:
        yield from _run_files(command)


def _is_sourced_file(word: Word) -> bool:
    """Return whether a word behind `source` is a file here; `source activate` is one on PATH."""
    return word.is_fixed and ("/" in word.text or "." in word.text.strip("."))


def _run_files(command: Sequence[Word]) -> Iterator[Word]:
    """Yield the files of the first program that runs or installs from one, behind `srun` too."""
    for index, word in enumerate(command[:_MOST_WORDS]):
        program = word.text.rpartition("/")[2]
        arguments = command[index + 1 : index + _MOST_WORDS]
        if program in _INSTALLERS:
            files = _installed_from(arguments)
        else:
            files = _file_argument(arguments, _PYTHON.sub("python", program))
        if found := tuple(files):
            yield from found
            return


def _file_argument(arguments: Sequence[Word], program: str) -> Iterator[Word]:
    if program not in _RUNNERS:
        return
    suffixes, code_option = _RUNNERS[program]
    for word in arguments:
        is_option = word.text.startswith("-")
        if not (word.is_fixed or is_option) or re.fullmatch(code_option, word.text):
            return
        if word.text.endswith(suffixes) and not is_option:
            yield word
            return


def _installed_from(arguments: Sequence[Word]) -> Iterator[Word]:
    for word, following in zip_longest(arguments, arguments[1:]):
        if found := _FILE_OPTION.fullmatch(word.text):
            file = replace(word, text=found["file"]) if found["file"] else following
            if file is not None and file.is_fixed and file.text.endswith(_LISTS):
                yield file
