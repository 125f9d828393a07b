"""Whether `datasets` loads the shards of a pack as they are, by the first members of a tar."""

from __future__ import annotations

import os
from contextlib import suppress
from itertools import groupby, islice
from typing import TYPE_CHECKING

from huggingnersc.domain.packing.member_line import parse_member_line
from huggingnersc.domain.packing.pack import Compress, ShardForm
from huggingnersc.domain.packing.webdataset_names import ADDED_COLUMNS, key_and_extension
from huggingnersc.domain.text.escaped_names import unescaped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from huggingnersc.domain.packing.pack import Pack

_LOOKED_AT = 5  # samples, by `datasets` 5.2: NUM_EXAMPLES_FOR_FEATURES_INFERENCE


def is_loadable(folder: Path, pack: Pack) -> bool:
    """Return whether `datasets` loads a finished pack with all of its columns.

    Of tar files it takes the columns from the first samples in the first shard of the last split.
    Where these differ it fails, and columns that they lack are dropped.

    Args:
        folder: of the pack.
        pack: what is in it.
    """
    if pack.form is ShardForm.PARQUET:
        return True
    if pack.compress is Compress.ZST or not pack.shards:
        return False
    last = pack.shards[-1].split
    first = next(shard for shard in pack.shards if shard.split == last)
    with suppress(OSError, ValueError), (folder / first.manifest_path).open("rb") as lines:
        types, *others = islice(_types(lines), _LOOKED_AT)
        columns = {column["name"] for column in pack.features}
        return all(one == types for one in others) and columns <= types | ADDED_COLUMNS
    return False


def _types(lines: Iterable[bytes]) -> Iterator[set[str]]:
    """Yield the extensions of sample after sample."""
    names = (unescaped(parse_member_line(line.rstrip(b"\n")).name) for line in lines)
    for _, members in groupby(map(key_and_extension, names), key=lambda one: one[0]):
        yield {os.fsdecode(extension) for _, extension in members}
