"""What a commit is made of: its lines, its parent, its message and where it goes."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from huggingnersc.domain.repo_names import RepoKind, RepoName
from huggingnersc.hub_server.http_error import HttpError
from huggingnersc.hub_server.services import commits
from huggingnersc.hub_server.services.commits import MAIN_REF
from huggingnersc.hub_server.services.open_hub import open_hub
from huggingnersc.hub_server.session import open_session
from huggingnersc.hub_server.storage.errors import RefMovedError
from tests.hub_contents import STEWARD, accounts, make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.hub_server.services.commits import PendingCommit
    from huggingnersc.hub_server.session import RepositorySession
    from huggingnersc.hub_server.storage.values import Commit

DEV = "refs/heads/dev"
DATA = b"big"
OID = sha256(DATA).hexdigest()


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RepositorySession]:
    """The session of one repository for the whole module; no test expects it to be empty."""
    hub = open_hub(tmp_path_factory.mktemp("commits") / "hub", accounts())
    yield open_session(hub, make(hub, "iris"), STEWARD)
    hub.close()


@pytest.fixture
def session(opened: RepositorySession) -> RepositorySession:
    """The same repository, with the files a.txt and d/b.txt only."""
    old = list(opened.git.walk(opened.git.resolve("main")))
    lines: list[tuple[str, dict[str, object]]] = [
        ("deletedEntry", {"path": entry.path}) for entry in old
    ]
    applied(opened, *lines, text("a.txt"), text("d/b.txt"))
    return opened


def text(path: str, content: str = "x") -> tuple[str, dict[str, object]]:
    return "file", {"path": path, "content": content}


def gathered(
    session: RepositorySession, *lines: tuple[str, dict[str, object]], **header: object
) -> PendingCommit:
    every = [("header", {"summary": "change", **header}), *lines]
    rows = [json.dumps({"key": key, "value": value}).encode() for key, value in every]
    return commits.gather(session, rows)


def applied(
    session: RepositorySession,
    *lines: tuple[str, dict[str, object]],
    ref: str = MAIN_REF,
    **header: object,
) -> Commit:
    return commits.apply_commit(session, gathered(session, *lines, **header), ref)


def paths(session: RepositorySession, revision: str = "main") -> list[str]:
    commit = session.git.resolve(revision)
    return [each.path for each in session.git.walk(commit, recursive=True) if not each.is_folder]


def status_of(session: RepositorySession, *lines: tuple[str, dict[str, object]]) -> int:
    """Return the status of a commit that is refused, and see that nothing moved."""
    before = session.git.resolve("main")
    with pytest.raises(HttpError) as caught:
        applied(session, *lines)
    assert session.git.resolve("main") == before
    return caught.value.status


def test_a_commit_has_one_parent_and_the_message_of_its_header(
    session: RepositorySession,
) -> None:
    before = session.git.resolve("main")
    made = applied(session, text("c.txt"), summary="One", description="two\nthree")
    assert (made.parents, made.author) == ((before.sha,), STEWARD.name)
    assert (made.title, made.message) == ("One", "two\nthree")
    assert applied(session, summary="Alone").message == ""
    sha = session.git.resolve("main").sha
    assert session.git.objects.read(sha)[1].endswith(b"\n\nAlone")


def test_the_first_commit_of_a_branch_has_no_parent(session: RepositorySession) -> None:
    session.git.refs.delete(DEV)
    made = applied(session, text("new.txt"), ref=DEV)
    assert made.parents == ()
    assert paths(session, "dev") == ["new.txt"]
    session.git.refs.delete(DEV)


def test_blank_lines_are_skipped_and_the_last_header_counts(session: RepositorySession) -> None:
    rows = [
        json.dumps({"key": "header", "value": {"summary": name}}).encode()
        for name in ("one", "two")
    ]
    pending = commits.gather(session, [b"", rows[0], b" \r\n", rows[1]])
    assert pending.header is not None
    assert pending.header.summary == "two"


@pytest.mark.parametrize("rows", [[], [b""], [b'{"key": "file", "value": {"path": "a"}}']])
def test_lines_without_a_header_are_a_400(session: RepositorySession, rows: list[bytes]) -> None:
    with pytest.raises(HttpError) as caught:
        commits.gather(session, rows)
    assert caught.value.status == 400


def test_the_limit_of_operations_does_not_count_the_header(
    session: RepositorySession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commits, "MAX_OPERATIONS", 2)
    assert gathered(session, text("1"), text("2")).tree_changes.keys() == {"1", "2"}
    with pytest.raises(HttpError) as caught:
        gathered(session, text("1"), text("2"), text("3"))
    assert caught.value.status == 413


def test_an_invalid_path_is_a_422_and_any_other_fault_of_a_line_a_400(
    session: RepositorySession,
) -> None:
    assert status_of(session, text("../a")) == 422
    assert status_of(session, ("file", {"path": "a"})) == 400


def test_contents_over_32_mib_are_written_before_the_commit(session: RepositorySession) -> None:
    whole = text("big.txt", "x" * (32 << 20))
    pending = gathered(session, whole, text("one.txt", "y"), text("two.txt"))
    assert (len(pending.blobs), pending.waiting_bytes) == (1, 1)
    placed = pending.tree_changes["one.txt"]
    assert placed is not None
    assert session.git.objects.blob(placed.oid) == b"y"


def test_a_commit_needs_seven_digits_of_the_parent_it_names(session: RepositorySession) -> None:
    for length in (7, 40):
        tip = session.git.resolve("main").sha
        applied(session, text("p.txt", tip), parentCommit=tip[:length].upper())
    tip = session.git.resolve("main").sha
    for parent in (tip[:6], "0" * 40):
        with pytest.raises(RefMovedError):
            applied(session, text("q.txt"), parentCommit=parent)
    with pytest.raises(RefMovedError):
        applied(session, text("q.txt"), ref=DEV, parentCommit=tip)
    assert session.git.resolve("main").sha == tip


@pytest.mark.parametrize(
    ("key", "path", "left"),
    [
        ("deletedFile", "a.txt", ["d/b.txt"]),
        ("deletedFile", "d", ["a.txt"]),
        ("deletedFolder", "d/", ["a.txt"]),
        ("deletedEntry", "d", ["a.txt"]),
        ("deletedFile", "d/b.txt", ["a.txt"]),
    ],
)
def test_files_and_folders_are_deleted(
    session: RepositorySession, key: str, path: str, left: list[str]
) -> None:
    applied(session, (key, {"path": path}))
    assert paths(session) == left


@pytest.mark.parametrize(
    ("key", "path"),
    [("deletedFile", "none"), ("deletedFolder", "none"), ("deletedFolder", "a.txt")],
)
def test_a_deletion_of_what_is_not_there_is_a_404(
    session: RepositorySession, key: str, path: str
) -> None:
    assert status_of(session, (key, {"path": path}), text("new")) == 404
    with pytest.raises(HttpError) as caught:
        applied(session, (key, {"path": path}), ref=DEV)
    assert (caught.value.status, caught.value.code) == (404, "EntryNotFound")
    assert session.git.refs.read(DEV) is None


def test_a_file_deleted_and_written_in_one_commit_is_the_new_one(
    session: RepositorySession,
) -> None:
    applied(session, ("deletedFile", {"path": "a.txt"}), text("a.txt", "new"))
    entry = session.git.find(session.git.resolve("main"), "a.txt")
    assert entry is not None
    assert session.git.objects.blob(entry.oid) == b"new"


def upload(session: RepositorySession) -> None:
    with session.hub.lfs.receive(OID, len(DATA)) as incoming:
        incoming.write(DATA)
        incoming.finish()
    session.hub.links.add(session.storage_id, [(OID, len(DATA))])


def big(size: int | None) -> tuple[str, dict[str, object]]:
    return "lfsFile", {"path": "big.bin", "algo": "sha256", "oid": OID, "size": size}


def test_a_big_file_is_a_pointer_to_what_was_uploaded_here(session: RepositorySession) -> None:
    assert [status_of(session, big(size)) for size in (len(DATA), None)] == [400, 400]
    upload(session)
    assert status_of(session, big(len(DATA) + 1)) == 400
    for size in (len(DATA), None):
        applied(session, big(size), text("a.txt", str(size)))
        entry = session.git.find(session.git.resolve("main"), "big.bin")
        assert entry is not None
        pointer = session.git.objects.blob_head(entry.oid).pointer
        assert pointer is not None
        assert (pointer.oid, pointer.size_bytes) == (OID, len(DATA))


def test_only_a_change_of_main_is_indexed(session: RepositorySession) -> None:
    def card(title: str) -> tuple[str, dict[str, object]]:
        return text("README.md", f"---\npretty_name: {title}\n---\n")

    def indexed() -> str | None:
        record = session.hub.registry.find(RepoName(RepoKind.DATASET, "NERSC", "iris"))
        assert record is not None
        return record.sha

    made = applied(session, card("Main"))
    assert indexed() == made.sha
    applied(session, card("Dev"), ref=DEV)
    assert indexed() == made.sha
    session.git.refs.delete(DEV)
