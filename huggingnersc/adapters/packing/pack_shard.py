"""The work on one shard of a pack: read its samples, write it, return its line for `pack.json`."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING

from huggingnersc.adapters.packing.shard_output import packed_shard, shard_output, write_manifest
from huggingnersc.adapters.packing.source_files import source_files
from huggingnersc.domain.packing.options import SourceKind
from huggingnersc.domain.packing.pack import PackedShard, ShardForm
from huggingnersc.domain.packing.shard_job import parse_job
from huggingnersc.domain.packing.split_report import KEYS_MODULUS
from huggingnersc.domain.packing.splits import hash_order
from huggingnersc.domain.text.escaped_names import unescaped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, TypeAlias

    from huggingnersc.adapters.packing.shard_output import ShardOutput
    from huggingnersc.adapters.packing.source_files import SourceFiles
    from huggingnersc.domain.packing.shard_job import ShardJob

    # Writes the samples of a shard; returns the lines of its manifest.
    ShardWriter: TypeAlias = "Callable[[ShardJob, SourceFiles, ShardOutput], list[bytes]]"

WRITERS = {
    ShardForm.PARQUET: "huggingnersc.adapters.packing.parquet_rows:write_parquet",
    ShardForm.WEBDATASET: "huggingnersc.adapters.packing.tar_shard:write_tar",
}


def pack_shard(arguments: Mapping[str, Any], items: bytes) -> bytes:
    """Write a shard and its manifest, and return an encoded `ShardResult`.

    Args:
        arguments: `root` of the source, `out` of the pack, its `form` and `seed`.
        items: the work list of the shard, see `shard_job`.

    Raises:
        SourceChangedError: a file is not what was listed, or not that of the version.
        OSError: the shard cannot be written, or a file not be read.
    """
    job, out = parse_job(items), Path(arguments["out"])
    write = _write_rows if _is_of_tables(job) else _write_samples
    with source_files(arguments["root"]) as source, shard_output(out / job.path) as output:
        written = write(job, source, output, arguments)
        source.require_version()
        manifest_sha256 = write_manifest(out, job, written.lines)
    packed = packed_shard(job, output, written.samples, manifest_sha256)
    result = {"shard": asdict(packed), "keys_sum": written.keys_sum}
    return json.dumps(result, sort_keys=True).encode() + b"\n"


@dataclass(frozen=True, slots=True)
class _Written:
    """What was written to a shard: see `PackedShard` and `PackShardResult`."""

    lines: list[bytes]
    samples: int
    keys_sum: int


def _is_of_tables(job: ShardJob) -> bool:
    return job.layout.get("kind") == SourceKind.TABLES


def _write_rows(
    job: ShardJob, source: SourceFiles, output: ShardOutput, _arguments: Mapping[str, Any]
) -> _Written:
    from huggingnersc.adapters.packing.table_shard import write_rows

    rows = write_rows(job, source, output)
    return _Written(rows.lines, rows.rows, rows.hashes_sum)


def _write_samples(
    job: ShardJob, source: SourceFiles, output: ShardOutput, arguments: Mapping[str, Any]
) -> _Written:
    write: ShardWriter = resolve_name(WRITERS[ShardForm(arguments["form"])])
    lines = write(job, source, output)
    return _Written(lines, len(job.lines), _keys_sum(job, int(arguments["seed"])))


@dataclass(frozen=True, slots=True)
class PackShardResult:
    """What the work on a shard returns.

    Attributes:
        shard: its line for `pack.json`.
        keys_sum: the sum of the hashes of the keys that it holds, see `SplitProof`.
    """

    shard: PackedShard
    keys_sum: int


def pack_result(result: bytes) -> PackShardResult:
    """Read what `pack_shard` returned."""
    values = json.loads(result)
    return PackShardResult(PackedShard(**values["shard"]), values["keys_sum"])


def _keys_sum(job: ShardJob, seed: int) -> int:
    keys = (unescaped(line[: line.index(b"\t")]) for line in job.lines)
    return sum(map(int.from_bytes, map(hash_order(seed), keys))) % KEYS_MODULUS
