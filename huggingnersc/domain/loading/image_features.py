"""The columns of an index of images, as `datasets` reads them from a Parquet file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

IMAGE, FILE, LABEL = "image", "file", "label"
_OWN = frozenset({IMAGE, FILE})
_DTYPES = {"int": "int64", "float": "float64", "str": "string"}


@dataclass(frozen=True, slots=True)
class IndexColumns:
    """The columns beside the image and the path of its file.

    Attributes:
        names: of the columns.
        dtypes: int64, float64 or string, by column.
        classes: the names of the classes, whose numbers the column `label` holds; empty where
            the columns are those of tables, or there are none.
    """

    names: tuple[str, ...] = ()
    dtypes: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()

    @property
    def metadata(self) -> dict[str, str]:
        """What `datasets` reads of the columns: a path becomes an image, a number a class.

        Source: the Arrow schema of `datasets.Features`, version 5.2.
        """
        features: dict[str, Any] = {IMAGE: {"_type": "Image"}, FILE: _value("string")}
        for name, dtype in zip(self.names, self.dtypes, strict=True):
            features[name] = _value(dtype)
        if self.classes:
            features[LABEL] = {"names": [*self.classes], "_type": "ClassLabel"}
        return {"huggingface": json.dumps({"info": {"features": features}})}


def class_column(classes: Sequence[str]) -> IndexColumns:
    """Return the column of the classes of images."""
    return IndexColumns((LABEL,), ("int64",), tuple(classes)) if classes else IndexColumns()


def table_columns(columns: Mapping[str, str], image_column: str) -> IndexColumns:
    """Return the columns of tables; a name that the index itself uses gets an underscore.

    Args:
        columns: `int`, `float` or `str` by name.
        image_column: the one that names the image, which holds text.
    """
    kinds = {**columns, image_column: "str"} if image_column in columns else columns
    names: list[str] = []
    for name in kinds:
        free = name
        while free in _OWN or free in names:
            free += "_"
        names.append(free)
    return IndexColumns(tuple(names), tuple(_DTYPES[kind] for kind in kinds.values()))


def _value(dtype: str) -> dict[str, str]:
    return {"dtype": dtype, "_type": "Value"}
