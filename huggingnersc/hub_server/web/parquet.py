"""The first rows of a Parquet file, read with pyarrow where it is installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from typing import IO, TYPE_CHECKING

from huggingnersc.hub_server.web import parquet_process
from huggingnersc.hub_server.web.tables import TableColumn, TableHead

if TYPE_CHECKING:
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

NOT_INSTALLED = "The server needs pyarrow to look into Parquet files: pip install pyarrow"
NOT_READABLE = "This file cannot be read as Parquet."
TOO_EXPENSIVE = "Reading the first rows takes too much time or memory. Download the file instead."


def parquet_head(source: Path | bytes) -> tuple[TableHead | None, str]:
    """Return the head of a Parquet file, or `None` and one sentence that says why."""
    if find_spec("pyarrow") is None:
        return None, NOT_INSTALLED
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
            return None, TOO_EXPENSIVE
    if done.returncode == parquet_process.NOT_READABLE:
        return None, NOT_READABLE
    return (_head(done.stdout), "") if done.returncode == 0 else (None, TOO_EXPENSIVE)


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


def _head(text: bytes) -> TableHead:
    value = json.loads(text)
    columns = tuple(TableColumn(**column) for column in value["columns"])
    rows = tuple(map(tuple, value["rows"]))
    return TableHead(columns, rows, value["columns_left_out"], value["rows_in_all"])
