"""The folders that Slurm would write the output of a job to."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from itertools import takewhile, zip_longest
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_DIRECTIVE = "#SBATCH"
_LOG = re.compile(r"(?:--(?:out|outp|outpu|output|err|erro|error)=|-[oe])(?P<file>.+)", re.DOTALL)
_LOG_ALONE = {"--out", "--output", "--err", "--error", "-o", "-e"}
_ELSEWHERE = re.compile(r"--chdir\b|-D")


@dataclass(frozen=True, slots=True)
class LogFolder:
    """The folder of an output file of a job, and the line that names it.

    A relative one is below the folder in which `sbatch` is called; of an absolute one only the
    part is kept in which Slurm replaces nothing. Slurm creates none.
    """

    line: int
    path: PurePosixPath


def log_folders(text: str) -> tuple[LogFolder, ...]:
    """Return each folder that the `#SBATCH` lines of a batch script name, once.

    Relative ones are left out where `--chdir` lets the job run elsewhere.
    """
    words = tuple(_option_words(text))
    is_elsewhere = any(_ELSEWHERE.match(word) for _, word, _ in words)
    found: dict[PurePosixPath, LogFolder] = {}
    for line, word, following in words:
        inline = _LOG.fullmatch(word)
        file = inline["file"] if inline else following if word in _LOG_ALONE else ""
        folder = _fixed_folder(file)
        if folder.parts and not (is_elsewhere and not folder.is_absolute()):
            found.setdefault(folder, LogFolder(line, folder))
    return tuple(found.values())


def _option_words(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield the line, each word of the options in it, and the word behind that one."""
    lines = takewhile(lambda line: not line.strip() or line.lstrip()[0] == "#", text.splitlines())
    for number, line in enumerate(lines, start=1):
        if not line.startswith(_DIRECTIVE):
            continue
        try:
            words = shlex.split(line.removeprefix(_DIRECTIVE), comments=True)
        except ValueError:  # an unclosed quotation mark, which is a problem of its own
            continue
        yield from ((number, *pair) for pair in zip_longest(words, words[1:], fillvalue=""))


def _fixed_folder(file: str) -> PurePosixPath:
    folder = PurePosixPath(file).parent
    if not folder.is_absolute():
        return folder
    return PurePosixPath(*takewhile(lambda part: "%" not in part, folder.parts))
