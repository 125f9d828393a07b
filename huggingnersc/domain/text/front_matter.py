"""The YAML front matter of a card, written by a serializer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yaml import Node, SafeDumper


_PLAIN = re.compile(r"[A-Za-z][A-Za-z_/-]*(?: [A-Za-z][A-Za-z_/-]*)*")
_RESERVED = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


def front_matter(values: Mapping[str, Any]) -> str:
    """Return `values` as a block between two `---` lines, in their order, ending with a newline.

    No value can end the block, as strings never span lines.
    """
    return f"---\n{yaml_text(values)}---\n"


def yaml_text(values: Mapping[str, Any]) -> str:
    """Return `values` as YAML, in their order, ending with a newline.

    Strings are quoted wherever a YAML 1.1 or 1.2 reader (PyYAML here, js-yaml on the Hub) could
    read them as another type, and never span lines.
    """
    import yaml

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - repeats lists instead of using anchors
            return True

    Dumper.add_representer(str, _string)
    text: str = yaml.dump(
        dict(values), Dumper=Dumper, sort_keys=False, allow_unicode=True, width=float("inf")
    )
    return text


def _string(dumper: SafeDumper, value: str) -> Node:
    plain = _PLAIN.fullmatch(value) and value.lower() not in _RESERVED
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=None if plain else '"')
