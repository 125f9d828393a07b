"""Python code is compiled and never run."""

from __future__ import annotations

from pathlib import Path

from huggingnersc.domain.scan.python_code import python_problems


def test_syntax_error_is_reported_with_its_line() -> None:
    (problem,) = python_problems("x = 1\ndef f(:\n    pass\n", name="loader.py")
    assert problem.where == "loader.py:2"
    assert "Python 3." in str(problem.message)


def test_error_that_only_compiling_shows_is_reported() -> None:
    (problem,) = python_problems("x = 1\nreturn x\n", name="loader.py")
    assert problem.where == "loader.py:2"


def test_code_is_not_run(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    assert python_problems(f"open({str(mark)!r}, 'w')\nraise SystemExit\n", name="x.py") == ()
    assert not mark.exists()


def test_doubtful_escape_is_no_problem_and_no_warning() -> None:
    assert (
        python_problems("x = '\\d'\nassert (1, 'x')\n", name="x.py") == ()
    )  # warnings are errors


def test_own_future_imports_do_not_reach_the_code() -> None:
    assert python_problems("def f(x: (yield)): pass\n", name="x.py") == python_problems(
        "def f(x: (yield)): pass\n", name="x.py"
    )
    assert python_problems("\ufeff# -*- coding: utf-8 -*-\nx = 'ä'\n", name="x.py") == ()


def test_unknown_encoding_and_nul_and_deep_nesting_are_explained() -> None:
    for text in ("# coding: klingon\n", "x = '\0'\n", f"{'(' * 5000}{')' * 5000}\n"):
        (problem,) = python_problems(text, name="x.py")
        assert problem.message
