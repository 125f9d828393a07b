"""`load_<nickname>.py` with portals that cut connections, send other bytes or are gone, and with
copies that are half there; it refuses what is not of its version.
"""

from __future__ import annotations

from pathlib import Path
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest

from tests.builders import write_tree
from tests.data_files import WRITERS, data_library
from tests.loaders.generated_scripts import require_same, script_for

if TYPE_CHECKING:
    from tests.range_server import RangeServer

np = data_library("numpy")


@pytest.mark.parametrize("kind", WRITERS)
def test_a_cut_connection_is_taken_up_again(kind: str, server: RangeServer) -> None:
    script = script_for(WRITERS[kind], server)
    server.cut_after = 700
    require_same(script.load(), script.load(where="portal"))
    copy = script.download(server.root / "copy")
    require_same(script.load(), script.load(where=copy))


@pytest.mark.parametrize("kind", WRITERS)
def test_a_portal_that_sends_no_parts_of_files(kind: str, server: RangeServer) -> None:
    script = script_for(WRITERS[kind], server)
    server.has_parts = False
    require_same(script.load(), script.load(where="portal"))
    require_same(script.load(), script.load(where=script.download(server.root / "copy")))


@pytest.mark.parametrize("kind", WRITERS)
def test_files_of_another_content_or_size_are_refused(kind: str, server: RangeServer) -> None:
    script = script_for(WRITERS[kind], server)
    files = sorted(server.root.glob("data/**/part-0*"))
    first = max((one for file in files for one in [file, *file.rglob("*")] if one.is_file()),
                key=lambda one: one.stat().st_size)  # fmt: skip
    content = first.read_bytes()
    first.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(ValueError, match="is not that of version v1: its SHA-256 is"):
        script.download(server.root / "copy")
    damaged = server.root / "copy" / first.relative_to(server.root / "data")
    assert not list(damaged.parent.glob(f"{first.name}*"))
    with pytest.raises(ValueError, match="is not that of version v1: its SHA-256 is"):
        list(script.load(where="portal"))
    first.write_bytes(content + b"more")
    with pytest.raises(ValueError, match=r"is not that of version v1: [0-9]+ bytes"):
        list(script.load(where="portal"))


@pytest.mark.parametrize("kind", WRITERS)
def test_a_portal_that_is_cut_off_is_named(kind: str, server: RangeServer) -> None:
    script = script_for(WRITERS[kind], server)
    (server.root / "data").rename(server.root / "moved")
    with pytest.raises(OSError, match=r"answered with HTTP 404 .*; see http://127"):
        list(script.load(where="portal"))
    script.PORTAL = "http://127.0.0.1:9/data/"  # nothing listens there
    with pytest.raises(ConnectionError, match=r'cannot be reached .*load\(where="FOLDER"\)'):
        list(script.load())  # the center is gone, too


def test_a_download_goes_on_where_it_was_cut_off(server: RangeServer) -> None:
    lines = "".join(f"{one},{one}\n" for one in range(10_000))
    script = script_for(lambda data: write_tree(data, {"a.csv": f"id,x\n{lines}"}), server)
    content = (server.root / "data/a.csv").read_bytes()
    write_tree(server.root / "copy", {"a.csv.part": content[:5000]})
    script.download(server.root / "copy")
    assert server.requests == [("/data/a.csv", f"bytes=5000-{len(content) - 1}")]
    assert server.sent_bytes == len(content) - 5000
    assert (server.root / "copy/a.csv").read_bytes() == content
    assert [file.name for file in (server.root / "copy").iterdir()] == ["a.csv"]


def test_what_is_left_of_another_file_is_refused_once(server: RangeServer) -> None:
    script = script_for(lambda data: write_tree(data, {"a.csv": "id,x\n1,2\n3,4\n"}), server)
    write_tree(server.root / "copy", {"a.csv.part": "id,y\n"})
    with pytest.raises(ValueError, match="SHA-256"):
        script.download(server.root / "copy")
    script.download(server.root / "copy")
    assert list(script.load(where=server.root / "copy")) == [{"id": 1, "x": 2}, {"id": 3, "x": 4}]


@pytest.mark.attack("hostile portals")
def test_a_file_of_another_version_is_fetched_again(server: RangeServer) -> None:
    script = script_for(lambda data: write_tree(data, {"a.csv": "id,x\n1,2\n"}), server)
    write_tree(server.root / "copy", {"a.csv": "id,x\n1,3\n"})
    script.download(server.root / "copy")
    assert list(script.load(where=server.root / "copy")) == [{"id": 1, "x": 2}]
    server.reset()
    script.download(server.root / "copy")
    assert server.requests == []


@pytest.mark.attack("hostile portals")
def test_a_link_in_the_folder_leads_to_no_other_file(server: RangeServer) -> None:
    script = script_for(lambda data: write_tree(data, {"a.csv": "id,x\n1,2\n"}), server)
    own = write_tree(server.root / "home", {"own": "id"}) / "own"
    (server.root / "copy").mkdir()
    (server.root / "copy/a.csv.part").symlink_to(own)
    with pytest.raises(OSError, match=r"a\.csv\.part"):
        script.download(server.root / "copy")
    assert own.read_text() == "id"


@pytest.mark.attack("hostile portals")
def test_other_parts_than_those_asked_for_are_refused(server: RangeServer) -> None:
    pa, pq = map(data_library, ("pyarrow", "pyarrow.parquet"))
    values = np.random.default_rng(0).random(400_000)
    table = pa.table({"x": values})
    script = script_for(lambda data: pq.write_table(table, data / "a.parquet"), server)
    server.from_start = True
    with pytest.raises(OSError, match=r'only sent in whole: download\("FOLDER"\)'):
        next(script.load(where="portal"))
    write_tree(server.root / "copy", {"a.parquet.part": b"PAR1"})
    copy = script.download(server.root / "copy")
    assert next(script.load(where=copy)) == {"x": values[0]}


def test_a_download_from_a_portal_without_parts_begins_anew(server: RangeServer) -> None:
    script = script_for(lambda data: write_tree(data, {"a.csv": "id,x\n1,2\n3,4\n"}), server)
    write_tree(server.root / "copy", {"a.csv.part": "id,x\n"})
    server.has_parts = False
    script.download(server.root / "copy")
    assert len(list(script.load(where=server.root / "copy"))) == 2


def test_an_error_stops_the_files_under_way(server: RangeServer) -> None:
    rows = "id,x\n" + "1,2\n" * 100_000
    files = {f"{name}.csv": rows for name in "abcdefgh"}
    script = script_for(lambda data: write_tree(data, files), server)
    (server.root / "data/a.csv").unlink()
    fetched: list[str] = []
    fetch, all_begun = script.fetch, Barrier(len(files))

    def wait_for_the_error(file: Any, folder: Path, stop: Any) -> None:
        all_begun.wait(60)
        if file.name != "a.csv":
            assert stop.wait(60)
        fetch(file, folder, stop)
        fetched.append(file.name)

    script.fetch = wait_for_the_error
    with pytest.raises(OSError, match="HTTP 404"):
        script.download(server.root / "copy")
    left = sorted(file.suffix for file in (server.root / "copy").iterdir())
    assert (len(fetched), set(left)) == (7, {".part"})
    (server.root / "data/a.csv").write_text(rows)
    script.fetch = fetch
    script.download(server.root / "copy")
    assert {file.name: file.read_text() for file in (server.root / "copy").iterdir()} == files


def test_a_block_is_asked_for_once(server: RangeServer) -> None:
    h5py = data_library("h5py")

    def write(data: Path) -> None:
        with h5py.File(data / "a.h5", "w") as file:
            values = np.random.default_rng(0).integers(0, 255, (600, 64, 64), dtype="u1")
            file.create_dataset("images", data=values, chunks=(1, 64, 64))
            file["labels"] = np.arange(600)

    script = script_for(write, server)
    server.has_parts = False
    with pytest.raises(OSError, match=r'only sent in whole: download\("FOLDER"\)'):
        next(script.load(where="portal"))
    server.has_parts = True
    server.reset()
    require_same(script.load(), script.load(where="portal"))
    size = (server.root / "data/a.h5").stat().st_size
    first, last = (size // 2**20 * 2**20, size - 1)
    spans = [span.removeprefix("bytes=") for _, span in server.requests]
    assert sorted(spans)[0] == "0-1048575"
    assert f"{first}-{last}" in spans
    assert sum(int(span.split("-")[1]) + 1 - int(span.split("-")[0]) for span in spans) == size
