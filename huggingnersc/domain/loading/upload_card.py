"""What a card says of the shards that were uploaded: to `datasets`, to the Hub and to people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.loading.upload import DATA_CONFIG, UploadForm
from huggingnersc.domain.text.code_literals import literal
from huggingnersc.domain.text.formatting import plural, size_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from huggingnersc.domain.loading.upload import Upload

_FORM_NAMES = {UploadForm.PARQUET: "Parquet", UploadForm.WEBDATASET: "WebDataset"}


@dataclass(frozen=True, slots=True)
class UploadFacts:
    """What a card says to people of the data on the Hub.

    Attributes:
        repo_id: of the repository that holds it.
        page: its page.
        is_beside: whether that is one of its own, and not the dataset's.
        form: the name of the form of the shards.
        size: in words.
        splits: a row for each: name, number of samples, size in words, number of shards.
        version: the version that was packed; empty where that is not known.
    """

    repo_id: str
    page: str
    is_beside: bool
    form: str
    size: str
    splits: tuple[tuple[str, str, str, str], ...]
    version: str


def upload_facts(upload: Upload, repo_id: str, page: str) -> UploadFacts:
    """Return what a card says of an upload.

    Args:
        upload: what was uploaded.
        repo_id: the repository of the dataset.
        page: of the repository that holds the shards.
    """
    return UploadFacts(
        repo_id=upload.repo_id(repo_id),
        page=page,
        is_beside=upload.is_beside,
        form=_FORM_NAMES[upload.form],
        size=f"{plural(len(upload.shards), 'shard')}, {size_words(upload.size_bytes)}",
        splits=tuple(
            (one.name, f"{one.samples:,}", size_words(one.size_bytes), f"{len(one.paths):,}")
            for one in upload.splits
        ),
        version=upload.version,
    )


def upload_config(upload: Upload) -> dict[str, Any]:
    """Return the configuration that is loaded where no name is given: it is the whole data."""
    return {
        "config_name": DATA_CONFIG,
        "default": True,
        "data_files": [{"split": one.name, "path": one.pattern} for one in upload.splits],
    }


def dataset_info(upload: Upload) -> dict[str, Any]:
    """Return what `datasets` checks a download against, and what the Hub shows of it."""
    info: dict[str, Any] = {"config_name": DATA_CONFIG}
    if upload.features:
        info["features"] = [dict(one) for one in upload.features]
    return {
        **info,
        "splits": [
            {"name": one.name, "num_bytes": one.size_bytes, "num_examples": one.samples}
            for one in upload.splits
        ],
        "download_size": upload.size_bytes,
        "dataset_size": upload.size_bytes,
    }


def upload_metadata(upload: Upload) -> Mapping[str, Any]:
    """Return what the front matter of the card of the shards' own repository has of them."""
    return {"configs": [upload_config(upload)], "dataset_info": dataset_info(upload)}


def upload_lines(upload: Upload, repo_id: str) -> tuple[str, ...]:
    """Return the lines that load the data from the Hub, at once and as they are read.

    Args:
        upload: what was uploaded.
        repo_id: the repository of the dataset.
    """
    name = literal(upload.repo_id(repo_id))
    return (
        f"data = load_dataset({name})  # all of it",
        f"stream = load_dataset({name}, streaming=True)  # all of it, without a copy on disk",
    )
