"""What the Hub holds of the data that was uploaded, and what brings it to the plan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from huggingnersc.api.catalog.diff import shard_changes
from huggingnersc.domain.catalog.plan import CARD_NAME
from huggingnersc.domain.catalog.shards_repository import (
    is_edited_card,
    lost_shards,
    shards_steps,
    stale_shards,
)
from huggingnersc.domain.text.formatting import plural
from huggingnersc.fixes import Fix, Message, Placeholder, Verb

if TYPE_CHECKING:
    from huggingnersc.adapters.hub.client import Hub
    from huggingnersc.changes import FileChange
    from huggingnersc.domain.catalog.plan import Plan
    from huggingnersc.domain.catalog.reconcile import PendingSteps
    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.catalog.remote import RemoteRepository
    from huggingnersc.domain.loading.upload import Upload


@dataclass(frozen=True, slots=True)
class UploadedData:
    """The data of a dataset on the Hub.

    Attributes:
        nickname: the dataset's.
        before: what was uploaded, as recorded; None where nothing was.
        after: what the record should have of it.
        lost: the paths of recorded shards that the Hub does not hold as they were uploaded.
        remote: the dataset's repository, if any.
        beside: the repository of the shards, where they are or were in one of their own.
    """

    nickname: str
    before: Upload | None
    after: Upload | None
    lost: tuple[str, ...]
    remote: RemoteRepository | None
    beside: RemoteRepository | None

    @property
    def place(self) -> RemoteRepository | None:
        """The repository that holds what was uploaded before."""
        return self.beside if self.before and self.before.is_beside else self.remote

    @property
    def warnings(self) -> tuple[Message, ...]:
        """What should be known where the record loses what was uploaded."""
        if self.before is None or self.after is not None:
            return ()
        count, of = len(self.lost), len(self.before.shards)
        again = Fix(Verb.UPLOAD_DATASET, (self.nickname, str(Placeholder.DIR)))
        return (
            Message(
                f"The Hub does not hold the data as it was uploaded ({count:,} of "
                f"{plural(of, 'shard')} lost), so the card no longer offers it. Upload it again: ",
                again,
            ),
        )

    def edits(self, plan: Plan) -> tuple[FileChange, ...]:
        """Return what someone else changed of the shards, and of the card beside them."""
        changes: tuple[FileChange, ...] = ()
        if self.place and not self.place.is_fresh and self.after is None:
            changes = shard_changes(self.lost, self.place)
        before = self.before if self.before and self.before.is_beside else None
        if self.beside and is_edited_card(before, plan.shards_card, self.beside):
            changes = (*changes, *shard_changes((CARD_NAME,), self.beside))
        return changes

    def add_steps(self, steps: PendingSteps, plan: Plan) -> PendingSteps:
        """Return the steps with those that concern the shards."""
        is_beside = self.before is not None and self.before.is_beside
        if not is_beside and (stale := stale_shards(self.before, self.after, self.remote)):
            steps = replace(steps, delete=(*steps.delete, *stale), commit=True)
        if self.beside is None:
            return steps
        before = self.before if is_beside else None
        shards = shards_steps(plan.record, before, plan.shards_card, self.beside)
        return replace(steps, shards=shards)


def uploaded_data(
    record: Record, remote: RemoteRepository | None, hub: Hub | None, new: Upload | None = None
) -> UploadedData:
    """Compare what was uploaded with the Hub (a request where shards are beside the dataset).

    Args:
        record: the record.
        remote: the dataset's repository, if any.
        hub: where it is; None where that was never used.
        new: what replaces it; None keeps what is recorded, as far as it is there.
    """
    before = record.upload
    beside = None
    if hub and any(one is not None and one.is_beside for one in (before, new)):
        named = next(one for one in (before, new) if one is not None and one.is_beside)
        beside = hub.repository(named.repo_id(record.repo_id))
    place = beside if before and before.is_beside else remote
    lost = lost_shards(before, place) if before else ()
    after = new or (None if lost else before)
    return UploadedData(record.nickname, before, after, lost, remote, beside)
