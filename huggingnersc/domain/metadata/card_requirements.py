"""The metadata that every dataset card needs, whatever the schema of a site requires."""

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
    """Return every violation of the schema, then what else the card needs.

    A site's own schema may allow metadata from which no card can be made.

    Args:
        document: the parsed JSON object.
        schema: the site's schema.
        name: the file's name; each problem's `where` is `name: $.json.path`.
    """
    violations = schema.problems(document, name=name)
    reported = {problem.where for problem in violations}
    unmet = (Problem(f"{name}: {json_path(steps)}", why) for steps, why in _unmet(document))
    return (*violations, *(problem for problem in unmet if problem.where not in reported))


def meets_card_requirements(document: Mapping[str, Any]) -> bool:
    """Return whether metadata, valid or not, has everything that a card needs."""
    return not any(_unmet(document))


def _unmet(document: Mapping[str, Any]) -> Iterator[tuple[Steps, str]]:
    yield from _wrong_type(document, "datacard_tags", dict)
    if isinstance(tags := document.get("datacard_tags"), dict):
        yield from _wrong_type(tags, "pretty_name", str, ("datacard_tags",))
        yield from _wrong_type(tags, "size_categories", str, ("datacard_tags",))
    yield from _wrong_type(document, "other_info", dict)
    info = document.get("other_info")
    if isinstance(info, dict) and "papers" in info:
        yield from _wrong_type(info, "papers", list, ("other_info",))
        if isinstance(papers := info["papers"], list):
            for index, paper in enumerate(papers):
                if not isinstance(paper, str):
                    steps = ("other_info", "papers", index)
                    yield steps, f"found {describe(paper)}; the card needs text here"


def _wrong_type(
    part: Mapping[str, Any], key: str, kind: type, parents: Steps = ()
) -> Iterator[tuple[Steps, str]]:
    if key not in part:
        yield (*parents, key), f"missing; the card needs {_KINDS[kind]} here"
    elif not isinstance(part[key], kind):
        yield (*parents, key), f"found {describe(part[key])}; the card needs {_KINDS[kind]} here"
