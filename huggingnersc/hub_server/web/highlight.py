"""Source text -> lines of HTML with a few CSS classes for colors."""

from __future__ import annotations

from functools import cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from markupsafe import Markup, escape
from pygments.lexers import get_lexer_by_name
from pygments.token import Token
from pygments.util import ClassNotFound

from huggingnersc.domain.catalog.scripts import SHELL_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pygments.lexer import Lexer
    from pygments.token import _TokenType

HIGHLIGHT_LIMIT = 128 * 1024
LINE_LIMIT = 4_000
"""Above these many characters (in all, in one line) text stays plain: some lexers backtrack."""

# A fixed list: a repository may hold any file, and an unexpected lexer is a risk.
_LANGUAGE_OF_SUFFIX = {
    ".py": "python", ".pyi": "python", **dict.fromkeys(SHELL_SUFFIXES, "bash"),
    ".json": "json", ".jsonl": "json", ".ndjson": "json", ".jsonld": "json",
    ".yaml": "yaml", ".yml": "yaml", ".cff": "yaml", ".toml": "toml", ".ini": "ini",
    ".cfg": "ini", ".c": "c", ".h": "c", ".cc": "cpp", ".cpp": "cpp", ".cxx": "cpp",
    ".hpp": "cpp", ".cu": "cpp", ".f90": "fortran", ".f95": "fortran", ".f": "fortran",
    ".jl": "julia", ".r": "r", ".rs": "rust", ".go": "go", ".java": "java",
    ".js": "javascript", ".ts": "javascript", ".sql": "sql", ".xml": "xml", ".html": "html",
    ".css": "css", ".diff": "diff", ".patch": "diff", ".tex": "tex", ".bib": "bibtex",
}  # fmt: skip
_LANGUAGE_OF_NAME = {"makefile": "make", "dockerfile": "docker", "cmakelists.txt": "cmake"}
_LANGUAGE_OF_ALIAS = {
    "py": "python", "python3": "python", "shell": "bash", "sh": "bash", "console": "bash",
    "yml": "yaml", "jsonc": "json", "c++": "cpp", "js": "javascript", "typescript": "javascript",
    "zsh": "bash", "ksh": "bash", "slurm": "bash",
}  # fmt: skip
LANGUAGES = frozenset({*_LANGUAGE_OF_SUFFIX.values(), *_LANGUAGE_OF_NAME.values()})

_CLASSES: dict[_TokenType, str] = {
    Token.Comment: "hl-c",
    Token.Keyword: "hl-k",
    Token.Literal.String: "hl-s",
    Token.Literal.Number: "hl-m",
    Token.Name.Function: "hl-f",
    Token.Name.Class: "hl-f",
    Token.Name.Decorator: "hl-f",
    Token.Name.Builtin: "hl-b",
    Token.Name.Tag: "hl-t",
    Token.Name.Attribute: "hl-a",
    Token.Name.Variable: "hl-v",
    Token.Operator: "hl-o",
    Token.Generic.Deleted: "hl-d",
    Token.Generic.Inserted: "hl-i",
    Token.Generic.Heading: "hl-h",
    Token.Generic.Subheading: "hl-h",
}


def language_of_file(name: str) -> str:
    """Name the language of a file by its name, `""` when it is not highlighted."""
    path = PurePosixPath(name)
    named = _LANGUAGE_OF_NAME.get(path.name.lower())
    return named or _LANGUAGE_OF_SUFFIX.get(path.suffix.lower(), "")


def language_of_fence(info: str) -> str:
    """Name the language of a Markdown fence by its first word; `""` when it is unknown."""
    words = info.strip().lower().strip("{}.").split(maxsplit=1)
    word = words[0] if words else ""
    language = _LANGUAGE_OF_ALIAS.get(word, word)
    return language if language in LANGUAGES else ""


def highlight_lines(text: str, language: str) -> tuple[Markup, ...]:
    """Return one piece of safe HTML for each line of `text`, colored where that is cheap.

    The lines carry no newline; a final newline makes no empty last line. Text in no known
    language, longer than `HIGHLIGHT_LIMIT`, or with a line longer than `LINE_LIMIT`, is escaped
    only.
    """
    plain = text.replace("\r\n", "\n").removesuffix("\n").split("\n")
    if language not in LANGUAGES or len(text) > HIGHLIGHT_LIMIT:
        return tuple(escape(line) for line in plain)
    if max(map(len, plain)) > LINE_LIMIT:
        return tuple(escape(line) for line in plain)
    return tuple(_colored_lines("\n".join(plain), language))


def highlight_block(text: str, language: str) -> Markup:
    """Return `text` as the safe inside of a `<pre>` element."""
    return Markup("\n").join(highlight_lines(text, language))


@cache
def _lexer(language: str) -> Lexer | None:
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


def _colored_lines(text: str, language: str) -> Iterator[Markup]:
    lexer = _lexer(language)
    if lexer is None:
        yield from (escape(line) for line in text.split("\n"))
        return
    pieces: list[Markup] = []
    for kind, value in lexer.get_tokens(text):
        first, *others = value.split("\n")
        pieces.append(_colored(kind, first))
        for line in others:
            yield Markup("").join(pieces)
            pieces = [_colored(kind, line)]
    yield Markup("").join(pieces)


def _colored(kind: _TokenType, value: str) -> Markup:
    css_class = _class_of(kind)
    if not value or not css_class:
        return escape(value)
    return Markup('<span class="{}">{}</span>').format(css_class, value)


@cache
def _class_of(kind: _TokenType) -> str:
    if kind in _CLASSES:
        return _CLASSES[kind]
    return _class_of(kind.parent) if kind.parent else ""
