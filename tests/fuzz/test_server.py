"""What anyone can send to the embedded Hub: requests, commits, packs, texts that become pages."""

from __future__ import annotations

import json
import socket
import struct
import zlib
from base64 import b64encode
from hashlib import sha1
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from hypothesis import strategies as st

from huggingnersc.hub_server.web.page_script import page_script
from tests.data_contents import version_documents
from tests.domain.versions.documents import all_parts
from tests.fuzz.inputs import dumped, fuzz, mutated, mutated_json, one_input
from tests.fuzz.valid import CARD, NOTEBOOK, OPERATIONS, TABLE
from tests.hub_server.in_process import in_process
from tests.hub_server.wire import text_file, wired

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypothesis.strategies import SearchStrategy

    from tests.hub_server.in_process import InProcess
    from tests.hub_server.wire import Wire

DATASET = "/api/datasets/NERSC/iris"
PUSH = {"Content-Type": "application/x-git-receive-pack-request"}
HEAD = (
    b"GET /api/datasets?search=x HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n"
    b"Content-Length: 0\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n"
)
DOCUMENTS = {
    path.removeprefix("version/"): content
    for path, content in version_documents([("a.nc", 5), ("b/c/x.csv", 7)], all_parts()).items()
    if isinstance(content, bytes)
}
_BASES = [sha1(b"blob 1\0x", usedforsecurity=False).digest(), b"\0" * 20]


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InProcess]:
    """A Hub for the whole module, with a dataset that every request may change."""
    with in_process(tmp_path_factory.mktemp("fuzz") / "hub") as running:
        running.create("NERSC/iris")
        running.commit("NERSC/iris", text_file("a.txt", "x"))
        yield running


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    """A Hub behind a socket."""
    with wired(tmp_path_factory.mktemp("heads") / "hub") as running:
        yield running


def works(hub: InProcess) -> bool:
    """Whether the dataset can still be read, folder by folder."""
    return hub.ask("GET", f"{DATASET}/tree/main?recursive=true").status == 200


def lines(values: list[tuple[str, object]]) -> bytes:
    """Return the body of a commit."""
    return b"\n".join(dumped({"key": key, "value": value}) for key, value in values)


def operations() -> SearchStrategy[bytes]:
    """Return bodies of commits: lines in any order, odd values in them, changed bytes."""
    one = st.sampled_from([{"key": key, "value": value} for key, value in OPERATIONS])
    odd = one.flatmap(mutated_json)
    return st.one_of(st.lists(odd, max_size=5).map(b"\n".join), mutated(lines(list(OPERATIONS))))


@fuzz(body=operations())
def test_a_commit_is_made_or_refused(hub: InProcess, body: bytes) -> None:
    with one_input():
        answer = hub.ask("POST", f"{DATASET}/commit/main", body, user="ada")
        assert answer.status < 500, answer.body
        assert works(hub)


def entry() -> SearchStrategy[bytes]:
    """Return one line of a git tree, odd in its mode, name or object."""
    mode = st.sampled_from(
        [b"100644", b"40000", b"120000", b"160000", b"0", b"", b"7777777", b"-1"]
    )
    name = st.one_of(
        st.sampled_from(
            [b"a", b".git", b".GiT", b"git~1", b"..", b".", b"", b"a/b", b".gitmodules", b"CON"]
        ),
        st.binary(max_size=4).map(lambda data: data.replace(b"\0", b"")),
    )
    return st.tuples(mode, name, st.sampled_from(_BASES)).map(
        lambda x: x[0] + b" " + x[1] + b"\0" + x[2]
    )


def varint(number: int, first_bits: int = 7, head: int = 0) -> bytes:
    """Return a number as packs write it: low bits first; a set top bit says more follow."""
    made = bytearray([head | (number & ((1 << first_bits) - 1))])
    number >>= first_bits
    while number:
        made[-1] |= 0x80
        made.append(number & 0x7F)
        number >>= 7
    return bytes(made)


def packed(kind: int, size: int, base: bytes, content: bytes) -> bytes:
    """Return one object of a pack; kinds 6 and 7 are deltas on `base`."""
    return varint(size, 4, kind << 4) + base + zlib.compress(content)


def objects() -> SearchStrategy[bytes]:
    """Return an object of a pack: a tree, a blob, a commit, a tag or a delta, odd or not."""
    tree = st.lists(entry(), max_size=4).map(b"".join).map(lambda t: packed(2, len(t), b"", t))
    blob = st.binary(max_size=20).map(lambda data: packed(3, len(data), b"", data))
    commit = mutated(
        b"tree " + b"4b825dc642cb6eb9a060e54bf8d69288fbee4904" + b"\nauthor A <a@b> 1 +0000\n"
        b"committer A <a@b> 1 +0000\n\nmessage\n"
    ).flatmap(lambda c: st.sampled_from([1, 4]).map(lambda kind: packed(kind, len(c), b"", c)))
    delta = st.tuples(
        st.integers(0, 1 << 40),
        st.integers(0, 1 << 40),
        st.binary(max_size=12),
        st.sampled_from(_BASES),
    ).map(lambda x: packed(7, 20, x[3], varint(x[0]) + varint(x[1]) + x[2]))
    lying = st.tuples(st.integers(1, 7), st.integers(0, 1 << 40), st.binary(max_size=9)).map(
        lambda x: packed(x[0], x[1], b"", x[2])
    )
    return st.one_of(tree, blob, commit, delta, lying)


def packs() -> SearchStrategy[bytes]:
    """Return packs with a right or a wrong number of objects, whole or with changed bytes."""
    some = st.lists(objects(), max_size=5)
    whole = st.tuples(some, st.sampled_from([0, 0, 0, 1, -1, 1 << 30])).map(_pack)
    return st.one_of(whole, whole.flatmap(mutated))


def _pack(parts: tuple[list[bytes], int]) -> bytes:
    made, wrong = parts
    count = max(0, len(made) + wrong)
    body = b"PACK" + struct.pack(">II", 2, count) + b"".join(made)
    return body + sha1(body, usedforsecurity=False).digest()


def commands() -> SearchStrategy[bytes]:
    """Return what a push asks for, before its pack."""
    line = b"0" * 40 + b" " + b"1" * 40 + b" refs/heads/new\0 report-status\n"
    return st.one_of(st.just(line), mutated(line)).map(
        lambda x: b"%04x" % (len(x) + 4) + x + b"0000"
    )


@fuzz(asked=commands(), pack=packs())
def test_a_push_is_taken_or_refused(hub: InProcess, asked: bytes, pack: bytes) -> None:
    with one_input():
        path = "/datasets/NERSC/iris.git/git-receive-pack"
        answer = hub.ask("POST", path, asked + pack, user="ada", headers=PUSH)
        assert answer.status < 500, answer.body
        assert works(hub)


class _Tags(HTMLParser):
    """The elements of a page that could do something."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if (tag, attrs) == ("script", [("type", "application/ld+json")]):
            return  # data for search engines
        if tag in {"script", "iframe", "object", "embed", "base", "style"}:
            self.found.append(tag)
        for name, value in attrs:
            if name.startswith("on") or "javascript:" in (value or "").lower().replace("\t", ""):
                self.found.append(f"{tag} {name}={value}")


def assert_harmless(hub: InProcess, path: str) -> None:
    """A page is shown, or refused, and nothing in it runs."""
    page = hub.ask("GET", path, headers={"Accept": "text/html"})
    assert page.status < 500
    tags = _Tags()
    tags.feed(page.body.decode().replace(f"<script>{page_script()}</script>", "", 1))
    assert not tags.found


@fuzz(
    file=st.one_of(
        st.tuples(st.just("version.json"), mutated_json(json.loads(DOCUMENTS["version.json"]))),
        st.tuples(st.just("statistics.json"), mutated_json(all_parts())),
        st.tuples(st.just("manifest.tsv"), mutated(DOCUMENTS["manifest.tsv"], b"\t", b"\n", b"/")),
        st.tuples(st.just("folders.tsv"), mutated(DOCUMENTS["folders.tsv"], b"\t", b"\n", b"/")),
    )
)
def test_every_version_has_a_data_tab_that_does_nothing(
    hub: InProcess, file: tuple[str, bytes]
) -> None:
    with one_input():
        documents = {file[0]: file[1]}
        if hub.ask("GET", "/api/datasets/NERSC/data").status != 200:
            hub.create("NERSC/data")
            documents = {**DOCUMENTS, **documents}
        changed = [
            {"path": f"version/{name}", "content": b64encode(data).decode(), "encoding": "base64"}
            for name, data in documents.items()
        ]
        hub.commit("NERSC/data", *(("file", content) for content in changed))
        for path in ("data", "data-files/main?find=x"):
            assert_harmless(hub, f"/datasets/NERSC/data/{path}")


@fuzz(
    file=st.one_of(
        st.tuples(st.just("README.md"), mutated(CARD, b"<", b"](javascript:x)", b"<script>")),
        st.tuples(st.just("x.ipynb"), mutated_json(NOTEBOOK)),
        st.tuples(st.just("x.csv"), mutated(TABLE, b",", b'"', b"\n" * 100)),
        st.tuples(st.sampled_from(["x.py", "x.json", "x.yaml", "x.parquet"]), mutated(CARD)),
    )
)
def test_every_text_becomes_a_page_that_does_nothing(
    hub: InProcess, file: tuple[str, bytes]
) -> None:
    name, data = file
    with one_input():
        content = {"path": name, "content": b64encode(data).decode(), "encoding": "base64"}
        hub.commit("NERSC/iris", ("file", content))
        for path in ("", f"/blob/main/{name}"):
            assert_harmless(hub, f"/datasets/NERSC/iris{path}")
        assert hub.ask("GET", "/api/datasets").status == 200


@fuzz(
    data=mutated(
        HEAD, b"\r\n", b":", b" ", b"Host: [::1", b"%ff", b"A" * 70_000, b"HTTP/9.9", b"\r\n\r\n"
    )
)
def test_an_odd_head_is_answered_or_closed(wire: Wire, data: bytes) -> None:
    with one_input():
        answer = spoken(wire, data)
        assert not answer or answer.startswith(b"HTTP/1.1 ")
        assert not answer.startswith(b"HTTP/1.1 5"), answer


def spoken(wire: Wire, data: bytes) -> bytes:
    """Send bytes and nothing more; return all that comes back."""
    address = urlsplit(wire.endpoint)
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65_536), b""))
        except TimeoutError:
            raise
        except OSError:  # closed by the server already
            return b""
