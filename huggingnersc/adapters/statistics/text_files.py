"""Count the lines of a text file; a task of a describing process."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict

from huggingnersc.adapters.data_files.budget import Budget
from huggingnersc.adapters.data_files.lines import read_text_layout, survey_text


class CountedLines(TypedDict):
    """How many lines there are in so many bytes of a file, as it is stored."""

    lines: int
    read_bytes: int


def count_lines(file: str, size_bytes: int, most_bytes: int) -> CountedLines:
    """Count the lines of a file, or of its first bytes.

    Raises:
        DatasetError: it is no text, or its compressed data is damaged.
    """
    path = Path(file)
    found = survey_text(path, read_text_layout(path), size_bytes, Budget(size_bytes=most_bytes))
    return {"lines": found.examples, "read_bytes": found.covered_bytes}
