"""Whether samples can be members of tar files, and what columns readers will see."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.adapters.packing.compressed_output import require_compression
from huggingnersc.adapters.packing.source_faults import SourceFaults
from huggingnersc.domain.packing.grouping import GroupKind, dotted_key_function
from huggingnersc.domain.packing.layout import PackLayout
from huggingnersc.domain.packing.pack import Compress
from huggingnersc.domain.packing.webdataset_names import MemberNames, columns_of
from huggingnersc.domain.text.formatting import plural
from huggingnersc.domain.text.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from huggingnersc.adapters.packing.listing import SourceListing
    from huggingnersc.adapters.packing.sample_rows import PartRow
    from huggingnersc.domain.packing.options import PackOptions

_TWICE = (
    "the same name in a WebDataset, where extensions are in small letters; rename one of them, or "
    "use --form parquet"
)
_SAME_EXTENSION = (
    "the same extension in a sample twice; give another --group-by, or use --form parquet"
)
_NO_EXTENSION = "without an extension, which a WebDataset needs; use --form parquet"
_JOINED = (
    "the same name but for dots, which become _ in a WebDataset, so they would be one sample; "
    "rename them, or use --form parquet"
)
_ALIKE = "the same name but for the extension; --group-by stem makes one sample of them"
_MOST_SETS = 1000  # of extensions that are told apart


class TarLayouter:
    """Decides how samples become members of tar files.

    Args:
        root: of the source.
        _listing: of it.
        options: how it is packed.

    Raises:
        InstallationError: the library of the compression is not installed.
    """

    def __init__(self, root: Path, _listing: SourceListing, options: PackOptions) -> None:
        self._root, self._compress = root, Compress(options.compress)
        require_compression(self._compress)
        self._kind = options.grouping.kind
        self._extension_of = MemberNames(self._kind).extension
        self._dotted_key = dotted_key_function(options.grouping)
        self._faults, self._renamed = SourceFaults(), _Renamed()
        self._sets = Counter[tuple[bytes, ...]]()

    def add(self, rows: list[PartRow]) -> None:
        """Note the files of a sample."""
        first, extension_of = rows[0], self._extension_of
        if not first.path.startswith(first.key) and self._kind is not GroupKind.REGEX:
            self._renamed.add(first)
        extensions = tuple([extension_of(row.key, row.path) for row in rows])
        if len(rows) > 1 and b"_" in first.key and (joined := _joined(rows, self._dotted_key)):
            for path in joined:
                self._faults.add(path, _JOINED, noun="sample")
        elif extensions in self._sets:
            self._sets[extensions] += 1
        elif fault := _fault(rows, extensions, self._kind):
            reason, paths = fault
            for path in paths:
                self._faults.add(path, reason)
        elif len(self._sets) < _MOST_SETS:
            self._sets[extensions] = 1

    def layout(self) -> PackLayout:
        """Return how samples become members of tar files.

        Raises:
            SourceUnsuitableError: files have no extension, a sample has two of the same, or dots
                in names alone tell samples apart.
        """
        self._faults.require_none(self._root)
        return PackLayout(
            settings={"compress": self._compress.value, "group": self._kind.value},
            features=columns_of(_all_extensions(self._sets)),
            warnings=(*_warnings(self._sets, self._compress), *self._renamed.warnings()),
        )


def _fault(
    rows: Sequence[PartRow], extensions: tuple[bytes, ...], kind: GroupKind
) -> tuple[str, list[bytes]] | None:
    """Return why files of a sample cannot be members, and all of these; None where all can."""
    if not all(extensions):
        return _NO_EXTENSION, [
            row.path for row, one in zip(rows, extensions, strict=True) if not one
        ]
    counts = Counter(extensions)
    if len(counts) < len(rows):
        twice = [row.path for row, one in zip(rows, extensions, strict=True) if counts[one] > 1]
        return _SAME_EXTENSION if kind is GroupKind.REGEX else _TWICE, twice
    if len(rows) > 1 and kind is GroupKind.FILE:
        return _ALIKE, [row.path for row in rows]
    return None


def _joined(
    rows: Sequence[PartRow], dotted_key: Callable[[bytes], bytes | None]
) -> tuple[bytes, ...]:
    """Return a path of each of the samples that only the renaming of dots makes one."""
    first_of = {dotted_key(row.path): row.path for row in reversed(rows)}
    return tuple(sorted(first_of.values())) if len(first_of) > 1 else ()


@dataclass(slots=True)
class _Renamed:
    """Samples whose names have dots, which readers would take for the begin of the extension."""

    count: int = 0
    first: str = ""

    def add(self, row: PartRow) -> None:
        """Note a sample by the first of its files."""
        if not self.count:
            path, key = (visible(os.fsdecode(one)) for one in (row.path, row.key))
            self.first = f"the sample of {path} is {key}"
        self.count += 1

    def warnings(self) -> Iterator[str]:
        """Yield a sentence if there are any."""
        if self.count:
            yield (
                f"Dots in the names of {plural(self.count, 'sample')} become _, as the first dot "
                f"in a WebDataset ends the name: {self.first}. The manifests have the paths."
            )


def _warnings(sets: Counter[tuple[bytes, ...]], compress: Compress) -> Iterator[str]:
    if len(sets) > 1:
        yield (
            f"The samples have {len(sets):,} different sets of file types. `datasets` takes the "
            "columns from the first five samples of the last split, fails where these differ, and "
            "drops types that they lack; --form parquet --group-by stem makes columns that may be "
            "empty."
        )
    if compress is Compress.ZST:
        yield "`datasets` does not load tar files in Zstandard; `tar --zstd` reads them."


def _all_extensions(sets: Counter[tuple[bytes, ...]]) -> list[str]:
    """Return the extensions of all samples; those of the most frequent set first."""
    ordered = sorted(sets, key=lambda one: (-sets[one], one))
    return list(dict.fromkeys(os.fsdecode(extension) for one in ordered for extension in one))
