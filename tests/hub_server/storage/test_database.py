"""Connections to the registry's file."""

from __future__ import annotations

import threading
from pathlib import Path

from huggingnersc.hub_server.storage.database import Database


def test_threads_that_have_ended_keep_no_connection(tmp_path: Path) -> None:
    database = Database(tmp_path / "hub.sqlite3")
    for _ in range(20):
        thread = threading.Thread(target=database.rows, args=["SELECT 1"])
        thread.start()
        thread.join()
    descriptors = Path("/proc/self/fd").iterdir()
    held = [
        one
        for one in descriptors
        if one.is_symlink() and one.readlink() == tmp_path / "hub.sqlite3"
    ]
    database.close()
    assert 1 <= len(held) <= 2
