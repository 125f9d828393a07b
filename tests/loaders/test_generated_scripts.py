"""`load_<nickname>.py` gives the same examples where the data is stored, from a portal, and of a
copy; it refuses what is not of its version, and says what to do where it cannot go on.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest

from tests.builders import write_tree
from tests.data_files import DATA_EXTRA, NEEDS, WRITERS
from tests.loaders.generated_scripts import imported, manifest_of, source_of, write_script
from tests.loaders.loading import number
from tests.range_server import RangeServer, range_server
from tests.realistic_data import write_collisions, write_penguins, write_surface_temperature

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

np: Any = pytest.importorskip("numpy", reason=DATA_EXTRA)
_COUNT = 173


def _requires(kind: str) -> None:
    if kind == "netcdf":
        for name in ("xarray", "h5netcdf"):
            pytest.importorskip(name, reason=f"{name} is not installed: pip install -e '.[test]'")
    if kind in NEEDS:
        pytest.importorskip(NEEDS[kind], reason=DATA_EXTRA)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RangeServer]:
    """A portal that serves the folder of the test."""
    with range_server(tmp_path) as running:
        yield running


def script_for(write: Callable[[Path], object], server: RangeServer, **changes: Any) -> Any:
    """Return the script for data that a function writes to `data`, below the portal."""
    data = server.root / "data"
    data.mkdir(exist_ok=True)
    write(data)
    portal = f"{server.address}/data"
    return imported(write_script(data, server.root / "repository", portal=portal, **changes))


def are_same(one: Any, other: Any) -> bool:
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(are_same(one[k], other[k]) for k in one)
    if isinstance(one, np.ndarray):
        kinds = one.dtype.kind in "fc"
        return bool(np.array_equal(one, other, equal_nan=kinds))
    return bool(one == other) or one != one  # nan


def require_same(ones: Any, others: Any) -> None:
    assert all(are_same(one, other) for one, other in zip(ones, others, strict=True))


@pytest.mark.parametrize("kind", WRITERS)
def test_each_place_gives_the_same_examples_in_order(kind: str, server: RangeServer) -> None:
    _requires(kind)
    script = script_for(WRITERS[kind], server)
    there = list(script.load())
    assert [number(one) for one in there] == list(range(_COUNT))
    assert server.requests == []  # the center is here
    require_same(there, script.load(where="portal"))
    assert server.requests
    assert not any(path.endswith("manifest.tsv") for path, _ in server.requests)
    copy = script.download(server.root / "copy")
    server.reset()
    require_same(there, script.load(where=copy))
    assert server.requests == []


@pytest.mark.parametrize("kind", WRITERS)
def test_a_cut_connection_is_taken_up_again(kind: str, server: RangeServer) -> None:
    _requires(kind)
    script = script_for(WRITERS[kind], server)
    server.cut_after = 700
    require_same(script.load(), script.load(where="portal"))
    copy = script.download(server.root / "copy")
    require_same(script.load(), script.load(where=copy))


@pytest.mark.parametrize("kind", WRITERS)
def test_a_portal_that_sends_no_parts_of_files(kind: str, server: RangeServer) -> None:
    _requires(kind)
    script = script_for(WRITERS[kind], server)
    server.has_parts = False
    require_same(script.load(), script.load(where="portal"))
    require_same(script.load(), script.load(where=script.download(server.root / "copy")))


@pytest.mark.parametrize("kind", WRITERS)
def test_files_of_another_content_or_size_are_refused(kind: str, server: RangeServer) -> None:
    _requires(kind)
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
    _requires(kind)
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
    pq: Any = pytest.importorskip("pyarrow.parquet", reason=DATA_EXTRA)
    pa: Any = pytest.importorskip("pyarrow", reason=DATA_EXTRA)
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


def test_odd_names_of_files(server: RangeServer) -> None:
    names = ["a b.csv", "50%25.csv", "a#b?c.csv", "Übung/日.csv", "a\\b.csv", "new\nline.csv",
             "quote'\".csv", os.fsdecode(b"latin-\xe4.csv")]  # fmt: skip
    rows = {name: f"id,x\n{place},0\n" for place, name in enumerate(names)}
    script = script_for(lambda data: write_tree(data, rows), server)
    there = list(script.load())
    assert sorted(one["id"] for one in there) == list(range(len(names)))
    assert list(script.load(where="portal")) == there
    assert list(script.load(where=script.download(server.root / "copy"))) == there


def test_each_split_has_its_files(server: RangeServer) -> None:
    script = script_for(write_penguins, server)
    for where in ("center", "portal"):
        assert [one["id"] for one in script.load(where=where)] == list(range(120))
        assert [one["id"] for one in script.load("test", where)] == list(range(120, 150))
    script.download(server.root / "copy", "test")
    assert len(list(script.load("test", server.root / "copy"))) == 30
    assert not (server.root / "copy/train").exists()
    with pytest.raises(ValueError, match="no split is called 'dev'; there are: train, test"):
        script.load("dev")
    with pytest.raises(FileNotFoundError, match=r"penguins-0\.csv"):
        list(script.load("train", server.root / "copy"))


def test_splits_within_a_file(server: RangeServer) -> None:
    h5py: Any = pytest.importorskip("h5py", reason=DATA_EXTRA)

    def write(data: Path) -> None:
        with h5py.File(data / "a.h5", "w") as file:
            for name, size in (("train", 30), ("test", 10)):
                file[f"{name}/images"] = np.zeros((size, 8, 8))
                file[f"{name}/labels"] = np.arange(size)

    script = script_for(write, server)
    for where in ("center", "portal"):
        assert [one["labels"] for one in script.load("test", where)] == list(range(10))
        assert len(list(script.load("train", where))) == 30


def test_groups_and_packed_values_with_dates(server: RangeServer, tmp_path: Path) -> None:
    _requires("hdf5")
    _requires("netcdf")
    events = list(script_for(write_collisions, server).load(where="portal"))
    assert (len(events), events[0]["detector/energy"].shape) == (500, (2,))
    with range_server(tmp_path / "more") as other:
        other.root.mkdir()
        days = script_for(write_surface_temperature, other, module="days").load(where="portal")
        first = next(days)
    assert (str(first["time"])[:10], first["t2m"].shape) == ("2019-01-01", (4, 8))
    assert 250 < float(np.nanmean(first["t2m"])) < 320
    assert first["lat"].tolist()[0] == -67.5


@pytest.mark.parametrize("kind", WRITERS)
def test_a_file_that_cannot_be_read_is_named(kind: str, server: RangeServer) -> None:
    _requires(kind)
    data = server.root / "data"
    data.mkdir()
    WRITERS[kind](data)
    sound = source_of(data, b"")
    files = [one for one in data.rglob("*") if "part-0" in str(one) and one.is_file()]
    largest = max(files, key=lambda one: one.stat().st_size)
    largest.write_bytes(b"\xff\xfe\0" * 100)
    digest = hashlib.sha256(manifest_of(data)).hexdigest()
    script = script_for(lambda _: None, server, source=replace(sound, manifest_sha256=digest))
    for where in ("center", "portal"):
        with pytest.raises(OSError, match=r"/data/part-0.* cannot be read: ") as caught:
            list(script.load(where=where))
        assert caught.value.__cause__


@pytest.mark.attack("hostile data")
def test_no_program_is_run_for_an_image_of_another_format(
    server: RangeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    _requires("images")
    from PIL import EpsImagePlugin, Image

    programs = write_tree(server.root / "bin", {"gs": f"#!/bin/sh\n: > {server.root}/was_run\n"})
    (programs / "gs").chmod(0o755)
    monkeypatch.setenv("PATH", str(programs), prepend=os.pathsep)
    monkeypatch.setattr(EpsImagePlugin, "gs_binary", None)  # it is looked for once

    def write(data: Path) -> None:
        Image.new("RGB", (9, 9)).save(data / "a.png")
        Image.new("RGB", (9, 9)).save(data / "b.png", "EPS")

    examples = script_for(write, server).load(where="center")
    assert next(examples)["file"] == "a.png"
    with pytest.raises(OSError, match=r"b\.png cannot be read"):
        next(examples)
    assert not (server.root / "was_run").exists()


def test_an_empty_file_holds_no_example(server: RangeServer) -> None:
    _requires("images")

    def write(data: Path) -> None:
        WRITERS["images"](data)
        one = next(data.rglob("*.png"))
        one.with_name(f"0{one.name}").write_bytes(b"")

    script = script_for(write, server)
    at_center = [*script.load(where="center")]
    require_same(at_center, script.load(where="portal"))
    assert at_center


def test_symbolic_links_are_not_followed(server: RangeServer) -> None:
    def write(data: Path) -> None:
        write_tree(server.root, {"elsewhere/a.csv": "id,x\n1,2\n"})
        for name in ("a.csv", "b.csv"):
            (data / name).symlink_to("../elsewhere/a.csv")

    script = script_for(write, server)
    for where in ("center", "portal"):
        with pytest.raises(FileNotFoundError, match="its 2 symbolic links are not followed"):
            script.load(where=where)


def test_one_file_that_is_the_data(server: RangeServer) -> None:
    data = write_tree(server.root / "data", {"a.csv": "id,x\n1,2\n", "b.csv": "no,data,here\n"})
    manifest = manifest_of(data)
    source = replace(source_of(data / "a.csv", manifest))
    assert source.only == "a.csv"
    script = script_for(lambda _: None, server, source=source)
    assert list(script.load()) == list(script.load(where="portal")) == [{"id": 1, "x": 2}]


def test_compressed_files_are_checked_too(server: RangeServer) -> None:
    import gzip

    script = script_for(
        lambda data: write_tree(
            data,
            {"a.csv.gz": gzip.compress(b"id,x\n1,2\n"), "b.csv": "id,x\n3,4\n"},
        ),
        server,
    )
    rows = [{"id": 1, "x": 2}, {"id": 3, "x": 4}]
    assert list(script.load()) == list(script.load(where="portal")) == rows
    (server.root / "data/a.csv.gz").write_bytes(
        gzip.compress(b"id,x\n9,2\n")[:-1] + b"\0"  # as long as before
    )
    with pytest.raises(ValueError, match="SHA-256"):
        list(script.load(where="portal"))


def test_a_list_of_files_of_another_version_is_refused(server: RangeServer) -> None:
    script = script_for(WRITERS["csv"], server)
    write_tree(server.root / "repository/version", {"manifest.tsv": "a.csv\tlink:b\t1\t0\n"})
    with pytest.raises(ValueError, match=r"manifest\.tsv is not the list of files of version v1"):
        script.load()


def test_the_list_of_files_is_beside_the_script_at_the_center_or_on_the_hub(
    server: RangeServer,
) -> None:
    catalog = server.root / "catalog/iris"
    script = script_for(
        WRITERS["csv"], server, catalog_dir=str(catalog), hub_url=f"{server.address}/hub"
    )
    manifest = server.root / "repository/version/manifest.tsv"
    for place in (catalog / "versions/v1", server.root / "hub/resolve/v1/version"):
        place.mkdir(parents=True)
        manifest = manifest.rename(place / "manifest.tsv")
        script.manifest.cache_clear()
        assert len(list(script.load())) == _COUNT
    assert [path for path, _ in server.requests] == ["/hub/resolve/v1/version/manifest.tsv"]
    manifest.unlink()
    script.manifest.cache_clear()
    with pytest.raises(OSError, match="HTTP 404"):
        script.load()


def test_where_the_hub_is_on_this_machine_alone_no_address_of_it_is_asked(
    server: RangeServer,
) -> None:
    script = script_for(WRITERS["csv"], server, hub_url="")
    assert len(list(script.load())) == _COUNT
    (server.root / "repository/version/manifest.tsv").unlink()
    script.manifest.cache_clear()
    with pytest.raises(FileNotFoundError, match=r"version/manifest\.tsv"):
        script.load()
    assert server.requests == []


def test_a_folder_that_is_not_there_is_named(server: RangeServer) -> None:
    script = script_for(WRITERS["csv"], server)
    with pytest.raises(FileNotFoundError, match=r'/no/copy is not a folder.*where="portal"'):
        script.load(where="/no/copy")


def test_data_on_no_portal_is_read_where_it_is_stored(server: RangeServer) -> None:
    script = script_for(WRITERS["csv"], server)
    data = server.root / "data"
    at_center = imported(
        write_script(data, server.root / "other", module="local", portal=data.as_uri())
    )
    assert list(at_center.load())[:3] == list(script.load())[:3]
    assert not hasattr(at_center, "download")
    with pytest.raises(ValueError, match=r'v1 is on no portal: .*load\(where="FOLDER"\)'):
        at_center.load(where="portal")
    with pytest.raises(FileNotFoundError, match="/no/copy is not a folder here"):
        at_center.load(where="/no/copy")


def _labels(files: list[Any], script: Path) -> list[int]:
    return [int(one["id"]) for one in imported(script).examples(files)]


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_each_worker_opens_its_own_files(
    method: str, server: RangeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    _requires("hdf5")
    script = script_for(WRITERS["hdf5"], server)
    monkeypatch.syspath_prepend(str(server.root / "repository"))
    files = script.find_files("train", "portal")
    with get_context(method).Pool(2) as pool:
        parts = [files[place::2] for place in range(2)]
        found = pool.starmap(_labels, [(part, Path(script.__file__)) for part in parts])
    assert sorted(one for part in found for one in part) == list(range(_COUNT))


def test_nothing_is_opened_before_the_first_example(server: RangeServer) -> None:
    _requires("hdf5")
    examples = script_for(WRITERS["hdf5"], server).load(where="portal")
    assert server.requests == []
    child = os.fork()  # a worker of a data loader
    if child == 0:
        os._exit(int(next(examples)["id"] != 0))
    assert os.waitpid(child, 0)[1] == 0
    assert next(examples)["id"] == 0


def test_a_block_is_asked_for_once(server: RangeServer) -> None:
    h5py: Any = pytest.importorskip("h5py", reason=DATA_EXTRA)

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


def test_a_library_that_is_not_there_is_named_with_its_command(server: RangeServer) -> None:
    _requires("hdf5")
    script = Path(script_for(WRITERS["hdf5"], server).__file__)
    code = f"import sys; sys.modules['h5py'] = None; import {script.stem}"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=script.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    last = done.stderr.strip().splitlines()[-1]
    assert last == f"ImportError: {script.stem} needs more: pip install h5py"


def test_the_name_of_the_digest_is_that_of_the_file(server: RangeServer) -> None:
    script = script_for(lambda data: write_tree(data, {"a.csv": "id,x\n1,2\n"}), server)
    (file,) = script.find_files("train")
    assert file.sha256 == hashlib.sha256(b"id,x\n1,2\n").hexdigest()
