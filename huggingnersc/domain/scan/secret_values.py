"""Whether a value that has the form of a secret is one: placeholders, names and words are not."""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Strings, because `re` compiles and caches each on first use.
_BLANK = (
    r"(?i)[*.xX0_-]+|[<{$%`].*|.*[>}]|(?:your|my|an?|the|some|example|dummy|test|fake|change|"
    r"insert|replace|put|enter|todo)(?:[ _.-].*|me.*)?|none|null|true|false"
)
_PLACEHOLDER = (
    rf"{_BLANK}|(?:my|your)?_?(?:pass(?:word|wd|phrase)?|pwd|secrets?|token|key)|user(?:name)?|"
    r"string\??|https?://.*"
)
_ATTRIBUTE = r"[A-Za-z_]\w*(?:\.\w+)+|[A-Z][A-Z0-9_]*|[a-z]+(?:_[a-z0-9]+)*"
_BASE64 = r"[A-Za-z0-9+/_-]+={0,2}"
_CHECKSUM = r"(?i)(?:sha\d+|md5)[-:=].*"
_PLAIN_PART = (
    r"(?>[A-Z]?[a-z]{2,}+|[A-Z](?![a-z])|[0-9]{1,4}+)*+|[a-z][0-9]{0,4}|[0-9a-f]*|[0-9A-F]*"
)
_LONG_CHARS = 40  # of so many random characters one in a hundred has only one digit
_MIN_STRANGE_CHARS = 20  # left after words, numbers and hexadecimal parts are removed
# Per character: random base64 of 32 characters has about 4.6, English names less than 4.2.
_MIN_ENTROPY_BITS = 4.4


def is_literal(value: str) -> bool:
    """Return whether a command that runs would take `value` as it is, be it a poor password."""
    return re.fullmatch(_BLANK, value) is None


def is_filled(value: str) -> bool:
    """Return whether `value` is no placeholder, such as `<token>` or `xxx`."""
    return re.fullmatch(_PLACEHOLDER, value) is None and len(set(value)) > 1


def is_password(value: str) -> bool:
    """Return whether a quoted value of a revealing name can be a password."""
    return is_filled(value) and " " not in value and not value.endswith((":", "("))


def is_mixed(value: str) -> bool:
    """Return whether `value` mixes letters and digits, as keys do and names rarely do."""
    kinds = any(c.isdigit() for c in value) and any(c.isalpha() for c in value)
    return is_password(value) and kinds and entropy_bits(value) >= 3 and "/" not in value[:1]


def is_cased(value: str) -> bool:
    """Return whether `value` has digits and capital letters."""
    return any(c.isdigit() for c in value) and any(c.isupper() for c in value)


def is_coded(value: str) -> bool:
    """Return whether `value` is no word: it has digits, signs, or letters of both cases within."""
    is_word = re.fullmatch(r"[A-Z]?[a-z]+|[A-Z]+", value) is not None
    return is_filled(value) and not is_word and re.fullmatch(_ATTRIBUTE, value) is None


def is_bare(value: str) -> bool:
    """Return whether an unquoted value is a key and not a name in code."""
    return is_mixed(value) and re.fullmatch(_ATTRIBUTE, value) is None


def is_login(value: str) -> bool:
    """Return whether `value` is base64 of `user:password`, as in Docker's configuration."""
    try:
        decoded = base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return False
    return ":" in decoded and decoded.isprintable()


def is_random(value: str) -> bool:
    """Return whether `value` looks random: what is left without words and numbers is long."""
    if not re.fullmatch(_BASE64, value) or re.fullmatch(_CHECKSUM, value):
        return False
    digits = sum(map(str.isdigit, value))
    cases = all(sum(map(kind, value)) >= 2 for kind in (str.isupper, str.islower))
    mixed = cases and digits >= (1 if len(value) >= _LONG_CHARS else 2)
    parts = re.split("[-_/]", value)
    strange = sum(len(part) for part in parts if not re.fullmatch(_PLAIN_PART, part))
    return mixed and strange >= _MIN_STRANGE_CHARS and entropy_bits(value) >= _MIN_ENTROPY_BITS


def entropy_bits(value: str) -> float:
    """Return the Shannon entropy of `value`, in bits per character."""
    shares: Iterator[float] = (count / len(value) for count in Counter(value).values())
    return -sum(share * math.log2(share) for share in shares)
