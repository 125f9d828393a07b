"""Types of columns as `datasets` declares them, in a Parquet schema and in a card.

A type is a mapping in the JSON form of `datasets.Features`, version 5.2: what the key
`huggingface` of an Arrow schema holds.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Feature: TypeAlias = "Mapping[str, Any]"  # in JSON form; a struct is one of its fields by name
Features: TypeAlias = "Mapping[str, Feature]"

IMAGE: Feature = {"_type": "Image"}
ANY_LENGTH = -1


def value(dtype: str) -> Feature:
    """Return the type of plain values, such as `int64`."""
    return {"dtype": dtype, "_type": "Value"}


def class_label(names: Sequence[str]) -> Feature:
    """Return the type of numbers that stand for classes."""
    return {"names": [*names], "_type": "ClassLabel"}


def list_of(inner: Feature, length: int = ANY_LENGTH) -> Feature:
    """Return the type of lists."""
    sized = {} if length == ANY_LENGTH else {"length": length}
    return {"feature": inner, **sized, "_type": "List"}


def array_of(dtype: str, shape: Sequence[int | None]) -> Feature:
    """Return the type of arrays of numbers, as lists in lists; the length None varies.

    `Array2D` of `datasets` would need an extension type in the file, which other readers do not
    know.
    """
    nested = value(dtype)
    for length in reversed(shape):
        nested = list_of(nested, ANY_LENGTH if length is None else length)
    return nested


def features_text(features: Features) -> str:
    """Return types as JSON text, in which the order of columns and fields counts."""
    return json.dumps(features)


def parse_features(text: str) -> Features:
    """Read what `features_text` returned."""
    features: Features = json.loads(text)
    return features


def schema_metadata(features: Features) -> dict[str, str]:
    """Return what of a Parquet schema tells `datasets` the types of its columns."""
    return {"huggingface": json.dumps({"info": {"features": features}})}


def card_features(features: Features) -> list[dict[str, Any]]:
    """Return the types as `dataset_info` of a card lists them."""
    return [{"name": name, **_in_card(feature)} for name, feature in features.items()]


def _in_card(feature: Feature) -> dict[str, Any]:
    kind = feature.get("_type")
    if not isinstance(kind, str):
        return {"struct": card_features(feature)}
    if kind == "Value":
        return {"dtype": feature["dtype"]}
    if kind == "List":
        return _list_in_card(feature)
    if kind == "ClassLabel":
        names = {str(number): name for number, name in enumerate(feature["names"])}
        return {"dtype": {"class_label": {"names": names}}}
    return {"dtype": kind.lower()}  # Image, and others that need no more words


def _list_in_card(feature: Feature) -> dict[str, Any]:
    inner = _in_card(feature["feature"])
    (said,) = inner.values() if len(inner) == 1 else (inner,)
    only = inner.keys() <= {"dtype", "struct"}
    sized = {"length": feature["length"]} if feature.get("length", ANY_LENGTH) >= 0 else {}
    return {"list": said if only else inner, **sized}
