"""Upload the shards of a pack, so that the whole data of a dataset is on the Hub."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.engines.choice import no_report
from huggingnersc.adapters.engines.kept_progress import keeping_progress
from huggingnersc.api.catalog.pending import Pending
from huggingnersc.api.catalog.publish import readable_hub, writable_hub
from huggingnersc.api.catalog.update_dataset import apply_update
from huggingnersc.api.packing.bucket_upload import bucket_of, bucket_upload
from huggingnersc.api.packing.prepare_upload import UploadRequest, prepare_upload
from huggingnersc.api.packing.send_shards import ShardSender, forget_upload, upload_run
from huggingnersc.api.packing.upload_result import Uploaded, UploadOutcome
from huggingnersc.api.several import words
from huggingnersc.api.site import resolve_site
from huggingnersc.domain.bucket_address import parse_bucket_address
from huggingnersc.errors import RunDamagedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike

    from huggingnersc.adapters.engines.choice import EngineChoice, Report
    from huggingnersc.adapters.engines.run_folder import RunFolder
    from huggingnersc.adapters.hub.client import Hub
    from huggingnersc.api.packing.prepare_upload import PreparedUpload
    from huggingnersc.api.several import Words
    from huggingnersc.domain.site import Site

_JOBS = 4  # shards that are sent at a time; each is one connection


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
        jobs=jobs or _JOBS,
        to=bucket_of(to, nickname) if to is not None else None,
    )
    with _planned(request, on_progress, resolve_site(site), dry_run=dry_run) as pending:
        yield pending


@contextmanager
def _planned(
    request: UploadRequest, report: Report, site: Site, *, dry_run: bool
) -> Iterator[Pending[Uploaded]]:
    catalog = CatalogFolder(Path(site.catalog_root))
    catalog.record(request.nickname)  # an unknown one is reported before anything is made for it
    if request.to:
        with bucket_upload(request, request.to, catalog, site, report, dry_run=dry_run) as pending:
            yield pending
        return
    if dry_run:
        with readable_hub(site) as readable:
            yield Pending(prepare_upload(request, catalog, readable, site).result, None)
        return
    with writable_hub(site) as hub:
        prepared = prepare_upload(request, catalog, hub, site)
        if prepared.is_nothing:
            forget_upload(request, prepared, catalog, site)
        uploading = _Uploading(request, catalog, hub, site, report)
        do = None if prepared.is_nothing else lambda: uploading.do(prepared)
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
        PackDamagedError: the pack is not finished, or a shard is not what it recorded.
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
    asked = run.spec.request
    try:
        request = UploadRequest(
            nickname=str(asked["nickname"]),
            shards=Path(str(asked["shards"])),
            private=None if asked["private"] is None else bool(asked["private"]),
            overwrite=bool(asked["overwrite"]),
            allow_secret=tuple(map(str, asked["allow_secret"])),
            jobs=choice.jobs or _JOBS,
            to=parse_bucket_address(asked["to"]) if asked.get("to") else None,
        )
        places = asked["catalog_root"], asked["hub"]
    except (LookupError, TypeError, ValueError) as error:
        raise RunDamagedError(f"The run {run.spec.run_id} is none of an upload.") from error
    if places != (str(site.catalog_root), site.hub_address):
        raise RunDamagedError(
            f"The run {run.spec.run_id} is of the catalog {places[0]} and the Hub {places[1]}.",
            hint="Name their site: --site",
        )
    with _planned(request, report, site, dry_run=False) as pending:
        result = pending.apply()
    if not pending.can_change:
        run.remove()
    return result


class _Uploading:
    """Does an upload that was worked out."""

    def __init__(
        self,
        request: UploadRequest,
        catalog: CatalogFolder,
        hub: Hub,
        site: Site,
        report: Report,
    ) -> None:
        self._request, self._catalog = request, catalog
        self._hub, self._site, self._report = hub, site, report

    def do(self, prepared: PreparedUpload) -> Uploaded:
        with upload_run(self._request, prepared, self._site) as run:
            sending = [run.size(number).size_bytes for number in run.pending()]
            self._prepare_repository(prepared)
            with keeping_progress(run, self._report) as report:
                sender = ShardSender(prepared, run, self._hub, report)
                sender.send(jobs=self._request.jobs)
            with self._catalog.lock(self._request.nickname):
                before = self._catalog.record(self._request.nickname).upload
                sender.commit(before, overwrite=self._request.overwrite)
                now = prepare_upload(self._request, self._catalog, self._hub, self._site)
                done = apply_update(now.update, self._catalog, self._hub)
                self._tag(now)
        return replace(
            prepared.result,
            outcome=UploadOutcome.UPLOADED,
            commit=done.commit,
            sent_shards=len(sending),
            sent_bytes=sum(sending),
        )

    def _tag(self, now: PreparedUpload) -> None:
        """Tag the shards in a repository of their own with their version."""
        there = None if now.former_tag is None else self._hub.repository(now.repo_id)
        if there is None or there.commit is None:
            return
        if now.former_tag:
            self._hub.delete_tag(now.repo_id, now.upload.version)
        self._hub.create_tag(now.repo_id, now.upload.version, commit=there.commit)

    def _prepare_repository(self, prepared: PreparedUpload) -> None:
        """Make the repository of the shards, or hide what is to be private, before all else."""
        if prepared.place is None:
            self._hub.create_repository(prepared.repo_id, private=prepared.private)
        elif prepared.private and not prepared.place.private:
            self._hub.set_visibility(prepared.repo_id, private=True)
