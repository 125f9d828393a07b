"""Finding the files of the version that is asked for, and no others."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.hub.connection import connected
from huggingnersc.api.packing.dataset_files import dataset_files
from huggingnersc.api.packing.list_urls import list_urls
from huggingnersc.domain.catalog.record import record_bytes
from huggingnersc.domain.loading.upload import Upload, UploadedShard, UploadForm
from huggingnersc.domain.packing.download import DownloadOptions, DownloadSource
from huggingnersc.domain.planned_file import PlannedFile
from huggingnersc.domain.site import EMBEDDED
from huggingnersc.errors import TransferError, VersionUnknownError
from huggingnersc.fixes import Fix, Message, Option, Verb
from tests.builders import make_site
from tests.versioned_catalog import VersionedCatalog, entry, manifest_of

if TYPE_CHECKING:
    from huggingnersc.domain.site import Site

SHARD, CONTENT = "data/train-00000-of-00001.parquet", b"rows"
ANY, HUB = DownloadOptions(), DownloadOptions(source=DownloadSource.HUB)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site with an embedded Hub, and iris with two versions on a portal."""
    made = VersionedCatalog(tmp_path / "catalog")
    for content in ("1", "2"):
        made.add("iris", manifest_of([entry("a.csv", content)]))
    return replace(
        make_site(),
        endpoint=EMBEDDED,
        catalog_root=PurePosixPath(tmp_path / "catalog"),
        hub_root=PurePosixPath(tmp_path / "hub"),
    )


def upload(site: Site, version: str, portal: str = "https://portal.example.org/iris") -> None:
    """Put a shard on the Hub, as an upload of a version or of no known one."""
    with connected(site) as hub:
        hub.create_repository("NERSC/iris", private=False)
        files = [PlannedFile(SHARD, CONTENT), PlannedFile("version/version.json", b"{}")]
        hub.commit("NERSC/iris", files, message="Add", parent=None)
        commit = hub.repository("NERSC/iris")
        assert commit is not None
        assert commit.commit is not None
        hub.create_tag("NERSC/iris", "v3", commit=commit.commit)
    shard = UploadedShard(
        path=SHARD,
        split="train",
        samples=1,
        size_bytes=len(CONTENT),
        sha256=sha256(CONTENT).hexdigest(),
    )
    made = Upload(form=UploadForm.PARQUET, pack_sha256="0" * 64, shards=(shard,), version=version)
    folder = CatalogFolder(Path(site.catalog_root))
    record = replace(folder.record("iris"), portal_link=portal, upload=made)
    (folder.root / "iris/iris_info.json").write_bytes(record_bytes(record))


def found(title: str, site: Site, options: DownloadOptions = ANY) -> tuple[DownloadSource, str]:
    with dataset_files(title, options, site) as files:
        return files.kind, files.version


def test_an_upload_of_no_known_version_is_none_that_is_asked_for(site: Site) -> None:
    upload(site, "")
    assert found("iris", site) == (DownloadSource.HUB, "")
    assert found("iris@v1", site) == (DownloadSource.PORTAL, "v1")
    with pytest.raises(VersionUnknownError) as caught:
        found("iris@v9", site)
    assert "iris@v1" in str(caught.value.hint)
    with pytest.raises(TransferError):
        found("iris@v2", site, HUB)


def test_an_upload_of_a_version_is_this_version_alone(site: Site) -> None:
    upload(site, "v2")
    assert found("iris@v2", site) == (DownloadSource.HUB, "v2")
    assert found("iris@v1", site) == (DownloadSource.PORTAL, "v1")


def test_a_visitor_does_not_take_what_an_older_upload_left_at_a_tag(site: Site) -> None:
    upload(site, "v2")
    away = replace(site, catalog_root=site.catalog_root / "none")
    assert found("NERSC/iris", away) == (DownloadSource.HUB, "")
    with pytest.raises(TransferError):
        found("NERSC/iris@v3", away, HUB)
    with pytest.raises(VersionUnknownError) as caught:
        found("NERSC/iris@v33", away)
    assert "NERSC/iris@v3?" in str(caught.value.hint)


@pytest.mark.parametrize("portal", ["https://portal.example.org/iris", "file:///nowhere"])
def test_addresses_of_a_hub_that_ends_with_the_command_are_not_listed(
    site: Site, portal: str
) -> None:
    upload(site, "", portal)
    with dataset_files("iris", ANY, site) as files:
        assert files.source.label == site.hub_url("iris")
    with pytest.raises(TransferError) as caught:
        list(list_urls("iris", "curl", site=site))
    assert isinstance(caught.value.hint, Message)
    assert Fix(Verb.SERVE_HUB) in caught.value.hint.parts
    has_portal = portal.startswith("https")
    assert (Option("from", "portal") in caught.value.hint.parts) is has_portal
    with connected(site) as hub:  # as serve-hub would
        assert list(list_urls("NERSC/iris", "curl", site=site, endpoint=hub.endpoint))
    if has_portal:
        assert list(list_urls("iris@v1", "curl", site=site))
