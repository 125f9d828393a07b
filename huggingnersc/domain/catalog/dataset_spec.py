"""What a steward asks to be cataloged, read and checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import PurePosixPath

    from huggingnersc.domain.catalog.scripts import Script


@dataclass(frozen=True, slots=True)
class DatasetSpec:
    """A dataset to catalog: everything a card, a notebook and a record are made of.

    Attributes:
        official_name: the title people read.
        nickname: the name in paths and on the Hub.
        loader: the script that loads the data, under its name in the repository.
        portal_link: the https address of the data.
        data_path: where the data lies at the centre, absolute.
        metadata: the metadata document, valid against the schema.
        batch_script: the script that runs the loader as a batch job.
        includes: files that the loader or the batch script needs.
        distributed: whether the loader is a distributed one.
        private: whether the repository is private.
        job_notebook: whether a notebook that runs the batch script is made; it needs that script.
    """

    official_name: str
    nickname: str
    loader: Script
    portal_link: str
    data_path: PurePosixPath
    metadata: Mapping[str, Any]
    batch_script: Script | None = None
    includes: tuple[Script, ...] = ()
    distributed: bool = False
    private: bool = False
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
