"""Downloading what was uploaded to a Hub."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest

from huggingnersc.api.packing.download_dataset import download_dataset
from huggingnersc.api.packing.list_urls import list_urls
from huggingnersc.api.packing.named_dataset import site_for
from huggingnersc.api.packing.upload_dataset import upload_dataset
from huggingnersc.api.packing.upload_result import UploadOutcome
from huggingnersc.api.site import resolve_site
from huggingnersc.domain.packing.download import DownloadOptions, DownloadSource
from huggingnersc.errors import TransferError
from tests.api.iris import api, catalog_iris, publish_iris, update_iris
from tests.api.iris_versions import add_version
from tests.transfers import content_of

if TYPE_CHECKING:
    from tests.api.conftest import Centre


def test_the_whole_data_on_the_hub_is_preferred(centre: Centre, tmp_path: Path) -> None:
    shards = {
        "data/train-00000-of-00002.parquet": os.urandom(200),
        "data/train-00001-of-00002.parquet": os.urandom(300),
        "data/test-00000-of-00001.parquet": os.urandom(100),
    }
    publish_iris(centre, shards)
    site = str(centre.profile)
    done = download_dataset("NERSC/iris", tmp_path / "out", site=site)
    assert (done.source, done.files) == (DownloadSource.HUB, 3)
    assert content_of(tmp_path / "out") == {p.encode(): d for p, d in shards.items()}
    only_test = DownloadOptions(split="test")
    done = download_dataset("NERSC/iris", tmp_path / "test", only_test, site=site)
    assert set(content_of(tmp_path / "test")) == {b"data/test-00000-of-00001.parquet"}
    urls = b"".join(list_urls("NERSC/iris", "curl", only_test, site=site))
    digest = hashlib.sha256(shards["data/test-00000-of-00001.parquet"]).hexdigest()
    assert digest.encode() in urls
    assert centre.hub.token.encode() not in urls
    assert b"--oauth2-bearer" not in urls
    api(centre).update_repo_settings("NERSC/iris", private=True, repo_type="dataset")
    private = b"".join(list_urls("NERSC/iris", "curl", only_test, site=site))
    assert b"--oauth2-bearer" in private
    assert b"--config LIST\n" not in private  # which would get HTTP 401
    assert centre.hub.token.encode() not in private
    with pytest.raises(TransferError):
        list(list_urls("NERSC/iris", "aria2c", only_test, site=site))


@pytest.mark.parametrize("form", ["parquet", "webdataset"])
def test_an_upload_that_is_recorded_is_what_is_downloaded(
    centre: Centre, tmp_path: Path, form: str
) -> None:
    pytest.importorskip("pyarrow", reason="the extra [data] is not installed")
    from tests.hub_packs import parquet_pack, webdataset_pack

    site = str(centre.profile)
    catalog_iris(centre)
    pack = (parquet_pack if form == "parquet" else webdataset_pack)(tmp_path / "pack")
    upload_dataset("iris", pack, site=site)
    for title in ("iris", "NERSC/iris"):
        out = tmp_path / title
        done = download_dataset(title, out, site=site)
        assert done.source is DownloadSource.HUB
        assert content_of(out / "data") == content_of(pack / "data")
        assert [path.name for path in out.iterdir() if path.is_dir()] == ["data"]


@pytest.mark.parametrize("form", ["parquet", "webdataset"])
def test_a_visitor_gets_the_shards_of_the_version_that_is_asked_for(
    centre: Centre, tmp_path: Path, form: str
) -> None:
    pytest.importorskip("pyarrow", reason="the extra [data] is not installed")
    from tests.hub_packs import parquet_pack, webdataset_pack

    make = parquet_pack if form == "parquet" else webdataset_pack
    name = str(centre.profile)
    visitor = replace(resolve_site(name), catalog_root=PurePosixPath(tmp_path / "none"))
    catalog_iris(centre)
    for number, version in enumerate(("v1", "v2")):
        add_version(centre, version, tag=False)
        update_iris(centre)
        pack = make(tmp_path / version, first=10 * number, nickname="iris", version=version)
        upload_dataset("iris", pack, site=name)
        assert upload_dataset("iris", pack, site=name).outcome is UploadOutcome.UNCHANGED
        done = download_dataset(f"NERSC/iris@{version}", tmp_path / f"at-{version}", site=visitor)
        assert (done.source, done.version) == (DownloadSource.HUB, version)
        assert content_of(tmp_path / f"at-{version}/data") == content_of(pack / "data")
    if form == "webdataset":  # the first upload has a tag of its own
        done = download_dataset("NERSC/iris@v1", tmp_path / "again", site=visitor)
        assert (done.version, done.current) == ("v1", "v2")
        assert content_of(tmp_path / "again/data") == content_of(tmp_path / "v1/data")
        other = make(tmp_path / "other", {"train": (4,)}, nickname="iris", version="v2")
        upload_dataset("iris", other, site=name)
        download_dataset("NERSC/iris@v2", tmp_path / "moved", site=visitor)
        assert content_of(tmp_path / "moved/data") == content_of(other / "data")


def test_an_upload_that_lacks_its_tag_is_completed(centre: Centre, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="the extra [data] is not installed")
    from tests.hub_packs import webdataset_pack

    site = str(centre.profile)
    catalog_iris(centre)
    add_version(centre, tag=False)
    update_iris(centre)
    pack = webdataset_pack(tmp_path / "pack", nickname="iris", version="v1")
    first = upload_dataset("iris", pack, site=site)
    api(centre).delete_tag("NERSC/iris-shards", tag="v1", repo_type="dataset")
    again = upload_dataset("iris", pack, site=site)
    assert (again.outcome, again.sent_shards) == (UploadOutcome.UPLOADED, 0)
    assert again.commit == first.commit
    refs = api(centre).list_repo_refs("NERSC/iris-shards", repo_type="dataset")
    assert [tag.name for tag in refs.tags] == ["v1"]


def test_a_repository_is_looked_for_on_the_hub_of_nersc_from_any_machine() -> None:
    found = site_for("NERSC/iris", None, None)
    assert (found.profile.name, found.endpoint) == ("nersc", "https://huggingface.co")
    assert site_for("iris", None, None).is_embedded
    at = site_for("NERSC/iris", None, "http://127.0.0.1:1")
    assert at.endpoint == "http://127.0.0.1:1"


def test_shards_of_which_one_is_missing_are_not_the_whole_data(
    centre: Centre, tmp_path: Path
) -> None:
    publish_iris(centre, {"data/train-00001-of-00002.parquet": b"1"})
    options = DownloadOptions(source=DownloadSource.HUB)
    with pytest.raises(TransferError):
        download_dataset("NERSC/iris", tmp_path / "out", options, site=str(centre.profile))
