"""How each file is to be uploaded, asked before the upload."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from huggingnersc.hub_server.http_error import HttpError, bad_request
from huggingnersc.hub_server.json_shapes import answer
from huggingnersc.hub_server.protocol.attributes import (
    RulesTooSlowError,
    goes_to_lfs,
    ignore_rule,
    lfs_rule,
)
from huggingnersc.hub_server.protocol.repo_paths import path_problem
from huggingnersc.hub_server.routing import Route

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response

    from huggingnersc.hub_server.context import RequestContext
    from huggingnersc.hub_server.storage.repository import GitRepository
    from huggingnersc.hub_server.storage.values import Commit

MAX_FILES = 1000


def preupload(context: RequestContext) -> Response:
    """`POST .../preupload/{rev}`: regular or LFS, ignored or not, and what is there already."""
    session = context.readable() if context.flag("create_pr") else context.writable()
    session.require_user()
    repository = session.git
    commit = repository.resolve(context.path_params["rev"])
    data = context.json()
    files, ignore = data.get("files"), data.get("gitIgnore")
    if not isinstance(files, list) or len(files) > MAX_FILES:
        raise bad_request(f"files must be a list of at most {MAX_FILES}")
    if ignore is not None and not isinstance(ignore, str):
        raise bad_request("gitIgnore must be a string")
    rules = ignore.encode() if ignore is not None else _text_at(repository, commit, ".gitignore")
    try:
        by_name = lfs_rule(_text_at(repository, commit, ".gitattributes"))
        ignored = ignore_rule(rules)
        advice = [_advice(repository, commit, one, by_name, ignored) for one in files]
    except RulesTooSlowError as error:
        raise bad_request(str(error)) from error
    return answer({"files": advice})


def _advice(
    repository: GitRepository,
    commit: Commit,
    file: object,
    by_name: Callable[[str], bool | None],
    ignored: Callable[[str], bool],
) -> dict[str, object]:
    path, size, sample = _asked(file)
    lfs = goes_to_lfs(by_name(path), size_bytes=size, sample=sample)
    advice: dict[str, object] = {
        "path": path,
        "uploadMode": "lfs" if lfs else "regular",
        "shouldIgnore": ignored(path),
    }
    present = repository.find(commit, path)
    if present is not None and not present.is_folder:
        advice["oid"] = present.lfs.oid if present.lfs else present.oid
    return advice


def _asked(file: object) -> tuple[str, int, bytes]:
    if not isinstance(file, dict):
        raise bad_request("Every file must be an object")
    path, size, sample = file.get("path"), file.get("size", 0), file.get("sample", "")
    if not isinstance(path, str) or not isinstance(sample, str) or not isinstance(size, int):
        raise bad_request("A file has a path (string), a size (bytes) and a sample (base64)")
    problem = path_problem(path)
    if problem is not None:
        raise HttpError(422, f"The path {path[:100]!r} {problem}")
    try:
        return path, size, base64.b64decode(sample, validate=True)
    except (binascii.Error, ValueError) as error:
        raise bad_request("A sample is not base64") from error


def _text_at(repository: GitRepository, commit: Commit, path: str) -> bytes:
    entry = repository.find(commit, path)
    if entry is None or entry.is_folder or entry.size_bytes > 1 << 20:
        return b""
    return repository.objects.blob(entry.oid)


ROUTES = (Route("POST", "/api/{kind}/{ns}/{name}/preupload/{rev}", preupload),)
