"""The title in the metadata, `pretty_name`, which the Hub shows in its lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.metadata.strict_json import describe
from huggingnersc.fixes import Message, Option, update_fix

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from huggingnersc.domain.catalog.record import Record


def with_card_title(metadata: Mapping[str, Any], title: str | None) -> Mapping[str, Any]:
    """Return metadata with another title; as it is where there is no title to set or replace."""
    tags = metadata.get("datacard_tags")
    if title is None or not isinstance(tags, dict):
        return metadata
    return {**metadata, "datacard_tags": {**tags, "pretty_name": title}}


def card_title_warnings(record: Record, new: Record) -> Iterator[Message]:
    """Yield a warning where a new official name leaves the title in the metadata."""
    tags, title = new.metadata.get("datacard_tags"), new.official_name
    if title == record.official_name or record.metadata != new.metadata:
        return
    if isinstance(tags, dict) and tags.get("pretty_name") != title:
        yield Message(
            f"The Hub's lists go on to show {describe(tags.get('pretty_name'))}, the pretty_name "
            "of the metadata. To change it too: ",
            update_fix(record.nickname, Option(Field.PRETTY_NAME, title)),
        )
