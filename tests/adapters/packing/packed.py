"""Pack a folder without the command: one shard for all."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.packing.listing import SourceRoot, layouter_of, reader_of
from huggingnersc.adapters.packing.pack_shard import pack_result, pack_shard
from huggingnersc.adapters.packing.sample_rows import SampleRows
from huggingnersc.adapters.packing.source_files import source_files
from huggingnersc.adapters.packing.source_kind import inspect_source
from huggingnersc.adapters.packing.table_plan import planned_tables
from huggingnersc.domain.packing.options import PackOptions
from huggingnersc.domain.packing.pack import ShardForm
from huggingnersc.domain.packing.sample import UNKNOWN, WHOLE_FILE, ListedPart
from huggingnersc.domain.packing.shard_job import job_bytes
from huggingnersc.domain.packing.splits import hash_order

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from huggingnersc.adapters.packing.pack_plan import PackPlan
    from huggingnersc.adapters.packing.source_files import SourceFiles
    from huggingnersc.domain.packing.layout import PackLayout


def listed(root: Path, *names: str) -> list[ListedPart]:
    """Files as the plan lists them; all in the folder where none are named."""
    found = []
    for name in names or sorted(file.name for file in root.iterdir()):
        status = (root / name).stat()
        found.append(
            ListedPart(name.encode(), status.st_size, status.st_mtime_ns, UNKNOWN, WHOLE_FILE)
        )
    return found


@contextmanager
def opened(root: Path) -> Iterator[SourceFiles]:
    """The files of a folder."""
    with source_files(root) as source:
        yield source


def pack_all(root: Path, out: Path, **options: Any) -> tuple[Path, PackLayout]:
    """Pack all samples of a folder as one Parquet shard, in the order of the seed."""
    chosen = PackOptions(form="parquet", **options)
    out.mkdir(exist_ok=True)
    source = SourceRoot(path=root, scratch=out)
    listing = reader_of(inspect_source(source, chosen).kind)(source, chosen, ShardForm.PARQUET)
    layouter = layouter_of(ShardForm.PARQUET)(root, listing, chosen)
    order_of = hash_order(chosen.seed)
    samples = SampleRows(listing.parts, order_of, lambda part: part.size_bytes, layouter.add)
    layout = layouter.layout()
    path = "data/train-00000-of-00001.parquet"
    items = job_bytes(path, "train", layout.settings, samples.lines(repeat(True)))
    arguments = {"root": str(root), "out": str(out), "form": "parquet", "seed": chosen.seed}
    pack_shard(arguments, items)
    return out / path, layout


@dataclass(frozen=True, slots=True)
class PackedTables:
    """A pack of tables: its plan, the rows of each split, and what the shards say."""

    plan: PackPlan
    tables: dict[str, Any]
    sums: int
    digests: list[str]


def pack_tables(root: Path, out: Path, **options: Any) -> PackedTables:
    """Pack all tables of a folder."""
    import pyarrow
    import pyarrow.parquet

    chosen = PackOptions(form="parquet", **options)
    out.mkdir(exist_ok=True)
    plan = planned_tables(SourceRoot(path=root, scratch=out), chosen)
    arguments = {"root": str(root), "out": str(out), "form": "parquet", "seed": chosen.seed}
    results = [pack_result(pack_shard(arguments, shard.job)) for shard in plan.shards()]
    parts: dict[str, list[Any]] = {}
    for result in results:
        table = pyarrow.parquet.read_table(out / result.shard.path)
        assert table.num_rows == result.shard.samples
        parts.setdefault(result.shard.split, []).append(table)
    return PackedTables(
        plan,
        {split: pyarrow.concat_tables(tables) for split, tables in parts.items()},
        sum(result.keys_sum for result in results) % (1 << 64),
        [result.shard.sha256 for result in results],
    )
