"""The files that examples of a sample are taken from, by the manifest of a version."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from fnmatch import translate
from typing import TYPE_CHECKING

from huggingnersc.adapters.statistics.describe import data_files
from huggingnersc.adapters.statistics.part import EvenSample
from huggingnersc.domain.loading.sample import DEFAULT_SPLIT, evenly
from huggingnersc.domain.versions.manifest import entry_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from huggingnersc.domain.loading.loading import Source


@dataclass
class SampleMembers:
    """Some of the files of each split, spread evenly over all.

    Attributes:
        splits: the paths of files by split, those of splits without files left out.
        others: files of the same type that are no part of the data, such as other tables.
    """

    splits: dict[str, list[str]] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)


def find_members(data: Path, manifest: Path, source: Source, most: int) -> SampleMembers:
    """Return files of each split, at most so many; links are none, whatever they lead to.

    Args:
        data: the root of the data, or the file that is the data.
        manifest: of the version.
        source: what is known of the files.
        most: how many of each split.
    """
    folder = data.parent if data.is_file() else data
    kept: dict[str, EvenSample] = {}
    splits = {name: re.compile(translate(pattern)) for name, pattern in source.splits.items()}
    found = SampleMembers()
    left_out, tables = frozenset(source.left_out), _label_tables(source)
    for file in data_files(_regular(manifest, data), folder):
        path = str(file.path)
        if path in tables or file.file_type != source.file_type:
            continue
        if path in left_out:
            found.others.append(path)
            continue
        name = next((one for one, form in splits.items() if form.match(path)), None)
        if name or not splits:
            kept.setdefault(name or DEFAULT_SPLIT, EvenSample(2 * most)).add(file)
    for name in [*source.splits] or [DEFAULT_SPLIT]:
        if name in kept:
            files = kept[name].files
            found.splits[name] = [str(files[place].path) for place in evenly(len(files), most)]
    return found


def _label_tables(source: Source) -> frozenset[str]:
    tables = (source.layout.get("images") or {}).get("tables") or {}
    return frozenset(tables.get("paths", ()))


def _regular(manifest: Path, data: Path) -> Iterator[tuple[str, int]]:
    """Yield the path and size of each regular file, that of the data itself by its name."""
    with manifest.open("rb") as lines:
        for entry in map(entry_of, lines):
            if entry.is_file:
                path = os.fsdecode(entry.path)
                yield data.name if path in {"", "."} else path, entry.size_bytes
