"""Work out an upload: what is wrong with it, what the Hub lacks, and what becomes of the card."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.files.permissions import first_closed
from huggingnersc.adapters.hub.large_files import HubFile
from huggingnersc.adapters.packing.pack_on_disk import PackOnDisk, pack_on_disk
from huggingnersc.api.catalog.closed_data import ClosedData, refuse_closed
from huggingnersc.api.catalog.plan_target import UpdateOptions
from huggingnersc.api.catalog.publish import refusal
from huggingnersc.api.catalog.result import addresses
from huggingnersc.api.catalog.update_dataset import OnEdits, PreparedUpdate, prepare_update
from huggingnersc.api.packing.pack_origin import origin_warnings, refuse_other_data
from huggingnersc.api.packing.upload_result import SplitOnHub, Uploaded, UploadOutcome
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.catalog.shards_repository import lost_shards, stale_shards
from huggingnersc.domain.loading.upload_card import upload_lines
from huggingnersc.domain.packing.download import whole_shards
from huggingnersc.domain.packing.upload_limits import (
    pack_problems,
    place_warnings,
    size_problems,
    upload_of,
    upload_warnings,
)
from huggingnersc.domain.text.formatting import first_names, plural
from huggingnersc.errors import HubConflictError, HubMissingError
from huggingnersc.fixes import Message, Option, update_fix

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from huggingnersc.adapters.catalog_folder import CatalogFolder
    from huggingnersc.adapters.hub.client import Hub
    from huggingnersc.api.packing.upload_request import UploadRequest
    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.catalog.remote import RemoteRepository
    from huggingnersc.domain.loading.upload import Upload
    from huggingnersc.domain.site import Site

_MOST_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedUpload:
    """An upload, worked out.

    Attributes:
        pack: what is uploaded.
        upload: the same, as it is recorded.
        repo_id: the repository that holds the shards, or the address of the bucket.
        place: the same as the Hub shows it; None where there is none yet.
        lacking: the shards that it does not hold yet.
        update: what becomes of card and record after they are there.
        result: what is shown.
        former_tag: the commit that has the tag of the version, where that holds other shards;
            empty where there is no such tag, and None where it holds these, or none is needed.
    """

    pack: PackOnDisk
    upload: Upload
    repo_id: str
    place: RemoteRepository | None
    lacking: tuple[HubFile, ...]
    update: PreparedUpdate
    result: Uploaded
    former_tag: str | None = None

    @property
    def is_nothing(self) -> bool:
        """Whether all is in place."""
        return not self.lacking and self.update.steps.is_nothing and self.former_tag is None

    @property
    def private(self) -> bool:
        """Whether the shards are private."""
        return self.update.plan.record.private


def prepare_upload(
    request: UploadRequest, catalog: CatalogFolder, hub: Hub, site: Site
) -> PreparedUpload:
    """Work out an upload to the Hub; nothing is changed.

    Raises:
        The errors of `upload_dataset`.
    """
    record = catalog.record(request.nickname)
    pack = pack_on_disk(request.shards)
    upload = upload_of(pack.pack, pack.sha256)
    remote = hub.repository(record.repo_id)
    if remote is None:
        raise missing_repository(record)
    repo_id = upload.repo_id(record.repo_id)
    place = hub.repository(repo_id) if upload.is_beside else remote
    _require_sound(pack, upload, record, place)
    if not request.overwrite:
        refuse_other_data(pack.pack.source, upload, record)
    update = planned_update(request, upload, catalog, hub, site)
    if not request.overwrite:
        refuse_others(upload, record.upload, place)
    if not update.plan.record.private:
        refuse_closed_source(pack, request.nickname)
    lacking = shards_in(pack, set(lost_shards(upload, place)))
    prepared = PreparedUpload(
        pack=pack,
        upload=upload,
        repo_id=repo_id,
        place=place,
        lacking=lacking,
        update=update,
        result=planned_result(pack, upload, record, update, site, lacking),
        former_tag=_former_tag(upload, repo_id, hub),
    )
    return replace(prepared, result=_counted(prepared, record, remote))


def _former_tag(upload: Upload, repo_id: str, hub: Hub) -> str | None:
    """Return the commit of the tag to move, or an empty text; None where nothing is to be done.

    Shards in a repository of their own have the tag of their version, by which it is downloaded.
    """
    if not upload.is_beside or not upload.version:
        return None
    tagged = hub.repository(repo_id, revision=upload.version)
    if tagged is None:
        return ""
    is_same = {*whole_shards(tagged.files)} == {*upload.git_oids}
    return None if is_same and not lost_shards(upload, tagged) else tagged.commit or ""


def planned_update(
    request: UploadRequest, upload: Upload, catalog: CatalogFolder, hub: Hub, site: Site
) -> PreparedUpdate:
    """Return what becomes of card and record once the shards are there.

    Raises:
        The errors of `prepare_update`.
    """
    return prepare_update(
        request.nickname,
        UpdateOptions(private=request.private, allow_secret=request.allow_secret),
        catalog,
        hub,
        site,
        OnEdits(overwrite=request.overwrite),
        upload=upload,
    )


def shards_in(pack: PackOnDisk, paths: Container[str]) -> tuple[HubFile, ...]:
    """Return the shards of a pack that are among some paths, as files to be sent."""
    return tuple(
        HubFile(
            path=shard.path,
            source=pack.folder / shard.path,
            size_bytes=shard.size_bytes,
            sha256=shard.sha256,
        )
        for shard in pack.pack.shards
        if shard.path in paths
    )


def missing_repository(record: Record) -> HubMissingError:
    """Return the error where a dataset is not on the Hub."""
    return HubMissingError(
        f"The Hub has no {record.repo_id}, or it is hidden from this account.",
        hint=Message("Bring it to the state of the record first: ", update_fix(record.nickname)),
    )


def _require_sound(
    pack: PackOnDisk, upload: Upload, record: Record, place: RemoteRepository | None
) -> None:
    """Make sure that a pack is whole, and that the Hub takes it.

    Raises:
        RequestInvalidError: something is wrong; every problem is reported.
    """
    others = len(set(place.files) - set(upload.git_oids)) if place else 0
    problems = [
        *pack_problems(pack.pack, upload, record, others),
        *size_problems(pack.pack, pack.sizes()),
    ]
    if problems:
        raise refusal(problems, nickname=record.nickname, action="uploaded", metadata=None)


def refuse_others(upload: Upload, before: Upload | None, place: RemoteRepository | None) -> None:
    """Let no file be replaced that was not uploaded from here.

    Args:
        upload: what is uploaded.
        before: what was uploaded before, as recorded.
        place: the repository of the shards.

    Raises:
        HubConflictError: there is one.
    """
    there = place.files if place else {}
    former = before.git_oids if before else {}
    theirs = [
        path
        for path, oid in upload.git_oids.items()
        if path in there and there[path] not in {oid, former.get(path)}
    ]
    if place and theirs:
        raise HubConflictError(
            f"{place.repo_id} holds {plural(len(theirs), 'file')} that were not uploaded from "
            f"here ({first_names(theirs, _MOST_NAMED)}); nothing was touched.",
            hint=Message(
                "They may be of an upload of another pack that was cut off. Rename what is worth "
                "keeping on the Hub, then replace the rest: ",
                Option(Field.OVERWRITE),
            ),
        )


def refuse_closed_source(pack: PackOnDisk, nickname: str) -> None:
    """Let nothing become public that was packed from a folder which not everyone may read.

    Raises:
        DataClosedError: it would.
    """
    source = pack.pack.source.path
    closed = first_closed(Path(source)) if source else None
    if closed:
        refuse_closed(ClosedData(closed, ()), nickname, Option(Field.PRIVATE))


def planned_result(
    pack: PackOnDisk,
    upload: Upload,
    record: Record,
    update: PreparedUpdate,
    site: Site,
    lacking: Sequence[HubFile],
) -> Uploaded:
    """Return what an upload would do.

    Args:
        pack: what is uploaded.
        upload: the same, as it is recorded.
        record: what is recorded now.
        update: what becomes of card and record.
        site: whose Hub it is.
        lacking: the shards that are to be sent.
    """
    repo_id, private = upload.repo_id(record.repo_id), update.plan.record.private
    return Uploaded(
        outcome=UploadOutcome.PLANNED,
        commit=None,
        pack=pack.folder,
        packed_from=pack.pack.source.title or None,
        form=upload.form.value,
        shards_repo_id=repo_id,
        shards_url=site.hub_url(repo_id.rpartition("/")[2]),
        private=private,
        was_private=record.private,
        splits=tuple(
            SplitOnHub(
                name=one.name,
                samples=one.samples,
                size_bytes=one.size_bytes,
                shards=len(one.paths),
            )
            for one in upload.splits
        ),
        shards=len(upload.shards),
        size_bytes=upload.size_bytes,
        sent_shards=len(lacking),
        sent_bytes=sum(one.size_bytes for one in lacking),
        replaced_shards=0,
        load=_load_line(upload, record),
        warnings=(
            *origin_warnings(pack.pack.source, record),
            *upload_warnings(pack.pack, record, private=private),
            *place_warnings(record.upload, upload, record.repo_id),
            *update.result.warnings,
        ),
        **addresses(record, site),
    )


def _load_line(upload: Upload, record: Record) -> str:
    lines = upload_lines(upload, record.repo_id)
    (line,) = [line for line in lines if line.startswith("data = ")]
    return line.partition("  #")[0]


def _counted(prepared: PreparedUpload, record: Record, remote: RemoteRepository) -> Uploaded:
    before, after = record.upload, prepared.upload
    held = prepared.place if before and before.is_beside == after.is_beside else remote
    outcome = UploadOutcome.UNCHANGED if prepared.is_nothing else UploadOutcome.PLANNED
    return replace(
        prepared.result,
        outcome=outcome,
        commit=remote.commit if prepared.is_nothing else None,
        replaced_shards=len(stale_shards(before, after, held)),
    )
