"""Images for a sample: scaled down, and nothing of a file but its pixels."""

from __future__ import annotations

import csv
import io
import warnings
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.data_files.compressed import BROKEN, open_text, table_lines
from huggingnersc.adapters.data_files.libraries import data_library
from huggingnersc.adapters.loading.sample_columns import Examples, as_tables
from huggingnersc.adapters.statistics.images import SAFE_FORMATS
from huggingnersc.domain.draft.image_layout import key_of
from huggingnersc.domain.draft.layout import ImageKey
from huggingnersc.domain.draft.table import MISSING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from huggingnersc.domain.draft.layout import ImageLayout, LabelTables

IMAGE, LABEL, FILE = "image", "label", "file"
_JPEG_QUALITY = 85
_LOSSY = {"JPEG", "MPO"}


def read_images(
    root: Path,
    splits: Mapping[str, list[str]],
    layout: ImageLayout,
    side: int,
    *,
    is_listed: bool,
) -> Examples:
    """Return images, at most so many pixels high and wide, and what labels them.

    Args:
        root: the folder of the data.
        splits: files by split.
        layout: what labels them.
        side: how many pixels.
        is_listed: whether the names of the files and folders may be shown.
    """
    pa = data_library("pyarrow", "Parquet")
    image_module = data_library("PIL.Image", "image")
    broken = (OSError, ValueError, SyntaxError, ArithmeticError, LookupError, TypeError)
    examples, rows = Examples(), dict[str, list[dict[str, Any]]]()
    labels = _labels(root, layout.tables, splits) if layout.tables else {}
    for split, paths in splits.items():
        rows[split] = []
        for path in paths:
            try:
                image, size = _image(root / path, side)
            except (*broken, image_module.DecompressionBombError) as error:
                examples.problems.append(f"{path}: {type(error).__name__}")
                continue
            is_labeled = is_listed and layout.classes
            label = {LABEL: _class(path, layout.classes)} if is_labeled else {}
            named = {FILE: path} if is_listed else {}
            rows[split].append({IMAGE: image} | label | labels.get(path, {}) | named | size)
    binary = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    examples.tables = as_tables(rows, {IMAGE: binary})
    examples.features = {IMAGE: {"_type": "Image"}}
    if is_listed and layout.classes:
        examples.features[LABEL] = {"names": [*layout.classes], "_type": "ClassLabel"}
    if not is_listed:
        examples.left_out[FILE] = "names of files, which are not public"
    return examples


def _image(file: Path, side: int) -> tuple[dict[str, Any], dict[str, int]]:
    """Return an image, turned as its camera was, and the size of the original.

    The pixels go into a new image, so that no place, name, comment or color profile goes along.
    """
    image_module, ops = data_library("PIL.Image", "image"), data_library("PIL.ImageOps", "image")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about large images; a bomb is an error
        with image_module.open(file, formats=SAFE_FORMATS) as opened:
            is_lossy = opened.format in _LOSSY
            width, height = opened.size
            opened.draft(None, (2 * side, 2 * side))  # decodes a large JPEG in a smaller size
            image = _shown(ops.exif_transpose(opened))
    image.thumbnail((side, side), _filter(image_module, image.mode))
    bare = image_module.frombytes(image.mode, image.size, image.tobytes())
    data = io.BytesIO()
    if is_lossy and bare.mode in {"L", "RGB"}:
        bare.save(data, "JPEG", quality=_JPEG_QUALITY)
    else:
        bare.save(data, "PNG")
    return {"bytes": data.getvalue(), "path": None}, {"width": width, "height": height}


def _filter(image_module: Any, mode: str) -> Any:
    is_deep = mode.startswith("I")
    return image_module.Resampling.NEAREST if is_deep else image_module.Resampling.BICUBIC


def _shown(image: Any) -> Any:
    """Return an image in a mode that PNG has; numbers of other kinds become gray values."""
    import numpy as np

    if image.mode in {"L", "RGB", "RGBA", "LA", "I;16"}:
        return image.copy()
    if image.mode == "1":
        return image.convert("L")
    if image.mode.startswith(("I", "F")):
        values = np.asarray(image, dtype="f8")
        finite = values[np.isfinite(values)]
        low, high = (finite.min(), finite.max()) if finite.size else (0.0, 0.0)
        scaled = np.nan_to_num((values - low) * (255 / ((high - low) or 1.0)), posinf=255)
        module = data_library("PIL.Image", "image")
        return module.fromarray(scaled.clip(0, 255).astype("u1"))
    has_alpha = "transparency" in image.info or image.mode in {"PA", "La", "RGBa"}
    return image.convert("RGBA" if has_alpha else "RGB")


def _class(path: str, classes: tuple[str, ...]) -> int | None:
    parts = reversed(PurePosixPath(path).parts[:-1])
    return next((classes.index(part) for part in parts if part in classes), None)


def _labels(
    root: Path, tables: LabelTables, splits: Mapping[str, list[str]]
) -> dict[str, dict[str, Any]]:
    """Return the cells of the rows that name the images, by their paths."""
    wanted: dict[str, str] = {}
    for paths in splits.values():
        for path in map(PurePosixPath, paths):
            key = {ImageKey.PATH: str(path), ImageKey.NAME: path.name, ImageKey.STEM: path.stem}
            wanted[key[tables.key]] = str(path)
    found: dict[str, dict[str, Any]] = {}
    for table in tables.paths:
        for name, cells in _rows(root, table, tables):
            if name in wanted:
                found[wanted[name]] = cells
    return found


def _rows(
    root: Path, table: PurePosixPath, tables: LabelTables
) -> Iterator[tuple[str, dict[str, Any]]]:
    names = [column.name for column in tables.columns]
    kinds = {column.name: column.type for column in tables.columns}
    try:
        with open_text(root / table, tables.encoding) as text:
            rows = (
                row for row in csv.reader(table_lines(text), delimiter=tables.delimiter) if row
            )
            if tables.has_header:
                next(rows, None)
            for row in rows:
                cells = dict(zip(names, row, strict=False))
                named = cells.pop(tables.column, "")
                yield (
                    key_of(tables.key, table, named),
                    {_column(name): _cell(cell, kinds[name]) for name, cell in cells.items()},
                )
    except (*BROKEN, OSError, ValueError, csv.Error):
        return  # what was read labels some


def _column(name: str) -> str:
    return f"{name}_" if name in {IMAGE, FILE, "width", "height"} else name


def _cell(text: str, kind: str) -> Any:
    if kind == "str":
        return text
    if text.strip() in MISSING:
        return None
    try:
        return int(text) if kind == "int" else float(text)
    except ValueError:
        return text
