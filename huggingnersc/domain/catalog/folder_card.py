"""The card in the catalog folder: that of the Hub, with links to what is beside it there.

The Hub has the latest version in `version/` and each one at its tag; the folder has each in
`versions/NAME/`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from huggingnersc.domain.catalog.remote import VERSION_FOLDER
from huggingnersc.domain.planned_file import git_blob_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.domain.catalog.record import Record

_REST = rb"([\w./-]+)\)"  # of a link


def card_in_folder(card: bytes, record: Record) -> bytes:
    """Return the card of the Hub as it stands in the catalog folder.

    A card that could not be turned back, because of a steward's own links, stays as it is.
    """
    here = card
    for on_hub, in_folder in _links(record):
        here = _with_links(here, on_hub, in_folder)
    return here if card_on_hub(here, record) == card else card


def card_on_hub(card: bytes, record: Record) -> bytes:
    """Return the card of the catalog folder as it is on the Hub."""
    for on_hub, in_folder in _links(record):
        card = _with_links(card, in_folder, on_hub)
    return card


def is_recorded_card(card: bytes, oid: str, record: Record) -> bool:
    """Return whether a card in the catalog folder is the one that was pushed."""
    return oid in {git_blob_id(card), git_blob_id(card_on_hub(card, record))}


def _links(record: Record) -> Iterator[tuple[bytes, bytes]]:
    """Yield how links begin on the Hub, and in the folder."""
    if latest := record.history.latest:
        yield f"]({VERSION_FOLDER}".encode(), f"](versions/{latest.name}/".encode()
        # Where the Hub is on this machine, its pages are linked from its root.
        yield f"](/datasets/{record.repo_id}/tree/".encode(), b"](./versions/"


def _with_links(card: bytes, old: bytes, new: bytes) -> bytes:
    return re.sub(re.escape(old) + _REST, lambda found: new + found[1] + b")", card)
