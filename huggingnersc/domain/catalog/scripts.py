"""A user's script on its way to the Hub: a comment on top, every byte of the text kept."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")
U = TypeVar("U")
BYTE_ORDER_MARK = "\ufeff"
MAX_SCRIPT_BYTES = 1 << 18
SHELL_SUFFIXES = (".sh", ".bash", ".sbatch", ".slurm")
# What a repository may hold without its being taken for data.
COMPANION_SUFFIXES = (*SHELL_SUFFIXES, ".py", ".R", ".r", ".jl", ".yml", ".yaml", ".cff")

# What templates/script_comment.txt.j2 makes; once for each time that it was published again.
_OUR_COMMENT = re.compile(
    r"(?:# Comment added by HuggingNERSC;[^\r\n]*(?P<end>\r\n|\n)#(?P=end)"
    r"(?:# (?:Dataset|Data|Portal|Run): [^\r\n]*(?P=end))*(?:#(?P=end))?)+"
)
_COOKIE = re.compile(r"[ \t\f]*#.*?coding[:=][ \t]*[-\w.]+")  # PEP 263
_INTERPRETER = re.compile(r"\b(python|Rscript|julia|perl|ruby|(?:ba|da|k|z|c|tc)?sh)[0-9.]*\s*$")
_LANGUAGES = {
    ".py": "python", **dict.fromkeys(SHELL_SUFFIXES, "bash"), ".ksh": "ksh",
    ".zsh": "zsh", ".csh": "csh", ".jl": "julia", ".r": "r", ".pl": "perl", ".rb": "ruby",
    ".ipynb": "json", ".cpp": "cpp", ".c": "c", ".f90": "fortran", ".m": "matlab",
    "python": "python", "julia": "julia", "Rscript": "r", "perl": "perl", "ruby": "ruby",
    "zsh": "zsh", "ksh": "ksh", "csh": "csh", "tcsh": "csh",
}  # fmt: skip
_COMMANDS = {
    "python": "python", "bash": "bash", "zsh": "zsh", "ksh": "ksh", "csh": "csh",
    "julia": "julia", "r": "Rscript", "perl": "perl", "ruby": "ruby",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Script:
    """A script as the user wrote it.

    Attributes:
        name: its file name in the repository.
        text: its text, line endings kept.
    """

    name: str
    text: str

    @property
    def language(self) -> str:
        """The name of its language for a Markdown fence; empty when it is not known."""
        suffix = PurePosixPath(self.name).suffix.lower()
        if suffix in SHELL_SUFFIXES and self.code.startswith("#!"):
            return self._shebang_language  # a batch script may be Python, whatever its name
        return _LANGUAGES.get(suffix) or self._shebang_language

    @property
    def code(self) -> str:
        """Its text for people to read and copy: without the byte order mark."""
        return self.text.removeprefix(BYTE_ORDER_MARK)

    @property
    def command(self) -> str | None:
        """The program that runs it; None when that is not known."""
        return _COMMANDS.get(self.language)

    @property
    def comment_mark(self) -> str | None:
        """What starts a comment in it; None when that is not known, and then no comment is put."""
        return "#" if self.language in _COMMANDS else None

    @property
    def _shebang_language(self) -> str:
        first = self.code.partition("\n")[0]
        words = first.removeprefix("#!").split() if first.startswith("#!") else []
        program = next((found for word in words if (found := _INTERPRETER.search(word))), None)
        return _LANGUAGES.get(program[1], "bash") if program else ""


@dataclass(frozen=True, slots=True)
class Scripts(Generic[T]):
    """The scripts of a dataset, as files, as texts, or as anything else made of them.

    Attributes:
        loader: the script that loads the data.
        batch: the script that runs the loader as a batch job.
        includes: files that the loader or the batch script needs.
    """

    loader: T
    batch: T | None = None
    includes: tuple[T, ...] = ()

    def __iter__(self) -> Iterator[T]:
        yield self.loader
        if self.batch is not None:
            yield self.batch
        yield from self.includes

    def map(self, function: Callable[[T], U]) -> Scripts[U]:
        """Return what `function` makes of each, in the same places."""
        return Scripts(
            loader=function(self.loader),
            batch=None if self.batch is None else function(self.batch),
            includes=tuple(map(function, self.includes)),
        )


def split_opening(text: str) -> tuple[str, str]:
    """Cut `text` after the lines that must stay first: byte order mark, shebang, encoding line.

    Returns:
        `opening` and `rest`; `opening + rest == text`, and a comment may stand between them.
        Where the shebang is the whole text and has no line end, all of it is opening.
    """
    lines = _first_lines(text)
    kept = 1 if lines[0].removeprefix(BYTE_ORDER_MARK).startswith("#!") else 0
    for index, line in enumerate(lines):
        is_comment_so_far = all(_is_blank_or_comment(before) for before in lines[:index])
        if is_comment_so_far and _COOKIE.match(line.removeprefix(BYTE_ORDER_MARK)):
            kept = max(kept, index + 1)
    opening = "".join(lines[:kept])
    if not opening and text.startswith(BYTE_ORDER_MARK):
        opening = BYTE_ORDER_MARK
    return opening, text[len(opening) :]


def without_our_comment(script: Script) -> Script:
    """Return a script as its author wrote it, where it was taken from the Hub with our comment.

    A script that is nothing else stays as it is.
    """
    opening, rest = split_opening(script.text)
    comment = _OUR_COMMENT.match(rest) if script.comment_mark == "#" else None
    code = rest[comment.end() :] if comment else ""
    return replace(script, text=opening + code) if code.strip() else script


def _first_lines(text: str) -> tuple[str, str]:
    """Return the first two lines as Python and the kernel see them, each with its line end."""
    stream = StringIO(text, newline="")
    return stream.readline(), stream.readline()


def line_end(text: str) -> str:
    """Return the line end the text uses: CRLF only where its first line ends so."""
    first, newline, _ = text.partition("\n")
    return "\r\n" if newline and first.endswith("\r") else "\n"


def _is_blank_or_comment(line: str) -> bool:
    stripped = line.removeprefix(BYTE_ORDER_MARK).strip()
    return not stripped or stripped.startswith("#")
