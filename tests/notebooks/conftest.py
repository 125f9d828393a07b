"""Notebooks run as Run All Cells does, by a kernel that the tests of a session share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import nbformat
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from jupyter_client.blocking.client import BlockingKernelClient

TIMEOUT_S = 120
# What a notebook before this one has left; modules of the library stay, because to import them
# takes seconds.
FORGET = """\
%reset -f
import os, sys
os.chdir({cwd!r})
sys.path[:] = [path for path in sys.path if "/huggingnersc-tests-" not in path]
for name, module in list(sys.modules.items()):
    if "/huggingnersc-tests-" in str(getattr(module, "__file__", None)):
        del sys.modules[name]
"""
LEAVE = "import os; os.chdir('/')"  # the folder of a test that passed is removed


@dataclass
class Shown:
    """What the cells of a notebook showed, by cell id; `error` is what stopped it."""

    cells: dict[str, str] = field(default_factory=dict)
    error: str = ""

    @property
    def text(self) -> str:
        return "".join(self.cells.values())


class SharedKernel:
    """A kernel that forgets its variables before each notebook."""

    def __init__(self, client: BlockingKernelClient) -> None:
        self._client = client

    def run(self, notebook: str, *, cwd: Path, more: Sequence[str] = ()) -> Shown:
        """Run every cell, then those of `more`, with `cwd` as current folder, until one fails."""
        _, error = self._execute(FORGET.format(cwd=str(cwd)))
        assert not error
        shown = Shown()
        cells = nbformat.reads(notebook, as_version=4).cells
        sources = {cell.id: cell.source for cell in cells if cell.cell_type == "code"}
        for name, source in (sources | dict(zip(more, more, strict=True))).items():
            if not shown.error:
                shown.cells[name], shown.error = self._execute(source)
        self._execute(LEAVE)
        return shown

    def _execute(self, source: str) -> tuple[str, str]:
        texts: list[str] = []
        errors: list[str] = []

        def hook(message: dict[str, Any]) -> None:
            kind, content = message["msg_type"], message["content"]
            if kind == "stream":
                texts.append(content["text"])
            elif kind in {"display_data", "execute_result"}:
                texts.append(content["data"].get("text/plain", "") + "\n")
            elif kind == "error":
                errors.append(f"{content['ename']}: {content['evalue']}")

        self._client.execute_interactive(
            source, timeout=TIMEOUT_S, output_hook=hook, allow_stdin=False, store_history=False
        )
        return "".join(texts), "; ".join(errors)


@pytest.fixture(scope="session")
def kernel() -> Iterator[SharedKernel]:
    """A running Python kernel."""
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(kernel_name="python3")
    try:
        yield SharedKernel(client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
