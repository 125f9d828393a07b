"""Send the shards of a pack to the Hub, as a run that can be looked at and resumed."""

from __future__ import annotations

import json
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.clock import moment_now
from huggingnersc.adapters.engines.choice import WorkProgress
from huggingnersc.adapters.engines.explained_run import explained_run
from huggingnersc.adapters.engines.run_folder import RunFolder, RunSpec
from huggingnersc.adapters.engines.run_id import run_id_of
from huggingnersc.adapters.hub.large_files import Sending
from huggingnersc.api.packing.prepare_upload import refuse_others
from huggingnersc.domain.catalog.shards_repository import lost_shards
from huggingnersc.domain.engine_name import EngineName
from huggingnersc.domain.packing.upload_limits import MOST_IN_A_COMMIT
from huggingnersc.domain.text.formatting import first_names, plural
from huggingnersc.errors import HubConflictError, PackDamagedError, RunUnknownError
from huggingnersc.fixes import Fix, Message, Verb
from huggingnersc.new_folder import make_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from huggingnersc.adapters.catalog_folder import CatalogFolder
    from huggingnersc.adapters.engines.choice import Report
    from huggingnersc.adapters.hub.client import Hub
    from huggingnersc.adapters.hub.large_files import HubFile
    from huggingnersc.api.packing.prepare_upload import PreparedUpload
    from huggingnersc.api.packing.upload_request import UploadRequest
    from huggingnersc.domain.catalog.remote import RemoteRepository
    from huggingnersc.domain.loading.upload import Upload
    from huggingnersc.domain.site import Site

_TASK = "upload"  # is done by the process that has the token, and by no worker
_TRIES = 3  # at commits, where others commit at the same time
_MOST_NAMED = 2


@contextmanager
def upload_run(
    request: UploadRequest, prepared: PreparedUpload, site: Site
) -> Iterator[RunFolder]:
    """Open the run of an upload while the block runs; it is removed where the block succeeds.

    Raises:
        RunBusyError: another process uploads the same pack.
        RunError: the folder of the run cannot be written.
        PackDamagedError: the pack is not what it recorded; a run that sent nothing is removed.
    """
    root = Path(site.run_root)
    with explained_run(root):
        make_folder(root, 0o700)
        run = RunFolder.create(root, _spec(request, prepared, site))
    with run.locked():
        with explained_run(root):
            _list_shards(run, prepared)
        try:
            yield run
        except PackDamagedError as error:
            if not _has_sent(run, prepared):
                run.remove()  # there is nothing to go on with
            error.hint = error.hint or _pack_again(prepared.pack.folder)
            raise
        run.remove()


def forget_upload(
    request: UploadRequest, prepared: PreparedUpload, catalog: CatalogFolder, site: Site
) -> None:
    """Remove what a killed upload has left, where nothing is left to do.

    Raises:
        RunBusyError, DatasetBusyError: another process uploads the same, or works on the nickname.
        RunError: the folder of the run cannot be removed.
    """
    root = Path(site.run_root)
    with suppress(RunUnknownError):
        run = RunFolder.open(root / _run_id(request, prepared, site))
        with explained_run(root), run.locked(), catalog.lock(request.nickname):
            run.remove()


def _has_sent(run: RunFolder, prepared: PreparedUpload) -> bool:
    lacking = {file.path for file in prepared.lacking}
    return any(prepared.pack.pack.shards[number].path in lacking for number in run.done())


def _pack_again(folder: Path) -> Message:
    return Message(
        "See all that is damaged: ",
        Fix(Verb.VERIFY_DATASET, (str(folder),)),
        "; then pack the data again, to another folder, and upload that.",
    )


def _run_id(request: UploadRequest, prepared: PreparedUpload, site: Site) -> str:
    parts = (site.catalog_root, site.hub_address, prepared.repo_id, prepared.pack.sha256)
    return run_id_of(Verb.UPLOAD_DATASET, request.nickname, *parts)


def _spec(request: UploadRequest, prepared: PreparedUpload, site: Site) -> RunSpec:
    return RunSpec(
        run_id=_run_id(request, prepared, site),
        verb=Verb.UPLOAD_DATASET,
        engine=EngineName.LOCAL,
        task=_TASK,
        created_at=moment_now(),
        arguments={
            "repo_id": prepared.repo_id,
            "pack_sha256": prepared.pack.sha256,
        },
        request=request.as_json(site),
    )


def _list_shards(run: RunFolder, prepared: PreparedUpload) -> None:
    """Make the work list; what the Hub holds already is done."""
    lacking = {file.path for file in prepared.lacking}
    if not run.is_sealed:
        for shard in prepared.pack.pack.shards:
            items = json.dumps([shard.path, shard.size_bytes, shard.sha256]).encode() + b"\n"
            run.add_shard(items, files=1, size_bytes=shard.size_bytes)
        run.seal()
    for number, shard in enumerate(prepared.pack.pack.shards):
        if shard.path not in lacking and not run.is_done(number):
            run.put_result(number, b"")


@dataclass(frozen=True, slots=True)
class ShardSender:
    """Sends the shards of one pack.

    Attributes:
        prepared: the upload.
        run: where it is kept what was sent.
        hub: where it goes.
        report: called as the work advances.
    """

    prepared: PreparedUpload
    run: RunFolder
    hub: Hub
    report: Report

    def send(self, *, jobs: int) -> None:
        """Send what the Hub lacks to its storage; no commit names it yet.

        Raises:
            PackFilesDamagedError: shards are not what the pack recorded; the others are sent.
            HubError: the Hub refused or did not answer.
        """
        self._tick({})
        sending = Sending(self._sent, self._tick)
        if self.prepared.lacking:
            self.hub.send_files(
                self.prepared.repo_id, self.prepared.lacking, jobs=jobs, sending=sending
            )

    def commit(self, before: Upload | None, *, overwrite: bool) -> None:
        """Commit what was sent, on top of what is there now.

        Args:
            before: what was uploaded before, as recorded.
            overwrite: whether what others put there meanwhile may be replaced.

        Raises:
            HubConflictError: others did, or they commit all the time.
        """
        for last in range(_TRIES):
            there = self.hub.repository(self.prepared.repo_id)
            if not overwrite:
                refuse_others(self.prepared.upload, before, there)
            try:
                self._commit_lacking(there)
            except HubConflictError:
                if last + 1 == _TRIES:
                    raise
            else:
                return

    def _commit_lacking(self, there: RemoteRepository | None) -> None:
        lacking = set(lost_shards(self.prepared.upload, there))
        files = [file for file in self.prepared.lacking if file.path in lacking]
        parent = there.commit if there else None
        for begin in range(0, len(files), MOST_IN_A_COMMIT):
            chunk = files[begin : begin + MOST_IN_A_COMMIT]
            message = f"Upload {plural(len(chunk), 'shard')}"
            repo_id = self.prepared.repo_id
            parent = self.hub.commit_sent(repo_id, chunk, message=message, parent=parent)

    def _sent(self, file: HubFile) -> None:
        keep_sent(self.prepared, self.run, file.path)

    def _tick(self, under_way: Mapping[str, int]) -> None:
        self.report(upload_progress(self.prepared, self.run, under_way))


def keep_sent(prepared: PreparedUpload, run: RunFolder, path: str) -> None:
    """Keep that a shard was sent.

    Raises:
        RunError: the folder of the run cannot be written.
    """
    paths = [shard.path for shard in prepared.pack.pack.shards]
    with explained_run(run.path.parent):
        run.put_result(paths.index(path), b"")


def upload_progress(
    prepared: PreparedUpload, run: RunFolder, under_way: Mapping[str, int]
) -> WorkProgress:
    """Return how far an upload is.

    Args:
        prepared: the upload.
        run: what was sent.
        under_way: the bytes that were sent of each shard that is not there yet.
    """
    shards = prepared.pack.pack.shards
    done = [shards[number] for number in run.done()]
    return WorkProgress(
        files=len(done),
        size_bytes=sum(one.size_bytes for one in done) + sum(under_way.values()),
        of_files=len(shards),
        of_bytes=prepared.upload.size_bytes,
        note=_words(under_way, {one.path: one.size_bytes for one in shards}),
    )


def _words(under_way: Mapping[str, int], sizes: Mapping[str, int]) -> str:
    """Return how far the files are that are being sent."""
    parts = [
        f"{path.rpartition('/')[2]} {100 * sent // max(1, sizes[path])} %"
        for path, sent in sorted(under_way.items())
    ]
    return first_names(parts, _MOST_NAMED)
