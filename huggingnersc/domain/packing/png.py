"""Write pixels as PNG, without a library for images."""

from __future__ import annotations

import struct
import zlib

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOR_TYPES = {1: 0, 3: 2, 4: 6}  # by the number of channels: gray, RGB, RGB with alpha
CHANNELS = frozenset(_COLOR_TYPES)
_LEVEL = 9


def png_bytes(pixels: bytes, width: int, height: int, channels: int = 1) -> bytes:
    """Return an image as PNG; the same pixels give the same bytes with the same zlib.

    Args:
        pixels: a byte for each channel of each pixel, row by row from the top left.
        width: in pixels.
        height: in pixels.
        channels: 1 for gray, 3 for RGB, 4 for RGB with alpha.

    Raises:
        ValueError: the pixels are more or fewer than the size says.
    """
    row_bytes = width * channels
    if len(pixels) != row_bytes * height:
        raise ValueError(f"{len(pixels)} bytes are not {width} x {height} x {channels}")
    header = struct.pack(">IIBBBBB", width, height, 8, _COLOR_TYPES[channels], 0, 0, 0)
    # Each row begins with the number of its filter; 0 is none.
    rows = b"".join(b"\0" + pixels[at : at + row_bytes] for at in range(0, len(pixels), row_bytes))
    parts = (b"IHDR", header), (b"IDAT", zlib.compress(rows, _LEVEL)), (b"IEND", b"")
    return _SIGNATURE + b"".join(_chunk(kind, data) for kind, data in parts)


def interleaved(planes: bytes, channels: int) -> bytes:
    """Return pixels whose channels stand side by side, of planes one after the other."""
    pixels, size = bytearray(len(planes)), len(planes) // channels
    for channel in range(channels):
        pixels[channel::channels] = planes[channel * size : (channel + 1) * size]
    return bytes(pixels)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
