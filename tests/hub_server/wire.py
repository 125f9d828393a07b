"""Speak HTTP to a Hub byte by byte, and start one with users of one's own."""

from __future__ import annotations

import http.client
import json
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from huggingnersc.hub_server.hub_context import HubContext, Limits
from huggingnersc.hub_server.server import LIMITS, address_of, bind, in_thread
from huggingnersc.hub_server.services.accounts_file import read_accounts
from huggingnersc.hub_server.services.open_hub import open_hub

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from huggingnersc.hub_server.connections import ConnectionLimits

ACCOUNTS = """
[[users]]
name = "ada"
token = "hf_token_of_ada"
[[users]]
name = "bob"
token = "hf_token_of_bob"
[[users]]
name = "eve"
token = "hf_token_of_eve"
[[organizations]]
name = "NERSC"
members = { ada = "admin", bob = "contributor" }
[[organizations]]
name = "Closed"
private_by_default = true
members = { ada = "write", bob = "read" }
"""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Wire:
    """A Hub at the other end of a socket."""

    endpoint: str
    hub: HubContext

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        user: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request exactly as given; `user` is a name of `ACCOUNTS`."""
        sent = dict(headers or {})
        if user is not None:
            sent["Authorization"] = f"Bearer hf_token_of_{user}"
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        connection = http.client.HTTPConnection(urlsplit(self.endpoint).netloc, timeout=30)
        try:
            connection.request(method, path, data, sent)
            answer = connection.getresponse()
            received = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, received, answer.read())
        finally:
            connection.close()

    def create(
        self,
        repo_id: str,
        *,
        user: str = "ada",
        kind: str = "dataset",
        private: bool | None = None,
    ) -> None:
        """Make a repository."""
        namespace, name = repo_id.split("/")
        body: dict[str, object] = {"name": name, "organization": namespace, "type": kind}
        if private is not None:
            body["private"] = private
        answer = self.ask("POST", "/api/repos/create", body, user=user)
        assert answer.status == 200, answer.body

    def commit(
        self, repo_id: str, *lines: tuple[str, object], user: str = "ada", rev: str = "main"
    ) -> Answer:
        """Commit lines (key, value) to a dataset, under a header of ours."""
        head: tuple[str, object] = ("header", {"summary": "change"})
        text = "\n".join(json.dumps({"key": key, "value": v}) for key, v in (head, *lines))
        return self.ask("POST", f"/api/datasets/{repo_id}/commit/{rev}", text.encode(), user=user)

    def follow(self, href: str, method: str = "GET", body: bytes = b"") -> Answer:
        """Send a request to an address that this Hub returned."""
        parts = urlsplit(href)
        return self.ask(method, f"{parts.path}?{parts.query}", body)

    def upload_actions(
        self, repo_id: str, data: bytes, *transfers: str, user: str = "ada"
    ) -> dict[str, Any]:
        """Return where a client may send a big file; empty when the repository has it."""
        one = {"oid": sha256(data).hexdigest(), "size": len(data)}
        body = {"operation": "upload", "transfers": transfers, "objects": [one]}
        path = f"/datasets/{repo_id}.git/info/lfs/objects/batch"
        answer = self.ask("POST", path, body, user=user).json
        actions: dict[str, Any] = answer["objects"][0].get("actions", {})
        return actions

    def store(self, repo_id: str, path: str, data: bytes) -> str:
        """Upload a big file by LFS and commit it at `path`; return its sha256."""
        if actions := self.upload_actions(repo_id, data):
            assert self.follow(actions["upload"]["href"], "PUT", data).status == 200
        assert self.commit(repo_id, lfs_file(path, data)).status == 200
        return sha256(data).hexdigest()


@contextmanager
def wired(
    root: Path,
    *,
    limits: Limits | None = None,
    accounts: str = ACCOUNTS,
    connections: ConnectionLimits = LIMITS,
) -> Iterator[Wire]:
    """Serve `root` with the users of `accounts` for the duration of the block."""
    root.mkdir(parents=True, exist_ok=True)
    file = root / "accounts.toml"
    file.write_text(accounts)
    file.chmod(0o600)
    with bind("127.0.0.1", 0) as listener:
        hub = open_hub(root, read_accounts(file), limits=limits)
        try:
            with in_thread(hub, listener, connections):
                yield Wire(address_of(listener), hub)
        finally:
            hub.close()


def text_file(path: str, content: str) -> tuple[str, object]:
    """Return the commit line that puts a text at `path`."""
    return ("file", {"path": path, "content": content, "encoding": "utf-8"})


def lfs_file(path: str, data: bytes) -> tuple[str, object]:
    """Return the commit line that puts an uploaded big file at `path`."""
    oid = sha256(data).hexdigest()
    return ("lfsFile", {"path": path, "algo": "sha256", "oid": oid, "size": len(data)})
