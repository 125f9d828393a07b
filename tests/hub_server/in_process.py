"""The whole server without a socket: requests go straight into the application."""

from __future__ import annotations

import asyncio
import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from huggingnersc.hub_server.app import build_app
from huggingnersc.hub_server.services.accounts_file import read_accounts
from huggingnersc.hub_server.services.open_hub import open_hub
from tests.hub_server.wire import ACCOUNTS, Answer, Wire

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from starlette.types import ASGIApp

    from huggingnersc.hub_server.hub_context import Limits


@dataclass(frozen=True)
class InProcess(Wire):
    """A Hub that is asked in this thread; the same questions as over a socket."""

    app: ASGIApp
    runner: asyncio.Runner
    client: str = "127.0.0.1"

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        user: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Run one request through the application."""
        sent = {"Host": "hub.test", **(headers or {})}
        if user is not None:
            sent["Authorization"] = f"Bearer hf_token_of_{user}"
        data = body if isinstance(body, bytes) else b"" if body is None else _json(body)
        return self.runner.run(self._run(method, path, data, sent))

    async def _run(
        self, method: str, path: str, data: bytes, headers: Mapping[str, str]
    ) -> Answer:
        raw_path, _, query = path.partition("?")
        scope = {
            "type": "http",
            "method": method,
            "scheme": "http",
            "path": raw_path,
            "raw_path": raw_path.encode("latin-1"),
            "query_string": query.encode(),
            "headers": [(k.lower().encode(), v.encode("latin-1")) for k, v in headers.items()],
            "client": (self.client, 1),
            "server": ("127.0.0.1", 80),
        }
        received: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": data, "more_body": False}

        async def send(message: Any) -> None:
            received.append(message)

        await self.app(scope, receive, send)
        names = {k.decode().lower(): v.decode("latin-1") for k, v in received[0]["headers"]}
        content = b"".join(message.get("body", b"") for message in received[1:])
        return Answer(received[0]["status"], names, content)


@contextmanager
def in_process(root: Path, *, limits: Limits | None = None) -> Iterator[InProcess]:
    """Open a Hub under `root` with the users of `ACCOUNTS` for the duration of the block."""
    root.mkdir(parents=True, exist_ok=True)
    file = root / "accounts.toml"
    file.write_text(ACCOUNTS)
    file.chmod(0o600)
    hub = open_hub(root, read_accounts(file), limits=limits)
    try:
        with asyncio.Runner() as runner:
            yield InProcess("http://hub.test", hub, build_app(hub), runner)
    finally:
        hub.close()


def _json(body: object) -> bytes:
    return json.dumps(body).encode()
