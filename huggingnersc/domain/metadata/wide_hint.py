"""The hint that another schema allows more of a document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from huggingnersc.domain.metadata.card_requirements import document_problems
from huggingnersc.fixes import Message, Option

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from huggingnersc.domain.metadata.schema import MetadataSchema
    from huggingnersc.problems import Problem


def wide_hint(
    document: Mapping[str, Any] | None,
    problems: Sequence[Problem],
    wide: MetadataSchema | None,
    option: Option,
) -> Message | None:
    """Return the hint that names the wide schema; None where that allows no more.

    Args:
        document: the metadata; None where it is not JSON.
        problems: what is wrong with it by the schema in use.
        wide: the wide schema; None where the schema in use is not the default one.
        option: chooses the wide schema.
    """
    if document is None or not problems or wide is None:
        return None
    if len(document_problems(document, wide, name="")) >= len(problems):
        return None
    return Message("The wide schema allows more values and keys: ", option)
