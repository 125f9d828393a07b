"""Take the description that a steward wrote in the Hub's editor into the record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.domain.catalog.description import is_only_description, taken_description
from huggingnersc.domain.catalog.file_changes import Unread
from huggingnersc.domain.catalog.plan import CARD_NAME
from huggingnersc.domain.catalog.update import recorded_oids
from huggingnersc.domain.planned_file import git_blob_id
from huggingnersc.errors import HubEditedError
from huggingnersc.fixes import Message, update_fix

if TYPE_CHECKING:
    from collections.abc import Mapping

    from huggingnersc.adapters.hub.client import Hub
    from huggingnersc.api.catalog.diff import Contents
    from huggingnersc.domain.catalog.file_changes import Content
    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.catalog.remote import RemoteRepository


@dataclass(frozen=True, slots=True)
class TakenDescription:
    """A description that was edited on the Hub.

    Attributes:
        text: Markdown as it was written there; empty where it was taken away.
        is_all: whether nothing else of the card was edited.
    """

    text: str
    is_all: bool


def description_on_hub(
    record: Record,
    folder: Mapping[str, bytes],
    contents: Contents,
    remote: RemoteRepository,
    hub: Hub,
) -> TakenDescription | None:
    """Return the description of a card that was edited on the Hub; None where it was not.

    Raises:
        HubEditedError: the card has no description any more, or cannot be read.
    """
    recorded = recorded_oids(record).get(CARD_NAME)
    if recorded is None and CARD_NAME in folder:  # the first HuggingNERSC did not record it
        recorded = git_blob_id(folder[CARD_NAME])
    if remote.files.get(CARD_NAME) in {None, recorded}:
        return None
    before = contents.recorded(CARD_NAME, recorded)
    edited = contents.on_hub(CARD_NAME, remote, hub)
    try:
        return TakenDescription(*taken_description(_text(before), _whole_text(edited)))
    except ValueError as error:
        raise HubEditedError(
            f"The description on the card of {record.repo_id} cannot be taken: {error}; nothing "
            "was touched.",
            changes=(),
            hint=Message(
                "Put the two lines around the description back on the Hub. A card that never had "
                "them gets them by an update: ",
                update_fix(record.nickname),
            ),
        ) from error


def is_description_edit(
    path: str, record: Record, contents: Contents, remote: RemoteRepository, hub: Hub
) -> bool:
    """Return whether a file that was edited on the Hub is the card, and only its description."""
    if path != CARD_NAME:
        return False
    before = contents.recorded(path, recorded_oids(record).get(path))
    edited = _text(contents.on_hub(path, remote, hub))
    return edited is not None and is_only_description(_text(before), edited)


def _text(content: Content) -> str | None:
    try:
        return content.decode("utf-8") if isinstance(content, bytes) else None
    except UnicodeDecodeError:
        return None


def _whole_text(content: Content) -> str:
    if isinstance(content, Unread):
        raise ValueError(content.said)
    if (text := _text(content)) is None:
        raise ValueError("it is not UTF-8 text")
    return text
