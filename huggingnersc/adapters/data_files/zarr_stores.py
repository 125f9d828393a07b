"""Zarr stores, formats 2 and 3: which arrays hold the examples, and how many there are."""

from __future__ import annotations

import warnings
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from stat import S_ISREG
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.data_files.libraries import data_library
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.draft.array_layout import FileContents, array_layout
from huggingnersc.domain.draft.layout import ROOT_ARRAY, Array, ExampleUnit
from huggingnersc.domain.draft.survey import FileSurvey
from huggingnersc.errors import DatasetError, InstallationError
from huggingnersc.fixes import Message, Option

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from huggingnersc.domain.draft.layout import ArrayChoice, FileLayout

# The metadata of a root: an array or a group, of format 3 and of format 2.
_ROOTS = ("zarr.json", ".zarray", ".zgroup")
_METADATA = (*_ROOTS, ".zattrs", ".zmetadata")
_MOST_METADATA_BYTES = 1 << 26
_MOST_ARRAYS = 10_000
_DEEPEST = 16


def is_zarr_store(folder: Path) -> bool:
    """Return whether a folder is a Zarr store; its chunks are not listed, and a link is none."""
    return any(_is_file(folder / name) for name in _ROOTS)


def _is_file(path: Path) -> bool:
    with suppress(OSError):  # such as a path that is too long
        return S_ISREG(path.lstat().st_mode)
    return False


def zarr_bytes(store: Path) -> int:
    """Return the size of a store's arrays in memory; 0 where its metadata cannot be read.

    The size on disk would need the status of every chunk, of which there may be millions.
    """
    try:
        return sum(one.size_bytes for one, _ in _arrays(store))
    except (DatasetError, InstallationError, OSError):
        return 0


def read_zarr_layout(store: Path, choice: ArrayChoice) -> FileLayout:
    """Return which arrays of a store hold the examples, and how many are stored as one chunk.

    Raises:
        InstallationError: zarr is not installed.
        DatasetError: the store cannot be read, or holds no array with examples.
    """
    if choice.unit not in {None, ExampleUnit.ROW}:
        raise DatasetError(
            f"{store} is a Zarr store, in which each row is an example.",
            hint=Message("Leave out ", Option(Field.EXAMPLE), "."),
        )
    chunks = {one.name: chunk for one, chunk in _arrays(store) if chunk}
    arrays = tuple(one for one, chunk in _arrays(store) if chunk)
    layout = array_layout(FileContents(arrays), replace(choice, unit=ExampleUnit.ROW))
    if layout is None:
        raise DatasetError(f"{store} holds no array with examples.", hint="Give other data.")
    return _with_blocks(layout, {one.name: one for one in arrays}, chunks)


def survey_zarr(store: Path, layout: FileLayout, size_bytes: int) -> FileSurvey:
    """Return the length of the arrays; without one of them, or of other lengths, no fit.

    Raises:
        DatasetError: the store cannot be read.
    """
    found = {one.name or ROOT_ARRAY: one for one, chunk in _arrays(store) if chunk}
    is_array = any(not one.name for one in found.values())
    tables = [tuple(one.paths.values()) for one in layout.splits] or [layout.arrays]
    lengths = [{found[name].length if name in found else None for name in one} for one in tables]
    known = [one.pop() if len(one) == 1 else None for one in lengths]
    counts = tuple(length for length in known if length is not None)
    if len(counts) < len(tables) or is_array != layout.is_array:
        return FileSurvey(0, size_bytes, fits=False)
    return FileSurvey(sum(counts), size_bytes, parts=counts if layout.splits else ())


def _with_blocks(
    layout: FileLayout, arrays: Mapping[str, Array], chunks: Mapping[str, int]
) -> FileLayout:
    paths = layout.splits[0].paths if layout.splits else {name: name for name in layout.arrays}
    main = arrays[paths[layout.arrays[0]]]
    block = chunks[main.name]
    is_array = layout.arrays == ("",)
    return replace(
        layout,
        arrays=(ROOT_ARRAY,) if is_array else layout.arrays,
        numeric=tuple(name or ROOT_ARRAY for name in layout.numeric),
        examples_at_once=block * max(1, layout.examples_at_once // block),
        block=block,
        example_bytes=sum(arrays[path].size_bytes for path in paths.values())
        // max(1, main.length),
        is_array=is_array,
    )


def _arrays(store: Path) -> list[tuple[Array, int]]:
    """Return the arrays of a store, sorted by path, each with the length of a chunk.

    That length is 0 for an array without dimensions, else at least 1.
    """
    zarr = data_library("zarr", "Zarr")
    broken = (
        *(ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError),
        zarr.errors.BaseZarrError,
    )
    try:
        require_metadata(store)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about files beside the arrays, such as a README
            nodes = islice(_nodes(zarr.open(store, mode="r"), store, "", 0), _MOST_ARRAYS)
            return [(_described(path, array), _chunk(array)) for path, array in nodes]
    except broken as error:
        raise DatasetError(
            f"{store} cannot be read as Zarr: {error}.",
            hint="Fix or remove the store; its zarr.json or .zarray describes what is in it.",
        ) from error


def _nodes(node: Any, store: Path, path: str, depth: int) -> Iterator[tuple[str, Any]]:
    """Yield the arrays below a node with their paths; links are not followed."""
    if not hasattr(node, "members"):
        yield path, node
    elif depth < _DEEPEST:
        require_members(store / path)
        for name, member in sorted(node.members(), key=lambda one: str(one[0])):
            below = f"{path}/{name}" if path else name
            if not (store / below).is_symlink():
                yield from _nodes(member, store, below, depth + 1)


def require_members(group: Path) -> None:
    """Make sure that the metadata of each member can be read. Raises: ValueError: it cannot."""
    for member in group.iterdir():
        if member.is_dir():
            require_metadata(member)


def require_metadata(folder: Path) -> None:
    """Make sure that reading the metadata ends, and stays here.

    A pipe would wait for a writer, and a link would show what is in another file.

    Raises:
        ValueError: it is no regular file, or too large.
    """
    for file in (folder / name for name in _METADATA):
        with suppress(FileNotFoundError):
            status = file.lstat()
            if not S_ISREG(status.st_mode) or status.st_size > _MOST_METADATA_BYTES:
                raise ValueError(f"{file.name} of {folder.name} is no file of metadata")


def _described(path: str, array: Any) -> Array:
    first = _dimensions(array)[:1]
    return Array(
        path,
        int(array.shape[0]) if array.shape else 0,
        int(array.nbytes),
        getattr(array.dtype, "kind", "O") in "biufc",
        first[0] if first else None,
    )


def _chunk(array: Any) -> int:
    return max(1, int((array.shards or array.chunks)[0])) if array.shape else 0


def _dimensions(array: Any) -> list[str]:
    """Return the names of the dimensions, as format 3 or xarray in format 2 has them."""
    names = getattr(array.metadata, "dimension_names", None)
    names = names or array.attrs.get("_ARRAY_DIMENSIONS")
    known = isinstance(names, list | tuple) and all(isinstance(name, str) for name in names)
    return [*names] if known and names and len(names) == len(array.shape) else []
