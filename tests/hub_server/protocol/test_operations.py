from __future__ import annotations

import base64
import json

import pytest

from huggingnersc.hub_server.protocol.operations import (
    MAX_MESSAGE_LENGTH,
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
    assert parse_operation(line("deletedEntry", path="a")) == Delete("a", folder=False)


def test_the_parent_that_a_client_saw_is_kept_and_an_empty_one_is_none() -> None:
    assert parse_operation(line("header", summary="s", parentCommit="c")) == Header("s", "", "c")
    assert parse_operation(line("header", summary="s", parentCommit="")) == Header("s", "", None)


def test_half_a_surrogate_pair_becomes_a_question_mark() -> None:
    header = parse_operation(line("header", summary="a\ud800", description="b\udfff"))
    assert header == Header("a?", "b?", None)
    assert parse_operation(line("file", path="a", content="\ud800")) == PutFile("a", b"?")


def test_content_without_an_encoding_is_text() -> None:
    for encoding in ({}, {"encoding": "utf-8"}):
        assert parse_operation(line("file", path="a", content="aGk=", **encoding)) == PutFile(
            "a", b"aGk="
        )


def test_an_empty_big_file_has_a_size() -> None:
    assert parse_operation(line("lfsFile", path="a", oid=OID, size=0)) == PutLfs("a", OID, 0)


@pytest.mark.parametrize("described", [0, 1, MAX_MESSAGE_LENGTH - 1])
def test_a_message_may_have_the_greatest_length_and_no_character_more(described: int) -> None:
    description = "d" * described
    summary = "s" * (MAX_MESSAGE_LENGTH - described)
    assert parse_operation(line("header", summary=summary, description=description)) == Header(
        summary, description, None
    )
    with pytest.raises(OperationError):
        parse_operation(line("header", summary=summary, description=f"{description}d"))


@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b"[]",
        b'{"key": "file"}',
        line("other"),
        b"5",
        line("header"),
        line("header", summary=""),
        line("header", summary=" "),
        line("header", summary="s", description=5),
        line("header", summary="s", parentCommit=5),
        line("header", summary="x" * 70_000),
        line("file", path="a"),
        line("file", path="a", content="?", encoding="base64"),
        line("file", path="a", content="aGk", encoding="base64"),
        line("file", path="a", content="aG k=", encoding="base64"),
        line("lfsFile", path="a", oid="../../x"),
        line("lfsFile", path="a"),
        line("lfsFile", path="a", oid=OID, size=-1),
        line("lfsFile", path="a", oid=OID, size=True),
        line("lfsFile", path="a", oid=OID, size="3"),
        line("lfsFile", path="a", oid=OID, algo="md5"),
        b"[" * 100_000,
    ],
)
def test_nonsense_is_an_error_of_ours(data: bytes) -> None:
    with pytest.raises(OperationError) as caught:
        parse_operation(data)
    assert not caught.value.invalid_path


@pytest.mark.parametrize("path", [None, 5, "", "../a", "/a", ".git/config", "a/../b", "..\\a"])
def test_a_path_that_leaves_the_repository_is_reported_as_invalid(
    path: object,
) -> None:
    with pytest.raises(OperationError) as caught:
        parse_operation(line("deletedFile", path=path))
    assert caught.value.invalid_path
