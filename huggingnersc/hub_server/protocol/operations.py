"""The lines of a commit, as clients send them, turned into values."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from huggingnersc.hub_server.protocol.client_text import load_json
from huggingnersc.hub_server.protocol.lfs_pointer import is_lfs_oid
from huggingnersc.hub_server.protocol.repo_paths import path_problem

MAX_MESSAGE_LENGTH = 65_536


@dataclass(frozen=True, slots=True)
class Header:
    """What is said about the commit; `parent` is the commit the client saw, when it said so."""

    summary: str
    description: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class PutFile:
    """Put these bytes at `path`."""

    path: str
    content: bytes


@dataclass(frozen=True, slots=True)
class PutLfs:
    """Put the big file `oid` (uploaded before) at `path`; the size may be left out in copies."""

    path: str
    oid: str
    size_bytes: int | None


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete the file or folder at `path`; with `folder` it must be a folder."""

    path: str
    folder: bool


Operation = Header | PutFile | PutLfs | Delete


class OperationError(ValueError):
    """A line that cannot be carried out; `invalid_path` when its path is the reason."""

    def __init__(self, message: str, *, invalid_path: bool = False) -> None:
        super().__init__(message)
        self.invalid_path = invalid_path


def parse_operation(line: bytes) -> Operation:
    """Read one line of an ndjson commit. Raises: OperationError."""
    try:
        record = load_json(line)
    except ValueError as error:
        raise OperationError("A line of the commit is not JSON") from error
    if not isinstance(record, dict) or not isinstance(record.get("value"), dict):
        raise OperationError("A line of the commit is not of the form {key, value}")
    key, value = record.get("key"), record["value"]
    match key:
        case "header":
            return _header(value)
        case "file":
            return PutFile(_path(value), _content(value))
        case "lfsFile":
            return _lfs_file(value)
        case "deletedFile":
            return Delete(_path(value), folder=False)
        case "deletedFolder" | "deletedEntry":
            return Delete(_path(value), folder=key == "deletedFolder")
        case _:
            raise OperationError(f"Unknown operation {str(key)[:40]!r}")


def _header(value: dict[str, object]) -> Header:
    summary, description = value.get("summary"), value.get("description")
    parent = value.get("parentCommit")
    if not isinstance(summary, str) or not summary.strip():
        raise OperationError("The commit needs a summary")
    if not isinstance(description, str | None) or not isinstance(parent, str | None):
        raise OperationError("description and parentCommit must be texts")
    if len(summary) + len(description or "") > MAX_MESSAGE_LENGTH:
        raise OperationError(f"The commit message is over {MAX_MESSAGE_LENGTH} characters")
    return Header(_clean(summary.strip()), _clean(description or ""), parent or None)


def _clean(text: str) -> str:
    # JSON can hold half a surrogate pair, which no file and no database can.
    return text.encode("utf-8", "replace").decode()


def _path(value: dict[str, object]) -> str:
    path = value.get("path")
    if not isinstance(path, str):
        raise OperationError("An operation has no path", invalid_path=True)
    path = path.removesuffix("/")
    problem = path_problem(path)
    if problem is not None:
        raise OperationError(f"The path {path[:100]!r} {problem}", invalid_path=True)
    return path


def _content(value: dict[str, object]) -> bytes:
    content, encoding = value.get("content"), value.get("encoding", "utf-8")
    if not isinstance(content, str):
        raise OperationError("A file has no content")
    if encoding != "base64":
        return content.encode("utf-8", "replace")
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError) as error:
        raise OperationError("The content of a file is not base64") from error


def _lfs_file(value: dict[str, object]) -> PutLfs:
    oid, size = value.get("oid"), value.get("size")
    if value.get("algo", "sha256") != "sha256" or not is_lfs_oid(oid):
        raise OperationError("An lfsFile needs a sha256 in lower-case hex as its oid")
    if size is not None and (not isinstance(size, int) or isinstance(size, bool) or size < 0):
        raise OperationError("The size of an lfsFile is not a number of bytes")
    return PutLfs(_path(value), str(oid), size if isinstance(size, int) else None)
