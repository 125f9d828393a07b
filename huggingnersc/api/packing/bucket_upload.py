"""Upload the shards of a pack to a bucket; the card of the dataset says how to load them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING

from huggingnersc.adapters.engines.kept_progress import keeping_progress
from huggingnersc.adapters.packing.pack_on_disk import pack_on_disk
from huggingnersc.adapters.transfer.s3_upload import (
    BucketFile,
    S3Upload,
    clear_unfinished,
    files_to_send,
    is_read_by_everyone,
)
from huggingnersc.api.catalog.publish import refusal
from huggingnersc.api.catalog.update_dataset import apply_update
from huggingnersc.api.packing.pack_origin import refuse_other_data
from huggingnersc.api.packing.prepare_upload import (
    PreparedUpload,
    missing_repository,
    planned_result,
    planned_update,
    refuse_closed_source,
    shards_in,
)
from huggingnersc.api.packing.send_shards import (
    keep_sent,
    upload_progress,
    upload_run,
)
from huggingnersc.api.packing.upload_result import UploadOutcome
from huggingnersc.domain.bucket_address import parse_bucket_address
from huggingnersc.domain.loading.upload import UploadBucket
from huggingnersc.domain.packing.pack import PACK_FILE
from huggingnersc.domain.packing.upload_limits import bucket_problems, size_problems, upload_of
from huggingnersc.domain.text.shell import shown
from huggingnersc.errors import BucketError, PackDamagedError
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from huggingnersc.adapters.catalog_folder import CatalogFolder
    from huggingnersc.adapters.engines.choice import Report
    from huggingnersc.adapters.engines.run_folder import RunFolder
    from huggingnersc.adapters.hub.client import Hub
    from huggingnersc.adapters.packing.pack_on_disk import PackOnDisk
    from huggingnersc.adapters.transfer.s3_bucket import Bucket
    from huggingnersc.api.packing.upload_request import UploadRequest
    from huggingnersc.api.packing.upload_result import Uploaded
    from huggingnersc.domain.bucket_address import BucketAddress
    from huggingnersc.domain.loading.upload import Upload
    from huggingnersc.domain.site import Site


def bucket_of(address: str, nickname: str) -> BucketAddress:
    """Return the folder of a bucket that a user named.

    Raises:
        RequestInvalidError: it is none.
    """
    try:
        return parse_bucket_address(address)
    except ValueError as error:
        problem = Problem("to", str(error))
        raise refusal([problem], nickname=nickname, action="uploaded", metadata=None) from error


class BucketUpload:
    """An upload to a bucket."""

    def __init__(
        self,
        request: UploadRequest,
        bucket: Bucket,
        catalog: CatalogFolder,
        hub: Hub,
        site: Site,
        report: Report,
    ) -> None:
        self._request, self._bucket, self._catalog = request, bucket, catalog
        self._hub, self._site, self._report = hub, site, report
        self._pack = pack_on_disk(request.shards)
        self._sending, self._lock = Counter[str](), Lock()

    def prepare(self) -> PreparedUpload:
        """Work out the upload; nothing is changed."""
        record = self._catalog.record(self._request.nickname)
        if self._hub.repository(record.repo_id) is None:
            raise missing_repository(record)
        pack = self._pack
        problems = [*bucket_problems(pack.pack, record), *size_problems(pack.pack, pack.sizes())]
        if problems:
            name = record.nickname
            raise refusal(problems, nickname=name, action="uploaded", metadata=None)
        if not self._request.overwrite:
            refuse_other_data(pack.pack.source, upload_of(pack.pack, pack.sha256), record)
        self._bucket.require()
        files = _files(pack)
        lacking = {one.path for one in files_to_send(self._bucket, files, jobs=self._request.jobs)}
        upload = self._recorded(files[-1], is_whole=PACK_FILE not in lacking)
        update = planned_update(self._request, upload, self._catalog, self._hub, self._site)
        if not update.plan.record.private:
            refuse_closed_source(pack, record.nickname)
        to_send, address = shards_in(pack, lacking), str(self._bucket.address)
        is_nothing = not lacking and update.steps.is_nothing
        result = replace(
            planned_result(pack, upload, record, update, self._site, to_send),
            outcome=UploadOutcome.UNCHANGED if is_nothing else UploadOutcome.PLANNED,
            shards_url=address,
            published_to=address,
        )
        return PreparedUpload(
            pack=pack,
            upload=upload,
            repo_id=address,
            place=None,
            lacking=to_send,
            update=update,
            result=result,
        )

    def _recorded(self, pack_file: BucketFile, *, is_whole: bool) -> Upload:
        """Return the pack as it is recorded; whether it is public is known once it is whole."""
        place = UploadBucket(
            address=str(self._bucket.address),
            endpoint=self._bucket.endpoint,
            is_public=is_whole and is_read_by_everyone(self._bucket, PACK_FILE),
            pack_bytes=pack_file.size_bytes,
        )
        return replace(upload_of(self._pack.pack, self._pack.sha256), bucket=place)

    def do(self, prepared: PreparedUpload) -> Uploaded:
        """Send what the bucket lacks, `pack.json` last, then let card and record say it."""
        with upload_run(self._request, prepared, self._site) as run:
            self._send(prepared, run)
            with self._catalog.lock(self._request.nickname):
                done = apply_update(self.prepare().update, self._catalog, self._hub)
        return replace(prepared.result, outcome=UploadOutcome.UPLOADED, commit=done.commit)

    def _send(self, prepared: PreparedUpload, run: RunFolder) -> None:
        files = files_to_send(self._bucket, _files(prepared.pack), jobs=self._request.jobs)
        clear_unfinished(self._bucket, files)
        with keeping_progress(run, self._report) as report:
            for part in (files[:1], files[1:-1], files[1:][-1:]):  # the last one is pack.json
                with self._upload(prepared, run, report) as upload:
                    for file in part:
                        upload.send(file)
                if part == files[:1] and part:
                    self._require_hidden(prepared, files[0])

    def _upload(self, prepared: PreparedUpload, run: RunFolder, report: Report) -> S3Upload:
        paths = {one.path for one in prepared.upload.shards}

        def moved(path: str, size_bytes: int) -> None:
            if path not in paths:
                return
            with self._lock:
                self._sending[path] += size_bytes
                report(upload_progress(prepared, run, self._sending))

        def sent(file: BucketFile) -> None:
            if file.path not in paths:
                return
            with self._lock:
                self._sending.pop(file.path, None)
                keep_sent(prepared, run, file.path)
                report(upload_progress(prepared, run, self._sending))

        return S3Upload(self._bucket, jobs=self._request.jobs, on_bytes=moved, on_sent=sent)

    def _require_hidden(self, prepared: PreparedUpload, first: BucketFile) -> None:
        """Let nothing of a private dataset be in a bucket that everyone may read.

        Raises:
            BucketError: it would; what was sent to find out is deleted.
        """
        if not prepared.private or not is_read_by_everyone(self._bucket, first.path):
            return
        self._bucket.remove(first.path)
        raise BucketError(
            f'"{self._request.nickname}" is private, but everyone may read what is in '
            f"{self._bucket.address}; nothing is left there.",
            hint="Name a bucket that is not public, or make the dataset public (--public).",
        )


def _files(pack: PackOnDisk) -> list[BucketFile]:
    """Return the files of a pack as they are sent: small manifests, shards, and `pack.json`."""
    shards = pack.pack.shards
    manifests = [(one.manifest_path, one.manifest_sha256) for one in shards]
    return [
        *(_small(pack, path, digest) for path, digest in manifests),
        *(
            BucketFile(one.path, pack.folder / one.path, one.size_bytes, one.sha256)
            for one in shards
        ),
        _small(pack, PACK_FILE, pack.sha256),
    ]


def _small(pack: PackOnDisk, path: str, digest: str) -> BucketFile:
    file = pack.folder / path
    try:
        size_bytes = file.stat().st_size
    except OSError as error:
        raise PackDamagedError(f"{shown(file)} cannot be read: {error.strerror}.") from error
    return BucketFile(path, file, size_bytes, digest)
