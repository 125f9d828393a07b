"""Secrets in text that is about to become public: known forms, names that say so, and entropy."""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_HASH_DIGITS = 12
_SHOWN_FROM_CHARS = 20  # of a long value the first three characters tell its owner which one it is
_MIN_ENTROPY_BITS = (
    4.4  # per character; random base64 of 32 has about 4.6, English names below 4.2
)


@dataclass(frozen=True, slots=True)
class Secret:
    """A place that looks like a secret; the secret itself is not in here.

    Attributes:
        line: its line, from 1.
        kind: what it looks like.
        masked: the value with all but its first characters hidden.
        line_hash: names the content of the line; given back, it says "this is no secret".
    """

    line: int
    kind: str
    masked: str
    line_hash: str


@dataclass(frozen=True, slots=True)
class _Form:
    kind: str
    pattern: re.Pattern[str]  # its group `value` is the secret
    holds: Callable[[str], bool]


def find_secrets(text: str) -> tuple[Secret, ...]:
    """Give every line of `text` that looks like it holds a secret, in order, each once."""
    found: dict[int, Secret] = {}
    for form in _forms():
        for match in form.pattern.finditer(text):
            line = text.count("\n", 0, match.start("value")) + 1
            if line not in found and form.holds(match["value"]):
                found[line] = Secret(
                    line, form.kind, _masked(match["value"]), line_hash(_lines_of(text, match))
                )
    return tuple(found[line] for line in sorted(found))


def line_hash(line: str) -> str:
    """Give the name of a line's content: 12 hexadecimal digits; space around it does not count."""
    return hashlib.sha256(line.strip().encode(errors="replace")).hexdigest()[:_HASH_DIGITS]


def _lines_of(text: str, match: re.Match[str]) -> str:
    start = text.rfind("\n", 0, match.start()) + 1
    end = text.find("\n", match.end())
    return text[start : end if end >= 0 else len(text)]


def _masked(value: str) -> str:
    shown = value[:3] if len(value) >= _SHOWN_FROM_CHARS and value.isprintable() else ""
    return f"{shown}... ({len(value)} characters)"


_KNOWN = (
    # NERSC: Superfacility API clients have a PEM or a JWK key, NEWT has a session cookie.
    # The line after the first belongs to the match, so that one key's hash is not every key's.
    ("a private key", r"(?P<value>-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----"
     r"[^\n]*\n?[^\n]*)"),
    ("a private key", r"(?P<value>PuTTY-User-Key-File-\d[^\n]*)"),
    ("a private key (JWK, as the Superfacility API gives it)",
     r"[\"']d[\"']\s*:\s*[\"'](?P<value>[A-Za-z0-9_-]{40,})[\"']"),
    ("a NEWT session", r"(?i)newt_?session_?id[\"']?\s*[=:,]\s*[\"']?(?P<value>[a-z0-9]{16,})"),
    ("a Hugging Face token", r"\b(?P<value>(?:hf|api_org)_(?:oauth_|jwt_)?[A-Za-z0-9]{30,})\b"),
    ("a GitHub token", r"\b(?P<value>(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{50,}))\b"),
    ("a GitLab token", r"\b(?P<value>gl(?:pat|dt|ptt|rt|cbt)-[A-Za-z0-9_-]{20,})"),
    ("an AWS key", r"\b(?P<value>(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16})\b"),
    ("a Google key", r"\b(?P<value>AIza[A-Za-z0-9_-]{35})"),
    ("a Slack token", r"\b(?P<value>xox[abposr]-[A-Za-z0-9-]{10,})"),
    ("a Slack address", r"(?P<value>hooks\.slack\.com/services/T\w+/B\w+/\w{20,})"),
    ("a PyPI token", r"\b(?P<value>pypi-AgE[A-Za-z0-9_-]{50,})"),
    ("a signed token (JWT)",
     r"\b(?P<value>eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,})"),
)  # fmt: skip
_PASSWORD_NAME = r"(?:pass(?:word|wd|phrase)|pwd|secret)"  # noqa: S105 - a pattern
_KEY_NAME = r"(?:token(?![a-z])|api_?key|access_?key|private_?key|auth_?key|credential)"
_AFTER_NAME = r"[A-Za-z0-9_]{0,30}[\"']?\]?[ \t]{0,9}(?:=|:|=>)[ \t]{0,9}"
_QUOTED = r"(?P<quote>[\"'])(?P<value>[^\"'\n]{%d,200})(?P=quote)"
_BARE = r"(?P<value>[A-Za-z0-9+/=_.~-]{12,200})[ \t]*(?:#[^\n]*)?$"


@cache
def _forms() -> tuple[_Form, ...]:
    def form(kind: str, pattern: str, holds: Callable[[str], bool]) -> _Form:
        return _Form(kind, re.compile(pattern, re.MULTILINE), holds)

    in_address = r"\b[a-z][a-z0-9+.-]{0,20}://[^\s/:@'\"<>]{1,80}:(?P<value>[^\s/@'\"<>]{1,200})@"
    signed = (
        r"[?&](?:X-Amz-Signature|X-Goog-Signature|sig|signature|token|access_token|api_?key)="
        r"(?P<value>[A-Za-z0-9%_.~+/-]{16,})"
    )
    return (
        *(form(kind, pattern, _is_filled) for kind, pattern in _KNOWN),
        form("a key of an AI service", r"\b(?P<value>sk-[\w-]{20,300}+)", _is_mixed_case),
        form("a password in an address", in_address, _is_filled),
        form("a key in an address", rf"(?i:{signed})", _is_filled),
        form("a password", rf"(?i:{_PASSWORD_NAME}){_AFTER_NAME}{_QUOTED % 6}", _is_password),
        form("a key", rf"(?i:{_KEY_NAME}){_AFTER_NAME}{_QUOTED % 16}", _is_mixed),
        form("a key", rf"(?i:{_PASSWORD_NAME}|{_KEY_NAME})\w{{0,30}}[=:][ \t]?{_BARE}", _is_bare),
        form("a random key", rf"{_QUOTED % 32}", _is_random),
    )


_PLACEHOLDER = re.compile(
    r"[*.xX0_-]+|[<{$%].*|.*[>}]|(?:your|my|an?|the|some|example|dummy|test|fake|change|insert|"
    r"replace|put|enter|todo)(?:[ _.-].*|me.*)?|none|null|true|false|pass(?:word|wd|phrase)|"
    r"secrets?|token|key|user(?:name)?|hunter2",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"[A-Za-z_]\w*(?:\.\w+)+|[A-Z][A-Z0-9_]*|[a-z]+(?:_[a-z0-9]+)*")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")
_PARTS = re.compile(r"[-_/]")
_PLAIN_PART = re.compile(
    r"(?>[A-Z]?[a-z]{2,}+|[A-Z](?![a-z])|[0-9]{1,4}+)*+|[a-z][0-9]{0,4}|[0-9a-f]*|[0-9A-F]*"
)
_MIN_STRANGE_CHARS = 20  # of what is left when words, numbers and hexadecimal parts are taken out
_CHECKSUM = re.compile(r"(?:sha\d+|md5)[-:=].*", re.IGNORECASE)


def _is_filled(value: str) -> bool:
    return _PLACEHOLDER.fullmatch(value) is None and len(set(value)) > 1


def _is_password(value: str) -> bool:
    return _is_filled(value) and " " not in value and not value.endswith((":", "("))


def _is_mixed(value: str) -> bool:
    """Whether it is one word of letters and digits, as keys are and names seldom."""
    kinds = any(c.isdigit() for c in value) and any(c.isalpha() for c in value)
    return _is_password(value) and kinds and _entropy_bits(value) >= 3 and "/" not in value[:1]


def _is_mixed_case(value: str) -> bool:
    return any(c.isdigit() for c in value) and any(c.isupper() for c in value)


def _is_bare(value: str) -> bool:
    return _is_mixed(value) and _ATTRIBUTE.fullmatch(value) is None


def _is_random(value: str) -> bool:
    if not _BASE64.fullmatch(value) or _CHECKSUM.fullmatch(value):
        return False
    kinds = (str.isupper, str.islower, str.isdigit)
    mixed = all(sum(map(kind, value)) >= 2 for kind in kinds)
    strange = sum(len(part) for part in _PARTS.split(value) if not _PLAIN_PART.fullmatch(part))
    return mixed and strange >= _MIN_STRANGE_CHARS and _entropy_bits(value) >= _MIN_ENTROPY_BITS


def _entropy_bits(value: str) -> float:
    """Shannon's entropy of the characters, in bits per character."""
    shares: Iterator[float] = (count / len(value) for count in Counter(value).values())
    return -sum(share * math.log2(share) for share in shares)
