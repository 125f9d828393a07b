"""The metadata document of a new dataset."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.draft.allowed_values import allowed_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from huggingnersc.domain.draft.answers import Answers


def make_document(
    answers: Answers, kinds: Iterable[str], schema: Mapping[str, Any]
) -> dict[str, Any]:
    """Put answers and file types into a metadata document; what is not known is left out.

    Args:
        answers: what was said, proposed and counted.
        kinds: tags for the file types; those the schema does not allow are left out.
        schema: the site's metadata schema.
    """
    known = allowed_values(schema).get("tags", ())
    tags = dict.fromkeys([*(kind for kind in kinds if kind in known), *answers.tags])
    card_tags = {
        "pretty_name": answers.official_name,
        "size_categories": answers.size_category,
        "license": answers.license,
        "task_categories": list(answers.tasks),
        "language": list(answers.languages),
        "tags": list(tags),
    }
    other_info = {"nickname": answers.nickname, "papers": list(answers.papers)}
    return {"datacard_tags": _said(card_tags), "other_info": _said(other_info)}


def document_bytes(document: Mapping[str, Any]) -> bytes:
    """Return a document as a JSON file, in the order of its keys."""
    return f"{json.dumps(document, indent=2, ensure_ascii=False)}\n".encode()


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in (None, [])}
