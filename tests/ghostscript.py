"""A program in the place of Ghostscript, which Pillow lets read an image of PostScript."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tests.builders import write_tree
from tests.data_files import data_library

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def trap_ghostscript(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a program `gs` on PATH, and return the file that it makes when it is run."""
    mark = folder / "gs_was_run"
    programs = write_tree(folder / "bin", {"gs": f"#!/bin/sh\n: > '{mark}'\n"})
    (programs / "gs").chmod(0o755)
    monkeypatch.setenv("PATH", str(programs), prepend=os.pathsep)
    # Pillow looks for it once in the life of a process.
    monkeypatch.setattr(data_library("PIL.EpsImagePlugin"), "gs_binary", None)
    return mark
