r"""Names of files as text: any bytes, without a control character, as `a\x5cb`."""

from __future__ import annotations

import re

_ESCAPED = re.compile(rb"[\x00-\x1f\\\x7f]")
_ESCAPE = re.compile(rb"\\x([0-9a-f]{2})")


# All that an escape never stands for; what is left of a name without them is nearly always empty.
_PLAIN = bytes(byte for byte in range(0x20, 0x7F) if byte != ord("\\"))


def escaped(name: bytes) -> bytes:
    r"""Return a path or target as a manifest has it: `a\b` becomes `a\x5cb`."""
    if not name.translate(None, _PLAIN):
        return name
    if name.isascii():
        return _ESCAPED.sub(_hexadecimal, name)
    text = name.decode("utf-8", "surrogateescape")
    if not any("\udc80" <= letter <= "\udcff" for letter in text):
        return _ESCAPED.sub(_hexadecimal, name)
    parts = (
        rb"\x%02x" % (ord(letter) - 0xDC00) if "\udc80" <= letter <= "\udcff" else letter.encode()
        for letter in (_ESCAPED.sub(_hexadecimal, name).decode("utf-8", "surrogateescape"))
    )
    return b"".join(parts)


def unescaped(text: bytes) -> bytes:
    """Return the path or target that `escaped` wrote."""
    if b"\\" not in text:
        return text
    return _ESCAPE.sub(lambda found: bytes.fromhex(found[1].decode()), text)


def _hexadecimal(found: re.Match[bytes]) -> bytes:
    return rb"\x%02x" % found[0][0]
