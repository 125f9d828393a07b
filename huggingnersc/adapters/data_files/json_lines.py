"""JSON lines: one object per line, also compressed."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.data_files.compressed import BROKEN, damaged, open_bytes, position
from huggingnersc.domain.draft.layout import Column, FileLayout
from huggingnersc.domain.draft.survey import FileSurvey
from huggingnersc.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from io import BufferedIOBase
    from pathlib import Path

    from huggingnersc.adapters.data_files.budget import Budget

_ROWS = 200
_BLOCK_BYTES = 1 << 20
_LONGEST_BYTES = 1 << 26  # of a line that is read
_SAMPLE_BYTES = 1 << 27  # of the first rows
_MOST_COLUMNS = 1000


def read_json_lines_layout(file: Path) -> FileLayout:
    """Return the keys of the first rows and the types of their values.

    Raises:
        DatasetError: one of these is no JSON object, or its compressed data is damaged.
    """
    try:
        with open_bytes(file) as stream:
            rows = (_row(line, file) for line in islice(_first_lines(stream), _ROWS))
            return FileLayout(columns=tuple(islice(_columns(rows), _MOST_COLUMNS)))
    except BROKEN as error:
        raise damaged(file, error) from error


def survey_json_lines(file: Path, size_bytes: int, budget: Budget) -> FileSurvey:
    """Count the lines of a file that are not blank; the first must be a JSON object.

    Raises:
        DatasetError: the first line is no JSON object, or its compressed data is damaged.
    """
    examples, covered, is_begun = 0, 0, False
    try:
        with open_bytes(file) as stream:
            _row(next(_lines(stream), b"{}"), file)
        with open_bytes(file) as stream:
            while block := stream.read(_BLOCK_BYTES):
                first, *others = block.split(b"\n")
                lines = [is_begun or bool(first.strip()), *(bool(one.strip()) for one in others)]
                examples, is_begun = examples + sum(lines[:-1]), lines[-1]
                budget.spend(position(stream) - covered)
                covered = position(stream)
                if budget.is_spent:
                    break
            is_whole = not stream.read(1)
    except BROKEN as error:
        raise damaged(file, error) from error
    if is_whole:
        return FileSurvey(examples + is_begun, size_bytes)
    return FileSurvey(examples, min(covered, size_bytes - 1))


def _lines(stream: BufferedIOBase) -> Iterator[bytes]:
    while line := stream.readline(_LONGEST_BYTES):
        if not line.isspace():
            yield line


def _first_lines(stream: BufferedIOBase) -> Iterator[bytes]:
    """Yield lines until they are `_SAMPLE_BYTES` together: compressed, they take little room."""
    read_bytes = 0
    for line in _lines(stream):
        yield line
        read_bytes += len(line)
        if read_bytes >= _SAMPLE_BYTES:
            return


def _row(line: bytes, file: Path) -> dict[str, Any]:
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise _unreadable(file, str(error)) from error
    if not isinstance(row, dict):
        raise _unreadable(file, f"a line holds a {type(row).__name__}, not an object")
    return row


def _columns(rows: Iterable[dict[str, Any]]) -> Iterator[Column]:
    types: dict[str, set[str]] = {}
    for row in rows:
        for name, value in row.items():
            types.setdefault(name, set()).update(() if value is None else [type(value).__name__])
    for name, found in types.items():
        known = found - {"int"} if "float" in found else found
        yield Column(name, " or ".join(sorted(known)) or "None")


def _unreadable(file: Path, reason: str) -> DatasetError:
    return DatasetError(
        f"{file} cannot be read as JSON lines: {reason}.",
        hint="Write one JSON object per line; jq -c '.[]' makes them from an array.",
    )
