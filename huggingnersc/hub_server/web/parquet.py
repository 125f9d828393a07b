"""The first rows of a Parquet file, read with pyarrow where it is installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from typing import IO, TYPE_CHECKING

from huggingnersc.hub_server.web import parquet_process
from huggingnersc.hub_server.web.tables import CellPicture, TableColumn, TableHead

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CPU_LIMIT_S = 5
TIMEOUT_S = 60
"""The process limits its CPU time itself; the other limit is for a machine under load."""

_FEW_THREADS = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "2",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}

NOT_INSTALLED = (
    "The server needs pyarrow to look into Parquet files: pip install 'huggingnersc[data]'"
)
NOT_READABLE = "This file cannot be read as Parquet."
TOO_EXPENSIVE = "Reading the first rows takes too much time or memory. Download the file instead."


@dataclass(frozen=True, slots=True)
class ParquetSample:
    """The head of a Parquet file, the pictures in it, or one sentence why there is nothing."""

    head: TableHead | None
    pictures: tuple[CellPicture, ...] = ()
    reason: str = ""


def parquet_head(source: Path | bytes) -> tuple[TableHead | None, str]:
    """Return the head of a Parquet file, or `None` and one sentence that says why."""
    sample = parquet_sample(source)
    return sample.head, sample.reason


def parquet_sample(source: Path | bytes) -> ParquetSample:
    """Read the head of a Parquet file and the pictures in it."""
    if find_spec("pyarrow") is None:
        return ParquetSample(None, reason=NOT_INSTALLED)
    with _opened(source) as stream:
        try:
            done = subprocess.run(
                [sys.executable, "-P", "-m", parquet_process.__name__, str(CPU_LIMIT_S)],
                stdin=stream,
                capture_output=True,
                timeout=TIMEOUT_S,
                check=False,
                env=_environment(),
            )
        except subprocess.TimeoutExpired:
            return ParquetSample(None, reason=TOO_EXPENSIVE)
    if done.returncode == parquet_process.NOT_READABLE:
        return ParquetSample(None, reason=NOT_READABLE)
    return (
        _read(done.stdout) if done.returncode == 0 else ParquetSample(None, reason=TOO_EXPENSIVE)
    )


def _opened(source: Path | bytes) -> IO[bytes]:
    if not isinstance(source, bytes):
        return source.open("rb")
    stream = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    stream.write(source)
    stream.seek(0)
    return stream


def _environment() -> dict[str, str]:
    # The same packages as here. On a node of 128 cores the threads and allocators of the libraries
    # would reserve more addresses than the process may have.
    path = os.pathsep.join(place for place in sys.path if place)
    return {**os.environ, "PYTHONPATH": path, **_FEW_THREADS}


def _read(output: bytes) -> ParquetSample:
    line, _, contents = output.partition(b"\n")
    found = json.loads(line)
    value = found["head"]
    columns = tuple(TableColumn(**column) for column in value["columns"])
    rows = tuple(map(tuple, value["rows"]))
    head = TableHead(columns, rows, value["columns_left_out"], value["rows_in_all"])
    return ParquetSample(head, tuple(_pictures(found["pictures"], contents)))


def _pictures(named: list[tuple[int, int, str, int]], contents: bytes) -> Iterator[CellPicture]:
    at = 0
    for column, row, media_type, size_bytes in named:
        yield CellPicture(column, row, media_type, contents[at : at + size_bytes])
        at += size_bytes
