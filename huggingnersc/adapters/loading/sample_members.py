"""The files that examples of a sample are taken from, by the manifest of a version."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from huggingnersc.adapters.statistics.describe import data_files
from huggingnersc.adapters.statistics.part import EvenSample
from huggingnersc.domain.loading.data_members import DataMembers
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
    members, left_out, found = DataMembers(source), frozenset(source.left_out), SampleMembers()
    for file in data_files(_regular(manifest, data), folder):
        path = str(file.path)
        if file.file_type != source.file_type:
            continue
        if path in left_out:
            found.others.append(path)
            continue
        split = members.split_by_pattern(path)
        if split is not None:
            kept.setdefault(split or DEFAULT_SPLIT, EvenSample(2 * most)).add(file)
    for name in members.splits:
        if name in kept:
            files = kept[name].files
            found.splits[name] = [str(files[place].path) for place in evenly(len(files), most)]
    return found


def _regular(manifest: Path, data: Path) -> Iterator[tuple[str, int]]:
    """Yield the path and size of each regular file, that of the data itself by its name."""
    with manifest.open("rb") as lines:
        for entry in map(entry_of, lines):
            if entry.is_file:
                path = os.fsdecode(entry.path)
                yield data.name if path in {"", "."} else path, entry.size_bytes
