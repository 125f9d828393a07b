"""Speak HTTP to a Hub byte by byte, and start one with users of one's own."""

from __future__ import annotations

import http.client
import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from huggingnersc.hub_server.hub_context import HubContext, Limits
from huggingnersc.hub_server.server import address_of, bind, in_thread
from huggingnersc.hub_server.services.accounts_file import read_accounts
from huggingnersc.hub_server.services.open_hub import open_hub

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

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


@contextmanager
def wired(root: Path, *, limits: Limits | None = None, accounts: str = ACCOUNTS) -> Iterator[Wire]:
    """Serve `root` with the users of `accounts` for the duration of the block."""
    root.mkdir(parents=True, exist_ok=True)
    file = root / "accounts.toml"
    file.write_text(accounts)
    with bind("127.0.0.1", 0) as listener:
        hub = open_hub(root, read_accounts(file), limits=limits)
        try:
            with in_thread(hub, listener):
                yield Wire(address_of(listener), hub)
        finally:
            hub.close()


def text_file(path: str, content: str) -> tuple[str, object]:
    """Return the commit line that puts a text at `path`."""
    return ("file", {"path": path, "content": content, "encoding": "utf-8"})
