"""A dataset to catalog, read and validated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.catalog.fields import DatasetFacts
from huggingnersc.domain.catalog.version_history import NO_VERSIONS, VersionHistory

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import PurePosixPath

    from huggingnersc.domain.catalog.scripts import Script, Scripts
    from huggingnersc.domain.loading.upload import Upload


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetSpec(DatasetFacts):
    """A dataset to catalog: everything a card, a notebook and a record are made of.

    Attributes:
        scripts: as their authors wrote them, under their names in the repository.
        portal_link: the https address of the data.
        data_path: where the data is stored at the center, absolute.
        metadata: the metadata document, valid against the schema.
        job_notebook: whether a notebook that runs the batch script is made; it needs that script.
        history: the versions of the data.
        upload: its shards on the Hub; None where the data is not there.
    """

    scripts: Scripts[Script]
    portal_link: str
    data_path: PurePosixPath
    metadata: Mapping[str, Any]
    job_notebook: bool = False
    history: VersionHistory = NO_VERSIONS
    upload: Upload | None = None

    @property
    def card_tags(self) -> Mapping[str, Any]:
        """The metadata's `datacard_tags`."""
        tags: Mapping[str, Any] = self.metadata["datacard_tags"]
        return tags

    @property
    def papers(self) -> tuple[str, ...]:
        """The metadata's papers as the steward wrote them."""
        return tuple(self.metadata["other_info"].get("papers", ()))
