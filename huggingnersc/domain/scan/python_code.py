"""Syntax check of Python code, which is never run."""

from __future__ import annotations

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
