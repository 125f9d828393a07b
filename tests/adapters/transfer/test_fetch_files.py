"""Fetching files: whole, checked, through servers and networks that fail."""

from __future__ import annotations

import hashlib
import os
import threading
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.transfer import fetch_files, fetch_worker, large_file, retries
from huggingnersc.adapters.transfer.path_source import PathSource
from huggingnersc.adapters.transfer.wanted_file import WantedFile
from huggingnersc.errors import TransferError
from tests.builders import write_tree
from tests.file_server import Answer, file_server
from tests.transfers import content_of, fetch, wanted, web_source

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.adapters.engines.choice import WorkProgress

_PIECE = 1 << 16
LARGE = os.urandom(5 * _PIECE) + b"the end"
FILES = {
    b"a.csv": b"1\n",
    b"empty": b"",
    b"b/caf\xc3\xa9 #1?%.txt": b"odd",
    b"b/not\xffutf8": b"bytes",
    b"b/deep/er/c.bin": os.urandom(70_000),
    b"large.bin": LARGE,
}
SMALL = {path: content for path, content in FILES.items() if path != b"large.bin"}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small pieces and short pauses."""
    monkeypatch.setattr(large_file, "PIECE_BYTES", _PIECE)
    monkeypatch.setattr(fetch_worker, "_BUFFER_BYTES", _PIECE)
    monkeypatch.setattr(retries, "_PAUSES_S", (0.01, 0.01, 0.01))


@pytest.mark.parametrize("jobs", [1, 4])
def test_all_files_come_whole(tmp_path: Path, jobs: int) -> None:
    with file_server(FILES) as server:
        done = fetch(web_source(server.address), wanted(FILES), tmp_path / "out", jobs=jobs)
    assert (done.files, done.problems) == (len(FILES), ())
    assert done.moved_bytes == sum(map(len, FILES.values()))
    assert content_of(tmp_path / "out") == FILES
    assert server.sent_bytes == done.moved_bytes


def test_connections_are_added_while_a_source_lets_them_wait(tmp_path: Path) -> None:
    files = {f"{number}.txt".encode(): b"x" for number in range(8)}
    together = threading.Barrier(4)

    def waiting(_path: bytes, _number: int, answer: Answer) -> Answer:
        together.wait(timeout=30)
        return answer

    with file_server(files) as server:
        server.spoil = waiting
        done = fetch(web_source(server.address), wanted(files), tmp_path / "out", jobs=4)
    assert (done.files, done.problems) == (len(files), ())


@pytest.mark.parametrize(
    ("cpu_s", "files", "size_bytes", "expected"),
    [
        (0.09, 100, 100 << 13, False),  # small files keep this process busy
        (0.02, 100, 100 << 13, True),
        (0.09, 1, 64 << 20, True),  # parts of large files are hashed beside one another
        (0.09, 0, 1 << 20, True),
        (0.09, 0, 0, True),
    ],
)
def test_more_connections_are_of_use_unless_small_files_keep_a_processor_busy(
    cpu_s: float, files: int, size_bytes: int, expected: bool
) -> None:
    assert fetch_files.is_waiting(0.1, cpu_s, files, size_bytes) is expected


def test_a_limited_transfer_brings_the_same(tmp_path: Path) -> None:
    with file_server(FILES) as server:
        source = web_source(server.address)
        fetch(source, wanted(FILES), tmp_path / "out", bytes_per_s=8_000_000)
    assert content_of(tmp_path / "out") == FILES


def test_a_second_run_fetches_only_what_changed(tmp_path: Path) -> None:
    target = tmp_path / "out"
    with file_server(FILES) as server:
        fetch(web_source(server.address), wanted(FILES), target)
        server.requests.clear()
        (target / "b/deep/er/c.bin").unlink()
        server.files[b"a.csv"] = b"another\n"
        fetch(web_source(server.address), wanted(server.files), target)
        assert {path for path, *_ in server.requests} == {b"a.csv", b"b/deep/er/c.bin"}
    assert content_of(target) == server.files


def test_what_is_here_unknown_to_the_state_is_read_and_not_fetched(tmp_path: Path) -> None:
    target = write_tree(tmp_path / "out", {"a.csv": "1\n", "large.bin": LARGE})
    with file_server(FILES) as server:
        done = fetch(web_source(server.address), wanted(FILES), target)
    assert done.adopted == 2
    assert not {b"a.csv", b"large.bin"} & {path for path, *_ in server.requests}
    assert content_of(target) == FILES


def test_a_file_that_no_transfer_brought_is_never_overwritten(tmp_path: Path) -> None:
    target = write_tree(tmp_path / "out", {"a.csv": "2\n"})
    with file_server(FILES) as server:
        done = fetch(web_source(server.address), wanted(FILES), target)
        assert ([file.path for file in done.in_the_way], done.problems) == ([b"a.csv"], ())
        assert content_of(target) == FILES | {b"a.csv": b"2\n"}
        fetch(web_source(server.address), wanted(FILES), target, replace=True)
    assert content_of(target) == FILES


def test_a_cut_answer_is_continued_where_it_ended(tmp_path: Path) -> None:
    with file_server({b"large.bin": LARGE}) as server:
        server.cuts = 6
        fetch(web_source(server.address), wanted({b"large.bin": LARGE}), tmp_path / "out")
        assert server.sent_bytes == len(LARGE)
    assert content_of(tmp_path / "out") == {b"large.bin": LARGE}


def test_a_server_without_parts_is_enough(tmp_path: Path) -> None:
    with file_server(FILES) as server:
        server.has_parts = False
        fetch(web_source(server.address), wanted(FILES), tmp_path / "out", jobs=3)
        assert server.sent_bytes == sum(map(len, FILES.values()))
    assert content_of(tmp_path / "out") == FILES


def test_a_server_that_fails_for_a_while_is_asked_again(tmp_path: Path) -> None:
    def spoil(_path: bytes, number: int, answer: Answer) -> Answer:
        return (503, {"Retry-After": "0"}, b"busy") if number % 3 else answer

    with file_server(SMALL) as server:
        server.spoil = spoil
        fetch(web_source(server.address), wanted(SMALL), tmp_path / "out", jobs=1)
    assert content_of(tmp_path / "out") == SMALL


def _lie(path: bytes, _number: int, answer: Answer) -> Answer:
    """Send other bytes of the same number."""
    status, headers, body = answer
    is_lie = path in {b"a.csv", b"large.bin"}
    return (status, headers, bytes(len(body))) if is_lie else answer


@pytest.mark.attack("hostile downloads")
def test_a_file_with_another_digest_gets_no_name(tmp_path: Path) -> None:
    with file_server(FILES) as server:
        server.spoil = _lie
        done = fetch(web_source(server.address), wanted(FILES), tmp_path / "out")
    assert sorted(problem.where for problem in done.problems) == ["a.csv", "large.bin"]
    kept = {path: data for path, data in FILES.items() if path not in {b"a.csv", b"large.bin"}}
    assert content_of(tmp_path / "out") == kept


@pytest.mark.attack("hostile downloads")
@pytest.mark.parametrize(
    "answer",
    [
        (200, {"Content-Type": "text/html"}, b"<html>Log in</html>"),
        (200, {"Content-Encoding": "gzip"}, FILES[b"a.csv"]),
        (206, {"Content-Range": "bytes 0-1/2"}, FILES[b"a.csv"]),
        (302, {"Location": "ftp://elsewhere/a"}, b""),
        (302, {"Location": "/a.csv"}, b""),
        (302, {}, b""),
        (401, {}, b""),
        (404, {}, b""),
        (500, {}, b"<html>"),
    ],
    ids=lambda answer: f"{answer[0]} {' '.join(answer[1])}",
)
def test_an_answer_that_is_not_the_file_is_a_problem_of_that_file(
    tmp_path: Path, answer: Answer
) -> None:
    with file_server(SMALL) as server:
        server.spoil = lambda path, _, good: answer if path == b"a.csv" else good
        done = fetch(web_source(server.address), wanted(SMALL), tmp_path / "out")
    assert [problem.where for problem in done.problems] == ["a.csv"]
    assert content_of(tmp_path / "out") == {p: d for p, d in SMALL.items() if p != b"a.csv"}


@pytest.mark.attack("hostile downloads")
@pytest.mark.parametrize("where", ["bytes 0-9/20", "bytes 5-9", "bytes x", ""])
def test_a_part_that_was_not_asked_for_is_not_taken(tmp_path: Path, where: str) -> None:
    def spoil(_path: bytes, _number: int, answer: Answer) -> Answer:
        status, headers, body = answer
        return status, {**headers, "Content-Range": where}, body

    with file_server({b"large.bin": LARGE}) as server:
        server.spoil = spoil
        done = fetch(web_source(server.address), wanted(server.files), tmp_path / "out")
    assert len(done.problems) == 1
    assert b"large.bin" not in content_of(tmp_path / "out")


def test_two_contents_of_a_file_are_never_mixed(tmp_path: Path) -> None:
    newer = LARGE[::-1]

    def spoil(path: bytes, number: int, answer: Answer) -> Answer:
        if number == 2:
            server.files[path] = newer
        return answer

    with file_server({b"large.bin": LARGE}) as server:
        server.spoil = spoil
        fetch(web_source(server.address), wanted({b"large.bin": newer}), tmp_path / "out", jobs=1)
    assert content_of(tmp_path / "out") == {b"large.bin": newer}


@pytest.mark.parametrize("jobs", [1, 3])
def test_a_transfer_that_was_stopped_goes_on_with_the_next_piece(
    tmp_path: Path, jobs: int
) -> None:
    def stop(_path: bytes, number: int, answer: Answer) -> Answer:
        return answer if number < 4 else (429, {"Retry-After": "7200"}, b"")

    files = {b"large.bin": LARGE, **SMALL}
    with file_server(files) as server:
        server.spoil = stop
        with pytest.raises(TransferError):
            fetch(web_source(server.address), wanted(files), tmp_path / "out", jobs=jobs)
        server.spoil = None
        first = server.sent_bytes
        fetch(web_source(server.address), wanted(files), tmp_path / "out", jobs=jobs)
        again = server.sent_bytes - first
        # At most the pieces that were under way came twice.
        assert first + again <= sum(map(len, files.values())) + jobs * _PIECE
    assert content_of(tmp_path / "out") == files


@pytest.mark.parametrize("jobs", [1, 4])
def test_it_says_why_it_waits_until_bytes_come_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    def spoil(_path: bytes, number: int, answer: Answer) -> Answer:
        return (503, {}, b"busy") if number < 2 else answer

    monkeypatch.setattr(retries, "_PAUSES_S", (0.3, 0.3, 0.3))  # longer than a look
    reports: list[WorkProgress] = []
    with file_server(SMALL) as server:
        server.spoil = spoil
        fetch(
            web_source(server.address), wanted(SMALL), tmp_path / "out", jobs=jobs,
            report=reports.append,
        )  # fmt: skip
    (said,) = {one.trouble for one in reports} - {""}
    assert "503" in said
    assert reports[-1].trouble == ""


def test_a_server_that_is_gone_ends_the_transfer_and_keeps_what_is_done(tmp_path: Path) -> None:
    with file_server(SMALL) as server:
        source, files = web_source(server.address), wanted(SMALL)
        fetch(source, files[:2], tmp_path / "out")
    with pytest.raises(TransferError):
        fetch(source, files, tmp_path / "out")
    here = {path for path in content_of(tmp_path / "out") if not path.endswith(b".part")}
    assert here == {file.path for file in files[:2]}


@pytest.mark.attack("hostile downloads")
def test_the_token_goes_to_its_server_only(tmp_path: Path) -> None:
    def to_other(path: bytes, _number: int, _answer: Answer) -> Answer:
        return 302, {"Location": f"{other.address}/{path.decode()}"}, b""

    with file_server({}) as hub, file_server({b"a.csv": b"1\n"}) as other:
        hub.spoil = to_other
        source = web_source(hub.address, token="hf_secret", home=hub.address)
        fetch(source, wanted({b"a.csv": b"1\n"}), tmp_path / "out")
    assert [token for *_, token in hub.requests] == ["Bearer hf_secret"]
    assert [token for *_, token in other.requests] == [""]


@pytest.mark.attack("hostile downloads")
def test_a_folder_behind_a_link_is_not_entered(tmp_path: Path) -> None:
    outside = write_tree(tmp_path / "outside", {"kept": "1"})
    target = write_tree(tmp_path / "out", {})
    (tmp_path / "out").mkdir()
    (target / "b").symlink_to(outside)
    with file_server(FILES) as server, pytest.raises(OSError, match="link"):
        fetch(web_source(server.address), wanted(FILES), target)
    assert content_of(outside) == {b"kept": b"1"}


def test_files_are_copied_from_a_path(tmp_path: Path) -> None:
    data = tmp_path / "data"
    for path, content in FILES.items():
        file = data / os.fsdecode(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    files = wanted(FILES)
    (data / "empty").unlink()
    (data / "empty").symlink_to("/dev/null")
    done = fetch(PathSource(data), files, tmp_path / "out")
    assert done.problems == ()  # an empty file needs no source
    assert content_of(tmp_path / "out") == FILES


def test_a_file_that_a_hub_keeps_in_git_is_checked_by_its_blob(tmp_path: Path) -> None:
    oid = hashlib.sha1(b"blob 2\x001\n", usedforsecurity=False).hexdigest()
    with file_server({b"a": b"1\n", b"b": b"2\n"}) as server:
        files = [WantedFile(b"a", 2, oid), WantedFile(b"b", 2, oid)]
        done = fetch(web_source(server.address), files, tmp_path / "out")
    assert [problem.where for problem in done.problems] == ["b"]
    assert content_of(tmp_path / "out") == {b"a": b"1\n"}
