"""Copy what the newest commit on main says about its repository into the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.domain.repo_names import RepoKind
from huggingnersc.hub_server.protocol.card import MAX_CARD_BYTES, Card, parse_card
from huggingnersc.hub_server.protocol.card_text import searchable_text, summary_of
from huggingnersc.hub_server.protocol.tags import derive_tags
from huggingnersc.hub_server.storage import history
from huggingnersc.hub_server.storage.errors import ObjectDamagedError, RevisionMissingError
from huggingnersc.hub_server.storage.registry import CardFacts

if TYPE_CHECKING:
    from huggingnersc.hub_server.hub_context import HubContext
    from huggingnersc.hub_server.storage.registry import RepositoryRecord
    from huggingnersc.hub_server.storage.repository import GitRepository
    from huggingnersc.hub_server.storage.values import Commit

CARD_FILE = "README.md"


def refresh(hub: HubContext, storage_id: str) -> None:
    """Bring the registry up to date with main of one repository; nothing when it is.

    Raises:
        ObjectDamagedError: it cannot be read.
        TreeTooLargeError: it is deeper than the limits allow.
    """
    record = hub.registry.by_id(storage_id)
    if record is None:
        return
    repository = hub.store.open(storage_id)
    sha = repository.refs.read("refs/heads/main")
    if sha is None and (named := repository.refs.raw("refs/heads/main")) is not None:
        raise ObjectDamagedError(named)
    if sha is None:
        facts = CardFacts("", {}, (), record.name.name, 0)
    else:
        facts = _facts(record, repository, repository.objects.commit(sha))
    hub.registry.describe(storage_id, facts, modified=facts.sha != record.sha)


def read_card(repository: GitRepository, commit: Commit) -> Card:
    """Return the card at `commit`; an empty one when there is none or it is not text."""
    entry = repository.find(commit, CARD_FILE)
    if entry is None or entry.is_folder or entry.lfs or entry.size_bytes > MAX_CARD_BYTES:
        return Card()
    return parse_card(repository.objects.blob(entry.oid).decode("utf-8", "replace"))


def _facts(record: RepositoryRecord, repository: GitRepository, commit: Commit) -> CardFacts:
    card = read_card(repository, commit)
    is_space = record.name.kind is RepoKind.SPACE
    pretty = card.metadata.get("title" if is_space else "pretty_name")
    title = pretty if isinstance(pretty, str) and pretty else record.name.name
    tags = derive_tags(record.name.kind, card)
    return CardFacts(
        sha=commit.sha,
        card=card.metadata,
        tags=tags,
        title=title,
        size_bytes=_size(record, repository, commit),
        words=searchable_text(card, title, tags),
        summary=summary_of(card),
    )


def _size(record: RepositoryRecord, repository: GitRepository, commit: Commit) -> int:
    # From the last known state forward: a small commit to a big repository stays cheap.
    try:
        old = repository.resolve(record.sha) if record.sha else None
    except RevisionMissingError:
        old = None
    known_bytes = record.size_bytes if old is not None else 0
    before = old.tree if old else None
    return max(known_bytes + history.growth_bytes(repository.objects, before, commit.tree), 0)
