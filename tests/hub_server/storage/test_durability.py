"""Nothing acknowledged is lost, nothing half-made stays, damage is found."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from huggingnersc.errors import SettingsError
from huggingnersc.hub_server import check
from tests.hub_server.wire import ACCOUNTS, Wire, text_file, wired

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
SERVER = """
import sys
from pathlib import Path
from huggingnersc.hub_server import serve
serve(Path(sys.argv[1]), port=0, accounts=Path(sys.argv[2]),
      on_ready=lambda hub: print(hub.endpoint, flush=True))
"""


def started(root: Path) -> tuple[subprocess.Popen[str], str]:
    """Start a server process of our own; yield it and its address."""
    file = root.parent / "accounts.toml"
    file.write_text(ACCOUNTS)
    file.chmod(0o600)
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(root), str(file)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def killed(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


def commit(endpoint: str, repo_id: str, name: str) -> bool:
    """Commit one small file; return whether the server acknowledged it."""
    lines = [
        {"key": "header", "value": {"summary": name}},
        {"key": "file", "value": {"path": name, "content": name, "encoding": "utf-8"}},
    ]
    request = urllib.request.Request(
        f"{endpoint}/api/datasets/{repo_id}/commit/main",
        "\n".join(json.dumps(line) for line in lines).encode(),
        {"Authorization": "Bearer hf_token_of_ada"},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def test_a_killed_server_keeps_every_commit_it_acknowledged(tmp_path: Path) -> None:
    root, done = tmp_path / "hub", list[tuple[str, str]]()
    with wired(root) as wire:
        for number in range(3):
            wire.create(f"NERSC/r{number}")
    for turn in range(3):
        process, endpoint = started(root)
        stop, enough = threading.Event(), threading.Semaphore(0)

        def write(
            writer: int,
            turn: int = turn,
            endpoint: str = endpoint,
            stop: threading.Event = stop,
            enough: threading.Semaphore = enough,
        ) -> None:
            count = 0
            while not stop.is_set():
                repo_id, name = f"NERSC/r{writer % 3}", f"{turn}-{writer}-{count}.txt"
                if commit(endpoint, repo_id, name):
                    done.append((repo_id, name))
                    enough.release()
                count += 1

        writers = [threading.Thread(target=write, args=[number]) for number in range(6)]
        for thread in writers:
            thread.start()
        acknowledged = [enough.acquire(timeout=60) for _ in range(15)]
        killed(process)
        stop.set()
        for thread in writers:
            thread.join()
        assert all(acknowledged)
    assert check(root).problems == ()
    with wired(root) as wire:
        for repo_id, name in done:
            answer = wire.ask("GET", f"/datasets/{repo_id}/resolve/main/{name}")
            assert answer.body == name.encode()
        for number in range(3):
            listed = wire.ask("GET", f"/api/datasets?search=r{number}&full=true").json[0]
            shown = wire.ask("GET", f"/api/datasets/NERSC/r{number}").json
            assert listed["sha"] == shown["sha"]


def test_two_servers_of_one_root_lose_no_commit(tmp_path: Path) -> None:
    root = tmp_path / "hub"
    with wired(root) as wire:
        wire.create("NERSC/iris")
        process, other = started(root)
        try:
            accepted: list[str] = []

            def write(writer: int) -> None:
                for count in range(5):
                    name = f"{writer}-{count}.txt"
                    if commit(wire.endpoint if writer % 2 else other, "NERSC/iris", name):
                        accepted.append(name)

            writers = [threading.Thread(target=write, args=[number]) for number in range(4)]
            for thread in writers:
                thread.start()
            for thread in writers:
                thread.join()
        finally:
            killed(process)
        assert len(accepted) == 20
        listed = wire.ask("GET", "/api/datasets/NERSC/iris/tree/main").json
        assert {row["path"] for row in listed} == {*accepted, ".gitattributes"}
        commits = wire.ask("GET", "/api/datasets/NERSC/iris/commits/main").json
        assert len(commits) == 21


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Wire]:
    with wired(tmp_path / "hub") as wire:
        wire.create("NERSC/iris")
        wire.commit("NERSC/iris", text_file("a.txt", "x"))
        upload(wire, b"big content")
        yield wire


def upload(wire: Wire, data: bytes) -> str:
    """Upload a big file by LFS and commit it as big.bin; return its sha256."""
    oid = sha256(data).hexdigest()
    batch = {"operation": "upload", "objects": [{"oid": oid, "size": len(data)}]}
    path = "/datasets/NERSC/iris.git/info/lfs/objects/batch"
    action = wire.ask("POST", path, batch, user="ada").json["objects"][0]["actions"]
    href = action["upload"]["href"].removeprefix(wire.endpoint)
    assert wire.ask("PUT", href, data).status == 200
    line = {"path": "big.bin", "algo": "sha256", "oid": oid, "size": len(data)}
    assert wire.commit("NERSC/iris", ("lfsFile", line)).status == 200
    return oid


def test_a_sound_hub_has_no_problems(filled: Wire) -> None:
    report = check(filled.hub.root)
    assert (report.repositories, report.lfs_objects, report.sound) == (1, 1, True)


def test_a_changed_big_file_is_found(filled: Wire) -> None:
    path = next(path for _, path in filled.hub.lfs.every())
    path.write_bytes(b"bad content")
    assert [problem.where for problem in check(filled.hub.root).problems] == [f"lfs/{path.name}"]
    path.unlink()
    assert "missing" in str(check(filled.hub.root).problems[0].message)


def test_a_damaged_object_is_found(filled: Wire) -> None:
    folder = next((filled.hub.root / "repos").iterdir())
    loose = [path for path in (folder / "objects").glob("??/*") if path.is_file()]
    for path in loose:
        path.chmod(0o600)
    loose[0].write_bytes(b"damage")
    problems = check(filled.hub.root).problems
    assert problems
    assert problems[0].where == "datasets/NERSC/iris"


def test_a_lost_repository_is_found(filled: Wire) -> None:
    folder = next((filled.hub.root / "repos").iterdir())
    folder.rename(filled.hub.root / "elsewhere")
    assert "not on disk" in str(check(filled.hub.root).problems[0].message)


def test_where_there_is_no_hub_there_is_nothing_to_check(tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        check(tmp_path)
    assert list(tmp_path.iterdir()) == [tmp_path / "home"]


def test_what_a_killed_server_left_is_swept_up(tmp_path: Path) -> None:
    root = tmp_path / "hub"
    with wired(root) as wire:
        wire.create("NERSC/iris")
        storage_id, _ = wire.hub.store.create()
        upload_left = wire.hub.lfs.incoming / "left"
        upload_left.write_bytes(b"half")
        long_ago = time.time() - 7 * 24 * 3600
        os.utime(upload_left, (long_ago, long_ago))
        half = wire.hub.store.path(storage_id)
        os.utime(half, (long_ago, long_ago))
        lock = next(p for p in (root / "repos").iterdir() if p != half) / "refs/heads/main.lock"
        lock.write_text("left by a killed server")
    with wired(root) as wire:
        assert not half.exists()
        assert not upload_left.exists()
        assert wire.commit("NERSC/iris", text_file("a", "x")).status == 200


def test_facts_the_registry_missed_are_made_up_at_the_start(tmp_path: Path) -> None:
    root = tmp_path / "hub"
    with wired(root) as wire:
        wire.create("NERSC/iris")
        wire.commit("NERSC/iris", text_file("README.md", "---\nlicense: mit\n---\n"))
        with wire.hub.database.changing() as connection:
            connection.execute("UPDATE repositories SET sha = '', card = '{}', dirty = 1")
            connection.execute("DELETE FROM tags")
    with wired(root) as wire:
        listed = wire.ask("GET", "/api/datasets?filter=license:mit&full=true").json
        assert [row["cardData"] for row in listed] == [{"license": "mit"}]
