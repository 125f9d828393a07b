"""Open a Hub, or make a new one."""

from __future__ import annotations

import secrets
from shlex import quote
from typing import TYPE_CHECKING

from huggingnersc.errors import SettingsError
from huggingnersc.fixes import Message, ShellCommand
from huggingnersc.hub_server.hub_context import DownloadCounter, HubContext, Limits
from huggingnersc.hub_server.storage.database import Database
from huggingnersc.hub_server.storage.durable import write_private
from huggingnersc.hub_server.storage.lfs import LfsStore
from huggingnersc.hub_server.storage.lfs_links import LfsLinks
from huggingnersc.hub_server.storage.registry import Registry
from huggingnersc.hub_server.storage.repositories import RepositoryStore
from huggingnersc.new_folder import make_folder

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.hub_server.accounts import Accounts


DATABASE_FILE = "hub.sqlite3"


SECRET_FILE = "secret"  # noqa: S105 - the name of the file, not what it holds
SECRET_BYTES = 32


def open_hub(
    root: Path,
    accounts: Accounts,
    *,
    limits: Limits | None = None,
    xet: bool = False,
    address: str | None = None,
) -> HubContext:
    """Open (or make) the Hub under `root`; `maintenance` repairs what a killed server left.

    Raises:
        SettingsError: its registry or secret is damaged, or another version wrote it.
    """
    make_folder(root, 0o700)
    limits = limits or Limits()
    secret = write_private(root / SECRET_FILE, secrets.token_bytes(SECRET_BYTES))
    if len(secret) != SECRET_BYTES:  # who knows a short one can make links of others
        path = root / SECRET_FILE
        raise SettingsError(
            f"{path} is damaged.",
            hint=Message("Let a new one be made: ", ShellCommand(f"rm {quote(str(path))}")),
        )
    database = Database(root / DATABASE_FILE)
    registry = Registry(database)
    return HubContext(
        root=root,
        accounts=accounts,
        database=database,
        registry=registry,
        links=LfsLinks(database),
        store=RepositoryStore(root, limits.git),
        lfs=LfsStore(root),
        downloads=DownloadCounter(registry),
        secret=secret,
        limits=limits,
        xet=xet,
        address=address,
    )
