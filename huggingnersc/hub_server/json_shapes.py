"""The JSON shapes that clients read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from starlette.responses import Response

from huggingnersc.domain.repo_names import RepoKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from huggingnersc.hub_server.storage.registry import RepositoryRecord
    from huggingnersc.hub_server.storage.values import Commit, TreeEntry


def answer(
    value: object, status: int = 200, *, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a JSON answer."""
    body = json.dumps(value, separators=(",", ":"))
    return Response(body, status, headers, media_type="application/json")


def moment(milliseconds: int) -> str:
    """Return a time as clients parse it: `2026-11-20T12:00:00.000Z`.

    A pushed commit may claim any time; one that no calendar holds becomes the epoch.
    """
    try:
        time = datetime.fromtimestamp(milliseconds // 1000, UTC)
    except (OverflowError, OSError, ValueError):
        return moment(0)
    return f"{time:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03d}Z"


def repository(record: RepositoryRecord) -> dict[str, object]:
    """Return all that is known about a repository without opening it."""
    shown: dict[str, object] = {
        "_id": record.storage_id,
        "id": record.name.repo_id,
        "author": record.name.namespace,
        "sha": record.sha,
        "lastModified": moment(record.modified_ms),
        "createdAt": moment(record.created_ms),
        "private": record.private,
        "gated": record.gated or False,
        "disabled": False,
        "downloads": record.downloads,
        "downloadsAllTime": record.downloads,
        "likes": record.likes,
        "trendingScore": 0,
        "tags": list(record.tags),
        "cardData": record.card,
        "usedStorage": record.size_bytes,
    }
    return {**shown, **_kind_facts(record)}


def entry(
    item: TreeEntry, last: Commit | None = None, *, expand: bool = False
) -> dict[str, object]:
    """Return a file or folder as `tree` and `paths-info` show it."""
    shown: dict[str, object] = {
        "type": "directory" if item.is_folder else "file",
        "oid": item.oid,
        "size": item.size_bytes,
        "path": item.path,
    }
    if item.lfs is not None:
        shown["lfs"] = lfs(item)
    if expand:
        shown["lastCommit"] = last and {
            "id": last.sha,
            "title": last.title,
            "date": moment(last.time_s * 1000),
        }
        if not item.is_folder:
            shown["securityFileStatus"] = {
                "status": "unscanned",
                "avScan": None,
                "pickleImportScan": None,
            }
    return shown


def lfs(item: TreeEntry, *, oid_key: str = "oid") -> dict[str, object] | None:
    """Return what is said of a file stored by sha256; None for any other."""
    if item.lfs is None:
        return None
    return {
        oid_key: item.lfs.oid,
        "size": item.lfs.size_bytes,
        "pointerSize": item.pointer_bytes,
    }


def siblings(files: Sequence[TreeEntry], *, details: bool) -> list[dict[str, object]]:
    """Return the list of files of a repository; `details` adds sizes and ids."""
    if not details:
        return [{"rfilename": item.path} for item in files]
    shown = []
    for item in files:
        one: dict[str, object] = {
            "rfilename": item.path,
            "size": item.size_bytes,
            "blobId": item.oid,
        }
        if item.lfs is not None:
            one["lfs"] = lfs(item, oid_key="sha256")
        shown.append(one)
    return shown


def commit(item: Commit, *, formatted: bool) -> dict[str, object]:
    """Return a commit as the history shows it."""
    shown: dict[str, object] = {
        "id": item.sha,
        "title": item.title,
        "message": item.message,
        "date": moment(item.time_s * 1000),
        "authors": [{"user": item.author, "avatar": ""}],
    }
    if formatted:
        shown["formatted"] = {"title": item.title, "message": item.message}
    return shown


def _kind_facts(record: RepositoryRecord) -> dict[str, object]:
    card = record.card
    if record.name.kind is RepoKind.DATASET:
        return {}
    if record.name.kind is RepoKind.SPACE:
        return {key: card.get(key) for key in ("sdk", "models", "datasets")}
    return {
        "modelId": record.name.repo_id,
        "library_name": card.get("library_name"),
        "pipeline_tag": card.get("pipeline_tag"),
        "spaces": [],
        "config": {},
        "model-index": card.get("model-index"),
    }
