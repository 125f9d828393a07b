"""The description of a dataset that machines read: `croissant.json`, Croissant 1.1.

Source: the Croissant format, https://docs.mlcommons.org/croissant. What mlcroissant 1.1 cannot
read gets no record set: a table with another delimiter than a comma or a tab, without a header or
in another encoding than UTF-8, arrays, images and texts.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from huggingnersc.domain.loading.croissant_records import (
    TABLE_SUFFIXES,
    delimiter_of,
    record_sets,
)
from huggingnersc.domain.loading.described_dataset import SCHEMA_ORG, schema_org
from huggingnersc.domain.loading.file_addresses import file_base, file_url
from huggingnersc.domain.loading.listed_files import data_files, listed_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.domain.loading.described_dataset import DescribedDataset
    from huggingnersc.domain.loading.listed_files import ListedFile
    from huggingnersc.domain.loading.loading import Source

CROISSANT_FILE = "croissant.json"
CONFORMS_TO = "http://mlcommons.org/croissant/1.1"
MANIFEST_ID = "version/manifest.tsv"
_OTHER_BYTES = "application/octet-stream"
_MEDIA_TYPES = {
    ".bmp": "image/bmp",
    ".cdf": "application/x-netcdf",
    ".csv": "text/csv",
    ".gif": "image/gif",
    ".h5": "application/x-hdf5",
    ".hdf5": "application/x-hdf5",
    ".he5": "application/x-hdf5",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".jsonl": "application/jsonlines",
    ".md": "text/markdown",
    ".nc": "application/x-netcdf",
    ".nc4": "application/x-netcdf",
    ".ndjson": "application/jsonlines",
    ".netcdf": "application/x-netcdf",
    ".parquet": "application/x-parquet",
    ".png": "image/png",
    ".pq": "application/x-parquet",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".tsv": "text/tab-separated-values",
    ".txt": "text/plain",
    ".webp": "image/webp",
}
_TERMS = (
    "arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "extract", "field",
    "fileObject", "fileProperty", "fileSet", "format", "includes", "isArray", "isLiveDataset",
    "jsonPath", "key", "md5", "parentField", "path", "recordSet", "references", "regex",
    "repeated", "replace", "samplingRate", "separator", "source", "subField", "transform",
)  # fmt: skip
CONTEXT = {
    "@language": "en",
    "@vocab": SCHEMA_ORG,
    "cr": "http://mlcommons.org/croissant/",
    "dct": "http://purl.org/dc/terms/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": SCHEMA_ORG,
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "description": {"@container": "@language"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "name": {"@container": "@language"},
    **{term: f"cr:{term}" for term in _TERMS},
}


def croissant_bytes(dataset: DescribedDataset, source: Source) -> bytes:
    """Write a `croissant.json`: two spaces, UTF-8, a final newline; the same for the same values.

    Args:
        dataset: what is known of it.
        source: its files. Each is named with its address and its hash; where they are too many
            for that, the manifest in the repository stands for them.
    """
    text = json.dumps(croissant(dataset, source), indent=2, ensure_ascii=False)
    return (text + "\n").encode("utf-8", "backslashreplace")


def croissant(dataset: DescribedDataset, source: Source) -> dict[str, Any]:
    """Return the same as JSON values."""
    if not file_base(dataset.portal_link):
        source = replace(source, manifest="")  # no file has an address
    records = record_sets(source, file_id)
    described: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS_TO,
        **schema_org(dataset),
        "distribution": [
            *_file_objects(dataset, source),
            *([] if records else _file_sets(source)),
        ],
        "recordSet": records,
    }
    if dataset.citation:
        described["citeAs"] = dataset.citation
    if dataset.version:
        described["version"] = _three_numbers(dataset.version)
    return {key: value for key, value in described.items() if value}


def file_id(file: ListedFile) -> str:
    """Return what a file is called in the description; no record set is called so."""
    return file_url("data/file/", file.path)


def _three_numbers(version: str) -> str:
    """Return `1.2.0` for `v1.2`; a name of another form as it is."""
    parts = version.removeprefix("v").split(".")
    is_plain = len(parts) <= 3 and all(part.isascii() and part.isdigit() for part in parts)
    return ".".join(str(int(part)) for part in [*parts, "0", "0"][:3]) if is_plain else version


def _file_objects(dataset: DescribedDataset, source: Source) -> Iterator[dict[str, Any]]:
    base = file_base(dataset.portal_link)
    for file in listed_files(source):
        yield {
            "@type": "cr:FileObject",
            "@id": file_id(file),
            "name": file.name,
            "contentUrl": file_url(base, file.path),
            "contentSize": f"{file.size_bytes} B",
            "encodingFormat": _encoding(file.suffix, source),
            "sha256": file.sha256,
        }
    if not source.manifest and source.manifest_sha256 and dataset.manifest:
        yield {
            "@type": "cr:FileObject",
            "@id": MANIFEST_ID,
            "name": "manifest.tsv",
            "description": "Every file with its SHA-256, its size and the time of its change.",
            "contentUrl": dataset.manifest,
            "encodingFormat": _MEDIA_TYPES[".tsv"],
            "sha256": source.manifest_sha256,
        }


def _encoding(suffix: str, source: Source) -> str | list[str]:
    """Return the media type of a file; a table is called by what is between its columns."""
    own = suffix.removesuffix(".gz")
    if own in TABLE_SUFFIXES.values() and source.file_type == "csv":
        own = TABLE_SUFFIXES.get(delimiter_of(source), own)
    plain = _MEDIA_TYPES.get(own, _OTHER_BYTES)
    return [plain, "application/gzip"] if suffix.endswith(".gz") else plain


def _file_sets(source: Source) -> Iterator[dict[str, Any]]:
    """Yield a set of files for each split, or one of all; where no record set reads them.

    mlcroissant takes the container of a set for an archive, and then reads no file by itself.
    """
    listed = data_files(source) if source.manifest else None
    if listed and sum(map(len, listed.values())) < 2:
        return
    patterns = {split: [pattern] for split, pattern in source.splits.items()}
    for split, includes in (patterns or {"": _all_data(source)}).items():
        files = [{"@id": file_id(file)} for file in listed[split]] if listed else []
        container: Any = files if listed else {"@id": MANIFEST_ID}
        if not container or not includes:
            continue
        suffix = next((one.lower() for one in source.suffixes), "")
        yield {
            "@type": "cr:FileSet",
            "@id": f"data/split/{quote(split, safe='')}" if split else "data/all",
            "name": split or "all",
            "containedIn": container,
            "encodingFormat": _encoding(suffix, source),
            "includes": includes,
            **({"cr:excludes": list(source.left_out)} if source.left_out else {}),
        }


def _all_data(source: Source) -> list[str]:
    return [source.only] if source.only else [f"*{suffix}" for suffix in source.suffixes]
