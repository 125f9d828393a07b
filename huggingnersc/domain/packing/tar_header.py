"""Headers of tar members that depend on nothing but the name and the size.

The owner is 0, the mode 0644, the time 0. A name that the classic header (ustar) cannot hold, or
a file of 8 GiB or more, gets a pax header before it.
"""

from __future__ import annotations

from zlib import adler32

BLOCK_BYTES = 512
_NAME_BYTES, _PREFIX_BYTES = 100, 155
_MOST_OCTAL = 8**11
_ZERO = b"0000000\x00"
_BEFORE = b"0000644\x00" + 2 * _ZERO  # mode, user, group
_TIME = b"00000000000\0"
_BLANK = b" " * 8  # in place of the sum, while it is computed
_AFTER = b"\0" * 100 + b"ustar\x0000" + b"\0" * 64 + 2 * _ZERO
_FILE, _PAX = b"0", b"x"
_BASE = sum(_BEFORE) + sum(_TIME) + sum(_BLANK) + sum(_AFTER)
_END = b"\0" * (500 - 345 - _PREFIX_BYTES + 12)
_PAX_NAME = b"././@PaxHeader"
TAR_END = b"\0" * (2 * BLOCK_BYTES)


def member_header(name: bytes, size_bytes: int) -> bytes:
    """Return what precedes the content of a member: one block of 512 bytes, or more with pax.

    Args:
        name: relative, with slashes, without NUL; not empty.
        size_bytes: of the content.
    """
    if len(name) <= _NAME_BYTES and size_bytes < _MOST_OCTAL and name.isascii():
        return _block(name, b"", size_bytes, _FILE)
    prefix, _, rest = _split(name)
    records = b""
    if rest is None:
        records += b"" if _is_utf8(name) else _record(b"hdrcharset", b"BINARY")
        records += _record(b"path", name)
    if size_bytes >= _MOST_OCTAL:
        records += _record(b"size", b"%d" % size_bytes)
    if not records:
        return _block(rest or name, prefix, size_bytes, _FILE)
    stated = size_bytes if size_bytes < _MOST_OCTAL else 0
    shown = name[-_NAME_BYTES:] if rest is None else rest
    pax = _block(_PAX_NAME, b"", len(records), _PAX)
    return pax + records + bytes(padding(len(records))) + _block(shown, prefix, stated, _FILE)


def padding(size_bytes: int) -> int:
    """Return how many zeros follow a content, so that the next member begins a block."""
    return -size_bytes % BLOCK_BYTES


def _block(name: bytes, prefix: bytes, size_bytes: int, kind: bytes) -> bytes:
    size = b"%011o\0" % size_bytes
    total = _BASE + kind[0] + _sum(b"%b%b%b" % (name, prefix, size))
    rest = _REST if kind == _FILE and not prefix else _rest(kind, prefix)
    return b"%b%b%b%b%06o\0 %b" % (
        *(name.ljust(_NAME_BYTES, b"\0"), _BEFORE, size, _TIME),
        *(total, rest),
    )


def _rest(kind: bytes, prefix: bytes) -> bytes:
    return b"".join((kind, _AFTER, prefix.ljust(_PREFIX_BYTES, b"\0"), _END))


def _sum(text: bytes) -> int:
    """Return the sum of bytes, below 65,520; it is half of a checksum that C computes."""
    return (adler32(text) & 0xFFFF) - 1


_REST = _rest(_FILE, b"")


def _split(name: bytes) -> tuple[bytes, bytes, bytes | None]:
    """Cut a name into a prefix and a rest that ustar holds; the rest is None where it cannot.

    A name that is not ASCII always gets a pax header: its encoding is stated only there.
    """
    if not name.isascii():
        return b"", b"", None
    if len(name) <= _NAME_BYTES:
        return b"", b"", name
    at = name.find(b"/", len(name) - _NAME_BYTES - 1)
    if 0 < at <= _PREFIX_BYTES:
        return name[:at], b"/", name[at + 1 :]
    return b"", b"", None


def _is_utf8(name: bytes) -> bool:
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True


def _record(key: bytes, value: bytes) -> bytes:
    """Return a pax record, which begins with its own length."""
    rest = b" %b=%b\n" % (key, value)
    length = len(rest)
    while length != len(b"%d" % length) + len(rest):
        length = len(b"%d" % length) + len(rest)
    return b"%d%b" % (length, rest)
