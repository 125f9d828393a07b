"""A user's script on its way to the Hub: a comment on top, every byte of the text kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

_COOKIE = re.compile(r"[ \t\f]*#.*?coding[:=][ \t]*[-\w.]+")  # PEP 263
_BYTE_ORDER_MARK = "\ufeff"
_COMMENT_MARKS = {
    ".py": "#", ".sh": "#", ".bash": "#", ".sbatch": "#", ".slurm": "#", ".zsh": "#", ".csh": "#",
    ".jl": "#", ".r": "#", ".pl": "#", ".rb": "#",
}  # fmt: skip
_LANGUAGES = {
    ".py": "python", ".sh": "bash", ".bash": "bash", ".sbatch": "bash", ".slurm": "bash",
    ".zsh": "bash", ".csh": "bash", ".jl": "julia", ".r": "r", ".pl": "perl", ".rb": "ruby",
    ".ipynb": "json", ".cpp": "cpp", ".c": "c", ".f90": "fortran", ".m": "matlab",
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
        return _LANGUAGES.get(self._suffix, "bash" if self.text.startswith("#!") else "")

    @property
    def comment_mark(self) -> str | None:
        """What starts a comment in it; None when that is not known, and then no comment is put."""
        return _COMMENT_MARKS.get(self._suffix, "#" if self.text.startswith("#!") else None)

    @property
    def _suffix(self) -> str:
        return PurePosixPath(self.name).suffix.lower()


def split_opening(text: str) -> tuple[str, str]:
    """Cut `text` after the lines that must stay first: byte order mark, shebang, encoding line.

    Returns:
        `opening` and `rest`; `opening + rest == text`, and a comment may stand between them.
        Where the shebang is the whole text and has no line end, all of it is opening.
    """
    lines = text.splitlines(keepends=True)[:2]
    kept = 1 if lines and lines[0].removeprefix(_BYTE_ORDER_MARK).startswith("#!") else 0
    for index, line in enumerate(lines):
        is_comment_so_far = all(_is_blank_or_comment(before) for before in lines[:index])
        if is_comment_so_far and _COOKIE.match(line.removeprefix(_BYTE_ORDER_MARK)):
            kept = max(kept, index + 1)
    opening = "".join(lines[:kept])
    if not opening and text.startswith(_BYTE_ORDER_MARK):
        opening = _BYTE_ORDER_MARK
    return opening, text[len(opening) :]


def line_end(text: str) -> str:
    """Give the line end the text uses: CRLF only where its first line ends so."""
    first, newline, _ = text.partition("\n")
    return "\r\n" if newline and first.endswith("\r") else "\n"


def _is_blank_or_comment(line: str) -> bool:
    stripped = line.removeprefix(_BYTE_ORDER_MARK).strip()
    return not stripped or stripped.startswith("#")
