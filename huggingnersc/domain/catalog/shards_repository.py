"""The repository `NICKNAME-shards`, which holds the data of a dataset as WebDataset shards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.domain.catalog.plan import CARD_NAME

if TYPE_CHECKING:
    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.catalog.remote import RemoteRepository
    from huggingnersc.domain.loading.upload import Upload
    from huggingnersc.domain.planned_file import PlannedFile


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardsSteps:
    """What is left to do in the repository of the shards.

    Attributes:
        repo_id: its name.
        parent: the SHA of its main branch.
        card: the card to commit; None where it is in place.
        delete: paths that are to be deleted.
        set_private: the visibility to set; None leaves it.
    """

    repo_id: str
    parent: str | None
    card: PlannedFile | None = None
    delete: tuple[str, ...] = ()
    set_private: bool | None = None

    @property
    def is_nothing(self) -> bool:
        """Whether all is in place."""
        return self.card is None and not self.delete and self.set_private is None


def lost_shards(upload: Upload, remote: RemoteRepository | None) -> tuple[str, ...]:
    """Return the paths of the shards that a repository does not hold as they were uploaded."""
    there = remote.files if remote else {}
    return tuple(path for path, oid in upload.git_oids.items() if there.get(path) != oid)


def stale_shards(
    before: Upload | None, after: Upload | None, remote: RemoteRepository | None
) -> tuple[str, ...]:
    """Return the paths of former shards, as they were uploaded, that are no longer used."""
    if before is None or remote is None:
        return ()
    kept = after.git_oids.keys() if after and after.form is before.form else ()
    return tuple(
        path
        for path, oid in before.git_oids.items()
        if path not in kept and remote.files.get(path) == oid
    )


def shards_steps(
    record: Record, before: Upload | None, card: PlannedFile | None, remote: RemoteRepository
) -> ShardsSteps:
    """Return what brings the repository of the shards to what is planned.

    One that is no longer used is emptied of what was uploaded, and hidden.

    Args:
        record: what is planned.
        before: what was uploaded before, to the same repository or to none.
        card: the card that it should have; None where it is no longer used.
        remote: the repository.
    """
    there = remote.files.get(CARD_NAME)
    private = record.private or card is None
    own_card = (CARD_NAME,) if before and there and there == before.card_oid else ()
    after = record.upload if card else None
    return ShardsSteps(
        repo_id=remote.repo_id,
        parent=remote.commit,
        card=card if card and card.git_oid != there else None,
        delete=(*stale_shards(before, after, remote), *(() if card else own_card)),
        set_private=private if remote.private != private else None,
    )


def is_edited_card(
    before: Upload | None, card: PlannedFile | None, remote: RemoteRepository | None
) -> bool:
    """Return whether someone else wrote the card of the repository of the shards."""
    there = remote.files.get(CARD_NAME) if remote else None
    ours = {before.card_oid if before else None, card.git_oid if card else None}
    return there is not None and there not in ours
