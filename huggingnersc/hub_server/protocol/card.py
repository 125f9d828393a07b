"""Read a repository card: YAML front matter, then Markdown."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import yaml

MAX_CARD_BYTES = 4_000_000
MAX_FRONT_MATTER_BYTES = 1_000_000
MAX_DEPTH = 32
MAX_NODES = 50_000

_FENCE = "---"
_JSON_NUMBERS = 2**63
_LONGEST_NUMBER = 100


@dataclass(frozen=True, slots=True)
class Card:
    """The parts of a card.

    Attributes:
        metadata: the front matter as plain JSON values; empty when there is none or it is broken.
        body: the Markdown after it.
        problem: why the front matter could not be read, None when all is well.
    """

    metadata: Mapping[str, object] = field(default_factory=dict)
    body: str = ""
    problem: str | None = None


def parse_card(text: str) -> Card:
    """Split a card into its parts; never raises, `problem` says what is wrong.

    Anchors, deep nesting and very long front matter are refused: they cost memory, not meaning.
    """
    front, body = split_front_matter(text)
    if front is None:
        return Card(body=body)
    if len(front.encode(errors="replace")) > MAX_FRONT_MATTER_BYTES:
        return Card(body=body, problem=f"front matter over {MAX_FRONT_MATTER_BYTES} bytes")
    value, problem = parse_yaml(front)
    if problem is None and value is not None and not isinstance(value, dict):
        problem = "the front matter must be a mapping of keys to values"
    return Card(value if isinstance(value, dict) else {}, body, problem)


def split_front_matter(text: str) -> tuple[str | None, str]:
    """Return the text between the two `---` lines (None when there are not two) and the rest."""
    lines = text.lstrip("\ufeff \t\r\n").splitlines(keepends=True)
    if not lines or lines[0].rstrip() != _FENCE:
        return None, text
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == _FENCE:
            return "".join(lines[1:number]), "".join(lines[number + 1 :])
    return None, text


def parse_yaml(text: str) -> tuple[object, str | None]:
    """Read YAML into JSON values; return (value, None) or (None, what is wrong)."""
    import yaml

    try:
        problem = _shape_problem(text)
        if problem is not None:
            return None, problem
        return plain(yaml.load(text, Loader=_loader())), None  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        return None, " ".join(str(error).split())
    except (ValueError, ArithmeticError, LookupError, AttributeError, RecursionError) as error:
        # PyYAML's own constructors fail like this, such as at `!!bool x` and `!!timestamp x`.
        return None, f"a value cannot be read: {error}"


def plain(value: object) -> object:
    """Turn what YAML gave into what JSON can say: text keys, finite numbers, no dates."""
    if isinstance(value, Mapping):
        return {_text(key): plain(item) for key, item in value.items()}
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return value if abs(value) < _JSON_NUMBERS else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, bytes):
        return [plain(item) for item in value]
    return _text(value)


def _text(value: object) -> str:
    # YAML can name half a surrogate pair, which no file and no database can hold.
    return str(value).encode("utf-8", "replace").decode()


def _shape_problem(text: str) -> str | None:
    # Events arrive one by one without recursion, so this is safe where loading would not be.
    import yaml

    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=_parser())):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent):
            return "anchors and aliases are not accepted in a card"
        if depth > MAX_DEPTH:
            return f"nested deeper than {MAX_DEPTH} levels"
        if count > MAX_NODES:
            return f"more than {MAX_NODES} values"
    return None


def _parser() -> type:
    import yaml

    parser: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return parser


def _loader() -> type:
    import yaml

    base = _parser()
    resolvers = {
        first: [(tag, rule) for tag, rule in rules if tag != "tag:yaml.org,2002:timestamp"]
        for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    loader = type("CardLoader", (base,), {"yaml_implicit_resolvers": resolvers})
    for kind in ("int", "float"):
        loader.add_constructor(f"tag:yaml.org,2002:{kind}", _number_or_text)  # type: ignore[attr-defined]
    return loader


def _number_or_text(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> object:
    # YAML counts in base 60: 1:1:1:... of a megabyte takes hours to become a number.
    text = str(loader.construct_scalar(node))
    if len(text) > _LONGEST_NUMBER:
        return text
    make = loader.construct_yaml_int if node.tag.endswith("int") else loader.construct_yaml_float
    return make(node)
