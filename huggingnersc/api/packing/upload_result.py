"""What an upload does or did."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from huggingnersc.api.catalog.result import CatalogResult

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.fixes import Text


class UploadOutcome(StrEnum):
    """How an upload ended."""

    PLANNED = "planned"
    UPLOADED = "uploaded"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitOnHub:
    """A split of the data on the Hub."""

    name: str
    samples: int
    size_bytes: int
    shards: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploaded(CatalogResult):
    """The data of a dataset on the Hub.

    Attributes:
        outcome: planned (not done, or not done yet), uploaded, unchanged.
        commit: the SHA of the dataset's repository; None while it is only planned.
        pack: the folder that is uploaded.
        packed_from: the dataset, its version or the path that was packed; None if not known.
        form: of the shards, `parquet` or `webdataset`.
        shards_repo_id: the repository that holds the shards.
        shards_url: its page.
        private: whether it is private.
        was_private: whether the dataset is private before the upload.
        splits: what is on the Hub, by split.
        shards: how many shards there are.
        size_bytes: their size.
        sent_shards: how many the Hub does not have yet.
        sent_bytes: their size.
        replaced_shards: how many former ones are deleted.
        load: the line of Python that loads the data.
    """

    outcome: UploadOutcome
    commit: str | None
    pack: Path
    packed_from: str | None
    form: str
    shards_repo_id: str
    shards_url: str
    private: bool
    was_private: bool
    splits: tuple[SplitOnHub, ...]
    shards: int
    size_bytes: int
    sent_shards: int
    sent_bytes: int
    replaced_shards: int
    load: str
    warnings: tuple[Text, ...]
