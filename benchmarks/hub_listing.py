"""The first page of listing and searching, and a tree of 50,000 files, as the Hub grows.

    python -m benchmarks.hub_listing [MOST_REPOSITORIES]

Repositories are made through the API and hold a card each. Every question is asked 30 times over
one connection; the median counts. Target: the first page of 10,000 repositories costs less than 20
times that of 10.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.serving import peak_memory_mib, serving_process
from benchmarks.timing import table

SIZES = (10, 100, 1_000, 10_000)
REPEATS = 30
QUESTIONS = {
    "API, newest 20": "/api/datasets?sort=lastModified&limit=20",
    "API, search": "/api/datasets?search=set-0000&limit=20",
    "API, filter and sort": "/api/datasets?filter=license:mit&sort=downloads&limit=20",
    "page /datasets": "/datasets",
    "page, search": "/datasets?search=set-0000",
    "page, words of cards": "/datasets?search=plasma+shots",
    "page, two licenses": "/datasets?filter=license:mit&filter=license:cc",
}
TREE_FILES = 50_000
TREE_FOLDERS = 100


class Client:
    """One connection that is kept open."""

    def __init__(self, endpoint: str) -> None:
        target = urlsplit(endpoint)
        self._connection = http.client.HTTPConnection(target.hostname or "", target.port)
        self._headers = {"Authorization": f"Bearer {os.environ['HF_TOKEN']}"}

    def ask(
        self, method: str, path: str, body: bytes = b"", kind: str = "application/json"
    ) -> tuple[bytes, str]:
        """Return the body of a successful answer and where the next page is, empty at the end."""
        headers = {**self._headers, "Content-Type": kind}
        self._connection.request(method, path, body or None, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status} {content[:200]!r}")
        link = answer.getheader("Link") or ""
        following = urlsplit(link.split(">")[0].lstrip("<")) if 'rel="next"' in link else None
        return content, f"{following.path}?{following.query}" if following else ""


def main() -> None:
    """Grow the Hub, measure at each size, print the tables."""
    most = int(sys.argv[1]) if len(sys.argv) > 1 else SIZES[-1]
    rows: dict[str, list[float]] = {name: [] for name in QUESTIONS}
    sizes = [size for size in SIZES if size <= most]
    with tempfile.TemporaryDirectory() as folder, serving_process(Path(folder)) as (hub, server):
        client, made = Client(hub), 0
        for size in sizes:
            for number in range(made, size):
                _make_repository(client, f"set-{number:05}")
            made = size
            for name, path in QUESTIONS.items():
                rows[name].append(_median_ms(client, path))
        pages, tree_ms = _tree(client)
        peak = peak_memory_mib(server.pid)
    head = ["ms (median)", *(f"{size:,}" for size in sizes), f"x from {sizes[0]} to {sizes[-1]:,}"]
    lines = [[n, *(f"{ms:.1f}" for ms in v), f"{v[-1] / v[0]:.1f}"] for n, v in rows.items()]
    print(table(head, lines))
    print(f"\nTree of {TREE_FILES:,} files: {pages} pages, {tree_ms:.0f} ms a page (median).")
    print(f"Peak memory of the server: {peak:.0f} MiB.")


def _median_ms(client: Client, path: str) -> float:
    times = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        client.ask("GET", path)
        times.append(time.perf_counter() - begun)
    return statistics.median(times) * 1000


def _make_repository(client: Client, name: str) -> None:
    wanted = {"name": name, "organization": "NERSC", "type": "dataset"}
    client.ask("POST", "/api/repos/create", json.dumps(wanted).encode())
    license_id = ("mit", "cc", "apache-2.0")[int(name[-1]) % 3]
    card = f"---\nlicense: {license_id}\npretty_name: Set {name}\ntags: [csv]\n---\n# {name}\n"
    card += "Shots of a plasma. " * 10 + f"{name} is measured with care. " * 100
    _commit(client, name, {"README.md": card})


def _commit(client: Client, name: str, files: dict[str, str]) -> None:
    lines: list[dict[str, object]] = [{"key": "header", "value": {"summary": "add files"}}]
    for path, text in files.items():
        content = base64.b64encode(text.encode()).decode()
        value = {"path": path, "content": content, "encoding": "base64"}
        lines.append({"key": "file", "value": value})
    body = "\n".join(json.dumps(line) for line in lines).encode()
    client.ask("POST", f"/api/datasets/NERSC/{name}/commit/main", body, "application/x-ndjson")


def _tree(client: Client) -> tuple[int, float]:
    wanted = {"name": "tree", "organization": "NERSC", "type": "dataset"}
    client.ask("POST", "/api/repos/create", json.dumps(wanted).encode())
    for start in range(0, TREE_FILES, 10_000):
        numbers = range(start, min(start + 10_000, TREE_FILES))
        _commit(client, "tree", {f"{n % TREE_FOLDERS:03}/{n:05}.txt": f"{n}" for n in numbers})
    times, seen = [], 0
    path = "/api/datasets/NERSC/tree/tree/main?recursive=true"
    while path:
        begun = time.perf_counter()
        content, path = client.ask("GET", path)
        times.append(time.perf_counter() - begun)
        seen += sum(entry["type"] == "file" for entry in json.loads(content))
    if seen != TREE_FILES + 1:
        raise SystemExit(f"the tree listed {seen} files")
    return len(times), statistics.median(times) * 1000


if __name__ == "__main__":
    main()
