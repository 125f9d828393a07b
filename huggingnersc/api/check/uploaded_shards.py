"""The shards on the Hub: are they there as they were uploaded, and seen by whom they should?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.api.catalog.uploaded_data import uploaded_data
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.catalog.plan import CARD_NAME
from huggingnersc.domain.check.findings import note, problem, warning
from huggingnersc.domain.text.formatting import first_names, plural
from huggingnersc.domain.text.shell import shown
from huggingnersc.fixes import Fix, Option, Placeholder, Verb, update_fix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.adapters.hub.client import Hub
    from huggingnersc.api.catalog.uploaded_data import UploadedData
    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.catalog.remote import RemoteRepository
    from huggingnersc.domain.check.findings import Finding
    from huggingnersc.domain.loading.upload import Upload

_MOST_NAMED = 3


def shard_findings(
    record: Record, remote: RemoteRepository | None, hub: Hub | None
) -> Iterator[Finding]:
    """Compare the shards on the Hub with the record (a request where they are beside it)."""
    if remote is None or hub is None:
        return
    data = uploaded_data(record, remote, hub)
    if record.upload is not None:
        yield from _lost(data, record.upload, record)
        yield from _beside(data, record.upload, record)
    yield from _others(data, record)


def _lost(data: UploadedData, upload: Upload, record: Record) -> Iterator[Finding]:
    if not data.lost:
        return
    of = plural(len(upload.shards), "shard")
    again = Fix(Verb.UPLOAD_DATASET, (record.nickname, str(Placeholder.DIR)))
    message = (
        f"{upload.repo_id(record.repo_id)} holds {len(upload.shards) - len(data.lost):,} of {of} "
        f"as they were uploaded; not {_named(data.lost)}"
    )
    yield problem("Hub", message, again)


def _beside(data: UploadedData, upload: Upload, record: Record) -> Iterator[Finding]:
    beside = data.beside
    if beside is None or not upload.is_beside:
        return
    fix = update_fix(record.nickname)
    if beside.private != record.private:
        now, then = ("private", "public") if beside.private else ("public", "private")
        yield warning("Hub", f"{beside.repo_id} is {now}, but its dataset is {then}", fix)
    if beside.files.get(CARD_NAME) != upload.card_oid:
        overwrite = update_fix(record.nickname, Option(Field.OVERWRITE))
        yield warning("Hub", f"the card of {beside.repo_id} was changed on the Hub", overwrite)


def _others(data: UploadedData, record: Record) -> Iterator[Finding]:
    ours = record.upload.git_oids.keys() if record.upload else ()
    others = sorted((data.place.data_files if data.place else {}).keys() - set(ours))
    if data.place and others:
        count = plural(len(others), "file")
        message = f"{data.place.repo_id} has {count} in data/ that were not uploaded from here"
        yield note("Hub", f"{message}: {_named(others)}")


def _named(paths: tuple[str, ...] | list[str]) -> str:
    return first_names([*map(shown, paths)], _MOST_NAMED)
