"""What a push may not bring: refused before it is unpacked, and nothing of it is kept."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import pytest

from huggingnersc.hub_server.hub_context import Limits
from huggingnersc.hub_server.storage.limits import GitLimits
from tests.hub_server.hostile_packs import (
    BLOB,
    COMMIT,
    ID_DELTA,
    OFFSET_DELTA,
    TAG,
    TREE,
    WHO,
    ZERO,
    PackWriter,
    copy_delta,
    growing_deltas,
    object_id,
    push,
    wide_trees,
)
from tests.hub_server.in_process import in_process
from tests.hub_server.wire import text_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.hub_server.in_process import InProcess

SMALL = GitLimits(
    objects=40,
    blob_bytes=5_000,
    record_bytes=1_000,
    unpacked_bytes=20_000,
    small_push_bytes=20_000,
    delta_depth=5,
    tree_depth=6,
    paths=500,
)
EMPTY_TREE = object_id(TREE, b"")
SAME = copy_delta(1, [(0, 1)])


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InProcess]:
    """A Hub with small limits and the dataset NERSC/iris, that no push of this module changes."""
    root = tmp_path_factory.mktemp("pushes") / "hub"
    with in_process(root, limits=Limits(git=SMALL)) as running:
        running.create("NERSC/iris")
        running.commit("NERSC/iris", text_file("a.txt", "0123456789"))
        yield running


def kept(hub: InProcess) -> set[Path]:
    """Return every file of the repository and of what is being received."""
    folders = (hub.hub.store.folder, hub.hub.lfs.incoming)
    return {path for folder in folders for path in folder.rglob("*") if path.is_file()}


def refused(hub: InProcess, pack: bytes, new: str) -> bytes:
    """Push `pack` to a new branch; prove that nothing of it stays, and return the answer."""
    before = kept(hub)
    answer = push(hub, pack, ("refs/heads/x", ZERO, new))
    assert kept(hub) == before
    assert hub.ask("GET", "/api/datasets/NERSC/iris/tree/x").status == 404
    if answer.status == 200:
        assert b"ng refs/heads/x" in answer.body
    else:
        assert answer.status == 400
    return answer.body


def file_commit(pack: PackWriter, oid: str) -> str:
    return pack.commit(pack.tree(("100644", b"a", oid)))


def test_an_ordinary_pack_is_kept(hub: InProcess) -> None:
    pack = PackWriter()
    new = file_commit(pack, pack.blob(b"x"))
    assert b"ok refs/heads/sound" in push(hub, pack.bytes(), ("refs/heads/sound", ZERO, new)).body
    assert hub.ask("GET", "/datasets/NERSC/iris/resolve/sound/a").body == b"x"
    push(hub, b"", ("refs/heads/sound", new, ZERO))


def many_paths(pack: PackWriter) -> str:
    return pack.commit(wide_trees(pack, 5, 10))


def many_empty_folders(pack: PackWriter) -> str:
    tree = pack.tree()
    for _ in range(4):
        tree = pack.tree(*(("40000", b"%d" % number, tree) for number in range(10)))
    return pack.commit(tree)


def deep_tree(pack: PackWriter) -> str:
    return pack.commit(wide_trees(pack, 7, 1))


def long_path(pack: PackWriter) -> str:
    oid, mode = pack.blob(b"x"), "100644"
    for _ in range(5):
        oid, mode = pack.tree((mode, b"n" * 250, oid)), "40000"
    return pack.commit(oid)


def wide_folder(pack: PackWriter) -> str:
    oid = pack.blob(b"x")
    return pack.commit(pack.tree(*(("100644", b"%03d" % number, oid) for number in range(50))))


def missing_file(pack: PackWriter) -> str:
    return file_commit(pack, object_id(BLOB, b"not pushed"))


def missing_parent(pack: PackWriter) -> str:
    tree = pack.tree(("100644", b"a", pack.blob(b"x")))
    return pack.commit(tree, object_id(BLOB, b"not pushed"))


def folder_that_is_a_file(pack: PackWriter) -> str:
    return pack.commit(pack.tree(("40000", b"a", pack.blob(b"x"))))


def pointer_without_its_file(pack: PackWriter) -> str:
    text = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'ab' * 32}\nsize 5\n"
    return file_commit(pack, pack.blob(text.encode()))


TREES = (
    many_paths,
    many_empty_folders,
    deep_tree,
    long_path,
    wide_folder,
    missing_file,
    missing_parent,
    folder_that_is_a_file,
    pointer_without_its_file,
)


@pytest.mark.attack("hostile trees")
@pytest.mark.parametrize("write", TREES, ids=lambda write: write.__name__)
def test_a_hostile_tree_is_refused_whole(
    hub: InProcess, write: Callable[[PackWriter], str]
) -> None:
    pack = PackWriter()
    new = write(pack)
    refused(hub, pack.bytes(), new)


def big_file(pack: PackWriter) -> str:
    return file_commit(pack, pack.blob(b"\0" * 5_001))


def file_bigger_than_it_says(pack: PackWriter) -> str:
    return file_commit(pack, pack.add(BLOB, b"\0" * 9_000_000, says_bytes=100))


def file_smaller_than_it_says(pack: PackWriter) -> str:
    return file_commit(pack, pack.add(BLOB, b"x", says_bytes=100))


def file_of_an_impossible_size(pack: PackWriter) -> str:
    return file_commit(pack, pack.add(BLOB, b"x", says_bytes=1 << 80))


def delta_to_a_big_file(pack: PackWriter) -> str:
    pack.blob(b"\0" * 4_000)
    pack.delta(0, copy_delta(4_000, [(0, 4_000)] * 2))
    return file_commit(pack, object_id(BLOB, b"\0" * 8_000))


def big_delta(pack: PackWriter) -> str:
    pack.blob(b"x")
    pack.delta(0, b"\x01\x7f" + b"\x01x" * 5_000)
    return file_commit(pack, object_id(BLOB, b"x"))


def many_files(pack: PackWriter) -> str:
    for number in range(5):
        pack.blob(b"%d" % number + b"\0" * 4_900)
    return file_commit(pack, pack.blob(b"x"))


def deltas_to_many_files(pack: PackWriter) -> str:
    pack.blob(b"\0" * 4_000)
    for number in range(5):
        pack.delta(0, copy_delta(4_000, [(0, 4_000)], b"%d" % number))
    return file_commit(pack, pack.blob(b"x"))


def delta_to_a_big_tree(pack: PackWriter) -> str:
    pack.tree(("100644", b"a", object_id(BLOB, b"x")))
    pack.delta(0, copy_delta(28, [(0, 28)] * 50))
    return file_commit(pack, pack.blob(b"x"))


def long_chain(pack: PackWriter) -> str:
    pack.blob(b"x" * 10)
    for number in range(6):
        pack.delta(number, copy_delta(10 + number, [(0, 10 + number)], b"y"))
    return file_commit(pack, pack.blob(b"x"))


def delta_that_copies_too_much(pack: PackWriter) -> str:
    pack.blob(b"x")
    pack.delta(0, copy_delta(1, [(0, 1_000)]))
    return file_commit(pack, pack.blob(b"y"))


def delta_of_another_base(pack: PackWriter) -> str:
    pack.blob(b"x" * 10)
    pack.delta(0, copy_delta(9, [(0, 9)], b"y"))
    return file_commit(pack, pack.blob(b"y"))


def empty_delta(pack: PackWriter) -> str:
    pack.blob(b"x")
    pack.delta(0, b"")
    return file_commit(pack, pack.blob(b"y"))


def delta_of_itself(pack: PackWriter) -> str:
    pack.entry(OFFSET_DELTA, b"\0", SAME, len(SAME))
    return file_commit(pack, pack.blob(b"y"))


def delta_of_what_is_before_the_pack(pack: PackWriter) -> str:
    pack.entry(OFFSET_DELTA, b"\x0d", SAME, len(SAME))
    return file_commit(pack, pack.blob(b"y"))


def delta_of_the_middle_of_an_object(pack: PackWriter) -> str:
    pack.blob(b"x" * 10)
    pack.entry(OFFSET_DELTA, b"\x02", SAME, len(SAME))
    return file_commit(pack, pack.blob(b"y"))


def delta_of_an_unknown_object(pack: PackWriter) -> str:
    pack.entry(ID_DELTA, b"\x17" * 20, SAME, len(SAME))
    return file_commit(pack, pack.blob(b"y"))


def deltas_of_one_another(pack: PackWriter) -> str:
    one, two = copy_delta(3, [(0, 2)], b"x"), copy_delta(3, [(0, 2)], b"y")
    pack.entry(ID_DELTA, bytes.fromhex(object_id(BLOB, b"xxy")), one, len(one))
    pack.entry(ID_DELTA, bytes.fromhex(object_id(BLOB, b"xxx")), two, len(two))
    return file_commit(pack, pack.blob(b"y"))


def object_twice(pack: PackWriter) -> str:
    pack.blob(b"x")
    return file_commit(pack, pack.blob(b"x"))


def entry_of_unknown_kind(pack: PackWriter) -> str:
    pack.entry(5, b"", b"x", 1)
    return file_commit(pack, pack.blob(b"y"))


PACKS = (
    big_file,
    file_bigger_than_it_says,
    file_smaller_than_it_says,
    file_of_an_impossible_size,
    delta_to_a_big_file,
    big_delta,
    many_files,
    deltas_to_many_files,
    delta_to_a_big_tree,
    long_chain,
    delta_that_copies_too_much,
    delta_of_another_base,
    empty_delta,
    delta_of_itself,
    delta_of_what_is_before_the_pack,
    delta_of_the_middle_of_an_object,
    delta_of_an_unknown_object,
    deltas_of_one_another,
    object_twice,
    entry_of_unknown_kind,
)


@pytest.mark.attack("hostile packs")
@pytest.mark.parametrize("write", PACKS, ids=lambda write: write.__name__)
def test_a_hostile_pack_is_refused_whole(
    hub: InProcess, write: Callable[[PackWriter], str]
) -> None:
    pack = PackWriter()
    new = write(pack)
    assert b"unpack ok" not in refused(hub, pack.bytes(), new)


@pytest.mark.attack("hostile packs")
def test_a_pack_that_lies_about_itself_is_refused(hub: InProcess) -> None:
    pack = PackWriter()
    new = file_commit(pack, pack.blob(b"x"))
    sound = pack.bytes()
    for data in (
        pack.bytes(says_objects=2),
        pack.bytes(says_objects=4),
        pack.bytes(says_objects=41),
        pack.bytes(says_objects=2**32 - 1),
        sound[:-1],
        sound[:40],
        sound[:11],
        b"",
        sound + b"x",
        sound[:-1] + bytes([sound[-1] ^ 1]),
        sound.replace(b"PACK", b"PUCK"),
    ):
        refused(hub, data, new)


@pytest.mark.attack("hostile packs")
def test_a_push_of_very_many_references_is_refused(tmp_path: Path) -> None:
    limits = Limits(git=GitLimits(lines=20, references=10))
    with in_process(tmp_path / "hub", limits=limits) as running:
        running.create("NERSC/iris")
        pack = PackWriter()
        new = file_commit(pack, pack.blob(b"x"))
        moves = [(f"refs/heads/{number}", ZERO, new) for number in range(30)]
        assert push(running, pack.bytes(), *moves).status == 413
        assert b"ok refs/heads" not in push(running, pack.bytes(), *moves[:11]).body
        assert b"ok refs/heads/0" in push(running, pack.bytes(), *moves[:10]).body


@pytest.mark.attack("hostile packs")
def test_deltas_that_grow_are_refused_before_they_are_applied(
    tmp_path: Path,
) -> None:
    with in_process(tmp_path / "hub") as running:
        running.create("NERSC/iris")
        pack = PackWriter()
        growing_deltas(pack, 46, 128 << 20)
        new = file_commit(pack, pack.blob(b"x"))
        assert len(pack.bytes()) < 12_000  # and 6 GB when all are applied
        refused(running, pack.bytes(), new)


NAMES = (
    b"", b".", b"..", b"a/b", b"a\n", b"\x7f", b"\xff", b"n" * 256,
    b".git", b".GIT", b".gIt", b"git~1", b"GIT~1", b".git.", b".git ", b".git. .", b".git:x",
    b".git::$INDEX_ALLOCATION", b".g\xe2\x80\x8cit", b"\xef\xbb\xbf.git", b"a\\.git\\b",
)  # fmt: skip


@pytest.mark.attack("hostile trees")
@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_some_file_system_takes_for_another_is_refused(
    hub: InProcess, name: bytes
) -> None:
    for mode in ("100644", "40000"):
        pack = PackWriter()
        inside = pack.blob(b"x") if mode == "100644" else pack.tree()
        new = pack.commit(pack.tree((mode, name, inside)))
        assert b"unpack ok" not in refused(hub, pack.bytes(), new)


@pytest.mark.attack("hostile trees")
@pytest.mark.parametrize(
    "name", [b".gitmodules", b".GitModules", b"gitmod~1", b"gi7eba~1", b".gitmodules ."]
)
def test_a_link_for_gitmodules_is_refused(hub: InProcess, name: bytes) -> None:
    pack = PackWriter()
    new = pack.commit(pack.tree(("120000", name, pack.blob(b"/etc/passwd"))))
    assert b"unpack ok" not in refused(hub, pack.bytes(), new)


@pytest.mark.attack("hostile trees")
def test_a_tree_against_git_s_rules_is_refused(hub: InProcess) -> None:
    x = object_id(BLOB, b"x")
    for items in (
        [("100644", b"b", x), ("100644", b"a", x)],
        [("100644", b"a", x), ("100644", b"a", x)],
        [("100644", b"a", x), ("100644", b"a.b", x), ("40000", b"a", EMPTY_TREE)],
        [("40000", b"a", EMPTY_TREE), ("100644", b"a.b", x)],
        [("040000", b"a", EMPTY_TREE)],
        [("100600", b"a", x)],
        [("20644", b"a", x)],
        [("", b"a", x)],
        [("9", b"a", x)],
        [("100644", b"a", ZERO)],
    ):
        pack = PackWriter()
        pack.blob(b"x")
        pack.tree()
        new = pack.commit(pack.tree(*items))
        assert b"unpack ok" not in refused(hub, pack.bytes(), new)


@pytest.mark.attack("hostile trees")
def test_a_malformed_tree_commit_or_tag_is_refused(hub: InProcess) -> None:
    tree = b"tree " + EMPTY_TREE.encode() + b"\n"
    who = b"author " + WHO + b"\ncommitter " + WHO + b"\n"
    for kind, data in (
        (TREE, b"100644 a"),
        (TREE, b"100644 a\0short"),
        (COMMIT, b""),
        (COMMIT, who + b"\nno tree"),
        (COMMIT, tree + b"\nno author"),
        (COMMIT, b"tree " + b"z" * 40 + b"\n" + who + b"\nno id"),
        (COMMIT, tree + b"parent ../../x\n" + who + b"\nno id"),
        (COMMIT, tree + who.replace(b"1700000000", b"9" * 30) + b"\nlate"),
        (COMMIT, tree + who.replace(b"1700000000", b"-1") + b"\nearly"),
        (COMMIT, tree + who.replace(b"1700000000", b"9" * 900) + b"\nlong"),
        (TAG, b""),
        (TAG, b"object ../../x\ntype commit\ntag v\ntagger " + WHO + b"\n\nx\n"),
    ):
        pack = PackWriter()
        pack.tree()
        new = pack.add(kind, data)
        assert b"unpack ok" not in refused(hub, pack.bytes(), new)


@pytest.mark.attack("hostile packs")
def test_a_small_body_that_unpacks_to_very_much_is_refused(hub: InProcess) -> None:
    gzip = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    body = gzip.compress(b"0032want " + b"0" * 40 + b"\n" + b"\0" * (9 << 20)) + gzip.flush()
    headers = {
        "Content-Type": "application/x-git-upload-pack-request",
        "Content-Encoding": "gzip",
    }
    path = "/datasets/NERSC/iris/git-upload-pack"
    assert hub.ask("POST", path, body, headers=headers).status in {400, 413}
    assert hub.ask("POST", path, b"0" * (9 << 20), headers=headers).status == 413


@pytest.mark.attack("hostile trees")
def test_a_commit_without_git_is_held_to_the_same_limits(tmp_path: Path) -> None:
    limits = GitLimits(record_bytes=1_000, tree_depth=10, paths=60)
    with in_process(tmp_path / "hub", limits=Limits(git=limits)) as running:
        running.create("NERSC/iris")
        before = running.ask("GET", "/api/datasets/NERSC/iris").json["sha"]
        for paths in (
            ["/".join("a" * 129)],
            ["/".join("a" * 12)],
            [f"wide/{number:03}" for number in range(50)],
            [f"{number % 5}/{number:03}" for number in range(80)],
            ["GIT~1/config"],
        ):
            answer = running.commit("NERSC/iris", *(text_file(path, "x") for path in paths))
            assert answer.status == 422
        assert running.ask("GET", "/api/datasets/NERSC/iris").json["sha"] == before
        fine = [f"{number % 5}/{number:03}" for number in range(20)]
        assert running.commit("NERSC/iris", *(text_file(path, "x") for path in fine)).status == 200
