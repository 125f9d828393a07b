"""One embedded Hub: everything a request handler needs, opened once."""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from huggingnersc.hub_server.login_guard import LoginGuard
from huggingnersc.hub_server.protocol.client_text import whole_number
from huggingnersc.hub_server.storage.database import Database
from huggingnersc.hub_server.storage.lfs import LfsStore
from huggingnersc.hub_server.storage.lfs_links import LfsLinks
from huggingnersc.hub_server.storage.limits import GitLimits
from huggingnersc.hub_server.storage.registry import Registry
from huggingnersc.hub_server.storage.repositories import RepositoryStore
from huggingnersc.hub_server.turns import Turns

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.hub_server.accounts import Accounts

DOWNLOAD_WINDOW_S = 300


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one request may ask for; sizes are in bytes.

    Attributes:
        commit_body: the whole body of a commit.
        commit_line: one line of it: one regular file in base64.
        git_body: what one `git push` sends.
        git_request: what one `git fetch` asks for.
        lfs_file: one big file.
        multipart_from: uploads of this size and more go in parts.
        part: size of one such part.
        git: how much a push unpacks and a tree holds.
    """

    commit_body: int = 4 << 30
    commit_line: int = 256 << 20
    git_body: int = 4 << 30
    git_request: int = 8 << 20
    lfs_file: int = 5 << 40
    multipart_from: int = 20 << 30
    part: int = 1 << 30
    git: GitLimits = field(default_factory=GitLimits)


@dataclass(frozen=True, slots=True)
class HubContext:
    """An open Hub. Handlers share it; every part may be used from any thread.

    Attributes:
        address: what its pages call it, without a final slash; None for the one that it was
            asked by, empty where they will be read with no Hub.
    """

    root: Path
    accounts: Accounts
    database: Database
    registry: Registry
    links: LfsLinks
    store: RepositoryStore
    lfs: LfsStore
    downloads: DownloadCounter
    secret: bytes
    limits: Limits = field(default_factory=Limits)
    xet: bool = False
    address: str | None = None
    logins: LoginGuard = field(default_factory=LoginGuard)
    turns: Turns = field(default_factory=Turns)

    def ticket(self, *parts: str | int, life_s: int) -> str:
        """Return a proof that this Hub allowed what `parts` say; good for `life_s`."""
        expires = int(time.time()) + life_s
        return f"{expires}.{self._proof(expires, parts)}"

    def admits(self, ticket: str, *parts: str | int) -> bool:
        """Return whether `ticket` was given for exactly these parts and is still good."""
        said, _, proof = ticket.partition(".")
        expires = whole_number(said)
        if expires is None or expires <= time.time():
            return False
        return hmac.compare_digest(proof.encode(), self._proof(expires, parts).encode())

    def close(self) -> None:
        """Write the pending download counts and close every file."""
        self.downloads.flush()
        self.store.close()
        self.database.close()

    def _proof(self, expires: int, parts: tuple[str | int, ...]) -> str:
        text = "\n".join(str(part) for part in (expires, *parts))
        return hmac.new(self.secret, text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


class DownloadCounter:
    """Counts downloads in memory and writes them periodically.

    Requests of one client for one repository within five minutes are one download, as on the
    real Hub. A killed server loses the few counts of its last seconds, never anything else.
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._lock = threading.Lock()
        self._counts: dict[str, int] = {}
        self._seen: dict[tuple[str, str], float] = {}

    def note(self, storage_id: str, client: str) -> None:
        """Count a request of `client` for a file of a repository."""
        now = time.monotonic()
        key = (storage_id, client)
        with self._lock:
            if now - self._seen.get(key, -DOWNLOAD_WINDOW_S) < DOWNLOAD_WINDOW_S:
                return
            if len(self._seen) > 20_000:
                self._seen.clear()
            self._seen[key] = now
            self._counts[storage_id] = self._counts.get(storage_id, 0) + 1

    def flush(self) -> None:
        """Write the counts to the registry."""
        with self._lock:
            counts, self._counts = self._counts, {}
        if counts:
            self._registry.count_downloads(counts)
