"""Merging a pull request file by file, on histories that are not a line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from huggingnersc.hub_server.http_error import HttpError
from huggingnersc.hub_server.services import commits, merge, pull_requests
from huggingnersc.hub_server.services.commits import MAIN_REF
from huggingnersc.hub_server.services.open_hub import open_hub
from huggingnersc.hub_server.session import open_session
from huggingnersc.hub_server.storage import tree_changes
from huggingnersc.hub_server.storage.errors import RevisionMissingError
from huggingnersc.hub_server.storage.objects import FILE_MODE, TreeItem
from tests.hub_contents import STEWARD, accounts, make

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from huggingnersc.hub_server.services.pull_requests import Pull
    from huggingnersc.hub_server.session import RepositorySession


@pytest.fixture
def session(tmp_path: Path) -> Iterator[RepositorySession]:
    hub = open_hub(tmp_path / "hub", accounts())
    record = make(hub, "iris")
    yield open_session(hub, record, STEWARD)
    hub.close()


def commit(session: RepositorySession, ref: str, **files: str | None) -> str:
    """Commit texts (None deletes); a name's first underscore stands for its dot."""
    lines: list[dict[str, object]] = [{"key": "header", "value": {"summary": "change"}}]
    for name, text in files.items():
        path = name.replace("_", ".", 1)
        value = {"path": path} if text is None else {"path": path, "content": text}
        lines.append({"key": "deletedFile" if text is None else "file", "value": value})
    pending = commits.gather(session, [json.dumps(line).encode() for line in lines])
    return commits.apply_commit(session, pending, ref).sha


def opened(session: RepositorySession) -> Pull:
    return pull_requests.open_pull(session, title="a change", description="")


def join(session: RepositorySession, ref: str, other: str, taken_from: str) -> None:
    """Merge commit `other` into `ref` with the tree of `taken_from`, as a person would."""
    git = session.git
    tip = git.refs.read(ref)
    assert tip is not None
    made = tree_changes.commit(
        git.objects.commit(taken_from).tree, [tip, other], author="a", email="", message="join"
    )
    git.objects.add([made])
    git.refs.write(ref, made.id.decode(), old=tip)


def text_on_main(session: RepositorySession, path: str) -> bytes | None:
    entry = session.git.find(session.git.resolve("main"), path)
    return None if entry is None else session.git.objects.blob(entry.oid)


def test_only_what_the_pull_request_changed_is_taken(session: RepositorySession) -> None:
    commit(session, MAIN_REF, a_txt="1", b_txt="1", c_txt="1")
    pull = opened(session)
    commit(session, pull.ref, a_txt="2", c_txt=None, new_txt="n")
    commit(session, MAIN_REF, b_txt="2")
    sha = merge.merge(session, pull)
    found = {name: text_on_main(session, name) for name in ("a.txt", "b.txt", "c.txt", "new.txt")}
    assert found == {"a.txt": b"2", "b.txt": b"2", "c.txt": None, "new.txt": b"n"}
    assert session.git.resolve("main").sha == sha
    assert len(session.git.resolve("main").parents) == 2


def test_the_same_change_on_both_sides_is_no_conflict(session: RepositorySession) -> None:
    pull = opened(session)
    for ref in (pull.ref, MAIN_REF):
        commit(session, ref, a_txt="same")
    assert merge.conflicts(session.git, pull) == []
    merge.merge(session, pull)
    assert text_on_main(session, "a.txt") == b"same"


def test_a_deletion_against_a_change_is_a_conflict(session: RepositorySession) -> None:
    commit(session, MAIN_REF, a_txt="1")
    pull = opened(session)
    commit(session, pull.ref, a_txt=None)
    commit(session, MAIN_REF, a_txt="2")
    assert merge.conflicts(session.git, pull) == ["a.txt"]
    with pytest.raises(HttpError) as caught:
        merge.merge(session, pull)
    assert caught.value.status == 409
    assert text_on_main(session, "a.txt") == b"2"


def test_after_a_criss_cross_the_state_both_sides_agreed_on_is_the_base(
    session: RepositorySession,
) -> None:
    commit(session, MAIN_REF, a_txt="1", b_txt="1")
    pull = opened(session)
    theirs = commit(session, pull.ref, a_txt="2")
    ours = commit(session, MAIN_REF, b_txt="2")
    pending = opened(session)  # its ref holds the merge of both until it is joined below
    join(session, pending.ref, theirs, ours)
    both = commit(session, pending.ref, a_txt="2", b_txt="2")
    join(session, MAIN_REF, theirs, both)
    join(session, pull.ref, ours, both)
    commit(session, pull.ref, a_txt="3")
    commit(session, MAIN_REF, b_txt="3")
    assert merge.conflicts(session.git, pull) == []
    merge.merge(session, pull)
    assert (text_on_main(session, "a.txt"), text_on_main(session, "b.txt")) == (b"3", b"3")


def test_a_criss_cross_that_was_resolved_twice_differently_is_a_conflict(
    session: RepositorySession,
) -> None:
    commit(session, MAIN_REF, a_txt="1")
    pull = opened(session)
    theirs = commit(session, pull.ref, a_txt="theirs")
    ours = commit(session, MAIN_REF, a_txt="ours")
    join(session, MAIN_REF, theirs, ours)
    join(session, pull.ref, ours, theirs)
    assert merge.conflicts(session.git, pull) == ["a.txt"]


@pytest.mark.parametrize("side", ["head", "base"])
def test_a_pull_request_with_a_side_that_is_gone_cannot_be_merged(
    session: RepositorySession, side: str
) -> None:
    pull = opened(session)
    gone = pull.ref if side == "head" else pull.base
    session.git.refs.delete(gone)
    assert merge.conflicts(session.git, pull) == []
    with pytest.raises(RevisionMissingError, match=gone):
        merge.merge(session, pull)


@pytest.mark.attack("hostile trees")
def test_histories_that_cross_very_often_are_a_conflict_and_not_a_hang(
    session: RepositorySession,
) -> None:
    git = session.git
    tips = [commit(session, f"refs/heads/{side}", a_txt=f"0{side}") for side in "xyz"]
    for level in range(1, 60):  # without limits, each level doubles the work
        made = []
        for side in "xyz":
            blob = tree_changes.blob(f"{level}{side}".encode())
            placed = {"a.txt": TreeItem(FILE_MODE, blob.id.decode())}
            tree, trees = tree_changes.apply_changes(git.objects, None, placed)
            joined = tree_changes.commit(
                tree, tips, author="a", email="", message=f"{level}{side}"
            )
            git.objects.add([blob, *trees, joined])
            made.append(joined.id.decode())
        tips = made
    pull = opened(session)
    for ref, tip in ((MAIN_REF, tips[0]), (pull.ref, tips[1])):
        git.refs.write(ref, tip, old=git.refs.read(ref))
    assert merge.conflicts(git, pull) == ["a.txt"]
