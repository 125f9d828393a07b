"""What a user should know of the files of a source: names that rows part, and empty files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from huggingnersc.adapters.inventory.shard_result import NamedPaths
from huggingnersc.adapters.packing.source_faults import shown_paths
from huggingnersc.domain.packing.grouping import GroupBy, GroupKind, dotted_key_function
from huggingnersc.domain.packing.pack import ShardForm
from huggingnersc.domain.packing.webdataset_names import is_decoded
from huggingnersc.domain.text.formatting import plural
from huggingnersc.domain.text.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.domain.packing.options import PackOptions


class SourceNotes:
    """What was noted of the files of a source.

    Args:
        options: how they are grouped.
        form: of the shards.
    """

    def __init__(self, options: PackOptions, form: ShardForm) -> None:
        self._are_parted = form is ShardForm.PARQUET and not options.group_by
        self._is_split = bool(options.split)
        self._stem_of = dotted_key_function(GroupBy(GroupKind.STEM))
        self._last, self._last_stem = b"", self._stem_of(b"")
        self._pairs, self._is_pair = NamedPaths(), False
        self._empty = NamedPaths()

    def add(self, path: bytes, size_bytes: int) -> None:
        """Note a file; those of one folder come one after the other, sorted by their names."""
        if not size_bytes and is_decoded(os.fsdecode(path)):
            self._empty.add(visible(os.fsdecode(path)))
        if self._are_parted:
            stem = self._stem_of(path)
            if stem == self._last_stem:
                if not self._is_pair:
                    names = (os.fsdecode(one).rpartition("/")[2] for one in (self._last, path))
                    self._pairs.add(" and ".join(map(visible, names)))
                self._is_pair = True
            else:
                self._last, self._last_stem, self._is_pair = path, stem, False

    def warnings(self) -> Iterator[str]:
        """Yield a sentence for each kind of what was noted."""
        if self._pairs.count:
            splits = ", and may be in different splits" if self._is_split else ""
            names = plural(self._pairs.count, "name is", "names are")
            yield (
                f"{names} shared by files of different types, such as {self._pairs.first[0]}: "
                f"each file is a row of its own{splits}. --group-by stem makes a row of each name."
            )
        if self._empty.count:
            files = plural(self._empty.count, "file is", "files are")
            yield f"{files} empty, which readers cannot decode: {shown_paths(self._empty)}."
