"""Which arrays of an HDF5 or netCDF file hold the examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.domain.draft.data_layout import Array, Layout

if TYPE_CHECKING:
    from collections.abc import Sequence

_BLOCK_BYTES = 1 << 26
_MOST_EXAMPLES = 1024


def arrays_along(found: Sequence[Array]) -> Layout:
    """Take the largest array and all others that lie along its first dimension.

    An array along a dimension that can grow goes before all others, then one with more than one
    example. Named dimensions must be the same; without names their lengths.
    """
    main = max(found, key=lambda array: (array.is_unlimited, array.length > 1, array.size_bytes))
    others = [array for array in found if array != main and _is_along(array, main)]
    arrays = (main, *sorted(others, key=lambda array: array.name))
    example_bytes = sum(array.size_bytes for array in arrays) // max(1, main.length)
    return Layout(
        arrays=tuple(array.name for array in arrays),
        numeric=tuple(array.name for array in arrays if array.is_numeric),
        apart=tuple(one for one in found if one not in arrays),
        dimension=main.dimension,
        examples_at_once=max(1, min(_MOST_EXAMPLES, _BLOCK_BYTES // max(1, example_bytes))),
    )


def _is_along(array: Array, main: Array) -> bool:
    return array.length == main.length and array.dimension == main.dimension
