"""Compress a stream with gzip or Zstandard, so that the same bytes come out each time."""

from __future__ import annotations

import gzip
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.data_files.libraries import data_library
from huggingnersc.domain.packing.pack import Compress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.adapters.packing.shard_output import ShardOutput

_GZIP_LEVEL = 6  # that of the programs `gzip` and `tar`


@contextmanager
def compressed(output: ShardOutput, compress: Compress) -> Iterator[Any]:
    """Yield a stream whose bytes arrive compressed; it is complete after the block.

    Raises:
        InstallationError: the library for Zstandard is not installed.
    """
    if compress is Compress.NONE:
        yield output
    elif compress is Compress.GZ:
        with gzip.GzipFile(
            filename="", mode="wb", compresslevel=_GZIP_LEVEL, fileobj=output, mtime=0
        ) as stream:
            yield stream
    else:
        arrow = data_library("pyarrow", "Zstandard")
        with arrow.CompressedOutputStream(arrow.PythonFile(output, "w"), "zstd") as stream:
            yield stream


def require_compression(compress: Compress) -> None:
    """Make sure that a compression is possible here.

    Raises:
        InstallationError: the library for Zstandard is not installed.
    """
    if compress is Compress.ZST:
        data_library("pyarrow", "Zstandard")
