"""Shards in a bucket: sent once, recorded, and loaded by the lines of the card."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import count
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc import (
    DownloadSource,
    check_dataset,
    download_dataset,
    pack_dataset,
    remove_dataset,
    restore_dataset,
    resume_run,
    status_runs,
    upload_dataset,
)
from huggingnersc.adapters.engines.kept_progress import progress_kept
from huggingnersc.adapters.engines.run_folder import RunFolder
from huggingnersc.api.packing.list_urls import list_urls
from huggingnersc.api.packing.upload_result import UploadOutcome
from huggingnersc.api.site import resolve_site
from huggingnersc.errors import (
    BucketConflictError,
    BucketError,
    RequestInvalidError,
    TransferError,
)
from huggingnersc.fixes import Message, ShellCommand
from tests.api.iris import api, catalog_iris, hub_text, update_iris
from tests.builders import write_tree
from tests.hub_packs import parquet_pack, webdataset_pack
from tests.s3_server import no_fault
from tests.transfers import content_of

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.api.packing.upload_result import Uploaded
    from tests.api.conftest import Centre
    from tests.s3_server import S3Server

pytest.importorskip("pyarrow", reason="the extra [data] is not installed")
_NUMBERS = count()
_OF_MEMBERS = ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


def new_folder(s3: S3Server, *, public: bool = False) -> str:
    return f"s3://{s3.new_bucket(f'packs-{next(_NUMBERS)}', public=public)}/iris/v1"


def upload_iris(centre: Centre, pack: Path, to: str, **options: Any) -> Uploaded:
    return upload_dataset("iris", pack, to=to, site=str(centre.profile), **options)


def load_lines(card: str) -> str:
    """Return the code of the card that loads the data from a bucket."""
    (code,) = re.findall(r"```(?:py|python)\n(from datasets [^`]*s3://[^`]*)```", card)
    return str(code)


def loaded(card: str) -> dict[str, Any]:
    """Run the lines of a card."""
    values: dict[str, Any] = {}
    exec(load_lines(card), values)  # noqa: S102 - what a reader pastes
    return values


@pytest.mark.parametrize(("public", "is_parquet"), [(True, True), (False, False)])
def test_shards_are_sent_once_and_loaded_by_the_lines_of_the_card(
    public: bool,
    is_parquet: bool,
    centre: Centre,
    s3: S3Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    catalog_iris(centre)
    pack = (parquet_pack if is_parquet else webdataset_pack)(tmp_path / "pack")
    to = new_folder(s3, public=public)
    bucket = to.split("/")[2]
    assert upload_iris(centre, pack, to, dry_run=True).outcome is UploadOutcome.PLANNED
    assert s3.objects(bucket) == {}

    done = upload_iris(centre, pack, to)
    assert (done.outcome, done.published_to) == (UploadOutcome.UPLOADED, to)
    files = {f"iris/v1/{one.relative_to(pack)}": one for one in pack.rglob("*") if one.is_file()}
    there = s3.objects(bucket)
    assert there == {key: file.read_bytes() for key, file in files.items()}
    assert list(there)[-1] == "iris/v1/pack.json"
    s3.requests.clear()
    assert upload_iris(centre, pack, to).outcome is UploadOutcome.UNCHANGED
    assert not s3.asked("PUT")

    update_iris(centre, official_name="Another title")
    remove_dataset("iris", site=str(centre.profile))
    restore_dataset("iris", site=str(centre.profile))
    card = hub_text(centre, "README.md")
    assert to in card
    assert not [
        file
        for file in api(centre).list_repo_files("NERSC/iris", repo_type="dataset")
        if file.startswith("data/")
    ]
    (checked,) = check_dataset("iris", site=str(centre.profile)).datasets
    assert [one for one in checked.findings if one.about == "Hub"] == []

    for name in _OF_MEMBERS if public else ():
        monkeypatch.delenv(name)
    fetched = download_dataset("iris", tmp_path / "copy", site=str(centre.profile))
    assert (fetched.source, fetched.fetched_files) == (DownloadSource.BUCKET, done.shards)
    assert content_of(tmp_path / "copy/data") == content_of(pack / "data")
    visitor = replace(resolve_site(str(centre.profile)), catalog_root=PurePosixPath("/none"))
    if public:
        fetched = download_dataset("NERSC/iris", tmp_path / "visitor", site=visitor)
        assert (fetched.source, fetched.address) == (DownloadSource.BUCKET, to)
        assert content_of(tmp_path / "visitor/data") == content_of(pack / "data")
        urls = b"".join(list_urls("NERSC/iris", "curl", site=visitor)).decode()
        assert f"{s3.endpoint}/{bucket}/iris/v1/data/test-" in urls
        assert urls == b"".join(list_urls("iris", "curl", site=str(centre.profile))).decode()
    else:
        with pytest.raises(TransferError) as private:
            download_dataset("NERSC/iris", tmp_path / "visitor", site=visitor)
        needed = ShellCommand(f"aws s3 cp --recursive {to} DIR --endpoint-url {s3.endpoint}")
        assert isinstance(private.value.hint, Message)
        assert needed in private.value.hint.parts
        with pytest.raises(TransferError):
            list(list_urls("iris", "curl", site=str(centre.profile)))
    script = dict[str, Any]()
    exec(hub_text(centre, "load_iris.py"), script)  # noqa: S102 - what a reader runs
    assert len(list(script["load"]("test"))) == len(
        list(script["load"]("test", tmp_path / "copy"))
    )
    data = loaded(card)
    splits = {one.name: one.samples for one in done.splits}
    assert {name: rows.num_rows for name, rows in data["data"].items()} == splits
    if is_parquet:  # datasets 5.2 gives s3fs an option of http where it streams tar
        streamed = {name: sum(1 for _ in rows) for name, rows in data["stream"].items()}
        assert streamed == splits


def test_tar_files_in_a_bucket_have_the_columns_that_only_some_samples_have(
    centre: Centre, s3: S3Server, tmp_path: Path
) -> None:
    catalog_iris(centre)
    write_tree(tmp_path / "in", {f"{n}.csv": f"{n}" for n in range(9)} | {"note.txt": "seen"})
    pack_dataset(f"{tmp_path}/in/", tmp_path / "pack", site=str(centre.profile))
    upload_iris(centre, tmp_path / "pack", new_folder(s3), private=True)
    rows = loaded(hub_text(centre, "README.md"))["data"]["train"]
    assert len(rows) == 10
    assert [row["txt"] for row in rows if row["txt"]] == ["seen"]


def test_upload_that_is_cut_off_is_resumed_and_sends_the_rest(
    centre: Centre, s3: S3Server, tmp_path: Path
) -> None:
    catalog_iris(centre)
    pack, to = parquet_pack(tmp_path / "pack"), new_folder(s3)
    bucket = to.split("/")[2]
    s3.fault = lambda method, address: (
        "SlowDown" if method == "PUT" and "data/test-" in address else None
    )
    with pytest.raises(BucketError):
        upload_iris(centre, pack, to, jobs=1)
    sent = set(s3.objects(bucket))
    assert "iris/v1/pack.json" not in sent
    assert to not in hub_text(centre, "README.md")
    s3.fault = no_fault
    s3.requests.clear()
    (run,) = status_runs(site=str(centre.profile)).runs
    kept = progress_kept(RunFolder.open(run.folder))
    assert kept is not None
    assert kept.files == run.files_done == sum(key.endswith(".parquet") for key in sent)
    resume_run(run.run_id, site=str(centre.profile))
    assert not {f"/{bucket}/{key}" for key in sent} & set(s3.asked("PUT"))
    assert list(s3.objects(bucket))[-1] == "iris/v1/pack.json"
    assert to in hub_text(centre, "README.md")
    assert status_runs(site=str(centre.profile)).runs == ()


def test_what_is_missing_in_the_bucket_is_sent_again_although_all_is_recorded(
    centre: Centre, s3: S3Server, tmp_path: Path
) -> None:
    catalog_iris(centre)
    pack, to = parquet_pack(tmp_path / "pack"), new_folder(s3)
    bucket = to.split("/")[2]
    with pytest.MonkeyPatch.context() as killed:
        killed.setattr(RunFolder, "remove", lambda _: None)
        upload_iris(centre, pack, to)
    whole = s3.objects(bucket)
    for kind in ("pack.json", ".tsv", ".parquet"):
        s3.keep(bucket, [key for key in whole if not key.endswith(kind)])
        assert upload_iris(centre, pack, to).outcome is UploadOutcome.UPLOADED
        assert s3.objects(bucket) == whole
    assert upload_iris(centre, pack, to).outcome is UploadOutcome.UNCHANGED
    assert status_runs(site=str(centre.profile)).runs == ()


def test_other_packs_and_public_buckets_for_private_data_are_refused(
    centre: Centre, s3: S3Server, tmp_path: Path
) -> None:
    catalog_iris(centre)
    first, to = parquet_pack(tmp_path / "pack"), new_folder(s3, public=True)
    bucket = to.split("/")[2]
    with pytest.raises(RequestInvalidError):
        upload_iris(centre, first, "s3://Bucket/../x")
    with pytest.raises(BucketError):
        upload_iris(centre, first, to, private=True)
    assert s3.objects(bucket) == {}
    upload_iris(centre, first, to)
    before = s3.objects(bucket)
    with pytest.raises(BucketConflictError) as refused:
        upload_iris(centre, webdataset_pack(tmp_path / "other"), to)
    assert refused.value.problems[-1].where == f"{to}/pack.json"
    assert s3.objects(bucket) == before
