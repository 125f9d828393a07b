"""`load_<nickname>.py` gives the same examples where the data is stored, from a portal, and of a
copy, and says what to do where it cannot go on.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc.domain.loading.shards_script import script_shards
from tests.builders import write_tree
from tests.data_files import WRITERS, data_library
from tests.domain.loading.test_upload import UPLOAD
from tests.ghostscript import trap_ghostscript
from tests.loaders.generated_scripts import (
    COUNT,
    imported,
    manifest_of,
    require_same,
    script_for,
    source_of,
    write_script,
)
from tests.loaders.loading import number
from tests.range_server import range_server
from tests.realistic_data import write_collisions, write_penguins, write_surface_temperature

if TYPE_CHECKING:
    from tests.range_server import RangeServer

np = data_library("numpy")


@pytest.mark.parametrize("kind", WRITERS)
def test_each_place_gives_the_same_examples_in_order(kind: str, server: RangeServer) -> None:
    script = script_for(WRITERS[kind], server)
    there = list(script.load())
    assert [number(one) for one in there] == list(range(COUNT))
    assert server.requests == []  # the center is here
    require_same(there, script.load(where="portal"))
    assert server.requests
    assert not any(path.endswith("manifest.tsv") for path, _ in server.requests)
    copy = script.download(server.root / "copy")
    server.reset()
    require_same(there, script.load(where=copy))
    assert server.requests == []


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
    h5py = data_library("h5py")

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
    image = data_library("PIL.Image")
    mark = trap_ghostscript(server.root, monkeypatch)

    def write(data: Path) -> None:
        image.new("RGB", (9, 9)).save(data / "a.png")
        image.new("RGB", (9, 9)).save(data / "b.png", "EPS")

    examples = script_for(write, server).load(where="center")
    assert next(examples)["file"] == "a.png"
    with pytest.raises(OSError, match=r"b\.png cannot be read"):
        next(examples)
    assert not mark.exists()


def test_an_empty_file_holds_no_example(server: RangeServer) -> None:

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
        assert len(list(script.load())) == COUNT
    assert [path for path, _ in server.requests] == ["/hub/resolve/v1/version/manifest.tsv"]
    manifest.unlink()
    script.manifest.cache_clear()
    with pytest.raises(OSError, match="HTTP 404"):
        script.load()


def test_where_the_hub_is_on_this_machine_alone_no_address_of_it_is_asked(
    server: RangeServer,
) -> None:
    script = script_for(WRITERS["csv"], server, hub_url="")
    assert len(list(script.load())) == COUNT
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


def test_away_from_the_center_data_on_no_portal_is_read_from_its_shards(
    server: RangeServer,
) -> None:
    data = write_tree(server.root / "data", {"a.csv": "id,x\n1,2\n"})
    changes: dict[str, Any] = {
        "portal": data.as_uri(),
        "shards": script_shards(UPLOAD, "NERSC/iris"),
    }
    script = imported(write_script(data, server.root / "repository", module="away", **changes))
    asked = ("auto", "center", "hub", data)
    assert [script.has_shards(where) for where in asked] == [False, False, True, False]
    assert list(script.load()) == [{"id": 1, "x": 2}]
    copy = data.rename(server.root / "moved")
    assert [script.has_shards(where) for where in asked] == [True, False, True, False]
    assert list(script.load(where=copy)) == [{"id": 1, "x": 2}]
    with pytest.raises(ValueError, match=r'load\(where="hub"\) reads its shards'):
        script.load(where="portal")


def _labels(files: list[Any], script: Path) -> list[int]:
    return [int(one["id"]) for one in imported(script).examples(files)]


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_each_worker_opens_its_own_files(
    method: str, server: RangeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = script_for(WRITERS["hdf5"], server)
    monkeypatch.syspath_prepend(str(server.root / "repository"))
    files = script.find_files("train", "portal")
    with get_context(method).Pool(2) as pool:
        parts = [files[place::2] for place in range(2)]
        found = pool.starmap(_labels, [(part, Path(script.__file__)) for part in parts])
    assert sorted(one for part in found for one in part) == list(range(COUNT))


def test_nothing_is_opened_before_the_first_example(server: RangeServer) -> None:
    examples = script_for(WRITERS["hdf5"], server).load(where="portal")
    assert server.requests == []
    child = os.fork()  # a worker of a data loader
    if child == 0:
        os._exit(int(next(examples)["id"] != 0))
    assert os.waitpid(child, 0)[1] == 0
    assert next(examples)["id"] == 0


def test_a_library_that_is_not_there_is_named_with_its_command(server: RangeServer) -> None:
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
