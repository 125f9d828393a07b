"""Clients that write to a Hub without pause and remember what was acknowledged."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import random
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

_TIMEOUT_S = 20
_BIG_EVERY = 4  # every fourth commit holds a big file


@dataclass
class Writer:
    """One client: it commits to one repository until it is asked to stop.

    A commit counts as acknowledged when its answer arrived whole with status 200. What failed
    because the server died is tried no further; every other answer is kept in `refused`.
    """

    endpoint: str
    token: str
    repo_id: str
    number: int
    acknowledged: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Write until stopped."""
        chance = random.Random(self.number)  # noqa: S311 - content, not a secret
        count = 0
        while not self.stop.is_set():
            try:
                self.write(count, chance)
                count += 1
            except (OSError, http.client.HTTPException, json.JSONDecodeError):
                self.stop.wait(0.02)  # the server is gone; it comes back

    def write(self, count: int, chance: random.Random) -> None:
        """Make one commit."""
        path = f"writer-{self.number}/{count}"
        if count % _BIG_EVERY == 0:
            operation = {"key": "lfsFile", "value": self._upload(path, chance.randbytes(50_000))}
        else:
            content = base64.b64encode(chance.randbytes(500)).decode()
            value = {"path": f"{path}.txt", "content": content, "encoding": "base64"}
            operation = {"key": "file", "value": value}
        header = {"key": "header", "value": {"summary": f"commit {path}"}}
        body = "\n".join(json.dumps(line) for line in (header, operation))
        url = f"/api/datasets/{self.repo_id}/commit/main"
        status, answer = self._ask("POST", url, body.encode(), "application/x-ndjson")
        if status == 200:
            self.acknowledged.append(answer["commitOid"])
        else:
            self.refused.append(f"{status} {answer}")

    def _upload(self, path: str, data: bytes) -> dict[str, Any]:
        oid = hashlib.sha256(data).hexdigest()
        wanted: dict[str, Any] = {
            "operation": "upload",
            "transfers": ["basic"],
            "hash_algo": "sha256",
            "objects": [{"oid": oid, "size": len(data)}],
        }
        url = f"/datasets/{self.repo_id}.git/info/lfs/objects/batch"
        _, answer = self._ask("POST", url, json.dumps(wanted).encode(), "application/json")
        actions = answer["objects"][0].get("actions", {})
        if "upload" in actions:
            self._ask("PUT", actions["upload"]["href"], data, "application/octet-stream")
        return {"path": f"{path}.bin", "algo": "sha256", "oid": oid, "size": len(data)}

    def _ask(self, method: str, url: str, body: bytes, kind: str) -> tuple[int, Any]:
        target = urlsplit(self.endpoint)
        connection = http.client.HTTPConnection(
            target.hostname or "", target.port, timeout=_TIMEOUT_S
        )
        try:
            parts = urlsplit(url)
            where = parts.path + (f"?{parts.query}" if parts.query else "")
            headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
            connection.request(method, where, body, headers)
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text.startswith((b"{", b"[")) else None
        finally:
            connection.close()


@contextmanager
def writing(writers: list[Writer]) -> Iterator[None]:
    """Let all writers write for the time of the block."""
    threads = [threading.Thread(target=writer.run) for writer in writers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for writer in writers:
            writer.stop.set()
        for thread in threads:
            thread.join()
