"""What is acknowledged survives a power failure: contents are synced, then named, then folders."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.removed_datasets import RemovedDatasets
from huggingnersc.adapters.version_store import VersionStore
from huggingnersc.hub_server.storage.objects import PACK_FROM
from tests.adapters.catalogs import plan_of, write_dataset
from tests.disk_log import log_disk
from tests.hub_server.hostile_packs import ZERO, PackWriter, push
from tests.hub_server.wire import text_file, wired
from tests.versions import made_version

if TYPE_CHECKING:
    from pathlib import Path


def test_a_cataloged_folder_is_on_disk_before_it_gets_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = CatalogFolder(tmp_path)
    log = log_disk(tmp_path, monkeypatch)
    write_dataset(tmp_path)
    assert log.of("iris") != []
    assert log.moved_unsynced() == {}
    assert log.names_unsynced() == []
    assert catalog.holds("iris")


def test_an_updated_record_gets_its_name_after_the_other_files_are_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, changed = write_dataset(tmp_path), plan_of(official_name="Other").catalog_files
    catalog = CatalogFolder(tmp_path)
    log = log_disk(tmp_path, monkeypatch)
    catalog.promote("iris", catalog.stage("iris", changed))
    *others, record = log.of("/iris/")
    assert record.path == folder / "iris_info.json"
    assert len(others) == len(changed) - 1
    assert record.pending == ()
    assert log.moved_unsynced() == {}
    assert log.names_unsynced() == []


def test_a_version_is_on_disk_before_it_gets_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog, run = tmp_path / "catalog", tmp_path / "run"
    catalog.mkdir()
    write_dataset(catalog)
    version, files = made_version(run)
    store = VersionStore(catalog, "iris")
    log = log_disk(catalog, monkeypatch)
    place = store.promote(version, store.stage(version, files, plan_of().hub_files))
    assert log.folder_synced(place) > log.moves[-1].moment
    assert log.moved_unsynced() == {}
    assert log.names_unsynced() == []


def test_a_removal_and_a_restoration_are_on_disk_when_they_return(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_dataset(tmp_path)
    removed = RemovedDatasets(tmp_path)
    log = log_disk(tmp_path, monkeypatch)
    stone = removed.remove("iris")
    moment = log.moves[-1].moment
    assert log.folder_synced(stone.path) > moment
    assert log.folder_synced(tmp_path / "iris") > moment
    final = removed.restore(stone)
    moment = log.moves[-1].moment
    assert log.folder_synced(stone.path) > moment
    assert log.folder_synced(final) > moment


def test_the_objects_of_a_commit_are_on_disk_before_its_ref(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with wired(tmp_path / "hub") as wire:
        wire.create("NERSC/iris")
        log = log_disk(tmp_path, monkeypatch)
        few = wire.commit("NERSC/iris", text_file("a.txt", "x"))
        many = wire.commit("NERSC/iris", *(text_file(f"{n}.txt", str(n)) for n in range(40)))
        assert (few.status, many.status) == (200, 200)
        refs, objects = log.of("/refs/heads/main"), log.of("/objects/")
        first, second = (ref.moment for ref in refs)
        assert objects[0].moment < first < objects[-1].moment < second
        assert log.of("/objects/pack/") != []
        assert [ref.pending for ref in refs] == [(), ()]
        assert log.moved_unsynced() == {}
        assert log.names_unsynced() == []


@pytest.mark.parametrize(("files", "suffixes"), [(1, []), (PACK_FROM, [".pack", ".idx"])])
def test_what_was_pushed_is_on_disk_before_its_ref(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: int, suffixes: list[str]
) -> None:
    pack = PackWriter()
    blobs = [("100644", b"%03d" % number, pack.blob(b"%d" % number)) for number in range(files)]
    new = pack.commit(pack.tree(*blobs))
    with wired(tmp_path / "hub") as wire:
        wire.create("NERSC/iris")
        log = log_disk(tmp_path, monkeypatch)
        assert b"ok refs/heads/x" in push(wire, pack.bytes(), ("refs/heads/x", ZERO, new)).body
        (ref,) = log.of("/refs/heads/x")
        assert [moved.path.suffix for moved in log.of("/objects/pack/")] == suffixes
        assert log.of("/objects/")
        assert all(moved.moment < ref.moment for moved in log.of("/objects/"))
        assert ref.pending == ()
        assert log.moved_unsynced() == {}
        assert log.names_unsynced() == []


def test_a_big_file_is_on_disk_before_it_is_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = b"big content"
    oid = sha256(data).hexdigest()
    batch = {"operation": "upload", "objects": [{"oid": oid, "size": len(data)}]}
    with wired(tmp_path / "hub") as wire:
        wire.create("NERSC/iris")
        log = log_disk(tmp_path, monkeypatch)
        path = "/datasets/NERSC/iris.git/info/lfs/objects/batch"
        action = wire.ask("POST", path, batch, user="ada").json["objects"][0]["actions"]
        href = action["upload"]["href"].removeprefix(wire.endpoint)
        assert wire.ask("PUT", href, data).status == 200
        assert log.of(oid) != []
        assert log.moved_unsynced() == {}
        assert log.names_unsynced() == []
