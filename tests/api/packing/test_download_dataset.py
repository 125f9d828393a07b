"""Downloading a dataset from its portal, its Hub or a path, with and without a catalog."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.engines.choice import EngineChoice, no_report
from huggingnersc.adapters.transfer import retries
from huggingnersc.adapters.transfer.state_file import STATE_FILE
from huggingnersc.api.packing.download_dataset import DownloadOutcome, download_dataset
from huggingnersc.api.packing.list_urls import list_urls
from huggingnersc.api.runs.cancel_run import CancelOutcome, cancel_run
from huggingnersc.api.runs.resume_run import resume_run
from huggingnersc.api.runs.status_run import RunState, status_runs
from huggingnersc.domain.catalog.record import record_bytes
from huggingnersc.domain.loading.loading import Loading, Source, loading_bytes
from huggingnersc.domain.packing.download import DownloadOptions, DownloadSource
from huggingnersc.domain.versions.version import public_bytes
from huggingnersc.errors import (
    DatasetUnknownError,
    HubUnreachableError,
    RunError,
    TargetOccupiedError,
    TransferError,
    TransferIncompleteError,
    VersionDamagedError,
    VersionUnknownError,
)
from huggingnersc.fixes import Fix, Verb
from tests.api.iris import publish_iris
from tests.builders import record_of
from tests.file_server import Answer, file_server
from tests.transfers import content_of
from tests.versioned_catalog import VersionedCatalog, manifest_of_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.domain.site import Site
    from huggingnersc.domain.versions.version import Version
    from tests.api.conftest import Centre
    from tests.file_server import FileServer

DATA = {
    b"a.csv": b"1\n",
    b"sub folder/b #1.csv": b"22\n",
    b"sub folder/c.bin": bytes(9_000),
    b'odd\n\\"name': b"3\n",
    b"-": b"4\n",
    b"not\xffutf8": b"5\n",
}
PORTAL = DownloadOptions(source=DownloadSource.PORTAL)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short pauses."""
    monkeypatch.setattr(retries, "_PAUSES_S", (0.01, 0.01, 0.01))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for path, content in DATA.items():
        file = tmp_path / "data" / os.fsdecode(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    (tmp_path / "data/link").symlink_to("a.csv")
    return tmp_path / "data"


@pytest.fixture
def portal() -> Iterator[FileServer]:
    with file_server(DATA) as server:
        yield server


@pytest.fixture
def site(site: Site) -> Site:
    """A site whose Hub no one reaches, as on a compute node."""
    return replace(site, endpoint="http://127.0.0.1:9")


@pytest.fixture
def catalog(tmp_path: Path, data: Path, portal: FileServer) -> VersionedCatalog:
    """A catalog with one version of the data, which is on the portal."""
    made = VersionedCatalog(tmp_path / "catalog")
    made.add("iris", manifest_of_folder(data), data_path=data)
    _link(tmp_path, portal.address)
    return made


def _link(tmp_path: Path, address: str) -> None:
    """Let the record of iris link to a portal."""
    from huggingnersc.adapters.catalog_folder import CatalogFolder

    record = replace(CatalogFolder(tmp_path / "catalog").record("iris"), portal_link=address)
    (tmp_path / "catalog/iris/iris_info.json").write_bytes(record_bytes(record))


def test_the_files_of_a_version_come_from_its_portal(
    catalog: VersionedCatalog, site: Site, portal: FileServer, tmp_path: Path
) -> None:
    done = download_dataset("iris", tmp_path / "new/out", PORTAL, site=site)
    assert (done.outcome, done.version, done.files) == ("downloaded", "v1", len(DATA))
    assert (done.source, done.left_out) == (DownloadSource.PORTAL, 1)
    assert content_of(tmp_path / "new/out") == DATA
    assert not list((tmp_path / "runs").iterdir())
    portal.requests.clear()
    again = download_dataset("iris@v1", tmp_path / "new/out", PORTAL, site=site)
    assert (again.outcome, again.kept_files) == (DownloadOutcome.UNCHANGED, len(DATA))
    assert portal.requests == []


def test_a_newer_version_replaces_what_the_older_one_brought(
    catalog: VersionedCatalog, site: Site, portal: FileServer, data: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    download_dataset("iris", out, PORTAL, site=site)
    (data / "a.csv").write_bytes(b"new\n")
    portal.files[b"a.csv"] = b"new\n"
    catalog.add("iris", manifest_of_folder(data))
    _link(tmp_path, portal.address)
    portal.requests.clear()
    done = download_dataset("iris", out, PORTAL, site=site)
    assert (done.version, done.current, done.fetched_files) == ("v2", "", 1)
    assert [path for path, *_ in portal.requests] == [b"a.csv"]
    assert content_of(out) == DATA | {b"a.csv": b"new\n"}
    older = download_dataset("iris@v1", out, PORTAL, dry_run=True, site=site)
    assert (older.version, older.current) == ("v1", "v2")


@pytest.fixture
def outdated(
    catalog: VersionedCatalog, site: Site, portal: FileServer, data: Path, tmp_path: Path
) -> Path:
    """A download of v1, of which v2 lacks two files and has another one new."""
    out = tmp_path / "out"
    download_dataset("iris", out, PORTAL, site=site)
    for name in ("a.csv", "sub folder/c.bin"):
        (data / name).unlink()
    (data / "new.csv").write_bytes(b"6\n")
    portal.files[b"new.csv"] = b"6\n"
    catalog.add("iris", manifest_of_folder(data))
    _link(tmp_path, portal.address)
    return out


def test_what_an_earlier_download_brought_and_the_data_lacks_is_named(
    outdated: Path, site: Site, portal: FileServer
) -> None:
    portal.requests.clear()
    for dry_run in (True, False):
        with pytest.raises(TargetOccupiedError) as caught:
            download_dataset("iris", outdated, PORTAL, dry_run=dry_run, site=site)
        assert [one.where for one in caught.value.problems] == ["a.csv", "sub folder/c.bin"]
    assert portal.requests == []
    assert content_of(outdated) == DATA
    some = download_dataset("iris", outdated, replace(PORTAL, only=("new*",)), site=site)
    assert (some.fetched_files, some.removed_files) == (1, 0)
    with pytest.raises(TargetOccupiedError):
        download_dataset("iris", outdated, replace(PORTAL, verify=True), site=site)


@pytest.mark.parametrize("first", [(), ("new*",)])
def test_with_delete_it_is_gone_and_forgotten(
    outdated: Path, site: Site, first: tuple[str, ...]
) -> None:
    (outdated / "mine").write_text("mine\n")
    if first:
        download_dataset("iris", outdated, replace(PORTAL, only=first), site=site)
    options = replace(PORTAL, delete=True)
    planned = download_dataset("iris", outdated, options, dry_run=True, site=site)
    assert planned.removed_files == 2
    assert (outdated / "a.csv").exists()
    done = download_dataset("iris", outdated, options, site=site)
    assert done.removed_files == 2
    left = DATA | {b"new.csv": b"6\n", b"mine": b"mine\n"}
    assert content_of(outdated) == {
        path: text for path, text in left.items() if path not in {b"a.csv", b"sub folder/c.bin"}
    }
    assert "a.csv" not in (outdated / STATE_FILE).read_text()
    (outdated / "a.csv").write_text("mine\n")  # known no more
    again = download_dataset("iris", outdated, options, site=site)
    assert (again.outcome, again.removed_files) == (DownloadOutcome.UNCHANGED, 0)


def test_what_was_changed_here_is_not_deleted(outdated: Path, site: Site) -> None:
    (outdated / "a.csv").write_text("changed\n")
    with pytest.raises(TargetOccupiedError) as caught:
        download_dataset("iris", outdated, replace(PORTAL, delete=True), site=site)
    assert [one.where for one in caught.value.problems] == ["a.csv"]
    assert (outdated / "a.csv").read_text() == "changed\n"
    assert (outdated / "sub folder/c.bin").exists()


def test_without_a_portal_the_files_come_from_the_path(
    catalog: VersionedCatalog, site: Site, tmp_path: Path
) -> None:
    _link(tmp_path, "file:///nowhere")
    done = download_dataset("iris", tmp_path / "out", site=site)
    assert done.source is DownloadSource.PATH
    assert content_of(tmp_path / "out") == DATA
    with pytest.raises(TransferError):
        download_dataset("iris", tmp_path / "out", PORTAL, site=site)
    with pytest.raises(TransferError):
        list(list_urls("iris", "curl", site=site))


def test_only_what_is_asked_for_is_fetched(
    catalog: VersionedCatalog, site: Site, tmp_path: Path
) -> None:
    options = replace(PORTAL, only=("*.csv", "-"))
    planned = download_dataset("iris", tmp_path / "out", options, dry_run=True, site=site)
    assert (planned.outcome, planned.fetched_files) == (DownloadOutcome.PLANNED, 3)
    assert not (tmp_path / "out").exists()
    download_dataset("iris", tmp_path / "out", options, site=site)
    assert set(content_of(tmp_path / "out")) == {b"a.csv", b"sub folder/b #1.csv", b"-"}
    with pytest.raises(TransferError):
        download_dataset("iris", tmp_path / "out", replace(PORTAL, only=("x",)), site=site)
    with pytest.raises(TransferError):
        download_dataset("iris", tmp_path / "out", replace(PORTAL, split="train"), site=site)


def test_files_in_the_way_are_all_named_and_nothing_is_fetched(
    catalog: VersionedCatalog, site: Site, portal: FileServer, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    (out / "a.csv").mkdir(parents=True)
    (out / "-").write_text("mine")
    with pytest.raises(TargetOccupiedError) as caught:
        download_dataset("iris", out, PORTAL, site=site)
    assert {problem.where for problem in caught.value.problems} == {"a.csv", "-"}
    assert portal.requests == []
    assert (out / "-").read_text() == "mine"


def test_with_verify_a_damaged_file_is_fetched_again(
    catalog: VersionedCatalog, site: Site, portal: FileServer, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    download_dataset("iris", out, PORTAL, site=site)
    status = (out / "a.csv").stat()
    (out / "a.csv").write_bytes(b"2\n")
    os.utime(out / "a.csv", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert download_dataset("iris", out, PORTAL, site=site).outcome == "unchanged"
    done = download_dataset("iris", out, replace(PORTAL, verify=True), site=site)
    assert (done.fetched_files, content_of(out)) == (1, DATA)


@pytest.mark.parametrize("changed", [b"2\n", b"longer\n"])
def test_a_file_that_was_changed_here_is_not_blamed_on_its_source(
    catalog: VersionedCatalog, site: Site, portal: FileServer, tmp_path: Path, changed: bytes
) -> None:
    out = tmp_path / "out"
    download_dataset("iris", out, PORTAL, site=site)
    (out / "a.csv").write_bytes(changed)
    with pytest.raises(TargetOccupiedError) as caught:
        download_dataset("iris", out, PORTAL, site=site)
    (problem,) = caught.value.problems
    assert (problem.where, "changed here" in str(problem.message)) == ("a.csv", True)
    assert content_of(out)[b"a.csv"] == changed
    done = download_dataset("iris", out, replace(PORTAL, replace=True), site=site)
    assert (done.fetched_files, content_of(out)) == (1, DATA)
    assert status_runs(site=site).runs == ()


def test_a_stopped_download_is_a_run_that_can_be_resumed(
    catalog: VersionedCatalog, site: Site, portal: FileServer, tmp_path: Path
) -> None:
    def gone(path: bytes, _number: int, answer: Answer) -> Answer:
        return (404, {}, b"") if path == b"a.csv" else answer

    portal.spoil = gone
    with pytest.raises(TransferIncompleteError) as caught:
        download_dataset("iris", tmp_path / "out", replace(PORTAL, jobs=2), site=site)
    assert [problem.where for problem in caught.value.problems] == ["a.csv"]
    (run,) = status_runs(site=site).runs
    assert (run.state, run.data, run.files) == (
        RunState.FAILED, str(tmp_path / "out"), len(DATA),
    )  # fmt: skip
    portal.spoil = None
    portal.requests.clear()
    resumed = resume_run(run.run_id, site=site)
    assert resumed.result.outcome == "downloaded"
    assert [path for path, *_ in portal.requests] == [b"a.csv"]
    assert content_of(tmp_path / "out") == DATA
    assert status_runs(site=site).runs == ()


def test_a_stopped_download_can_be_cancelled(
    catalog: VersionedCatalog, site: Site, portal: FileServer, tmp_path: Path
) -> None:
    portal.spoil = lambda *_: (500, {}, b"")
    with pytest.raises(TransferIncompleteError):
        download_dataset("iris", tmp_path / "out", PORTAL, site=site)
    (run,) = status_runs(site=site).runs
    assert cancel_run(run.run_id, delete=True, site=site).outcome is CancelOutcome.DELETED
    assert status_runs(site=site).runs == ()


def test_a_folder_that_cannot_be_written_is_explained(
    catalog: VersionedCatalog, site: Site, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError):
        download_dataset("iris", tmp_path / "file/out", PORTAL, site=site)


@pytest.mark.parametrize("target", ["data", "data/sub folder", "linked/new"])
def test_the_data_itself_is_no_target(
    target: str, catalog: VersionedCatalog, site: Site, data: Path, tmp_path: Path
) -> None:
    (tmp_path / "linked").symlink_to(data)
    with pytest.raises(TransferError):
        download_dataset("iris", tmp_path / target, PORTAL, site=site)
    assert not [*tmp_path.rglob(STATE_FILE)]


def test_a_download_without_room_for_it_does_not_begin(
    site: Site, portal: FileServer, tmp_path: Path
) -> None:
    line = b"a\t" + b"0" * 64 + b"\t%d\t1\n" % (1 << 62)
    made = VersionedCatalog(tmp_path / "catalog")
    made.add("iris", line)
    _link(tmp_path, portal.address)
    with pytest.raises(TransferError):
        download_dataset("iris", tmp_path / "out", PORTAL, site=site)
    assert portal.requests == []


@pytest.mark.attack("hostile downloads")
def test_a_list_of_files_that_was_changed_is_not_believed(
    catalog: VersionedCatalog, site: Site, portal: FileServer, tmp_path: Path
) -> None:
    manifest = next((tmp_path / "catalog/iris/versions/v1").glob("manifest.tsv"))
    manifest.write_bytes(manifest.read_bytes().replace(b"a.csv", b"../../a"))
    with pytest.raises(VersionDamagedError):
        download_dataset("iris", tmp_path / "out", PORTAL, site=site)
    assert portal.requests == []


@pytest.mark.attack("hostile downloads")
def test_paths_that_lead_elsewhere_are_refused(
    site: Site, portal: FileServer, tmp_path: Path
) -> None:
    line = b"%b\t" + b"0" * 64 + b"\t1\t1\n"
    paths = (b"../up", b"/abs", b".huggingnersc-transfer.tsv", b"a//b", b"x" * 300)
    made = VersionedCatalog(tmp_path / "catalog")
    made.add("iris", b"".join(sorted(line % path for path in paths)))
    _link(tmp_path, portal.address)
    with pytest.raises(TargetOccupiedError) as caught:
        download_dataset("iris", tmp_path / "out", PORTAL, site=site)
    assert len(caught.value.problems) == len(paths)


@pytest.mark.system("curl")
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_a_list_for_curl_fetches_and_checks_every_file(
    catalog: VersionedCatalog, site: Site, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "list").write_bytes(b"".join(list_urls("iris", "curl", PORTAL, site=site)))
    # The lines that the list itself says, with its name.
    fetch = ["curl", "--silent", "--config", str(tmp_path / "list")]
    check = f"sed -n 's/^#sum //p' {tmp_path}/list | sha256sum --check --quiet"
    subprocess.run(fetch, cwd=tmp_path / "out", check=True, capture_output=True)
    assert content_of(tmp_path / "out") == DATA
    subprocess.run(["bash", "-c", check], cwd=tmp_path / "out", check=True)
    (tmp_path / "out/a.csv").write_text("2\n")
    done = subprocess.run(
        ["bash", "-c", check], cwd=tmp_path / "out", check=False, capture_output=True
    )
    assert done.returncode == 1


@pytest.mark.system("aria2c")
@pytest.mark.skipif(shutil.which("aria2c") is None, reason="aria2c is not installed")
def test_a_list_for_aria2c_fetches_and_checks_every_file(
    catalog: VersionedCatalog, site: Site, tmp_path: Path
) -> None:
    options = replace(PORTAL, only=("*.csv", "*.bin", "-"))
    (tmp_path / "list").write_bytes(b"".join(list_urls("iris", "aria2c", options, site=site)))
    (tmp_path / "out").mkdir()
    command = ["aria2c", f"--input-file={tmp_path}/list", "--quiet"]
    subprocess.run(command, cwd=tmp_path / "out", check=True, capture_output=True)
    assert content_of(tmp_path / "out") == {p: d for p, d in DATA.items() if options.takes(p)}


def test_aria2c_cannot_be_told_a_name_with_a_newline(
    catalog: VersionedCatalog, site: Site
) -> None:
    with pytest.raises(TransferError):
        list(list_urls("iris", "aria2c", PORTAL, site=site))


def _published(version: Version, manifest: bytes, portal: FileServer) -> dict[str, bytes]:
    """What a visitor finds of a version."""
    return {
        "version/version.json": public_bytes(replace(version, published=("manifest.tsv",))),
        "version/manifest.tsv": manifest,
        "iris_loader.py": f"# Comment\n#\n# Portal: {portal.address}\n".encode(),
    }


def test_a_visitor_without_a_catalog_gets_the_files_of_a_repository(
    catalog: VersionedCatalog,
    centre: Centre,
    data: Path,
    portal: FileServer,
    tmp_path: Path,
) -> None:
    manifest = manifest_of_folder(data)
    version = catalog.add("other", manifest, data_path=tmp_path / "away")
    publish_iris(centre, _published(version, manifest, portal), tag="v1")
    for title in ("NERSC/iris", "NERSC/iris@v1", "iris"):
        out = tmp_path / title.replace("/", "-")
        done = download_dataset(title, out, site=str(centre.profile))
        assert (done.repo_id, done.source) == ("NERSC/iris", DownloadSource.PORTAL)
        assert content_of(out) == DATA
    train = DownloadOptions(split="train")
    with pytest.raises(TransferError):  # nothing says which files these are
        download_dataset("NERSC/iris", tmp_path / "train", train, site=str(centre.profile))
    source = Source(file_type="csv", suffixes=(".csv",))  # in no splits, so all are in one
    surveyed = {"version/loading.json": loading_bytes(Loading(source=source))}
    publish_iris(centre, surveyed)
    done = download_dataset("NERSC/iris", tmp_path / "train", train, site=str(centre.profile))
    assert (done.files, set(content_of(tmp_path / "train"))) == (2, {*list(DATA)[:2]})
    test = DownloadOptions(split="test")
    with pytest.raises(TransferError):
        download_dataset("NERSC/iris", tmp_path / "out", test, site=str(centre.profile))
    with pytest.raises(VersionUnknownError):
        download_dataset("NERSC/iris@v9", tmp_path / "out", site=str(centre.profile))
    with pytest.raises(DatasetUnknownError):
        download_dataset("NERSC/none", tmp_path / "out", site=str(centre.profile))


def test_a_repository_that_the_own_catalog_has_is_named_by_its_nickname(
    catalog: VersionedCatalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUGGINGNERSC_CATALOG_ROOT", str(tmp_path / "catalog"))
    for name, is_known in (("NERSC/iris@v1", True), ("NERSC/wine", False), ("LBL/iris", False)):
        with pytest.raises(HubUnreachableError) as caught:
            download_dataset(name, tmp_path / "out", endpoint="http://127.0.0.1:9")
        fix = Fix(Verb.DOWNLOAD_DATASET, ("iris@v1", "DIR"))
        assert (fix in getattr(caught.value.hint, "parts", ())) is is_known


def test_a_dataset_without_a_version_has_no_list_of_files(site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "catalog/iris"
    folder.mkdir(parents=True)
    (folder / "iris_info.json").write_bytes(record_bytes(record_of("iris")))
    with pytest.raises(VersionUnknownError):
        download_dataset("iris", tmp_path / "out", PORTAL, site=site)


def test_resuming_asks_for_as_many_connections_as_are_named(
    catalog: VersionedCatalog, site: Site, portal: FileServer, tmp_path: Path
) -> None:
    from huggingnersc.adapters.engines.run_folder import RunFolder
    from huggingnersc.api.packing.download_dataset import resume_download

    portal.spoil = lambda *_: (500, {}, b"")
    with pytest.raises(TransferIncompleteError):
        download_dataset("iris", tmp_path / "out", PORTAL, site=site)
    portal.spoil = None
    (path,) = (tmp_path / "runs").iterdir()
    choice = EngineChoice.of(site, jobs=1)
    done = resume_download(RunFolder.open(path), choice, site, no_report)
    assert done.outcome == "downloaded"
