"""What a Hub refuses or warns about in a card before it is committed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from huggingnersc.hub_server.protocol.card import parse_card
from huggingnersc.hub_server.protocol.hub_values import license_ids
from huggingnersc.hub_server.protocol.tags import texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_ERRORS = 100

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8})*|code|multilingual")


@dataclass(frozen=True, slots=True)
class CardReport:
    """What is wrong with a card: errors stop a commit, warnings do not."""

    errors: tuple[str, ...]
    warnings: tuple[str, ...]


def check_card(text: str) -> CardReport:
    """Check the front matter of a card, the first `MAX_ERRORS` findings at once."""
    card = parse_card(text)
    if card.problem is not None:
        return CardReport((f"Invalid YAML front matter: {card.problem}",), ())
    if not card.metadata:
        return CardReport((), ("empty or missing yaml metadata in repo card",))
    errors = islice(_errors(card.metadata), MAX_ERRORS)
    return CardReport(tuple(errors), tuple(_warnings(card.metadata)))


def _errors(data: Mapping[str, object]) -> Iterator[str]:
    for name in texts(data.get("license")):
        if name not in license_ids():
            yield f'"license" must be one of [{", ".join(sorted(license_ids()))}], not "{name}"'
    for language in _language_codes(data.get("language")):
        if not _LANGUAGE.fullmatch(language):
            yield f'"language" must be an ISO 639-1, 639-2 or 639-3 code, not "{language}"'
    for key in ("tags", "datasets", "metrics"):
        value = data.get(key)
        if value is not None and not isinstance(value, str | list):
            yield f'"{key}" must be a list of texts'
    yield from _model_index_errors(data.get("model-index"))


def _language_codes(value: object) -> Iterator[str]:
    items = value if isinstance(value, list) else [value]
    for item in items:
        if isinstance(item, bool):
            yield "a boolean (quote the code `no`)"
        elif item is not None:
            yield str(item)


def _model_index_errors(value: object) -> Iterator[str]:
    if value is None:
        return
    if not isinstance(value, list):
        yield '"model-index" must be a list'
        return
    for number, entry in enumerate(value):
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
            yield f'"model-index[{number}].name" is required'
        elif not isinstance(entry.get("results", []), list):
            yield f'"model-index[{number}].results" must be a list'


def _warnings(data: Mapping[str, object]) -> Iterator[str]:
    if "license" not in data:
        yield 'no "license" is given'
