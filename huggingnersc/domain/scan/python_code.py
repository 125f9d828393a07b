"""Python code as a syntax tree, and its syntax check; it is never run."""

from __future__ import annotations

import ast
import sys
import warnings

from huggingnersc.problems import Problem


def python_problems(text: str, *, name: str) -> tuple[Problem, ...]:
    """Compile `text` and return its first syntax error with the line; nothing is run."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text.encode(), name, "exec", dont_inherit=True)
    except SyntaxError as error:
        where = f"{name}:{error.lineno}" if error.lineno else name
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        return (Problem(where, f"is not valid Python {version}: {error.msg}"),)
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        return (Problem(name, f"cannot be compiled: {str(error) or type(error).__name__}"),)
    return ()


def syntax_tree(text: str) -> ast.Module | None:
    """Return the syntax tree of `text`; None where this Python cannot read it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a doubtful escape does not matter here
            return ast.parse(text.removeprefix("\ufeff"))
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return None
