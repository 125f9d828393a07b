"""The work on one shard of a pack: read its samples, write it, return its line for `pack.json`."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.packing.shard_output import packed_shard, shard_output, write_manifest
from huggingnersc.adapters.packing.source_files import source_files
from huggingnersc.domain.packing.pack import Form, PackedShard
from huggingnersc.domain.packing.shard_job import parse_job

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, TypeAlias

    from huggingnersc.adapters.packing.shard_output import ShardOutput
    from huggingnersc.adapters.packing.source_files import SourceFiles
    from huggingnersc.domain.packing.shard_job import ShardJob

    # Writes the samples of a shard; returns the lines of its manifest.
    ShardWriter: TypeAlias = "Callable[[ShardJob, SourceFiles, ShardOutput], list[bytes]]"

WRITERS = {
    Form.PARQUET: "huggingnersc.adapters.packing.parquet_rows:write_parquet",
    Form.WEBDATASET: "huggingnersc.adapters.packing.tar_shard:write_tar",
}


def pack_shard(arguments: Mapping[str, Any], items: bytes) -> bytes:
    """Write a shard and its manifest, and return its `PackedShard` as JSON.

    Args:
        arguments: `root` of the source, `out` of the pack, and its `form`.
        items: the work list of the shard, see `shard_job`.

    Raises:
        SourceChangedError: a file is not what was listed.
        OSError: the shard cannot be written, or a file not be read.
    """
    job, out = parse_job(items), Path(arguments["out"])
    module, _, name = WRITERS[Form(arguments["form"])].partition(":")
    write: ShardWriter = getattr(import_module(module), name)
    with source_files(arguments["root"]) as source, shard_output(out / job.path) as output:
        lines = write(job, source, output)
        manifest_sha256 = write_manifest(out, job, lines)
    packed = packed_shard(job, output, manifest_sha256)
    return json.dumps(asdict(packed), sort_keys=True).encode() + b"\n"


def packed_of(result: bytes) -> PackedShard:
    """Read what `pack_shard` returned."""
    return PackedShard(**json.loads(result))
