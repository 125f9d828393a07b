"""Upload the shards of a pack, so that the whole data of a dataset is on the Hub."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.engines.choice import no_report
from huggingnersc.adapters.transfer.s3_bucket import Bucket
from huggingnersc.api.catalog.pending import Pending
from huggingnersc.api.catalog.publish import readable_hub, writable_hub
from huggingnersc.api.packing.bucket_upload import BucketUpload, bucket_of
from huggingnersc.api.packing.hub_upload import HubUpload
from huggingnersc.api.packing.prepare_upload import missing_repository
from huggingnersc.api.packing.send_shards import forget_upload
from huggingnersc.api.packing.upload_request import USUAL_JOBS, UploadRequest
from huggingnersc.api.packing.upload_result import Uploaded, UploadOutcome
from huggingnersc.api.several import words
from huggingnersc.api.site import resolve_site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike

    from huggingnersc.adapters.engines.choice import EngineChoice, Report
    from huggingnersc.adapters.engines.run_folder import RunFolder
    from huggingnersc.api.several import Words
    from huggingnersc.domain.site import Site


@contextmanager
def plan_upload(
    nickname: str,
    shards: str | PathLike[str],
    *,
    private: bool | None = None,
    overwrite: bool = False,
    allow_secret: Words = (),
    jobs: int | None = None,
    to: str | None = None,
    on_progress: Report = no_report,
    dry_run: bool = False,
    site: Site | str | None = None,
) -> Iterator[Pending[Uploaded]]:
    """Plan an upload and yield it to be reviewed and applied; `upload_dataset` does so at once.

    The nickname is held only while the shards that were sent are committed and recorded, so
    that other commands need not wait for hours. What changed meanwhile is found then.

    Args:
        nickname: the dataset's nickname.
        shards: the folder of the pack.
        private: whether the dataset becomes private or public; None leaves it.
        overwrite: whether what others put on the Hub, or shards of other data, may be replaced.
        allow_secret: hashes of lines of the scripts that only look like secrets.
        jobs: how many shards are sent at a time.
        to: the folder of a bucket for the shards, `s3://bucket/prefix`, in place of the Hub.
        on_progress: called as the work advances.
        dry_run: whether nothing is to be applied.
        site: the site, its name or its TOML file; chosen by the environment when None.

    Raises:
        The errors of `upload_dataset`.
    """
    request = UploadRequest(
        nickname=nickname,
        shards=Path(shards).absolute(),
        private=private,
        overwrite=overwrite,
        allow_secret=words(allow_secret),
        jobs=jobs or USUAL_JOBS,
        to=bucket_of(to, nickname) if to is not None else None,
    )
    with _planned(request, on_progress, resolve_site(site), dry_run=dry_run) as pending:
        yield pending


@contextmanager
def _planned(
    request: UploadRequest, report: Report, site: Site, *, dry_run: bool
) -> Iterator[Pending[Uploaded]]:
    catalog = CatalogFolder(Path(site.catalog_root))
    record = catalog.record(request.nickname)  # else nothing is made for it
    with ExitStack() as stack:
        bucket = stack.enter_context(Bucket(request.to)) if request.to else None
        hub = stack.enter_context(readable_hub(site) if dry_run else writable_hub(site))
        if hub is None:
            raise missing_repository(record)
        upload = (
            BucketUpload(request, bucket, catalog, hub, site, report)
            if bucket
            else HubUpload(request, catalog, hub, site, report)
        )
        prepared = upload.prepare()
        is_nothing = prepared.result.outcome is UploadOutcome.UNCHANGED
        if is_nothing and not dry_run:
            forget_upload(request, prepared, catalog, site)
        do = None if is_nothing or dry_run else lambda: upload.do(prepared)
        yield Pending(prepared.result, do)


def upload_dataset(
    nickname: str,
    shards: str | PathLike[str],
    *,
    private: bool | None = None,
    overwrite: bool = False,
    allow_secret: Words = (),
    jobs: int | None = None,
    to: str | None = None,
    on_progress: Report = no_report,
    dry_run: bool = False,
    site: Site | str | None = None,
) -> Uploaded:
    """Put the shards of a pack on the Hub as the data of a dataset.

    Parquet shards go to the dataset's repository, WebDataset shards to `NICKNAME-shards`; the
    card says how to load them. All are sent first; then they are committed, at most 100 at a
    time, and the card last. What replaces an earlier upload deletes its shards in the last
    commit. The same call again completes what was cut off: what the Hub holds is not sent again.
    With `to` the shards go to a bucket, and the card says how to load them from there.

    Args:
        nickname: the dataset's nickname.
        shards: the folder of the pack, as `pack_dataset` wrote it.
        private: whether the dataset becomes private or public; None leaves it.
        overwrite: whether what others put on the Hub, or shards of other data, may be replaced.
        allow_secret: hashes of lines of the scripts that only look like secrets.
        jobs: how many shards are sent at a time; 4 when None.
        to: the folder of a bucket for the shards, `s3://bucket/prefix`, in place of the Hub.
        on_progress: called as the work advances.
        dry_run: whether to stop after planning.
        site: the site, its name or its TOML file; chosen by the environment when None.

    Raises:
        DatasetUnknownError, RecordDamagedError: there is no record, or it cannot be read.
        PackDamagedError: the pack is not finished, or cannot be read.
        PackFilesDamagedError: files are not what it recorded; `problems` names each, and the
            others are sent.
        RequestInvalidError: the pack is not whole, or the Hub would not take it; nothing was
            touched.
        DataClosedError: data that not everyone may read would become public; nothing was touched.
        HubMissingError: the repository of the dataset is not there.
        HubEditedError, HubConflictError: others changed the repository, or the pack is of other
            data than the shards that it would replace.
        RunBusyError, DatasetBusyError: another process uploads the same, or works on the nickname.
        HubError: the Hub refused or did not answer; the same call again completes the work.
        BucketError: the same of an S3 storage.
        BucketConflictError: the folder of the bucket holds other files of these names.
        InstallationError: buckets need the extra s3.
    """
    with plan_upload(
        nickname,
        shards,
        private=private,
        overwrite=overwrite,
        allow_secret=allow_secret,
        jobs=jobs,
        to=to,
        on_progress=on_progress,
        dry_run=dry_run,
        site=site,
    ) as pending:
        return pending.apply()


def resume_upload(run: RunFolder, choice: EngineChoice, site: Site, report: Report) -> Uploaded:
    """Go on with the upload of a run as it was asked for.

    Raises:
        RunDamagedError: the run is none of an upload, or of another catalog or Hub.
        The errors of `upload_dataset`.
    """
    request = UploadRequest.of_run(run, site, jobs=choice.jobs)
    with _planned(request, report, site, dry_run=False) as pending:
        result = pending.apply()
    if not pending.can_change:
        run.remove()
    return result
