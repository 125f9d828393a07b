"""The work list of one shard: what its worker writes, and how.

The first line is a JSON object, every other line a sample (see `sample`):

    {"layout": {...}, "path": "data/train-00000-of-00004.tar", "samples": 3, "split": "train"}

`layout` is what the writer of the form needs beside the samples, such as the columns of a Parquet
file. It stands here and not beside the run, so the work list alone decides the bytes of the shard.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.packing.sample import samples_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from huggingnersc.domain.packing.sample import Sample


@dataclass(frozen=True, slots=True)
class ShardJob:
    """A shard to be written.

    Attributes:
        path: of the shard, below the pack.
        split: that it is a part of.
        layout: what the writer needs beside the samples: JSON values.
        lines: of the samples, in their order.
    """

    path: str
    split: str
    layout: Mapping[str, Any]
    lines: tuple[bytes, ...]

    def samples(self) -> Iterator[Sample]:
        """Yield the samples of the shard in their order.

        Raises:
            ValueError: a line is cut.
        """
        return samples_of(self.lines)


def job_bytes(path: str, split: str, layout: Mapping[str, Any], lines: Iterable[bytes]) -> bytes:
    """Return the work list of a shard.

    Args:
        path: of the shard, below the pack.
        split: that it is a part of.
        layout: what the writer needs beside the samples.
        lines: those of the samples, each with its newline.
    """
    header = json.dumps({"path": path, "split": split, "layout": layout}, sort_keys=True)
    return b"".join((header.encode(), b"\n", *lines))


def parse_job(items: bytes) -> ShardJob:
    """Read the work list of a shard.

    Raises:
        ValueError: it is none.
    """
    header, *lines = items.splitlines()
    values = json.loads(header)
    return ShardJob(values["path"], values["split"], values["layout"], tuple(lines))
