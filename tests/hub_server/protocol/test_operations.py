from __future__ import annotations

import base64
import json

import pytest

from huggingnersc.hub_server.protocol.operations import (
    Delete,
    Header,
    OperationError,
    PutFile,
    PutLfs,
    parse_operation,
)

OID = "ab" * 32


def line(key: str, **value: object) -> bytes:
    return json.dumps({"key": key, "value": value}).encode()


def test_every_kind_of_line_is_read() -> None:
    content = base64.b64encode(b"hi").decode()
    assert parse_operation(line("header", summary=" s ", description="d")) == Header(
        "s", "d", None
    )
    assert parse_operation(line("file", path="a", content=content, encoding="base64")) == PutFile(
        "a", b"hi"
    )
    assert parse_operation(line("lfsFile", path="a", oid=OID, algo="sha256", size=3)) == PutLfs(
        "a", OID, 3
    )
    assert parse_operation(line("lfsFile", path="a", oid=OID)) == PutLfs("a", OID, None)
    assert parse_operation(line("deletedFile", path="a")) == Delete("a", folder=False)
    assert parse_operation(line("deletedFolder", path="a/")) == Delete("a", folder=True)


@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b"[]",
        b'{"key": "file"}',
        line("other"),
        line("header", summary=""),
        line("header", summary="s", parentCommit=5),
        line("header", summary="x" * 70_000),
        line("file", path="a"),
        line("file", path="a", content="?", encoding="base64"),
        line("file", content="", encoding="base64"),
        line("lfsFile", path="a", oid="../../x"),
        line("lfsFile", path="a", oid=OID, size=-1),
        line("lfsFile", path="a", oid=OID, algo="md5"),
        b"[" * 100_000,
    ],
)
def test_nonsense_is_an_error_of_ours(data: bytes) -> None:
    with pytest.raises(OperationError):
        parse_operation(data)


@pytest.mark.parametrize("path", ["../a", "/a", ".git/config", "a/../b", "..\\a"])
def test_a_path_that_leaves_the_repository_is_reported_as_invalid(path: str) -> None:
    with pytest.raises(OperationError) as caught:
        parse_operation(line("deletedFile", path=path))
    assert caught.value.invalid_path
