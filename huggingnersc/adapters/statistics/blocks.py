"""Which parts of an array are read where it is too large to be read whole."""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MOST_BYTES = 1 << 20  # of a block; about what one read takes
_LEAST_BYTES = 1 << 12
_LEAST_BLOCKS = 16  # of a sample, so that it is spread over the array
_MOST_CHUNKS = 1 << 10  # of a block
_SPREAD = 0x9E3779B1  # of the golden ratio: its multiples are spread evenly, in no rhythm


def block_shape(
    shape: Sequence[int], chunk: Sequence[int] | None, item_bytes: int, size_bytes: int
) -> tuple[int, ...]:
    """Return the shape of a block: whole chunks, more of the last dimensions first.

    Args:
        shape: of the array.
        chunk: what is stored, and so read, in one piece; None where each value can be read alone.
        item_bytes: the size of a value.
        size_bytes: what is read of the array in all; a chunk may be larger than a block should be.
    """
    aim = min(_MOST_BYTES, max(_LEAST_BYTES, size_bytes // _LEAST_BLOCKS))
    block = [max(1, min(*pair)) for pair in zip(chunk or (1,) * len(shape), shape, strict=True)]
    most = _MOST_CHUNKS if chunk else aim
    for axis in reversed(range(len(shape))):
        room = min(most, aim // max(1, math.prod(block) * item_bytes))
        times = max(1, min(room, -(-shape[axis] // block[axis])))
        block[axis], most = max(1, min(shape[axis], block[axis] * times)), most // times
    return tuple(block)


def sampled_blocks(
    shape: Sequence[int], block: Sequence[int], most: int
) -> Iterator[tuple[slice, ...]]:
    """Yield the places of at most so many blocks, spread over an array, always the same."""
    grid = [-(-length // size) for length, size in zip(shape, block, strict=True)]
    count = math.prod(grid)
    for number in _spread(count, most):
        places, rest = [], number
        for length in reversed(grid):
            rest, place = divmod(rest, length)
            places.append(place)
        starts = (place * size for place, size in zip(reversed(places), block, strict=True))
        yield tuple(
            slice(start, min(start + size, length))
            for start, size, length in zip(starts, block, shape, strict=True)
        )


def _spread(count: int, most: int) -> Iterator[int]:
    """Yield one number of each of `most` equal parts of a range; all where there are no more."""
    if count <= most:
        yield from range(count)
        return
    for part in range(most):
        start, end = part * count // most, (part + 1) * count // most
        yield start + ((part * _SPREAD % (1 << 32)) * (end - start) >> 32)


def chunks_of(place: Sequence[slice], chunk: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Yield the numbers of the chunks that a part of an array is stored in."""
    yield from product(
        *(
            range(part.start // size, -(-part.stop // size))
            for part, size in zip(place, chunk, strict=True)
        )
    )
