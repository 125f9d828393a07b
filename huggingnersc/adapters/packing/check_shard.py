"""Compare a shard and its manifest with what `pack.json` says of them."""

from __future__ import annotations

import os
import tarfile
from dataclasses import dataclass
from hashlib import file_digest, sha256
from typing import IO, TYPE_CHECKING

from huggingnersc.adapters.data_files.libraries import data_library
from huggingnersc.domain.packing.member_counts import count_samples
from huggingnersc.domain.packing.member_line import parse_member_line
from huggingnersc.domain.packing.pack import PACK_FILE, Compress, Pack, PackedShard, ShardForm
from huggingnersc.domain.packing.sample import UNKNOWN
from huggingnersc.domain.text.escaped_names import escaped
from huggingnersc.domain.text.formatting import plural
from huggingnersc.domain.versions.inventory_mode import Mode
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class CheckedShard:
    """What was found of a shard.

    Attributes:
        problems: where it is not as it was written.
        read_bytes: how many bytes of it were read.
    """

    problems: tuple[Problem, ...]
    read_bytes: int


def check_shard(folder: Path, pack: Pack, shard: PackedShard, mode: Mode) -> CheckedShard:
    """Return what of a shard is not as it was written.

    Args:
        folder: of the pack.
        pack: what it should hold.
        shard: one of its shards.
        mode: `quick` compares sizes, manifests and counts; `full` reads every member, too.
    """
    try:
        problems = [*_problems(folder, pack, shard, mode)]
    except OSError as error:
        problems = [Problem(shard.path, f"it cannot be read: {error.strerror or error}")]
    except (tarfile.TarError, EOFError, ValueError) as error:
        problems = [Problem(shard.path, f"its members cannot be read: {error}")]
    is_read = mode is not Mode.QUICK and (folder / shard.path).is_file()
    return CheckedShard(tuple(problems), shard.size_bytes if is_read else 0)


def manifest_lines(folder: Path, shard: PackedShard) -> list[bytes]:
    """Return the lines of the manifest of a shard.

    Raises:
        OSError: it cannot be read.
    """
    return (folder / shard.manifest_path).read_bytes().splitlines()


def _problems(folder: Path, pack: Pack, shard: PackedShard, mode: Mode) -> Iterator[Problem]:
    file = folder / shard.path
    if not file.is_file():
        yield Problem(shard.path, "it is missing")
        return
    lines: list[bytes] | None = None
    try:
        lines = manifest_lines(folder, shard)
        if sha256(b"".join(line + b"\n" for line in lines)).hexdigest() != shard.manifest_sha256:
            yield Problem(shard.manifest_path, "it is not as it was written")
            lines = None
        else:
            yield from _counts(pack, shard, lines)
    except OSError as error:
        yield Problem(shard.manifest_path, f"it cannot be read: {error.strerror}")
    if (size := file.stat().st_size) != shard.size_bytes:
        yield Problem(shard.path, f"it has {size:,} bytes, not {shard.size_bytes:,}")
        return
    if mode is Mode.QUICK:
        return
    with file.open("rb") as stream:
        if file_digest(stream, "sha256").hexdigest() != shard.sha256:
            yield Problem(shard.path, "its content is not as it was written")
    if pack.form is ShardForm.WEBDATASET and lines is not None:
        yield from _members(file, pack.compress, shard, lines, mode)
    elif pack.form is ShardForm.PARQUET:
        yield from _rows(file, shard)


def _counts(pack: Pack, shard: PackedShard, lines: list[bytes]) -> Iterator[Problem]:
    if (count := count_samples(pack, lines)) != shard.samples:
        stated = plural(shard.samples, "sample")
        yield Problem(PACK_FILE, f"it says {stated} of {shard.path}; its manifest has {count:,}")


def _members(
    file: Path, compress: Compress, shard: PackedShard, lines: list[bytes], mode: Mode
) -> Iterator[Problem]:
    with file.open("rb") as stream:
        expected = iter(lines)
        for name, size, content in _tar_members(stream, compress):
            path, digest, size_bytes, _ = parse_member_line(next(expected, b""))
            if (path, size_bytes) != (escaped(name), b"%d" % size):
                shown = os.fsdecode(escaped(name))
                yield Problem(shard.path, f"its member {shown} is not that of the manifest")
                return
            is_read = mode is Mode.FULL and digest != UNKNOWN
            if is_read and file_digest(content, "sha256").hexdigest().encode() != digest:  # type: ignore[arg-type]
                yield Problem(shard.path, f"its member {path.decode()} is not that of the version")
        if missing := len([*expected]):
            yield Problem(shard.path, f"{plural(missing, 'member')} of the manifest are not in it")


def _tar_members(stream: IO[bytes], compress: Compress) -> Iterator[tuple[bytes, int, IO[bytes]]]:
    opened: IO[bytes] = stream
    if compress is Compress.ZST:
        opened = data_library("pyarrow", "Zstandard").CompressedInputStream(stream, "zstd")
    how = "r:" if compress is Compress.NONE else "r|gz" if compress is Compress.GZ else "r|"
    with tarfile.open(fileobj=opened, mode=how) as tar:  # type: ignore[call-overload]
        for member in tar:
            content = tar.extractfile(member)
            if content is None:
                raise ValueError(f"{member.name} is no regular file")
            yield member.name.encode("utf-8", "surrogateescape"), member.size, content
            tar.members = []  # it keeps them all


def _rows(file: Path, shard: PackedShard) -> Iterator[Problem]:
    parquet = data_library("pyarrow.parquet", "Parquet")
    with parquet.ParquetFile(file) as opened:
        rows: int = opened.metadata.num_rows
    if rows != shard.samples:
        yield Problem(shard.path, f"it has {rows:,} rows, not {shard.samples:,}")
