"""A catalog as a static site."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc import export_catalog, snapshot_dataset, update_dataset
from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.static_folder import MARKER, static_folder
from huggingnersc.api.hub import export_catalog as module
from huggingnersc.domain.catalog.record import record_bytes
from huggingnersc.domain.catalog.version_history import VersionHistory
from huggingnersc.domain.loading.loading import Loading
from huggingnersc.errors import DatasetError, HubUnreachableError, SettingsError
from huggingnersc.hub_server.web import list_pages
from tests.adapters.catalogs import needs_root
from tests.api.hub.exported import broken_links, catalog_many, pages_of, read_json
from tests.api.iris import api, catalog_iris, tree
from tests.builders import CENTRE_PROFILE, make_version, write_tree
from tests.croissants import make_source
from tests.open_data import open_iris
from tests.ports import held_port

if TYPE_CHECKING:
    from tests.api.conftest import Centre

BASE = "https://portal.example.org/catalog"


def export(centre: Centre, folder: Path, **changes: Any) -> module.ExportedCatalog:
    return export_catalog(folder, **{"site": str(centre.profile), **changes})


def with_public_files(centre: Centre, nickname: str) -> None:
    """Give a dataset a version whose files are known and public."""
    record = CatalogFolder(centre.catalog).record(nickname)
    history = VersionHistory((make_version(),), "", Loading(source=make_source()))
    file = centre.catalog / nickname / f"{nickname}_info.json"
    file.write_bytes(record_bytes(replace(record, history=history)))


def test_public_datasets_are_pages_that_lead_to_one_another(
    centre: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_pages, "PAGE_LENGTH", 4)
    catalog_many(centre, 10)
    site = str(centre.profile)
    update_dataset("run-05", private=True, site=site)
    api(centre).update_repo_settings("NERSC/run-06", gated="manual", repo_type="dataset")
    api(centre).update_repo_settings("NERSC/run-07", private=True, repo_type="dataset")
    api(centre).delete_repo("NERSC/run-08", repo_type="dataset")
    folder = tmp_path / "www"
    made = export(centre, folder, base_url=f"{BASE}/")
    assert broken_links(folder) == {}
    closed = ["run-05", "run-06", "run-07", "run-08"]
    assert [one.nickname for one in made.left_out] == closed
    assert len(made.datasets) == 6
    everything = b"".join(tree(folder).values()) + "\n".join(tree(folder)).encode()
    assert [name for name in closed if name.encode() in everything] == []
    assert (made.pages, made.files) == (len(pages_of(folder)), len(tree(folder)))
    assert (folder / "datasets/page-2/index.html").is_file()
    assert len(read_json(folder / "search-index.json")) == 6
    assert len(read_json(folder / "catalog.jsonld")["dcat:dataset"]) == 6
    addresses = (folder / "sitemap.xml").read_text()
    assert addresses.count("<loc>") == made.pages
    assert f"<loc>{BASE}/datasets/NERSC/iris/</loc>" in addresses
    assert f"Sitemap: {BASE}/sitemap.xml" in (folder / "robots.txt").read_text()


def test_the_same_catalog_gives_the_same_bytes_and_replaces_an_export_as_a_whole(
    centre: Centre, tmp_path: Path
) -> None:
    catalog_many(centre, 3)
    with_public_files(centre, "run-01")
    folder = tmp_path / "www"
    assert export(centre, folder).replaces is False
    first = tree(folder)
    (folder / "left.html").write_text("from before")
    assert export(centre, folder).replaces is True
    assert tree(folder) == first
    described = json.loads(first["datasets/NERSC/run-01/croissant.json"])
    assert described["conformsTo"] == "http://mlcommons.org/croissant/1.1"
    assert b"data.csv" in first["datasets/NERSC/run-01/index.html"]
    assert b'href="../croissant.json' not in first["datasets/NERSC/iris/index.html"]


@pytest.fixture
def with_version(centre: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The export of iris with a version of its data."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    with open_iris() as data:
        catalog_iris(centre, data_path=data)
        snapshot_dataset("iris", site=str(centre.profile))
        export(centre, tmp_path / "www")
    return tmp_path / "www"


def test_the_pages_of_the_data_come_along(with_version: Path) -> None:
    folder = with_version
    assert broken_links(folder) == {}
    described = read_json(folder / "datasets/NERSC/iris/croissant.json")
    assert described["recordSet"][0]["name"] == "default"
    data_page = (folder / "datasets/NERSC/iris/data/index.html").read_text(encoding="utf-8")
    assert "sepal_length" in data_page
    assert "find-files" not in "".join(pages_of(folder).values())


def test_no_address_of_this_machine_is_in_an_export(with_version: Path) -> None:
    written = tree(with_version)
    here = [name for name, data in written.items() if re.search(rb"127\.0\.0\.1|localhost", data)]
    assert here == []
    assert b"${HF_ENDPOINT:?}" in written["datasets/NERSC/iris/resolve/main/README.md"]
    assert b"git clone" not in written["datasets/NERSC/iris/index.html"]
    assert b"lead-ways" not in written["datasets/NERSC/iris/index.html"]


def test_what_needs_the_hub_leads_to_one_that_others_reach(
    centre: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog_iris(centre)
    with_public_files(centre, "iris")
    monkeypatch.setattr("huggingnersc.domain.site.is_this_machine", lambda _host: False)
    folder, address = tmp_path / "www", f"{centre.hub.endpoint}/datasets/NERSC/iris"
    export(centre, folder)
    page = (folder / "datasets/NERSC/iris/index.html").read_text(encoding="utf-8")
    assert f"git clone {address}" in page
    assert f'<a href="{address}/tree/v1"' in page
    assert read_json(folder / "datasets/NERSC/iris/croissant.json")["url"] == address
    assert read_json(folder / "catalog.jsonld")["dcat:dataset"][0]["@id"] == address


def test_everyone_may_read_what_is_written(centre: Centre, tmp_path: Path) -> None:
    catalog_many(centre, 1)
    before = os.umask(0o077)
    try:
        export(centre, tmp_path / "www")
    finally:
        os.umask(before)
    folder = tmp_path / "www"
    modes = {(file.is_dir(), file.stat().st_mode & 0o777) for file in (folder, *folder.rglob("*"))}
    assert modes == {(True, 0o755), (False, 0o644)}


def test_no_page_asks_for_anything_that_needs_a_server(centre: Centre, tmp_path: Path) -> None:
    catalog_many(centre, 2)
    folder = tmp_path / "www"
    export(centre, folder)
    for html in pages_of(folder).values():
        assert "data-live" not in html
        assert "/commits/" not in html
        assert "default-src 'none'" in html.partition("</head>")[0]
        assert html.count('<script src="') == ('id="search"' in html and "<h1>Datasets" in html)


@pytest.mark.parametrize("kind", ["files", "a file"])
def test_a_folder_of_someone_else_is_not_touched(
    centre: Centre, tmp_path: Path, kind: str
) -> None:
    catalog_many(centre, 1)
    folder = tmp_path / "www"
    if kind == "files":
        folder.mkdir()
        (folder / "index.html").write_text("mine")
    else:
        folder.write_text("mine")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(DatasetError):
        export(centre, folder)
    assert sorted(tmp_path.rglob("*")) == before


def test_an_empty_folder_is_filled(centre: Centre, tmp_path: Path) -> None:
    catalog_many(centre, 1)
    (tmp_path / "www").mkdir()
    assert export(centre, tmp_path / "www").pages


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, OSError, HubUnreachableError])
def test_an_export_that_is_cut_off_leaves_what_was_there(
    centre: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    catalog_many(centre, 1)
    parent = tmp_path / "web"
    export(centre, parent / "www")
    before = tree(parent)

    def cut_off(*_: object) -> tuple[str, ...]:
        raise error("cut off")

    monkeypatch.setattr(module, "copy_pages", cut_off)
    with pytest.raises(error):
        export(centre, parent / "www")
    assert tree(parent) == before
    with pytest.raises(error):
        export(centre, parent / "new")
    assert sorted(one.name for one in parent.iterdir()) == ["www"]


@needs_root
@pytest.mark.parametrize(
    ("size", "words"),
    [  # too small for a Hub, and for what it holds
        ("64k", ["export-catalog", "www"]),
        ("160k", ["export-catalog", "www"]),
        ("160k", ["preview-dataset", "iris"]),
    ],
)
def test_a_full_folder_for_temporary_files_is_named(
    centre: Centre, tmp_path: Path, size: str, words: list[str]
) -> None:
    catalog_many(centre, 1)
    (small := tmp_path / "small").mkdir()
    mount = f'mount -t tmpfs -o size={size} tmpfs "$TMPDIR" || exit 99; exec "$@"'
    command = [sys.executable, "-m", "huggingnersc", *words]
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", mount, "sh", *command, "--site", str(centre.profile)],
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "TMPDIR": str(small)},
        capture_output=True,
        text=True,
        check=False,
    )
    if "unshare failed" in done.stderr or done.returncode == 99:
        pytest.skip("this machine grants no mounts of one's own")
    assert (done.returncode, done.stdout) == (3, "")
    assert str(small) in done.stderr
    assert "TMPDIR" in done.stderr
    assert not (tmp_path / "www").exists()


def test_what_someone_puts_there_meanwhile_is_kept(tmp_path: Path) -> None:
    target = tmp_path / "www"
    with pytest.raises(DatasetError), static_folder(target):
        write_tree(target, {"mine.txt": "mine"})
    assert tree(tmp_path) == {"www/mine.txt": b"mine"}


def test_a_place_that_is_taken_is_not_written_twice(tmp_path: Path) -> None:
    with static_folder(tmp_path / "www") as folder:
        assert folder.add("a/index.html", b"1")
        assert not folder.add("a/index.html", b"2")
        assert not folder.add("a/index.html/b", b"2")
        assert not folder.add("a", b"2")
    assert tree(tmp_path / "www").keys() == {"a/index.html", MARKER}


def test_a_dry_run_writes_nothing(centre: Centre, tmp_path: Path) -> None:
    catalog_many(centre, 2)
    planned = export(centre, tmp_path / "www", dry_run=True)
    assert (planned.datasets, planned.pages) == (("iris", "run-01"), 0)
    assert not (tmp_path / "www").exists()


def test_a_record_that_cannot_be_read_is_left_out_with_its_reason(
    centre: Centre, tmp_path: Path
) -> None:
    catalog_many(centre, 2)
    (centre.catalog / "run-01" / "run-01_info.json").write_text("{")
    made = export(centre, tmp_path / "www")
    assert made.datasets == ("iris",)
    assert [one.nickname for one in made.left_out] == ["run-01"]


def test_a_catalog_without_public_datasets_is_not_exported(centre: Centre, tmp_path: Path) -> None:
    with pytest.raises(DatasetError):
        export(centre, tmp_path / "www")
    assert not (tmp_path / "www").exists()


def test_nothing_is_written_where_it_is_not_known_what_is_public(
    centre: Centre, tmp_path: Path
) -> None:
    catalog_many(centre, 1)
    with held_port() as port:
        endpoint = f"http://127.0.0.1:{port}"
        centre.profile.write_text(CENTRE_PROFILE.format(endpoint=endpoint, root=centre.catalog))
        with pytest.raises(HubUnreachableError):
            export(centre, tmp_path / "www")
    assert not (tmp_path / "www").exists()


@pytest.mark.parametrize("address", ["portal", "https://a.b/?x", "ftp://a.b", "https://a b"])
def test_an_address_of_a_site_is_checked_first(tmp_path: Path, address: str) -> None:
    with pytest.raises(SettingsError):
        export_catalog(tmp_path / "www", base_url=address, site="local")
