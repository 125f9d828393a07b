"""Accept uploads of clients that insist on the xet protocol, through a folder both sides see.

hf_xet can use a local folder as its storage. A client on this machine gets a fresh one with every
write token, writes its data there, and then commits sha256 ids; we rebuild each file from that
folder and keep it only when its sha256 is right. This is an undocumented side of hf_xet, hence an
option; `HF_HUB_DISABLE_XET=1` in the client needs none of it.
"""

from __future__ import annotations

import os
import secrets
import shutil
import time
from typing import TYPE_CHECKING

from huggingnersc.hub_server.http_error import HttpError
from huggingnersc.hub_server.protocol.client_text import whole_number
from huggingnersc.hub_server.protocol.xet_shards import files_in_shard

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from huggingnersc.hub_server.hub_context import HubContext
    from huggingnersc.hub_server.session import RepositorySession

TOKEN_LIFE_S = 12 * 3600
MAX_SHARD_BYTES = 256 << 20


def new_stage(session: RepositorySession) -> tuple[str, int]:
    """Return the address of a new folder for one client, and when it expires (Unix seconds)."""
    sweep(session.hub)
    folder = _stages(session) / f"{int(time.time())}-{secrets.token_hex(16)}"
    folder.mkdir(parents=True)
    return f"local://{folder}", int(time.time()) + TOKEN_LIFE_S


def adopt(session: RepositorySession, oid: str, size_bytes: int | None) -> None:
    """Keep the file with this sha256 when a client of the repository has staged it.

    Raises:
        HttpError: 422 when the staged data cannot be read.
        ContentMismatchError: it does not have this sha256 and size.
    """
    for stage in sorted(_stages(session).glob("*-*"), reverse=True):
        xet_hash = dict(_files(stage)).get(oid)
        if xet_hash is not None:
            size = _rebuild(session.hub, stage, oid, xet_hash, size_bytes)
            session.hub.links.add(session.storage_id, [(oid, size)])
            return


def sweep(hub: HubContext) -> None:
    """Remove the folders of tokens that expired."""
    limit = time.time() - TOKEN_LIFE_S
    for stage in (hub.root / "xet").glob("*/*-*"):
        began = whole_number(stage.name.split("-")[0])
        if began is not None and began < limit:
            shutil.rmtree(stage, ignore_errors=True)


def _stages(session: RepositorySession) -> Path:
    return (session.hub.root / "xet" / session.storage_id).resolve()


def _files(stage: Path) -> Iterator[tuple[str, str]]:
    for shard in sorted(stage.rglob("*.mdb")):
        if shard.is_file() and shard.stat().st_size <= MAX_SHARD_BYTES:
            yield from files_in_shard(shard.read_bytes())


def _rebuild(hub: HubContext, stage: Path, oid: str, xet_hash: str, size_bytes: int | None) -> int:
    from hf_xet import XetFileInfo, XetSession  # type: ignore[import-untyped]

    view = hub.lfs.incoming / f"view-{secrets.token_hex(8)}"
    _private_view(stage, view)
    try:
        group = XetSession().new_download_stream_group(endpoint=f"local://{view.resolve()}")
        with hub.lfs.receive(oid, size_bytes) as incoming:
            for chunk in group.download_stream(XetFileInfo(xet_hash, size_bytes)):
                incoming.write(bytes(chunk))
            return incoming.finish()
    except (RuntimeError, ValueError) as error:
        raise HttpError(422, "The uploaded xet data cannot be put together") from error
    finally:
        shutil.rmtree(view, ignore_errors=True)


def _private_view(stage: Path, view: Path) -> None:
    # The client keeps its small database locked while it lives, so a copy of that is
    # read, and links to the rest.
    for source in sorted(stage.rglob("*")):
        target = view / source.relative_to(stage)
        if source.is_symlink():
            continue
        if source.is_dir():
            target.mkdir(parents=True, exist_ok=True)
        elif source.suffix == ".redb":
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            os.link(source, target)
