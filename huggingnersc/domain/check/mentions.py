"""The absolute paths that a script mentions."""

from __future__ import annotations

import ast
import re
import shlex
from dataclasses import dataclass
from itertools import chain
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from huggingnersc.domain.scan.python_code import syntax_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENTIRE = re.compile(r"(?:[\w.-]*=)?(?P<path>/[^\s/].*)")  # all of a text, or behind `--option=`
# A word within other text; not the path of a web address.
_WORD = re.compile(r"(?:^|(?<=[\s=:(,]))(?P<path>/[\w.+@{}$*?%-]+(?:/[\w.+@{}$*?%,=-]*)+)")
# Not the key of a subscript, which in HDF5 looks like a path.
_QUOTED = re.compile(r"(?P<key>\[)?(?P<quote>[\"'])(?P<text>.*?)(?P=quote)")
_LIST = re.compile(r":(?=[/$])")  # as in PATH
_VARIABLE = re.compile(r"[\[{$*?%]")
_SHELLS = frozenset({"bash", "zsh", "csh"})


@dataclass(frozen=True, slots=True)
class Mention:
    """A path that a script mentions.

    Attributes:
        line: of the first mention.
        path: the path, without a part that holds a variable or a pattern, and all below that.
        other_readings: what else may be meant: a command with its arguments, a path with spaces
            in a sentence.
    """

    line: int
    path: PurePosixPath
    other_readings: tuple[PurePosixPath, ...] = ()


def mentioned_paths(text: str, *, language: str) -> tuple[Mention, ...]:
    """Return each absolute path of two parts or more once; comments and docstrings are left out.

    A path that begins a text in quotes goes to the closing quote, any other to the next white
    space.

    Args:
        text: the script.
        language: what it is written in, as in `Script.language`.
    """
    found: dict[PurePosixPath, Mention] = {}
    for mention in _mentions(text, language):
        if len(mention.path.parts) > 2:  # the root counts as one
            found.setdefault(mention.path, mention)
    return tuple(found.values())


def _mentions(text: str, language: str) -> Iterator[Mention]:
    if language == "python" and (tree := syntax_tree(text)) is not None:
        for number, literal in _literals(tree):
            for offset, line in enumerate(literal.splitlines()):
                yield from _of_literal(number + offset, line)
        return
    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip().startswith("#"):
            continue
        words = _shell_words(line) if language in _SHELLS else None
        if words is None:
            yield from _of_other_code(number, line)
        else:
            yield from chain.from_iterable(_of_literal(number, word) for word in words)


def _literals(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield texts of Python code with their lines, in order; a value in an f-string is `{}`."""
    ignored: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr | ast.Subscript):
            ignored.add(node.value if isinstance(node, ast.Expr) else node.slice)
        if isinstance(node, ast.JoinedStr):
            ignored.update(node.values)
    texts = [
        (node.lineno, node.col_offset, _text(node))
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant | ast.JoinedStr) and node not in ignored
    ]
    for line, _, text in sorted(texts):
        yield line, text


def _text(node: ast.Constant | ast.JoinedStr) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    return "".join(_text(part) if isinstance(part, ast.Constant) else "{}" for part in node.values)


def _shell_words(line: str) -> list[str] | None:
    """Return the words as the shell reads them; None where quotes go over several lines."""
    words = shlex.shlex(line, posix=True, punctuation_chars="();<>|&`")
    words.whitespace_split = True
    try:
        return list(words)
    except ValueError:
        return None


def _of_literal(line: int, text: str) -> Iterator[Mention]:
    entire = _ENTIRE.fullmatch(text.strip())
    if entire is None:
        for match in _WORD.finditer(text):
            yield Mention(line, _fixed_part(match["path"]), _longer(text[match.start("path") :]))
        return
    for path in _LIST.split(entire["path"]):
        if path.startswith("/"):
            yield Mention(line, _fixed_part(path), (_fixed_part(re.split(r"[\s:]", path)[0]),))


def _of_other_code(line: int, text: str) -> Iterator[Mention]:
    for match in _QUOTED.finditer(text):
        if not match["key"]:
            yield from _of_literal(line, match["text"])
    for match in _WORD.finditer(_QUOTED.sub('""', text)):
        yield Mention(line, _fixed_part(match["path"]))


def _longer(text: str) -> tuple[PurePosixPath, ...]:
    """Return what begins `text` up to each of its spaces, and all of it."""
    ends = [space.start() for space in re.finditer(r"\s+", text)][1:20]
    return tuple(_fixed_part(text[:end]) for end in [*ends, len(text)])


def _fixed_part(path: str) -> PurePosixPath:
    kept: list[str] = []
    for part in path.split("/"):
        if _VARIABLE.search(part):
            break
        kept.append(part)
    return PurePosixPath("/".join(kept) or "/")
