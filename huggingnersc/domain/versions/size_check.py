"""Check the declared number of examples against the counted ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.draft.data_layout import size_category
from huggingnersc.domain.text.formatting import plural
from huggingnersc.fixes import Message, Option, Placeholder, update_fix

if TYPE_CHECKING:
    from collections.abc import Mapping

    from huggingnersc.domain.versions.statistics import ExampleCounts


@dataclass(frozen=True, slots=True)
class SizeMismatch:
    """A size category that is not that of the counted examples.

    Attributes:
        declared: by the metadata.
        counted: the right one.
        examples: how many were counted.
    """

    declared: str
    counted: str
    examples: int

    @property
    def words(self) -> str:
        """One sentence with the right value."""
        examples = plural(self.examples, "example")
        return f"size_categories is {self.declared}, but {examples} make it {self.counted}"

    def warning(self, nickname: str) -> Message:
        """Return the sentence with the command that corrects the metadata."""
        fix = update_fix(nickname, Option(Field.METADATA, Placeholder.FILE))
        return Message(f"{self.words}. State it in the metadata file, then: ", fix)


def size_mismatch(
    metadata: Mapping[str, Any], examples: ExampleCounts | None
) -> SizeMismatch | None:
    """Return where the metadata declares another size category than the examples have.

    Estimated numbers prove nothing.

    Args:
        metadata: the metadata document, valid or not.
        examples: how many there are; None where they were not counted.
    """
    if examples is None or examples["sample"]:
        return None
    tags = metadata.get("datacard_tags")
    declared = tags.get("size_categories") if isinstance(tags, dict) else None
    names = declared if isinstance(declared, list) else [declared]
    counted = size_category(examples["count"])
    if declared is None or counted in names:
        return None
    return SizeMismatch(", ".join(map(str, names)), counted, examples["count"])
