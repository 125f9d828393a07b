"""Write a sample as Parquet; a task of a describing process."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.data_files.libraries import data_library
from huggingnersc.adapters.data_files.survey import READERS
from huggingnersc.adapters.loading.sample_arrays import read_arrays
from huggingnersc.adapters.loading.sample_columns import publishable
from huggingnersc.adapters.loading.sample_images import IMAGE, read_images
from huggingnersc.adapters.loading.sample_tables import (
    read_csv,
    read_json_lines,
    read_parquet,
    read_texts,
)
from huggingnersc.domain.draft.file_type import FileType
from huggingnersc.domain.draft.layout import ArrayChoice
from huggingnersc.domain.draft.layout_json import read_layout
from huggingnersc.domain.loading.loading import SAMPLE_CONFIG, hub_split
from huggingnersc.domain.loading.sample import (
    COLUMNS_CONFIG,
    DEFAULT_SPLIT,
    LARGEST_SAMPLE_BYTES,
    LARGEST_SIDE,
    evenly,
    unique_names,
)
from huggingnersc.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from huggingnersc.adapters.loading.sample_columns import Examples
    from huggingnersc.domain.draft.layout import FileLayout

_TABLES = {
    FileType.CSV: read_csv,
    FileType.JSON_LINES: read_json_lines,
    FileType.PARQUET: read_parquet,
    FileType.TEXT: read_texts,
}


@dataclass(frozen=True, slots=True)
class _SampleRequest:
    root: Path
    file_type: FileType
    rows: int
    withheld: Mapping[str, str]
    is_listed: bool


def write_samples(
    root: str,
    file_type: str,
    layout: dict[str, Any],
    splits: dict[str, list[str]],
    others: dict[str, str],
    rows: int,
    target: str,
    withheld: dict[str, str],
    is_listed: bool,
) -> dict[str, Any]:
    """Write a Parquet file for each split of the data, and for other tables beside it.

    Args:
        root: the folder of the data.
        file_type: of the files.
        layout: of each of them.
        splits: files by split.
        others: a table of another structure by the name of its configuration.
        rows: the most examples of a split.
        target: receives the files.
        withheld: columns that are left out of the statistics, and why.
        is_listed: whether the names of files may be shown.

    Returns:
        `configs`: for each, its name, and by split the name of the file, its rows and columns;
        `left_out`: configuration, column and reason of what is not published; `problems`.

    Raises:
        InstallationError: a library is not installed.
    """
    data_library("pyarrow.parquet", "Parquet")
    asked = _SampleRequest(Path(root), FileType(file_type), rows, withheld, is_listed)
    found: dict[str, Any] = {"configs": [], "left_out": [], "problems": []}
    for config, members, structure in _configs(asked, layout, splits, others, found["problems"]):
        try:
            examples = publishable(_read(asked, structure, members), withheld)
        except ValueError as error:
            found["problems"].append(f"{config}: {error}")
            continue
        found["left_out"] += [[config, name, why] for name, why in examples.left_out.items()]
        found["problems"] += examples.problems
        prefix = "" if config == SAMPLE_CONFIG else f"{config}-"
        names = unique_names(map(hub_split, examples.tables))
        written: dict[str, Any] = {}
        for name, (split, table) in zip(names, examples.tables.items(), strict=True):
            file = f"{prefix}{name}.parquet"
            if count := _write(table, examples.features, Path(target, file)):
                key = hub_split(split) if hub_split(split) not in written else name
                written[key] = {"file": file, "rows": count, "columns": table.column_names}
            else:
                found["problems"].append(f"{split}: no example fits into a sample")
        if written:
            found["configs"].append([config, written])
    if found["configs"] and not is_listed:
        found["configs"].append(_columns(found["configs"], Path(target)))
    return found


def _columns(configs: list[Any], target: Path) -> list[Any]:
    """Write a table of the columns of a sample, where it would be the only configuration.

    A card with one has it as the default, and a sample would be taken for all of the data.
    """
    pa, parquet = data_library("pyarrow", "Parquet"), data_library("pyarrow.parquet", "Parquet")
    tables = [(config, next(iter(splits.values()))) for config, splits in configs]
    rows = [
        {"sample": config, "column": column.name, "type": str(column.type)}
        for config, table in tables
        for column in parquet.read_schema(target / table["file"])
    ]
    file = f"{COLUMNS_CONFIG}-{DEFAULT_SPLIT}.parquet"
    parquet.write_table(pa.Table.from_pylist(rows), target / file, compression="zstd")
    columns = ["sample", "column", "type"]
    return [
        COLUMNS_CONFIG,
        {DEFAULT_SPLIT: {"file": file, "rows": len(rows), "columns": columns}},
    ]


def _configs(
    asked: _SampleRequest,
    layout: dict[str, Any],
    splits: dict[str, list[str]],
    others: dict[str, str],
    problems: list[str],
) -> Iterator[tuple[str, dict[str, list[str]], FileLayout]]:
    yield SAMPLE_CONFIG, splits, read_layout(layout)
    for config, path in others.items():
        try:
            reader = READERS[asked.file_type]
            yield config, {"train": [path]}, reader.read_layout(asked.root / path, ArrayChoice())
        except (DatasetError, OSError) as error:
            problems.append(f"{path}: {type(error).__name__}")


def _read(asked: _SampleRequest, layout: FileLayout, splits: dict[str, list[str]]) -> Examples:
    if read := _TABLES.get(asked.file_type):
        return read(asked.root, splits, layout, asked.rows)
    if asked.file_type is not FileType.IMAGES or layout.images is None:
        return read_arrays(asked.root, splits, layout, asked.rows, asked.file_type)
    images, root, side = layout.images, asked.root, LARGEST_SIDE
    examples = read_images(root, splits, images, side, is_listed=asked.is_listed)
    if any(table.nbytes > LARGEST_SAMPLE_BYTES for table in examples.tables.values()):
        return read_images(root, splits, images, side // 2, is_listed=asked.is_listed)
    return examples


def _write(table: Any, features: Mapping[str, Any], file: Path) -> int:
    """Write as many rows as fit, evenly spread, and return how many they are; 0 for no file."""
    parquet = data_library("pyarrow.parquet", "Parquet")
    metadata = {"huggingface": _features(table, features)} if IMAGE in features else None
    table = table.replace_schema_metadata(metadata)
    rows: int = table.num_rows
    while rows:
        held = table if rows == table.num_rows else table.take(evenly(table.num_rows, rows))
        parquet.write_table(
            held.combine_chunks(), file, compression="zstd", row_group_size=max(1, rows)
        )
        if file.stat().st_size <= LARGEST_SAMPLE_BYTES:
            return rows
        rows //= 2
    file.unlink(missing_ok=True)
    return 0


def _features(table: Any, known: Mapping[str, Any]) -> str:
    """Return the features of a table as `datasets` writes them into the metadata of its schema."""
    pa = data_library("pyarrow", "Parquet")
    features = {}
    for column in table.schema:
        kind = "float64" if pa.types.is_float64(column.type) else str(column.type)
        features[column.name] = known.get(column.name) or {"dtype": kind, "_type": "Value"}
    return json.dumps({"info": {"features": features}})
