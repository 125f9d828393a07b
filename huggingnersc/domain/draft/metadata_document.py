"""The metadata document of a new dataset."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.draft.allowed_values import allowed_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from huggingnersc.domain.draft.answers import Answers


def make_document(
    answers: Answers, file_types: Iterable[str], schema: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the metadata document of a dataset, without what is not known.

    Args:
        answers: given, proposed and counted.
        file_types: as tags; those the schema does not allow are left out.
        schema: the site's metadata schema.
    """
    known = allowed_values(schema).get("tags")
    is_free = known == ()  # any tag is allowed
    own = (one for one in file_types if is_free or one in (known or ()))
    tags = dict.fromkeys([*own, *answers.tags])
    card_tags = {
        "pretty_name": answers.official_name,
        "size_categories": answers.size_category,
        "license": answers.license,
        "task_categories": list(answers.tasks),
        "language": list(answers.languages),
        "tags": list(tags),
    }
    other_info = {"nickname": answers.nickname, "papers": list(answers.papers)}
    return {"datacard_tags": _known(card_tags), "other_info": _known(other_info)}


def document_bytes(document: Mapping[str, Any]) -> bytes:
    """Return a document as a JSON file, in the order of its keys."""
    return f"{json.dumps(document, indent=2, ensure_ascii=False)}\n".encode()


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in (None, [])}
