"""Big files: complete under their id, or not there."""

from __future__ import annotations

import os
import time
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from huggingnersc.hub_server.storage.errors import ContentMismatchError, InvalidOidError
from huggingnersc.hub_server.storage.lfs import STALE_AFTER_S, LfsStore, sha256_of
from tests.disk_log import log_disk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DATA = b"big file"
OID = sha256(DATA).hexdigest()


@pytest.fixture
def store(tmp_path: Path) -> LfsStore:
    return LfsStore(tmp_path / "hub")


def received(store: LfsStore, data: bytes, size_bytes: int | None) -> int:
    with store.receive(OID, size_bytes) as incoming:
        for start in range(0, len(data), 3):
            incoming.write(data[start : start + 3])
        return incoming.finish()


def kept(store: LfsStore, data: bytes, size_bytes: int) -> None:
    temporary = store.incoming / "upload"
    temporary.write_bytes(data)
    store.keep(temporary, OID, size_bytes)


def is_empty(store: LfsStore) -> bool:
    return list(store.every()) == [] and list(store.incoming.iterdir()) == []


@pytest.mark.parametrize("size_bytes", [None, len(DATA)])
def test_an_upload_that_matches_is_kept_under_its_id(
    store: LfsStore, size_bytes: int | None
) -> None:
    assert store.size(OID) is None
    assert received(store, DATA, size_bytes) == len(DATA)
    assert store.size(OID) == len(DATA)
    assert store.path(OID).read_bytes() == DATA
    assert store.path(OID) == store.folder / OID[:2] / OID[2:4] / OID
    assert list(store.incoming.iterdir()) == []
    assert received(store, DATA, size_bytes) == len(DATA)


@pytest.mark.parametrize(
    ("data", "size_bytes"),
    [
        (DATA[:-1], None),
        (DATA[:-1], len(DATA)),
        (DATA[:-1] + b"x", len(DATA)),
        (DATA, len(DATA) + 1),
        (DATA, len(DATA) - 1),
        (DATA, 0),
    ],
)
def test_an_upload_that_differs_leaves_nothing(
    store: LfsStore, data: bytes, size_bytes: int | None
) -> None:
    with pytest.raises(ContentMismatchError):
        received(store, data, size_bytes)
    assert is_empty(store)


def test_the_first_byte_over_the_announced_size_ends_an_upload(store: LfsStore) -> None:
    with store.receive(OID, 3) as incoming:
        incoming.write(DATA[:3])
        with pytest.raises(ContentMismatchError):
            incoming.write(DATA[3:4])


def test_an_upload_that_breaks_off_leaves_nothing(store: LfsStore) -> None:
    with store.receive(OID, len(DATA)) as incoming:
        incoming.write(DATA)
    assert is_empty(store)


@pytest.mark.parametrize("oid", ["", "../x", OID[:-1], OID.upper()])
def test_an_id_that_is_no_sha256_has_no_place(store: LfsStore, oid: str) -> None:
    calls: tuple[Callable[[], object], ...] = (
        lambda: store.path(oid),
        lambda: store.size(oid),
        lambda: store.receive(oid, None),
    )
    for call in calls:
        with pytest.raises(InvalidOidError):
            call()
    assert list(store.incoming.iterdir()) == []


def test_a_complete_file_is_kept_when_size_and_hash_match(store: LfsStore) -> None:
    for _ in range(2):
        kept(store, DATA, len(DATA))
        assert store.path(OID).read_bytes() == DATA
        assert list(store.incoming.iterdir()) == []


@pytest.mark.parametrize(
    ("data", "size_bytes"), [(DATA, len(DATA) + 1), (b"x" * len(DATA), len(DATA))]
)
def test_a_complete_file_that_differs_is_not_kept(
    store: LfsStore, data: bytes, size_bytes: int
) -> None:
    with pytest.raises(ContentMismatchError):
        kept(store, data, size_bytes)
    assert store.size(OID) is None


@pytest.mark.parametrize("way", ["receive", "keep"])
def test_bytes_are_on_disk_before_the_name_and_the_name_before_the_answer(
    store: LfsStore, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = log_disk(store.folder, monkeypatch)
    if way == "receive":
        received(store, DATA, None)
    else:
        kept(store, DATA, len(DATA))
    assert [move.path for move in log.moves] == [store.path(OID)]
    assert log.moved_unsynced() == {}
    place = store.path(OID)
    for path in (place, place.parent, place.parent.parent):
        assert log.folder_synced(path) > log.moves[0].moment


def test_every_file_is_listed_by_id(store: LfsStore) -> None:
    contents = [bytes([number]) for number in range(20)]
    for data in contents:
        oid = sha256(data).hexdigest()
        with store.receive(oid, 1) as incoming:
            incoming.write(data)
            incoming.finish()
    oids = sorted(sha256(data).hexdigest() for data in contents)
    assert list(store.every()) == [(oid, store.path(oid)) for oid in oids]


def test_only_uploads_not_touched_for_a_day_are_swept(
    store: LfsStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 2_000_000_000
    monkeypatch.setattr(time, "time", lambda: float(now))
    for name, age_s in (("old", STALE_AFTER_S + 1), ("day", STALE_AFTER_S), ("new", 0)):
        (store.incoming / name).touch()
        os.utime(store.incoming / name, (now - age_s, now - age_s))
    (store.incoming / "folder").mkdir()
    os.utime(store.incoming / "folder", (0, 0))
    store.sweep()
    assert {path.name for path in store.incoming.iterdir()} == {"day", "new", "folder"}


def test_an_opened_store_keeps_what_it_holds(store: LfsStore) -> None:
    received(store, DATA, None)
    assert LfsStore(store.folder.parent).size(OID) == len(DATA)


def test_a_file_is_hashed_whole(tmp_path: Path) -> None:
    data = bytes(range(256)) * 4096
    (tmp_path / "file").write_bytes(data)
    assert sha256_of(tmp_path / "file") == sha256(data).hexdigest()
