"""Which trees, commits and tags a push may bring: the rules of git's `receive.fsckObjects`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dulwich.errors import ObjectFormatException
from dulwich.objects import Commit, ShaFile, Tag, valid_hexsha

from huggingnersc.hub_server.protocol.repo_paths import names_gitmodules, part_problem
from huggingnersc.hub_server.storage.pack_entries import COMMIT, ID_BYTES, TAG, TREE

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_TIME_S = 253_402_300_799  # the last second of the year 9999, the last that Python can show
_LINK, _FOLDER = b"120000", b"40000"
_MODES = frozenset({b"100644", b"100664", b"100755", _LINK, _FOLDER, b"160000"})
_NULL = bytes(ID_BYTES)
_UNREADABLE = (ObjectFormatException, ValueError, KeyError, IndexError, AssertionError, TypeError)


def object_problem(kind: int, data: bytes) -> str | None:
    """Say what is wrong with an object; None when nothing is. Any bytes are a sound blob."""
    try:
        if kind == TREE:
            return next(_tree_problems(data), None)
        return _record_problem(kind, data) if kind in {COMMIT, TAG} else None
    except _UNREADABLE:
        return "is malformed"


def _tree_problems(data: bytes) -> Iterator[str]:
    names: set[bytes] = set()
    before = b""
    for mode, name, oid in _items(data):
        key = name + b"/" if mode == _FOLDER else name
        if mode not in _MODES:
            yield f"has an entry of mode {mode[:10]!r}"
        if oid == _NULL:
            yield "has an entry without content"
        if name in names:
            yield f"has two entries {name[:100]!r}"
        if key <= before:
            yield "is not sorted"
        try:
            problem = "has a '/'" if b"/" in name else part_problem(name.decode())
        except UnicodeDecodeError:
            problem = "is not valid UTF-8"
        if problem is not None:
            yield f"has an entry {name[:100]!r} that {problem}"
        if mode == _LINK and names_gitmodules(name.decode()):
            yield "has a symbolic link .gitmodules"
        names.add(name)
        before = key


def _items(data: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    position = 0
    while position < len(data):
        space = data.index(b" ", position)
        end = data.index(b"\0", space)
        oid = data[end + 1 : end + 1 + ID_BYTES]
        if len(oid) != ID_BYTES:
            raise ValueError(position)
        yield data[position:space], data[space + 1 : end], oid
        position = end + 1 + ID_BYTES


def _record_problem(kind: int, data: bytes) -> str | None:
    made = ShaFile.from_raw_string(kind, data)
    if isinstance(made, Tag):
        return None if valid_hexsha(made.object[1]) else "names no object"
    if not isinstance(made, Commit):
        return "is malformed"
    if not all(valid_hexsha(oid) for oid in (made.tree, *made.parents)):
        return "names no tree or parent"
    if not (made.author and made.committer):
        return "has no author or committer"
    times = (made.author_time, made.commit_time)
    return None if all(0 <= time <= MAX_TIME_S for time in times) else "has an impossible date"
