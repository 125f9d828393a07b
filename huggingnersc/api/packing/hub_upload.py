"""Upload the shards of a pack to the Hub, where they are the data of a dataset."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from huggingnersc.adapters.engines.kept_progress import keeping_progress
from huggingnersc.api.catalog.update_dataset import apply_update
from huggingnersc.api.packing.prepare_upload import prepare_upload
from huggingnersc.api.packing.send_shards import ShardSender, upload_run
from huggingnersc.api.packing.upload_result import UploadOutcome

if TYPE_CHECKING:
    from huggingnersc.adapters.catalog_folder import CatalogFolder
    from huggingnersc.adapters.engines.choice import Report
    from huggingnersc.adapters.hub.client import Hub
    from huggingnersc.api.packing.prepare_upload import PreparedUpload
    from huggingnersc.api.packing.upload_request import UploadRequest
    from huggingnersc.api.packing.upload_result import Uploaded
    from huggingnersc.domain.site import Site


class HubUpload:
    """An upload to the Hub."""

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

    def prepare(self) -> PreparedUpload:
        """Work out the upload; nothing is changed."""
        return prepare_upload(self._request, self._catalog, self._hub, self._site)

    def do(self, prepared: PreparedUpload) -> Uploaded:
        """Send what the Hub lacks, commit it, then the card, and record it."""
        with upload_run(self._request, prepared, self._site) as run:
            sending = [run.size(number).size_bytes for number in run.pending()]
            self._prepare_repository(prepared)
            with keeping_progress(run, self._report) as report:
                sender = ShardSender(prepared, run, self._hub, report)
                sender.send(jobs=self._request.jobs)
            with self._catalog.lock(self._request.nickname):
                before = self._catalog.record(self._request.nickname).upload
                sender.commit(before, overwrite=self._request.overwrite)
                now = self.prepare()
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
