"""The description of a dataset for search engines: JSON-LD in the words of schema.org."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from huggingnersc.domain.loading.croissant import CROISSANT_FILE
from huggingnersc.domain.loading.described_dataset import SCHEMA_ORG
from huggingnersc.domain.metadata.spdx import spdx_address
from huggingnersc.domain.metadata.strict_json import read_object
from huggingnersc.hub_server.web.rendered import rendered_once

if TYPE_CHECKING:
    from collections.abc import Mapping

    from huggingnersc.hub_server.storage.values import Commit
    from huggingnersc.hub_server.web.card_outline import Place
    from huggingnersc.hub_server.web.repo_view import RepoView

MAX_CROISSANT_BYTES = 1 << 20
MOST_CHARACTERS = 1 << 16
"""A longer description is shown without its columns, and with few of its files."""

FILES_SHOWN = 20
WORDS_SHOWN = 100
_TYPES = ("sc:Dataset", "Dataset", f"{SCHEMA_ORG}Dataset")
_ESCAPES = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&"}


def croissant_json_ld(view: RepoView, commit: Commit) -> Markup | None:
    """Return what `croissant.json` says, safe within a page; None where it says nothing.

    Only for a user who may read the files.
    """
    entry = view.git.find(commit, CROISSANT_FILE)
    if entry is None or entry.is_folder or entry.lfs or entry.size_bytes > MAX_CROISSANT_BYTES:
        return None
    oid = entry.oid
    found = rendered_once(lambda: _shown(view.git.objects.blob(oid)), CROISSANT_FILE, oid)
    return found or None


def card_json_ld(view: RepoView, portal: Place | None, address: str) -> Markup:
    """Return what a card says of its dataset, safe within a page.

    Args:
        view: the repository.
        portal: where the data is, as an address.
        address: of the page; empty where it has none.
    """
    record = view.record
    key, tags = record.storage_id, record.card
    summary = view.context.hub.registry.summaries([key]).get(key)
    described: dict[str, Any] = {
        "@context": SCHEMA_ORG,
        "@type": "Dataset",
        "name": record.title,
        "description": summary or record.title,
        "url": address,
        "identifier": address,
        "license": _licenses(tags),
        "keywords": _texts(tags.get("tags")),
        "inLanguage": _texts(tags.get("language")),
        "creator": {"@type": "Organization", "name": record.name.namespace},
        "distribution": [{"@type": "DataDownload", "contentUrl": portal.href}] if portal else [],
    }
    return safe_json({key: value for key, value in described.items() if value})


def safe_json(value: Mapping[str, Any]) -> Markup:
    """Return JSON that no text in it can turn into anything else within a page."""
    text = json.dumps(value, ensure_ascii=True).translate(_ESCAPES)
    return Markup(text)  # noqa: S704 - nothing that HTML knows is left in it


def _shown(data: bytes) -> Markup:
    """Return what a `croissant.json` says; `""` where it describes no dataset, or is damaged."""
    value, _ = read_object(data, name=CROISSANT_FILE, limit=MAX_CROISSANT_BYTES)
    if value is None or value.get("@type") not in _TYPES:
        return Markup()
    shown = safe_json(value)
    if len(shown) <= MOST_CHARACTERS:
        return shown
    files = value.get("distribution")
    few = files[:FILES_SHOWN] if isinstance(files, list) else []
    shown = safe_json({**value, "recordSet": [], "distribution": few})
    return shown if len(shown) <= MOST_CHARACTERS else Markup()


def _licenses(tags: Mapping[str, object]) -> list[str]:
    link = tags.get("license_link")
    other = link if isinstance(link, str) and link.startswith("https://") else None
    return [spdx_address(one) or other or one for one in _texts(tags.get("license"))]


def _texts(value: object) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    return [one for one in listed if isinstance(one, str) and one][:WORDS_SHOWN]
