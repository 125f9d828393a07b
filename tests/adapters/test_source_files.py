from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huggingnersc.adapters.source_files import read_bytes, read_text
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.catalog.scripts import MAX_SCRIPT_BYTES
from tests.builders import write_tree
from tests.odd_texts import ODD


def problem_of(file: Path) -> str:
    text, (problem,) = read_text(file, name=Field.LOADER)
    assert text is None
    assert problem.where == Field.LOADER
    assert "\n" not in str(problem.message)
    return str(problem.message)


@settings(
    deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ODD | st.sampled_from(["a\r\nb\r", "\ufeffa", "a", "\n\na\n"]))
def test_a_text_is_read_with_every_byte(tmp_path: Path, text: str) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(text.encode())
    read, problems = read_text(file, name="x")
    if text.removeprefix("\ufeff").strip() and "\0" not in text:
        assert (read, problems) == (text, ())
    else:
        assert read is None
        assert len(problems) == 1


@pytest.mark.parametrize(
    ("content", "reported"),
    [
        (b"", "is empty"),
        (b" \n\t\r\n", "is empty"),
        ("\ufeff\n".encode(), "is empty"),
        (b"print('\xe9')\n", "is not UTF-8 text (byte 7)"),
        ("print()".encode("utf-16"), "is not UTF-8 text"),
        (b"a\0b", "holds NUL bytes"),
        (b"#" * (MAX_SCRIPT_BYTES + 1), "has more than 262,144 bytes"),
    ],
)
def test_what_is_no_script_is_reported(tmp_path: Path, content: bytes, reported: str) -> None:
    assert reported in problem_of(write_tree(tmp_path, {"a.py": content}) / "a.py")


def test_a_script_of_just_the_allowed_size_is_read(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.py": b"#" * MAX_SCRIPT_BYTES})
    assert read_text(tmp_path / "a.py", name="x")[1] == ()


def test_a_missing_file_names_the_nearest(tmp_path: Path) -> None:
    write_tree(tmp_path, {"iris_loader.py": "x", "data.csv": "x"})
    message = problem_of(tmp_path / "iris_loadr.py")
    assert message.endswith("iris_loadr.py does not exist; nearest: iris_loader.py")
    assert problem_of(tmp_path / "none/x.py").endswith("x.py does not exist")
    assert problem_of(tmp_path / "data.csv/x.py").endswith("x.py does not exist")


def test_a_folder_a_pipe_and_a_device_are_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for file in (tmp_path, tmp_path / "pipe", Path("/dev/zero")):
        assert problem_of(file).endswith("is not a regular file")


def test_a_link_is_followed(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.py": "x"})
    (tmp_path / "b.py").symlink_to("a.py")
    (tmp_path / "c.py").symlink_to("c.py")
    assert read_text(tmp_path / "b.py", name="x") == ("x", ())
    assert "c.py" in problem_of(tmp_path / "c.py")


def test_a_name_too_long_for_a_file_is_reported(tmp_path: Path) -> None:
    assert "cannot be read: File name too long" in problem_of(tmp_path / ("x" * 300))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become a user without rights")
def test_a_file_that_may_not_be_read_is_reported(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.py": "x"})
    os.seteuid(65534)  # the folder above belongs to root alone
    try:
        assert "cannot be read: Permission denied" in problem_of(tmp_path / "a.py")
    finally:
        os.seteuid(0)


def test_bytes_are_bounded_by_the_caller(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a": b"12345"})
    assert read_bytes(tmp_path / "a", name="x", limit=5) == (b"12345", ())
    data, (problem,) = read_bytes(tmp_path / "a", name="x", limit=4)
    assert data is None
    assert "more than 4 bytes" in str(problem.message)


@pytest.mark.attack("catalog hostile files")
def test_a_file_that_becomes_a_pipe_meanwhile_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.setattr(Path, "is_file", lambda _: True)  # as it was a moment ago
    data, problems = read_bytes(tmp_path / "pipe", name="loader", limit=10)
    assert data is None
    assert [problem.where for problem in problems] == ["loader"]
