"""What a card says of the shards that were uploaded: to `datasets`, to the Hub and to people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.loading.upload import DATA_CONFIG, UploadForm
from huggingnersc.domain.text.code_literals import literal
from huggingnersc.domain.text.formatting import plural, size_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from huggingnersc.domain.loading.upload import Upload, UploadBucket, UploadedSplit

LOAD_IMPORT = "from datasets import load_dataset"
_DECODED = frozenset({"image", "audio", "video"})
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
        bucket: the folder of a bucket that holds it in place of a repository; else empty.
        is_public: whether everyone may read that.
    """

    repo_id: str
    page: str
    is_beside: bool
    form: str
    size: str
    splits: tuple[tuple[str, str, str, str], ...]
    version: str
    bucket: str = ""
    is_public: bool = False


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
        bucket=upload.bucket.address if upload.bucket else "",
        is_public=upload.bucket is not None and upload.bucket.is_public,
    )


def upload_words(upload: Upload, repo_id: str) -> str:
    """Return what is on the Hub in a line: how much, in which form, and where.

    Args:
        upload: what was uploaded.
        repo_id: the repository of the dataset.
    """
    size = f"{plural(len(upload.shards), 'shard')}, {size_words(upload.size_bytes)}"
    of = f", of {upload.version}" if upload.version else ""
    place = upload.bucket.address if upload.bucket else upload.repo_id(repo_id)
    return f"{size} ({_FORM_NAMES[upload.form]}{of}) in {place}"


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


def shards_title(pretty_name: str) -> str:
    """Return the title of the repository of the shards of a dataset."""
    return f"{pretty_name}: shards"


def upload_metadata(upload: Upload) -> Mapping[str, Any]:
    """Return what the front matter of the card of the shards' own repository has of them."""
    return {"configs": [upload_config(upload)], "dataset_info": dataset_info(upload)}


def tar_features(upload: Upload) -> dict[str, dict[str, str]]:
    """Return the columns of tar files, as `datasets.Features.from_dict` takes them.

    Without them `datasets` takes those of the first samples, and drops the others. Nothing is
    returned for Parquet, which has them, and where one is of another type than such files have.
    """
    if upload.form is not UploadForm.WEBDATASET or any(
        {*one} != {"name", "dtype"} or type(one["dtype"]) is not str for one in upload.features
    ):
        return {}
    return {one["name"]: _feature(one["dtype"]) for one in upload.features}


def _feature(dtype: str) -> dict[str, str]:
    if dtype in _DECODED:
        return {"_type": dtype.capitalize()}
    return {"dtype": dtype, "_type": "Value"}


def upload_import(upload: Upload | None) -> str:
    """Return the import that `upload_lines` need."""
    if upload and upload.bucket and tar_features(upload):
        return "from datasets import Features, load_dataset"
    return LOAD_IMPORT


def upload_lines(upload: Upload, repo_id: str) -> tuple[str, ...]:
    """Return the lines that load the data from the Hub, at once and as they are read.

    Of a bucket, the addresses of the shards are listed: a visitor may read them, but mostly not
    the list of what a bucket holds.

    Args:
        upload: what was uploaded.
        repo_id: the repository of the dataset.
    """
    if upload.bucket:
        return tuple(_bucket_lines(upload, upload.bucket))
    name = literal(upload.repo_id(repo_id))
    return (
        f"data = load_dataset({name})  # all of it",
        f"stream = load_dataset({name}, streaming=True)  # all of it, without a copy on disk",
    )


def _bucket_lines(upload: Upload, bucket: UploadBucket) -> Iterator[str]:
    yield f"storage = {storage_options(bucket)}  # s3:// needs: pip install s3fs"
    yield f"folder = {literal(bucket.address)}"
    yield "shards = {"
    yield from (
        f"    {literal(one.name)}: {shard_names(one, '{folder}/')}," for one in upload.splits
    )
    yield "}"
    words = f"{literal(upload.form.value)}, data_files=shards, storage_options=storage"
    if features := tar_features(upload):
        yield "columns = {"
        yield from (f"    {literal(name)}: {_mapping(one)}," for name, one in features.items())
        yield "}"
        words += ", features=Features.from_dict(columns)"
    if upload.form is UploadForm.WEBDATASET:
        yield f"data = load_dataset({words})  # not with streaming=True, which fails for tar in s3"
        return
    yield f"data = load_dataset({words})  # all of it"
    yield f"stream = load_dataset({words}, streaming=True)  # without a copy on disk"


def storage_options(bucket: UploadBucket) -> str:
    """Return Python that makes the options by which a bucket is read."""
    options: dict[str, Any] = {"anon": True} if bucket.is_public else {}
    if bucket.endpoint:
        options["endpoint_url"] = bucket.endpoint
    return _mapping(options)


def shard_names(split: UploadedSplit, start: str = "") -> str:
    """Return Python that makes the names of the shards of a split.

    Args:
        split: its shards.
        start: what each name begins with, as in an f-string.
    """
    numbered = split.numbered("{n:05}") if len(split.paths) > 1 else None
    if numbered:
        return f'[f"{start}{numbered}" for n in range({len(split.paths)})]'
    mark = "f" if start else ""
    return f"[{', '.join(f'{mark}{literal(start + path)}' for path in split.paths)}]"


def _mapping(values: Mapping[str, Any]) -> str:
    inside = ", ".join(f"{literal(name)}: {_literal(value)}" for name, value in values.items())
    return f"{{{inside}}}"


def _literal(value: str | bool) -> str:
    return literal(value) if isinstance(value, str) else str(value)
