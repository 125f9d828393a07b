"""Shards on a Hub: sent once, recorded, replaced, and refused before anything is sent."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc import (
    cancel_run,
    check_dataset,
    plan_upload,
    remove_dataset,
    restore_dataset,
    resume_run,
    status_runs,
    upload_dataset,
)
from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.engines.run_folder import RunFolder
from huggingnersc.adapters.hub.client_settings import uploads_by_lfs
from huggingnersc.api.packing.upload_result import UploadOutcome
from huggingnersc.api.runs.cancel_run import CancelOutcome
from huggingnersc.errors import (
    DataClosedError,
    DatasetUnknownError,
    HubConflictError,
    HubEditedError,
    HubMissingError,
    PackDamagedError,
    PackFilesDamagedError,
    RequestInvalidError,
    RunBusyError,
)
from huggingnersc.fixes import Fix, Verb
from tests.api.iris import api, catalog_iris, commits, hub_text, is_private, update_iris
from tests.api.iris_versions import add_version
from tests.hub_packs import parquet_pack, webdataset_pack

if TYPE_CHECKING:
    from huggingnersc.adapters.engines.choice import WorkProgress
    from huggingnersc.api.packing.upload_result import Uploaded
    from tests.api.conftest import Centre

pytest.importorskip("pyarrow", reason="the extra [data] is not installed")


def upload_iris(centre: Centre, pack: Path, **options: Any) -> Uploaded:
    return upload_dataset("iris", pack, site=str(centre.profile), **options)


def data_on_hub(centre: Centre, name: str = "iris") -> list[str]:
    files = api(centre).list_repo_files(f"NERSC/{name}", repo_type="dataset")
    return sorted(file for file in files if file.startswith("data/"))


def put_on_hub(centre: Centre, path: str, content: bytes) -> None:
    """What a colleague does with another client."""
    with uploads_by_lfs():
        api(centre).upload_file(
            path_or_fileobj=content, path_in_repo=path, repo_id="NERSC/iris", repo_type="dataset"
        )


def findings(centre: Centre) -> list[str]:
    (checked,) = check_dataset("iris", site=str(centre.profile)).datasets
    return [str(one.message) for one in checked.findings if one.about == "Hub"]


PARQUET = [
    "data/test-00000-of-00001.parquet",
    "data/train-00000-of-00002.parquet",
    "data/train-00001-of-00002.parquet",
]


def test_shards_are_uploaded_once_and_outlive_every_other_change(
    centre: Centre, tmp_path: Path
) -> None:
    catalog_iris(centre)
    pack = parquet_pack(tmp_path / "pack")
    planned = upload_iris(centre, pack, dry_run=True)
    assert (planned.outcome, planned.sent_shards) == (UploadOutcome.PLANNED, 3)
    assert data_on_hub(centre) == []

    done = upload_iris(centre, pack)
    assert (done.outcome, done.shards, done.sent_shards) == (UploadOutcome.UPLOADED, 3, 3)
    assert data_on_hub(centre) == PARQUET
    assert commits(centre)[:2] == ["Update Fisher's Iris Data", "Upload 3 shards"]
    assert 'load_dataset("NERSC/iris", streaming=True)' in hub_text(centre, "README.md")
    assert upload_iris(centre, pack).outcome is UploadOutcome.UNCHANGED
    assert findings(centre) == []

    update_iris(centre, official_name="Iris")
    remove_dataset("iris", site=str(centre.profile))
    assert is_private(centre)
    restore_dataset("iris", site=str(centre.profile))
    assert not is_private(centre)
    assert (data_on_hub(centre), findings(centre)) == (PARQUET, [])
    record = CatalogFolder(centre.catalog).record("iris")
    assert record.upload is not None
    assert [one.path for one in record.upload.shards] == [PARQUET[1], PARQUET[2], PARQUET[0]]


def test_an_upload_that_was_killed_at_its_end_leaves_nothing_after_the_next_call(
    centre: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog_iris(centre)
    pack, site = parquet_pack(tmp_path / "pack"), str(centre.profile)
    with monkeypatch.context() as killed:
        killed.setattr(RunFolder, "remove", lambda _: None)
        upload_iris(centre, pack)
    assert len(status_runs(site=site).runs) == 1
    staged = centre.catalog / ".iris.staged"
    staged.mkdir()
    upload_iris(centre, pack, dry_run=True)
    assert len(status_runs(site=site).runs) == 1
    assert upload_iris(centre, pack).outcome is UploadOutcome.UNCHANGED
    assert status_runs(site=site).runs == ()
    assert not staged.exists()


def test_a_new_pack_replaces_the_former_one_in_either_form(centre: Centre, tmp_path: Path) -> None:
    catalog_iris(centre)
    upload_iris(centre, parquet_pack(tmp_path / "first"))
    smaller = parquet_pack(tmp_path / "smaller", {"train": (4,)}, first=100)
    done = upload_iris(centre, smaller)
    assert (done.sent_shards, done.replaced_shards) == (1, 3)
    assert data_on_hub(centre) == ["data/train-00000-of-00001.parquet"]

    beside = upload_iris(centre, webdataset_pack(tmp_path / "tar"))
    assert (beside.shards_repo_id, beside.replaced_shards) == ("NERSC/iris-shards", 1)
    moves = (
        'load_dataset("NERSC/iris") no longer loads the data, which moves to NERSC/iris-shards.'
    )
    assert moves in beside.warnings
    assert data_on_hub(centre) == []
    assert [path.rpartition(".")[2] for path in data_on_hub(centre, "iris-shards")] == ["tar"] * 3
    assert "(/datasets/NERSC/iris-shards)" in hub_text(centre, "README.md")
    card = api(centre).hf_hub_download("NERSC/iris-shards", "README.md", repo_type="dataset")
    assert "(/datasets/NERSC/iris)" in Path(card).read_text(encoding="utf-8")
    assert findings(centre) == []

    back = upload_iris(centre, smaller)
    assert back.sent_shards == 1
    assert "NERSC/iris-shards becomes private and empty." in back.warnings
    assert data_on_hub(centre, "iris-shards") == []
    assert is_private(centre, "iris-shards")
    assert not is_private(centre)


def test_the_repository_of_shards_is_seen_by_those_who_see_the_dataset(
    centre: Centre, tmp_path: Path
) -> None:
    catalog_iris(centre)
    pack = webdataset_pack(tmp_path / "pack")
    upload_iris(centre, pack, private=True)
    both = ("iris", "iris-shards")
    assert [is_private(centre, name) for name in both] == [True, True]
    update_iris(centre, private=False)
    assert [is_private(centre, name) for name in both] == [False, False]
    with pytest.raises(HubConflictError):
        remove_dataset("iris", delete=True, site=str(centre.profile))
    remove_dataset("iris", site=str(centre.profile))
    assert [is_private(centre, name) for name in both] == [True, True]
    restore_dataset("iris", site=str(centre.profile))
    assert [is_private(centre, name) for name in both] == [False, False]

    remove_dataset("iris", delete=True, overwrite=True, site=str(centre.profile))
    restored = restore_dataset("iris", site=str(centre.profile))
    assert "upload_dataset('iris', 'DIR')" in " ".join(map(str, restored.warnings))
    assert CatalogFolder(centre.catalog).record("iris").upload is None
    assert "iris-shards" not in hub_text(centre, "README.md")
    assert upload_iris(centre, pack).outcome is UploadOutcome.UPLOADED


def test_what_others_do_to_shards_is_found_and_their_own_files_stay(
    centre: Centre, tmp_path: Path
) -> None:
    catalog_iris(centre)
    put_on_hub(centre, "data/theirs.parquet", b"theirs")
    put_on_hub(centre, PARQUET[0], b"taken")
    pack = parquet_pack(tmp_path / "pack")
    with pytest.raises(HubConflictError):
        upload_iris(centre, pack)
    upload_iris(centre, pack, overwrite=True)
    update_iris(centre, official_name="Iris")
    assert data_on_hub(centre) == [PARQUET[0], "data/theirs.parquet", *PARQUET[1:]]
    assert len(findings(centre)) == 1  # a note about theirs

    put_on_hub(centre, PARQUET[1], b"changed")
    assert len(findings(centre)) == 2
    with pytest.raises(HubEditedError) as refused:
        update_iris(centre, official_name="Irises")
    assert [change.path for change in refused.value.changes] == [PARQUET[1]]
    dropped = update_iris(centre, official_name="Irises", overwrite=True)
    assert "upload_dataset('iris', 'DIR')" in " ".join(map(str, dropped.warnings))
    assert "streaming=True)" not in hub_text(centre, "README.md")
    with pytest.raises(HubConflictError):
        upload_iris(centre, pack)
    assert upload_iris(centre, pack, overwrite=True).sent_shards == 3
    assert len(findings(centre)) == 1


def test_a_pack_is_refused_before_anything_is_sent(centre: Centre, tmp_path: Path) -> None:
    pack = parquet_pack(tmp_path / "pack", nickname="digits")
    with pytest.raises(DatasetUnknownError):
        upload_iris(centre, pack)
    catalog_iris(centre)
    for folder, word in ((tmp_path, "no pack"), (tmp_path / "absent", "does not exist")):
        with pytest.raises(PackDamagedError, match=word):
            upload_iris(centre, folder)
    (pack / PARQUET[0]).unlink()
    (pack / PARQUET[1]).write_bytes(b"short")
    with pytest.raises(RequestInvalidError) as refused:
        upload_iris(centre, pack)
    assert [one.where for one in refused.value.problems] == ["pack.json", PARQUET[1], PARQUET[0]]
    api(centre).delete_repo("NERSC/iris", repo_type="dataset")
    with pytest.raises(HubMissingError):
        upload_iris(centre, parquet_pack(tmp_path / "good"))


def test_data_that_is_closed_is_uploaded_in_private_only(centre: Centre, tmp_path: Path) -> None:
    catalog_iris(centre)
    source = tmp_path / "closed"
    source.mkdir(mode=0o700)
    pack = parquet_pack(tmp_path / "pack", path=str(source))
    with pytest.raises(DataClosedError):
        upload_iris(centre, pack)
    assert data_on_hub(centre) == []
    assert upload_iris(centre, pack, private=True).private
    assert is_private(centre)


def test_other_data_takes_the_place_of_none_without_overwriting(
    centre: Centre, tmp_path: Path
) -> None:
    own, other = tmp_path / "own", tmp_path / "other"
    for folder in (own, other):
        folder.mkdir()
    catalog_iris(centre, data_path=own, private=True)
    strange = upload_iris(centre, parquet_pack(tmp_path / "first", path=str(other)), dry_run=True)
    assert strange.packed_from == str(other)
    assert str(other) in str(strange.warnings[0])
    mine = upload_iris(centre, parquet_pack(tmp_path / "mine", path=str(own / "in")))
    assert mine.warnings == strange.warnings[1:]
    pack = parquet_pack(tmp_path / "second", {"train": (4,)}, path=str(other))
    with pytest.raises(HubConflictError):
        upload_iris(centre, pack)
    assert data_on_hub(centre) == PARQUET
    assert upload_iris(centre, pack, overwrite=True).replaced_shards == 3
    again = parquet_pack(tmp_path / "third", {"train": (5,)}, path=str(other))
    assert upload_iris(centre, again).outcome is UploadOutcome.UPLOADED  # the same data as before


def test_a_shard_that_changed_is_not_committed_and_the_run_goes_on(
    centre: Centre, tmp_path: Path
) -> None:
    catalog_iris(centre)
    pack = parquet_pack(tmp_path / "pack")
    shard = pack / PARQUET[2]
    content = shard.read_bytes()
    shard.write_bytes(content[:-9] + b"x" + content[-8:])
    with pytest.raises(PackDamagedError):
        upload_iris(centre, pack, jobs=1)
    assert data_on_hub(centre) == []
    (run,) = status_runs(site=str(centre.profile)).runs
    assert (run.verb, run.shards_done, run.shards) == (Verb.UPLOAD_DATASET, 2, 3)
    assert run.next_step == Fix(Verb.RESUME_RUN, (run.run_id,))
    cancelled = cancel_run(run.run_id, site=str(centre.profile))
    assert cancelled.outcome is CancelOutcome.UNCHANGED  # what is sent is kept to resume
    shard.write_bytes(content)
    resumed = resume_run(run.run_id, site=str(centre.profile))
    assert resumed.result.outcome is UploadOutcome.UPLOADED
    assert resumed.result.sent_shards == 1  # the others were sent before
    assert (data_on_hub(centre), findings(centre)) == (PARQUET, [])
    assert status_runs(site=str(centre.profile)).runs == ()


@pytest.mark.parametrize("jobs", [1, 3])
def test_every_damaged_shard_is_named_and_no_other_pack_is_in_its_way(
    centre: Centre, tmp_path: Path, jobs: int
) -> None:
    catalog_iris(centre)
    whole, damaged = parquet_pack(tmp_path / "whole"), parquet_pack(tmp_path / "damaged")
    for names in (PARQUET, PARQUET[:2]):  # before anything was sent, and beside a shard
        contents = {damaged / name: (damaged / name).read_bytes() for name in names}
        for shard, content in contents.items():
            shard.write_bytes(bytes(len(content)))
        with pytest.raises(PackFilesDamagedError) as caught:
            upload_iris(centre, damaged, jobs=jobs)
        assert [problem.where for problem in caught.value.problems] == sorted(names)
        assert Fix(Verb.VERIFY_DATASET, (str(damaged),)) in getattr(caught.value.hint, "parts", ())
        assert len(status_runs(site=str(centre.profile)).runs) == (names != PARQUET)
        for shard, content in contents.items():
            shard.write_bytes(content)
    assert upload_iris(centre, whole).outcome is UploadOutcome.UPLOADED
    assert (data_on_hub(centre), status_runs(site=str(centre.profile)).runs) == (PARQUET, ())


def test_an_upload_that_works_is_not_cancelled_and_one_that_ended_is_deleted(
    centre: Centre, tmp_path: Path
) -> None:
    catalog_iris(centre)
    site, pack = str(centre.profile), parquet_pack(tmp_path / "pack")
    refused: list[str] = []

    def cancel(_: WorkProgress) -> None:
        (run,) = status_runs(site=site).runs
        with pytest.raises(RunBusyError):
            cancel_run(run.run_id, delete=True, site=site)
        refused.append(run.run_id)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        upload_iris(centre, pack, jobs=1, on_progress=cancel)
    deleted = cancel_run(refused[0], delete=True, site=site)
    assert deleted.outcome is CancelOutcome.DELETED
    assert (status_runs(site=site).runs, data_on_hub(centre)) == ((), [])
    assert upload_iris(centre, pack).outcome is UploadOutcome.UPLOADED


def test_a_version_keeps_the_shards_and_shards_keep_the_versions(
    centre: Centre, tmp_path: Path
) -> None:
    catalog_iris(centre)
    upload_iris(centre, parquet_pack(tmp_path / "pack"))
    add_version(centre, tag=False)
    update_iris(centre)
    assert (data_on_hub(centre), findings(centre)) == (PARQUET, [])
    replaced = upload_iris(centre, parquet_pack(tmp_path / "second", {"train": (4,)}))
    assert replaced.replaced_shards == 3
    assert data_on_hub(centre) == ["data/train-00000-of-00001.parquet"]
    tagged = api(centre).list_repo_files("NERSC/iris", repo_type="dataset", revision="v1")
    assert set(PARQUET) < set(tagged)


def test_of_two_uploads_at_once_the_later_one_is_there_in_whole(
    centre: Centre, tmp_path: Path
) -> None:
    catalog_iris(centre)
    site, pack = str(centre.profile), parquet_pack(tmp_path / "pack")
    other = parquet_pack(tmp_path / "other", {"train": (1, 1, 1)}, first=100)
    with plan_upload("iris", pack, site=site) as pending:
        upload_iris(centre, other)
        put_on_hub(centre, "notes.bin", b"in between")
        with pytest.raises(HubEditedError):
            pending.apply()  # the shards are there, and the card asks what becomes of the notes
    assert upload_iris(centre, pack, overwrite=True).sent_shards == 0
    assert (data_on_hub(centre), findings(centre)) == (PARQUET, [])


def test_what_others_put_there_while_shards_are_sent_is_not_replaced(
    centre: Centre, tmp_path: Path
) -> None:
    catalog_iris(centre)
    pack = parquet_pack(tmp_path / "pack")
    with plan_upload("iris", pack, site=str(centre.profile)) as pending:
        put_on_hub(centre, PARQUET[0], b"taken meanwhile")
        with pytest.raises(HubConflictError):
            pending.apply()
    assert data_on_hub(centre) == [PARQUET[0]]
