"""A dataset to catalog, read and validated."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import PurePosixPath

    from huggingnersc.domain.catalog.scripts import Script, Scripts


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetFacts:
    """The facts of a dataset that are the same in a request, a validated dataset and a record.

    Attributes:
        official_name: the title people read.
        nickname: the name in paths and on the Hub.
        distributed: whether the loader is a distributed one.
        private: whether the repository is private.
    """

    official_name: str
    nickname: str
    distributed: bool = False
    private: bool = False


def facts_of(dataset: DatasetFacts) -> dict[str, Any]:
    """Return the facts of a dataset, to make another value of it."""
    return {field.name: getattr(dataset, field.name) for field in fields(DatasetFacts)}


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetSpec(DatasetFacts):
    """A dataset to catalog: everything a card, a notebook and a record are made of.

    Attributes:
        scripts: as their authors wrote them, under their names in the repository.
        portal_link: the https address of the data.
        data_path: where the data is stored at the center, absolute.
        metadata: the metadata document, valid against the schema.
        job_notebook: whether a notebook that runs the batch script is made; it needs that script.
    """

    scripts: Scripts[Script]
    portal_link: str
    data_path: PurePosixPath
    metadata: Mapping[str, Any]
    job_notebook: bool = False

    @property
    def card_tags(self) -> Mapping[str, Any]:
        """The metadata's `datacard_tags`."""
        tags: Mapping[str, Any] = self.metadata["datacard_tags"]
        return tags

    @property
    def papers(self) -> tuple[str, ...]:
        """The metadata's papers as the steward wrote them."""
        return tuple(self.metadata["other_info"].get("papers", ()))
