"""The files of a repository that hold a part of its data, as the card names them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from huggingnersc.domain.loading.loading import SAMPLE_CONFIG
from huggingnersc.domain.loading.upload import DATA_CONFIG
from huggingnersc.domain.versions.version import SAMPLE_DIR, TABLES_DIR

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DATA_FOLDER = "version"  # of the latest version, in a repository
SAMPLE_FOLDER = f"{DATA_FOLDER}/{SAMPLE_DIR}/"
_TABLES_FOLDER = f"{DATA_FOLDER}/{TABLES_DIR}/"
_FOLDERS = (SAMPLE_FOLDER, _TABLES_FOLDER)
_FIRST_SHARD = re.compile(r"data/[\w.]+-00000-of-\d{5,}\.parquet", re.ASCII)
_MOST_FILES = 50
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class SampleFile:
    """A Parquet file: its configuration, its split, and where it is in the repository."""

    config: str
    split: str
    path: str

    @property
    def is_shard(self) -> bool:
        """Whether it is a shard of data that was uploaded."""
        return bool(_FIRST_SHARD.fullmatch(self.path))

    @property
    def label(self) -> str:
        """A name that tells it from the others."""
        return self.split if self.config == SAMPLE_CONFIG else f"{self.config}, {self.split}"


def config_names(card: Mapping[str, object]) -> tuple[str, ...]:
    """Return the names of the configurations on a card."""
    return tuple(name for name, _ in _configs(card))


def config_to_name(card: Mapping[str, object]) -> str:
    """Return the configuration that `load_dataset` must be told; empty where it needs none."""
    configs = [*_configs(card)]
    has_default = any(name == "default" or config.get("default") for name, config in configs)
    whole = [
        name
        for name, config in configs
        if not all(
            map(is_description, (path for _, path in _data_files(config.get("data_files"))))
        )
    ]
    named = (*whole, *(name for name, _ in configs))
    return "" if has_default or not named else named[0][:_LONGEST]


def is_description(path: str) -> bool:
    """Return whether a file only describes data that is stored elsewhere, as a sample does."""
    return path.startswith(f"{DATA_FOLDER}/") and not path.startswith(_TABLES_FOLDER)


def sample_files(card: Mapping[str, object]) -> tuple[SampleFile, ...]:
    """Return the files of samples, of tables that are published in whole, and first shards.

    The shards of data that was uploaded come last, as they may be too large to be shown.
    """
    found = (
        SampleFile(name[:_LONGEST], split[:_LONGEST], path)
        for name, split, path in data_files(card)
        if path.endswith(".parquet") and (name == SAMPLE_CONFIG or path.startswith(_FOLDERS))
    )
    every = chain(found, _first_shards(card))
    return tuple(file for _, file in zip(range(_MOST_FILES), every, strict=False))


def _first_shards(card: Mapping[str, object]) -> Iterator[SampleFile]:
    """Yield the first shard of each split of the data that was uploaded."""
    for name, split, path in data_files(card):
        first = path.replace("-*-of-", "-00000-of-")
        if name == DATA_CONFIG and _FIRST_SHARD.fullmatch(first):
            yield SampleFile(name, split[:_LONGEST], first)


def data_files(card: Mapping[str, object]) -> Iterator[tuple[str, str, str]]:
    """Yield the configuration, the split and the path, or pattern, of each file on a card."""
    for name, config in _configs(card):
        for split, path in _data_files(config.get("data_files")):
            yield name, split, path


def _configs(card: Mapping[str, object]) -> Iterator[tuple[str, Mapping[str, object]]]:
    configs = card.get("configs")
    for config in configs if isinstance(configs, list) else ():
        if isinstance(config, dict) and isinstance(name := config.get("config_name"), str):
            yield name, config


def _data_files(value: object) -> Iterator[tuple[str, str]]:
    """Yield splits and paths; a configuration may name files in several forms."""
    if isinstance(value, str):
        yield "train", value
    for item in value if isinstance(value, list) else ():
        if isinstance(item, str):
            yield "train", item
        elif isinstance(item, dict) and isinstance(split := item.get("split"), str):
            paths = item.get("path")
            for path in paths if isinstance(paths, list) else (paths,):
                if isinstance(path, str):
                    yield split, path
