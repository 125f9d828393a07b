"""The columns of a sample: which may be published, and in which types."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.data_files.libraries import data_library
from huggingnersc.domain.draft.table import column_names
from huggingnersc.domain.loading.sample import MOST_CHARS, MOST_VALUE_BYTES
from huggingnersc.domain.scan.sensitive_columns import shown_because

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BINARY = "binary values"
LARGE = "values of more than 64 KiB"
OTHER = "of a type that Parquet readers do not share"


@dataclass
class Examples:
    """Examples as they were read, column by column.

    Attributes:
        tables: of Arrow, by split.
        left_out: columns that were not read, and why.
        features: of columns that are more than their type, as `datasets` has them.
        problems: files that could not be read.
    """

    tables: dict[str, Any] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    features: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def as_tables(
    rows: Mapping[str, list[dict[str, Any]]], types: Mapping[str, Any]
) -> dict[str, Any]:
    """Return rows of each split as tables of one schema.

    A column whose values have no type in common is one of texts, with JSON for what is no text.

    Args:
        rows: by split; a key that a row does not have is missing there.
        types: of columns whose type is known.
    """
    pa = data_library("pyarrow", "Parquet")
    names = [*dict.fromkeys(name for held in rows.values() for row in held for name in row)]
    arrays: dict[str, dict[str, Any]] = {split: {} for split in rows}
    for name in names:
        values = [row.get(name) for held in rows.values() for row in held]
        array, start = _array(pa, values, types.get(name)), 0
        for split, held in rows.items():
            arrays[split][name] = array.slice(start, len(held))
            start += len(held)
    return {split: pa.table(columns) for split, columns in arrays.items()}


def _array(pa: Any, values: list[Any], kind: Any) -> Any:
    for one in (kind, None) if kind is not None else (None,):
        try:
            array = pa.array(values, one)
            if one is not None or _is_plain(pa, array.type):
                return array
        except _misfits(pa):
            continue
    return pa.array([_text(value) for value in values], pa.string())


def _misfits(pa: Any) -> tuple[type[Exception], ...]:
    """Return what pyarrow raises for values that do not have a type, or cannot be cast to it."""
    # A cast between types that have nothing in common is "not implemented" for it.
    return pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError


def _text(value: Any) -> str | None:
    import json

    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def unified(tables: Mapping[str, Any]) -> dict[str, Any]:
    """Return tables of one schema, with columns in the order of the first, no name twice.

    Raises:
        ValueError: they have no schema in common.
    """
    pa = data_library("pyarrow", "Parquet")
    if not tables:
        return {}
    try:
        whole = pa.concat_tables(tables.values(), promote_options="permissive")
    except _misfits(pa) as error:
        raise ValueError(f"the splits have no columns in common: {error}") from error
    whole = whole.combine_chunks().rename_columns(column_names(whole.column_names))
    found, start = {}, 0
    for split, table in tables.items():
        found[split] = whole.slice(start, table.num_rows)
        start += table.num_rows
    return found


def publishable(examples: Examples, withheld: Mapping[str, str]) -> Examples:
    """Return examples without the columns that must not, or cannot, be published.

    Args:
        examples: as they were read.
        withheld: columns that are left out of the statistics, and why.
    """
    pa = data_library("pyarrow", "Parquet")
    tables = unified({split: one for split, one in examples.tables.items() if one.num_rows})
    if not tables:
        return Examples(left_out=examples.left_out, problems=examples.problems)
    whole = pa.concat_tables(tables.values()).combine_chunks()
    left_out, kept = dict(examples.left_out), dict[str, Any]()
    for name in whole.column_names:
        if name in left_out:  # of some of the files
            continue
        column = whole[name]
        if name in examples.features and examples.features[name]["_type"] == "Image":
            kept[name] = column
            continue
        column, reason = _plain(pa, column)
        reason = reason or withheld.get(name) or _sensitive(pa, name, column)
        if reason:
            left_out[name] = reason
        else:
            kept[name] = column
    found, start = {}, 0
    checked = pa.table(kept)
    for split, table in tables.items():
        found[split] = checked.slice(start, table.num_rows)
        start += table.num_rows
    features = {name: one for name, one in examples.features.items() if name in kept}
    return Examples(found if kept else {}, left_out, features, examples.problems)


def _plain(pa: Any, column: Any) -> tuple[Any, str | None]:
    """Return a column in a type that all readers have, its texts cut; or why there is none."""
    try:
        column = column.cast(_common_type(pa, column.type))
    except _misfits(pa):
        return column, OTHER
    kind = column.type
    if any(_is_binary(pa, leaf) for leaf in _leaves(pa, kind)):
        return column, BINARY
    if not _is_plain(pa, kind):
        return column, OTHER
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _cut(pa, column), None
    if pa.types.is_nested(kind) and column.nbytes > MOST_VALUE_BYTES:
        sizes = (column.slice(place, 1).combine_chunks().nbytes for place in range(len(column)))
        if max(sizes, default=0) > MOST_VALUE_BYTES:
            return column, LARGE
    return column, None


def _common_type(pa: Any, kind: Any) -> Any:
    if pa.types.is_dictionary(kind):
        return kind.value_type
    if pa.types.is_null(kind) or str(kind) == "string_view":
        return pa.string()
    if pa.types.is_float16(kind):
        return pa.float32()
    return kind.storage_type if isinstance(kind, pa.BaseExtensionType) else kind


def _cut(pa: Any, column: Any) -> Any:
    compute = data_library("pyarrow.compute", "Parquet")
    longest = compute.max(compute.utf8_length(column)).as_py() or 0
    if longest <= MOST_CHARS:
        return column
    return pa.chunked_array([compute.utf8_slice_codeunits(column, 0, MOST_CHARS)])


def _leaves(pa: Any, kind: Any) -> Iterator[Any]:
    if pa.types.is_nested(kind) and not pa.types.is_dictionary(kind):
        for place in range(kind.num_fields):
            yield from _leaves(pa, kind.field(place).type)
    else:
        yield kind


def _is_binary(pa: Any, kind: Any) -> bool:
    types = pa.types
    is_known = types.is_binary(kind) or types.is_large_binary(kind)
    return bool(is_known or types.is_fixed_size_binary(kind) or str(kind) == "binary_view")


def _is_plain(pa: Any, kind: Any) -> bool:
    """Return whether `datasets` and others have a type."""
    types = pa.types
    if types.is_struct(kind):
        fields = [kind.field(place).type for place in range(kind.num_fields)]
        return bool(fields) and all(_is_plain(pa, one) for one in fields)
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        return _is_plain(pa, kind.value_type)
    is_number = types.is_boolean(kind) or types.is_integer(kind) or types.is_floating(kind)
    is_text = types.is_string(kind) or types.is_large_string(kind) or types.is_null(kind)
    is_time = types.is_temporal(kind) and not types.is_interval(kind)
    return bool(is_number or is_text or is_time or types.is_decimal(kind))


def _sensitive(pa: Any, name: str, column: Any) -> str | None:
    """Return what the values of a column, or of what is within it, look like."""
    for leaf, values in _named_leaves(pa, name, column):
        is_text = pa.types.is_string(values.type) or pa.types.is_large_string(values.type)
        texts = [one for one in dict.fromkeys(values.to_pylist()) if one] if is_text else []
        if reason := shown_because(leaf, texts, is_number=not is_text):
            return reason
    return None


def _named_leaves(pa: Any, name: str, column: Any) -> Iterator[tuple[str, Any]]:
    compute = data_library("pyarrow.compute", "Parquet")
    if pa.types.is_struct(column.type):
        for place in range(column.type.num_fields):
            field_name = column.type.field(place).name
            yield from _named_leaves(pa, field_name, compute.struct_field(column, [place]))
    elif pa.types.is_nested(column.type):
        yield from _named_leaves(pa, name, compute.list_flatten(column))
    else:
        yield name, column
