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


def test_a_connection_is_closed_after_what_another_thread_does_with_it(tmp_path: Path) -> None:
    database = Database(tmp_path / "hub.sqlite3")
    begun, found = threading.Event(), list[int]()
    count = (
        "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) "
        "SELECT max(i) FROM n"
    )

    def work() -> None:
        with database.changing() as connection:
            begun.set()
            found.append(connection.execute(count).fetchone()[0])

    thread = threading.Thread(target=work)
    thread.start()
    begun.wait()
    database.close()
    thread.join()
    assert found == [1_000_000]
