"""Describing processes that are forks of one that has imported their tasks and libraries.

To import these takes a process longer than to describe what a test describes. A limit of memory
counts the client of a fork, so a test of it needs a process that is none.
"""

from __future__ import annotations

import atexit
import tempfile
from contextlib import ExitStack, contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.statistics import describing_process
from tests.forked_python import ForkedPython

if TYPE_CHECKING:
    from collections.abc import Iterator

_TASKS = (
    "huggingnersc.adapters.loading.image_index", "huggingnersc.adapters.loading.sample_files",
    "huggingnersc.adapters.loading.survey_source", "huggingnersc.adapters.loading.whole_table",
    "huggingnersc.adapters.statistics.pictures", "huggingnersc.adapters.statistics.table_summary",
)  # fmt: skip
_LIBRARIES = (
    "PIL.JpegImagePlugin", "PIL.PngImagePlugin", "duckdb", "h5py", "matplotlib.figure",
    "matplotlib.backends.backend_agg", "pyarrow.csv", "pyarrow.parquet",
)  # fmt: skip


PYARROW = ("pyarrow.csv", "pyarrow.parquet")  # enough where nothing is described


@contextmanager
def forked_describing(libraries: tuple[str, ...] = _LIBRARIES) -> Iterator[None]:
    """Let every describing process be such a fork."""
    command = describing_process._command
    describing_process._command = lambda memory_bytes: [
        _python(libraries),
        *command(memory_bytes)[1:],
    ]
    try:
        yield
    finally:
        describing_process._command = command


@cache
def _python(libraries: tuple[str, ...]) -> str:
    stack = ExitStack()
    atexit.register(stack.close)
    home = stack.enter_context(tempfile.TemporaryDirectory(prefix="describing-"))
    installed = [name for name in libraries if find_spec(name.partition(".")[0])]
    forked = ForkedPython(
        [*_TASKS, *installed, "tests.describing_caches"],
        describing_process._environment(Path(home)),
    )
    return str(stack.enter_context(forked).python)
