"""A sample of the rows of files that are too large to be read in whole, from all over them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeVar, cast

from huggingnersc.adapters.data_files.compressed import BROKEN, damaged, open_bytes, position
from huggingnersc.adapters.data_files.libraries import data_library

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from io import BufferedIOBase

    from huggingnersc.adapters.statistics.table_files import TableForm

LONGEST_LINE_BYTES = 1 << 22
_BLOCKS = 64
_GROUPS = 64
_BATCH_ROWS = 8_192
_COPY_BYTES = 1 << 20
_QUOTE = b'"'
_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class _Block:
    """A part of a file: from the first line that begins after `offset`."""

    file: Path
    offset: int
    size_bytes: int


def write_sample(files: Sequence[Path], form: TableForm, most_bytes: int, target: Path) -> int:
    """Write lines from all over the files of a text table, without headers.

    Compressed files, and CSV in which a value goes over lines, are read from their beginnings.

    Returns:
        How many bytes of the files were read, as they are stored.

    Raises:
        DatasetError: the compressed data of a file is damaged.
    """
    with target.open("wb") as sample:
        if form["compressed"]:
            chosen = _spread(files, _BLOCKS)
            each = max(1, most_bytes // len(chosen))
            return sum(_copy_beginning(file, form, each, sample) for file in chosen)
        blocks = _blocks(files, most_bytes, from_start=_has_values_over_lines(files[0], form))
        return sum(_copy_block(block, form, sample) for block in blocks)


def _spread(items: Sequence[_Item], most: int) -> list[_Item]:
    return list(islice(items, 0, None, -(-len(items) // most) or 1))


def _copy_beginning(file: Path, form: TableForm, most_bytes: int, sample: IO[bytes]) -> int:
    try:
        with open_bytes(file) as stream:
            if form["header"]:
                stream.readline(LONGEST_LINE_BYTES)
            _copy_lines(stream, most_bytes, sample)
            return position(stream)
    except BROKEN as error:
        raise damaged(file, error) from error


def _copy_block(block: _Block, form: TableForm, sample: IO[bytes]) -> int:
    with block.file.open("rb") as stream:
        if block.offset:
            stream.seek(block.offset - 1)
        if block.offset or form["header"]:
            stream.readline(LONGEST_LINE_BYTES)
        begin = stream.tell() if block.offset else 0
        _copy_lines(cast("BufferedIOBase", stream), block.size_bytes, sample)
        return stream.tell() - begin


def _copy_lines(stream: BufferedIOBase, most_bytes: int, sample: IO[bytes]) -> None:
    """Copy so many bytes, up to the end of the line."""
    left, last = most_bytes, b"\n"
    while left > 0 and (data := stream.read(min(left, _COPY_BYTES))):
        sample.write(data)
        left, last = left - len(data), data[-1:]
    if last != b"\n":
        rest = stream.readline(LONGEST_LINE_BYTES)
        sample.write(rest if rest.endswith(b"\n") else rest + b"\n")


def _blocks(files: Sequence[Path], most_bytes: int, *, from_start: bool) -> Iterator[_Block]:
    """Yield parts of the files that are so many bytes together, evenly spread."""
    sizes = [file.stat().st_size for file in files]
    total = sum(sizes)
    if total <= most_bytes:
        yield from (_Block(file, 0, size) for file, size in zip(files, sizes, strict=True))
        return
    count = 1 if from_start else _BLOCKS
    targets = [number * total // count for number in range(count)]
    begin = 0
    for file, size in zip(files, sizes, strict=True):
        while targets and targets[0] < begin + size:
            offset = targets.pop(0) - begin
            yield _Block(file, offset, min(most_bytes // count, size - offset))
        begin += size


def _has_values_over_lines(file: Path, form: TableForm) -> bool:
    if form["format"] != "csv":
        return False
    with file.open("rb") as stream:
        lines = stream.read(_COPY_BYTES).split(b"\n")
    return any(line.count(_QUOTE) % 2 for line in lines[:-1])


def write_parquet_sample(files: Sequence[Path], most_bytes: int, target: Path) -> None:
    """Write rows of row groups from all over Parquet files, as one file.

    Raises:
        InstallationError: pyarrow is not installed.
    """
    parquet = data_library("pyarrow.parquet", "Parquet")
    counts = [(file, parquet.read_metadata(file).num_row_groups) for file in files]
    groups = [(file, number) for file, count in counts for number in range(count)]
    chosen = _spread(groups, _GROUPS)
    with parquet.ParquetWriter(target, parquet.read_schema(files[0])) as writer:
        for file, number in chosen:
            left = most_bytes // len(chosen)
            with parquet.ParquetFile(file) as table:
                for batch in table.iter_batches(_BATCH_ROWS, row_groups=[number]):
                    writer.write_batch(batch)
                    left -= batch.nbytes
                    if left <= 0:
                        break
