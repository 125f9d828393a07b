"""What a Hub refuses or warns about in a card before it is committed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.hub_server.protocol.card import parse_card
from huggingnersc.hub_server.protocol.tags import texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LICENSES = """
    apache-2.0 mit openrail bigscience-openrail-m creativeml-openrail-m
    bigscience-bloom-rail-1.0 bigcode-openrail-m afl-3.0 artistic-2.0 bsl-1.0 bsd bsd-2-clause
    bsd-3-clause bsd-3-clause-clear c-uda cc cc0-1.0 cc-by-2.0 cc-by-2.5 cc-by-3.0 cc-by-4.0
    cc-by-sa-3.0 cc-by-sa-4.0 cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0 cc-by-nd-4.0
    cc-by-nc-nd-3.0 cc-by-nc-nd-4.0 cc-by-nc-sa-2.0 cc-by-nc-sa-3.0 cc-by-nc-sa-4.0
    cdla-sharing-1.0 cdla-permissive-1.0 cdla-permissive-2.0 wtfpl ecl-2.0 epl-1.0 epl-2.0
    etalab-2.0 eupl-1.1 eupl-1.2 agpl-3.0 gfdl gpl gpl-2.0 gpl-3.0 lgpl lgpl-2.1 lgpl-3.0 isc
    h-research intel-research lppl-1.3c ms-pl apple-ascl apple-amlr mpl-2.0 odc-by odbl
    openmdw-1.0 openmdw-1.1 openrail++ osl-3.0 postgresql ofl-1.1 ncsa unlicense zlib pddl
    lgpl-lr deepfloyd-if-license fair-noncommercial-research-license llama2 llama3 llama3.1
    llama3.2 llama3.3 llama4 grok2-community gemma unknown other
"""
LICENSES = frozenset(_LICENSES.split())

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8})*|code|multilingual")


@dataclass(frozen=True, slots=True)
class CardReport:
    """What is wrong with a card: errors stop a commit, warnings do not."""

    errors: tuple[str, ...]
    warnings: tuple[str, ...]


def check_card(text: str) -> CardReport:
    """Check the front matter of a card, all findings at once."""
    card = parse_card(text)
    if card.problem is not None:
        return CardReport((f"Invalid YAML front matter: {card.problem}",), ())
    if not card.metadata:
        return CardReport((), ("empty or missing yaml metadata in repo card",))
    return CardReport(tuple(_errors(card.metadata)), tuple(_warnings(card.metadata)))


def _errors(data: Mapping[str, object]) -> Iterator[str]:
    for licence in texts(data.get("license")):
        if licence not in LICENSES:
            yield f'"license" must be one of [{", ".join(sorted(LICENSES))}], not "{licence}"'
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
