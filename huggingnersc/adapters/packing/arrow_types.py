"""Arrow types of the types of columns that `datasets` has, and the other way around."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.data_files.libraries import data_library
from huggingnersc.domain.packing.features import ANY_LENGTH, list_of, schema_metadata, value

if TYPE_CHECKING:
    from huggingnersc.domain.packing.features import Feature, Features

# The names of `datasets` where they are not those of Arrow.
_ARROW_NAMES = {"float32": "float", "float64": "double", "float16": "halffloat"}
_NAMES = {arrow: name for name, arrow in _ARROW_NAMES.items()} | {
    "date32[day]": "date32",
    "date64[ms]": "date64",
}


def arrow_schema(features: Features) -> Any:
    """Return the schema of a Parquet file, from which `datasets` knows the types.

    Raises:
        InstallationError: pyarrow is not installed.
    """
    arrow = data_library("pyarrow", "Parquet")
    fields = [(name, _arrow_type(arrow, feature)) for name, feature in features.items()]
    return arrow.schema(fields, metadata=schema_metadata(features))


def _arrow_type(arrow: Any, feature: Feature) -> Any:
    kind = feature.get("_type")
    if not isinstance(kind, str):
        return arrow.struct([(name, _arrow_type(arrow, one)) for name, one in feature.items()])
    if kind == "Value":
        return _value_type(arrow, feature["dtype"])
    if kind == "ClassLabel":
        return arrow.int64()
    if kind == "Image":
        return arrow.struct([("bytes", arrow.binary()), ("path", arrow.string())])
    return arrow.list_(_arrow_type(arrow, feature["feature"]), feature.get("length", ANY_LENGTH))


def _value_type(arrow: Any, dtype: str) -> Any:
    if dtype.startswith("decimal128("):
        return arrow.decimal128(*map(int, dtype[11:-1].split(",")))
    if dtype.startswith("timestamp[") and "tz=" in dtype:
        unit, _, zone = dtype[10:-1].partition(", tz=")
        return arrow.timestamp(unit, zone)
    return arrow.type_for_alias(_ARROW_NAMES.get(dtype, dtype))


def features_of(schema: Any) -> dict[str, Feature]:
    """Return the types of the columns of an Arrow schema.

    Raises:
        ValueError: `datasets` has none for a column, which is named.
    """
    found = {}
    for field in schema:
        try:
            found[field.name] = feature_of(field.type)
        except ValueError as error:
            raise ValueError(f"its column {field.name!r}: {error}") from error
    return found


def feature_of(kind: Any) -> Feature:
    """Return the type of a column that has an Arrow type.

    Raises:
        ValueError: `datasets` has none for it.
    """
    types = data_library("pyarrow.types", "Parquet")
    if types.is_dictionary(kind):
        return feature_of(kind.value_type)
    if types.is_struct(kind):
        return {field.name: feature_of(field.type) for field in kind}
    if types.is_fixed_size_list(kind):
        return list_of(feature_of(kind.value_type), kind.list_size)
    if types.is_list(kind) or types.is_large_list(kind):
        return list_of(feature_of(kind.value_type))
    if types.is_nested(kind) or not (types.is_primitive(kind) or _is_plain(types, kind)):
        raise ValueError(f"{kind} is no type that datasets reads")
    return value(_NAMES.get(str(kind), str(kind)))


def _is_plain(types: Any, kind: Any) -> bool:
    is_text = types.is_string(kind) or types.is_large_string(kind)
    is_binary = types.is_binary(kind) or types.is_large_binary(kind)
    return bool(is_text or is_binary or types.is_decimal128(kind) or types.is_null(kind))
