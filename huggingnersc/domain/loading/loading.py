"""How the data of a version is loaded: what the repository holds of it, and what its files are.

It is a file of the version, `loading.json`, and a part of the record of its dataset; of data that
is not public, or only in part, the record has only what may be published.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from huggingnersc.domain.loading.sample import unique_names
from huggingnersc.domain.metadata.json_document import read_document
from huggingnersc.domain.metadata.strict_json import describe

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

LOADING_FILE = "loading.json"
SAMPLE_CONFIG, FILES_CONFIG, TABLES_CONFIG = "sample", "files", "tables"
FILES_TABLE = "files.parquet"  # the manifest as rows
PORTAL, SITE = "portal", "site"  # what an index of images leads to
FOLDERS_FILE = "folders.tsv"  # how many files each folder holds
LOADING_FORMAT = 1
MAX_LOADING_BYTES = 16 << 20
MOST_LISTED_FILES = 1_000  # a longer manifest is not repeated in a source
_INDEX = re.compile(rf"(?:{PORTAL}|{SITE})(?:-[A-Za-z0-9_]+)?\.parquet")
_COUNTS = ("links", "empty_files")
_NO_SPLIT_LETTER = re.compile(r"\W")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class HubConfig:
    """A configuration that `load_dataset` finds in the repository by its name.

    Attributes:
        name: such as `sample`.
        splits: the path of a Parquet file in the repository by split, in their order.
    """

    name: str
    splits: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The files that hold the data, as whoever loads them must know them.

    Attributes:
        file_type: of the files, a value of `FileType`.
        suffixes: of the files.
        only: the name of the file, where the data is one file and no folder.
        splits: what the path of each file of a split matches, by split, as `fnmatch` reads it;
            empty where the files have no splits, or each of them holds parts of all.
        left_out: files with one of the suffixes that are no part of the data.
        layout: the structure of a file, the values of `FileLayout` as JSON.
        links: how many symbolic links are named like data files. They are not part of a version,
            which records where a link leads and not what is there.
        empty_files: how many empty files are named like data files.
        examples: how many there are by split, `train` where there are no splits; empty where
            they were not counted.
        manifest: the manifest of the version, where it has at most 1,000 lines.
        manifest_sha256: the SHA-256 of the manifest, which stands for a longer one.
    """

    file_type: str
    suffixes: tuple[str, ...] = ()
    only: str = ""
    splits: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    links: int = 0
    empty_files: int = 0
    layout: Mapping[str, Any] = field(default_factory=dict)
    examples: Mapping[str, int] = field(default_factory=dict)
    manifest: str = ""
    manifest_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Loading:
    """How the data of a version is loaded.

    Attributes:
        configs: those of the card, the one that exists everywhere first; empty where the
            repository holds nothing of the data.
        source: the files of the data; None where they are not known, or not public.
        no_sample: why there is no sample, in a sentence for the card; empty where there is one.
        sample_rows: how many examples of a split the sample was to have at most; 0 where there is
            none, or where the version is older than this number.
    """

    configs: tuple[HubConfig, ...] = ()
    source: Source | None = None
    no_sample: str = ""
    sample_rows: int = 0

    def public_part(self, published: Collection[str], *, is_listed: bool) -> Loading:
        """Return what of it may be known to everyone.

        Args:
            published: the paths in the repository of what is published of the version.
            is_listed: whether the names of the files of the data are public.
        """
        configs = (
            config
            for config in self.configs
            if all(p in published for p in config.splits.values())
        )
        return replace(self, configs=tuple(configs), source=self.source if is_listed else None)


NO_LOADING = Loading()


def split_files(start: str, splits: Iterable[str]) -> dict[str, str]:
    """Return the path in a version of the Parquet file of each split: ASCII, none twice.

    Args:
        start: what the paths begin with.
        splits: as `datasets` calls them.
    """
    names = [*splits]
    stems = zip(names, unique_names(names), strict=True)
    return {split: f"{start}{stem}.parquet" for split, stem in stems}


def index_files(place: str, splits: Sequence[str]) -> dict[str, str]:
    """Return the name of the index of each split of images; one that is alone is not in it.

    Args:
        place: `PORTAL` or `SITE`.
        splits: as `datasets` calls them.
    """
    if len(splits) == 1:
        return {splits[0]: f"{place}.parquet"}
    return split_files(f"{place}-", splits)


def is_index(path: str) -> bool:
    """Return whether a file of a version is an index of images."""
    return bool(_INDEX.fullmatch(path))


def hub_split(name: str) -> str:
    """Return a name that `datasets` takes for a split; an empty one becomes `train`."""
    return _NO_SPLIT_LETTER.sub("_", name) or "train"


def loading_json(loading: Loading) -> dict[str, Any]:
    """Return what is known of loading as JSON values, without a number of rows that is 0."""
    return {
        "configs": [
            {"name": config.name, "splits": dict(config.splits)} for config in loading.configs
        ],
        "source": _source_json(loading.source) if loading.source else None,
        "no_sample": loading.no_sample,
        **({"sample_rows": loading.sample_rows} if loading.sample_rows else {}),
    }


def _source_json(source: Source) -> dict[str, Any]:
    """Return a source as JSON values, without counts of 0, which records did not have at first."""
    return {key: value for key, value in asdict(source).items() if key not in _COUNTS or value}


def loading_bytes(loading: Loading) -> bytes:
    """Write a `loading.json`: two spaces, UTF-8, a final newline; splits keep their order."""
    content = {"format": LOADING_FORMAT, **loading_json(loading)}
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()


def parse_loading(data: bytes) -> Loading:
    """Read the bytes of a `loading.json`.

    Raises:
        ValueError: it is no JSON, or of another form; the sentence says which.
    """
    return read_loading(
        read_document(data, name=LOADING_FILE, limit=MAX_LOADING_BYTES, form=LOADING_FORMAT)
    )


def read_loading(content: Mapping[str, Any]) -> Loading:
    """Read what `loading_json` returned.

    Raises:
        ValueError: a value is missing or of another kind; the sentence says which.
    """
    source = content.get("source")
    return Loading(
        configs=tuple(_config(one) for one in _value(content, "configs", list)),
        source=None if source is None else _source(_value(content, "source", dict)),
        no_sample=_value(content, "no_sample", str),
        sample_rows=_value(content, "sample_rows", int) if "sample_rows" in content else 0,
    )


def _config(value: Any) -> HubConfig:
    if not isinstance(value, dict):
        raise ValueError(f"a configuration is {describe(value)}, not an object")
    return HubConfig(_value(value, "name", str), _texts(value, "splits"))


def _source(value: Mapping[str, Any]) -> Source:
    examples = _value(value, "examples", dict)
    if not all(type(count) is int and count >= 0 for count in examples.values()):
        raise ValueError("the key examples holds something other than numbers")
    counts = {key: value.get(key, 0) for key in _COUNTS}
    if not all(type(count) is int and count >= 0 for count in counts.values()):
        raise ValueError(f"the keys {' and '.join(_COUNTS)} hold something other than numbers")
    return Source(
        file_type=_value(value, "file_type", str),
        suffixes=_list(value, "suffixes"),
        only=_value(value, "only", str),
        splits=_texts(value, "splits"),
        left_out=_list(value, "left_out"),
        **counts,
        layout=_value(value, "layout", dict),
        examples=examples,
        manifest=_value(value, "manifest", str),
        manifest_sha256=_value(value, "manifest_sha256", str),
    )


def _value(content: Mapping[str, Any], key: str, kind: type[_T]) -> _T:
    value = content.get(key)
    if not isinstance(value, kind):
        raise ValueError(f"the key {key} of what is known of loading holds {describe(value)}")
    return value


def _texts(content: Mapping[str, Any], key: str) -> dict[str, str]:
    found: dict[str, Any] = _value(content, key, dict)
    if not all(isinstance(text, str) for text in found.values()):
        raise ValueError(f"the key {key} holds something other than texts")
    return found


def _list(content: Mapping[str, Any], key: str) -> tuple[str, ...]:
    found: list[Any] = _value(content, key, list)
    if not all(isinstance(text, str) for text in found):
        raise ValueError(f"the key {key} holds something other than texts")
    return tuple(found)
