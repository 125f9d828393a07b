"""What a card is made of, whatever the schema of a site asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from huggingnersc.domain.metadata.schema import json_path
from huggingnersc.domain.metadata.strict_json import describe
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from huggingnersc.domain.metadata.schema import MetadataSchema, Steps

_KINDS: dict[type, str] = {dict: "an object", list: "an array", str: "text"}


def document_problems(
    document: Mapping[str, Any], schema: MetadataSchema, *, name: str
) -> tuple[Problem, ...]:
    """Return every place where `document` breaks the schema, then what else the card needs.

    A centre's own schema may allow metadata that no card can be made of.

    Args:
        document: the parsed JSON object.
        schema: the site's schema.
        name: the file's name; each problem's `where` is `name: $.json.path`.
    """
    broken = schema.problems(document, name=name)
    told = {problem.where for problem in broken}
    needed = (Problem(f"{name}: {json_path(steps)}", why) for steps, why in _lacks(document))
    return (*broken, *(problem for problem in needed if problem.where not in told))


def makes_card(document: Mapping[str, Any]) -> bool:
    """Return whether metadata, valid or not, has the parts that a card is made of."""
    return not any(_lacks(document))


def _lacks(document: Mapping[str, Any]) -> Iterator[tuple[Steps, str]]:
    yield from _unlike(document, "datacard_tags", dict)
    if isinstance(tags := document.get("datacard_tags"), dict):
        yield from _unlike(tags, "pretty_name", str, ("datacard_tags",))
        yield from _unlike(tags, "size_categories", str, ("datacard_tags",))
    yield from _unlike(document, "other_info", dict)
    info = document.get("other_info")
    if isinstance(info, dict) and "papers" in info:
        yield from _unlike(info, "papers", list, ("other_info",))
        if isinstance(papers := info["papers"], list):
            for index, paper in enumerate(papers):
                if not isinstance(paper, str):
                    steps = ("other_info", "papers", index)
                    yield steps, f"found {describe(paper)}; the card needs text here"


def _unlike(
    part: Mapping[str, Any], key: str, kind: type, above: Steps = ()
) -> Iterator[tuple[Steps, str]]:
    if key not in part:
        yield (*above, key), f"missing; the card needs {_KINDS[kind]} here"
    elif not isinstance(part[key], kind):
        yield (*above, key), f"found {describe(part[key])}; the card needs {_KINDS[kind]} here"
