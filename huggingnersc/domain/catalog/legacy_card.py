"""The card in the folder of an old record, completed by what the record knows for the Hub."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.text.front_matter import front_matter

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST_CHARS = 1 << 16  # of front matter
_FRONT_MATTER = re.compile(
    r"---[ \t]*(\r?\n)(?P<yaml>.*?)^---[ \t]*\r?$", re.DOTALL | re.MULTILINE
)


def with_recorded_tags(card: bytes, metadata: Mapping[str, Any]) -> bytes:
    """Return a card with the recorded license, tags and so on that its front matter lacks.

    What it states stays, to the byte. A card whose front matter cannot be read stays as it is: the
    Hub reports what is wrong with it.
    """
    try:
        text = card.decode("utf-8")
    except UnicodeDecodeError:
        return card
    found = _FRONT_MATTER.match(text)
    if found is None and text.startswith("---"):
        return card
    stated = _keys(found["yaml"]) if found else frozenset()
    tags = metadata.get("datacard_tags")
    known = tags.items() if isinstance(tags, dict) else ()
    missing = {key: value for key, value in known if key not in (stated or ()) and _is_tag(value)}
    if stated is None or not missing:
        return card
    if found is None:
        return f"{front_matter(missing)}\n{text}".encode()
    lines = front_matter(missing).splitlines()[1:-1]
    added = "".join(f"{line}{found[1]}" for line in lines)
    end = found.end("yaml")
    return f"{text[:end]}{added}{text[end:]}".encode()


def _keys(text: str) -> frozenset[str] | None:
    """Return the keys of a mapping in YAML; None where it is none, or cannot be read."""
    import yaml

    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader) if len(text) <= _MOST_CHARS else None
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    if not isinstance(node, yaml.MappingNode):
        return None if text.strip() else frozenset()
    is_flow = node.flow_style is True  # {a: 1}: no line can be added
    return None if is_flow else frozenset(str(key.value) for key, _ in node.value)


def _is_tag(value: object) -> bool:
    values = value if isinstance(value, list) else [value]
    return bool(values) and all(isinstance(one, str) for one in values)
