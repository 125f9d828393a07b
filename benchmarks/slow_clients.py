"""A normal client of the embedded Hub while others hold slow connections to it.

    python -m benchmarks.slow_clients [CONNECTIONS] [OPEN_FILES]

A third of the connections is silent, a third sends a byte of its head every second, a third has
sent all but the last byte of a body of 8 MB. The server is one process whose soft limit of open
files is OPEN_FILES (1,024 is what most systems give). The client creates a repository, uploads
and downloads a big file of 4 MiB and reads listings, before and during the attack.
"""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from benchmarks.serving import client_environment, peak_memory_mib, serving_process
from benchmarks.timing import table

if TYPE_CHECKING:
    from collections.abc import Iterator

CLIENT_TIMEOUT_S = 60
ATTACK_S = 60
BODY_BYTES = 8_000_000
CLIENT = """
import sys
from huggingface_hub import HfApi
api, name, data = HfApi(), f"NERSC/{sys.argv[1]}", bytes(4 << 20)
api.create_repo(name, repo_type="dataset")
api.upload_file(path_or_fileobj=data, path_in_repo="a.bin", repo_id=name, repo_type="dataset")
path = api.hf_hub_download(name, "a.bin", repo_type="dataset")
assert open(path, "rb").read() == data
for _ in range(20):
    assert name in {found.id for found in api.list_datasets(author="NERSC")}
"""


def main() -> None:
    """Attack, and print the client's times and the server's memory."""
    numbers = [int(word) for word in sys.argv[1:]]
    count, files = (*numbers, *(1200, 1024)[len(numbers) :])
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(files, hard), hard))
    with tempfile.TemporaryDirectory() as folder, serving_process(Path(folder) / "hub") as served:
        endpoint, server = served
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(count + 1000, hard), hard))
        log = bytearray()
        threading.Thread(target=_drain, args=[server, log], daemon=True).start()
        rows = [("alone", _client(endpoint, Path(folder), "alone"), _memory(server))]
        held = list(_attack(endpoint, count))
        rows.append(("attacked", _client(endpoint, Path(folder), "attacked"), _memory(server)))
        rows.append(("again", _client(endpoint, Path(folder), "again"), _memory(server)))
        still = sum(map(_is_open, held))
        print(table(("normal client", "s", "peak memory of the server, MiB"), rows))
        print(f"{still} of {len(held)} slow connections are still open; "
              f"the server logged {log.count(10)} lines, {len(log)} bytes")  # fmt: skip


def _attack(endpoint: str, count: int) -> Iterator[socket.socket]:
    address = urlsplit(endpoint)
    dripping: list[socket.socket] = []
    threading.Thread(target=_drip, args=[dripping], daemon=True).start()
    body = bytes(BODY_BYTES - 1)
    until = time.monotonic() + ATTACK_S
    for number in range(count):
        left = min(until - time.monotonic(), 1)
        if left <= 0:
            return
        try:
            held = socket.create_connection((address.hostname, address.port), timeout=left)
        except OSError:
            continue
        if number % 3 == 1:
            _send(held, b"GET / HTTP/1.1\r\nHost: localhost\r\n")
            dripping.append(held)
        elif number % 3 == 2:
            head = "POST /api/validate-yaml HTTP/1.1\r\nHost: localhost\r\n"
            _send(held, f"{head}Content-Length: {BODY_BYTES}\r\n\r\n".encode() + body)
        yield held


def _drip(connections: list[socket.socket]) -> None:
    while True:
        for connection in list(connections):
            if not _send(connection, b"X"):
                connections.remove(connection)
        time.sleep(1)


def _send(connection: socket.socket, data: bytes) -> bool:
    try:
        connection.sendall(data)
    except OSError:
        return False
    return True


def _is_open(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        while data := connection.recv(65_536):
            del data
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _client(endpoint: str, folder: Path, name: str) -> str:
    home = folder / name
    home.mkdir()
    begun = time.perf_counter()
    try:
        subprocess.run(
            [sys.executable, "-c", CLIENT, name],
            env=client_environment(endpoint, home),
            check=True,
            timeout=CLIENT_TIMEOUT_S,
            stderr=subprocess.DEVNULL,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        return f"{type(error).__name__} after {time.perf_counter() - begun:.0f}"
    return f"{time.perf_counter() - begun:.2f}"


def _memory(server: subprocess.Popen[str]) -> str:
    return f"{peak_memory_mib(server.pid):.0f}" if server.poll() is None else "it has ended"


def _drain(server: subprocess.Popen[str], log: bytearray) -> None:
    # A pipe that no one reads would stop a server that fills its log.
    while data := os.read(server.stderr.fileno() if server.stderr else -1, 65_536):
        log += data


if __name__ == "__main__":
    main()
