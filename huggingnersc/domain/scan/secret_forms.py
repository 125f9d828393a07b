"""The forms of secrets: known formats, assignments to a revealing name, and random text.

Each form has marks. A text without any of them cannot contain the form, so its pattern is not
even compiled: most texts contain few marks, and compiling patterns is the main cost.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a secret.

    Attributes:
        kind: its name with an article, such as "a GitHub token".
        pattern: a regular expression whose group `value` is the secret.
        accepts: whether a matched value is a secret.
        marks: lower-case strings; every text that contains the form contains one of them.
    """

    kind: str
    pattern: str
    accepts: Callable[[str], bool]
    marks: tuple[str, ...]

    def matches(self, text: str, folded_text: str) -> Iterator[re.Match[str]]:
        """Yield every match in `text`; `folded_text` is the same text casefolded."""
        if any(mark in folded_text for mark in self.marks):
            for match in re.compile(self.pattern, re.MULTILINE).finditer(text):
                if self.accepts(match["value"]):
                    yield match


_KNOWN: tuple[tuple[str, str, str], ...] = (
    # NERSC: Superfacility API clients have a PEM or a JWK key; NEWT has a session cookie.
    # The match includes the line after the header, so that each key has its own hash.
    ("a private key", "private key", r"(?P<value>-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY"
     r"(?: BLOCK)?-----[^\n]*\n?[^\n]*)"),
    ("a private key", "putty-", r"(?P<value>PuTTY-User-Key-File-\d[^\n]*)"),
    ("a private key (JWK, as issued by the Superfacility API)", "d",
     r"[\"']d[\"']\s*:\s*[\"'](?P<value>[A-Za-z0-9_-]{40,})[\"']"),
    ("a NEWT session", "newt",
     r"(?i)newt_?session_?id[\"']?\s*[=:,]\s*[\"']?(?P<value>[a-z0-9]{16,})"),
    ("a Hugging Face token", "hf_",
     r"\b(?P<value>hf_(?:oauth_|jwt_)?[A-Za-z0-9]{30,})\b"),
    ("a Hugging Face token", "api_org_", r"\b(?P<value>api_org_[A-Za-z0-9]{30,})\b"),
    ("a GitHub token", "gh", r"\b(?P<value>gh[pousr]_[A-Za-z0-9]{36,})\b"),
    ("a GitHub token", "github_pat_", r"\b(?P<value>github_pat_\w{50,})\b"),
    ("a GitLab token", "gl", r"\b(?P<value>gl(?:pat|dt|ptt|rt|cbt)-[A-Za-z0-9_-]{20,})"),
    ("an AWS key", "a", r"\b(?P<value>(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16})\b"),
    ("a Google key", "aiza", r"\b(?P<value>AIza[A-Za-z0-9_-]{35})"),
    ("a Slack token", "xox", r"\b(?P<value>xox[abposr]-[A-Za-z0-9-]{10,})"),
    ("a Slack address", "hooks.slack",
     r"(?P<value>hooks\.slack\.com/services/T\w+/B\w+/\w{20,})"),
    ("a PyPI token", "pypi-age", r"\b(?P<value>pypi-AgE[A-Za-z0-9_-]{50,})"),
    ("a signed token (JWT)", "eyj",
     r"\b(?P<value>eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,})"),
)  # fmt: skip
_PASSWORD_NAME = r"(?:pass(?:word|wd|phrase)|pwd|secret)"  # noqa: S105 - a pattern
_KEY_NAME = r"(?:token(?![a-z])|api_?key|access_?key|private_?key|auth_?key|credential)"
_PASSWORD_MARKS = ("pass", "pwd", "secret")
_KEY_MARKS = ("token", "key", "credential")
_AFTER_NAME = r"[A-Za-z0-9_]{0,30}[\"']?\]?[ \t]{0,9}(?:=|:|=>)[ \t]{0,9}"
_QUOTED = r"(?P<quote>[\"'])(?P<value>[^\"'\n]{%d,200})(?P=quote)"
_BARE = r"(?P<value>[A-Za-z0-9+/=_.~-]{12,200})[ \t]*(?:#[^\n]*)?$"


@cache
def secret_forms() -> tuple[Form, ...]:
    """Return every form, the most certain first."""
    in_address = r"\b[a-z][a-z0-9+.-]{0,20}://[^\s/:@'\"<>]{1,80}:(?P<value>[^\s/@'\"<>]{1,200})@"
    signed = (
        r"(?i)[?&](?:X-Amz-Signature|X-Goog-Signature|sig|signature|token|access_token|api_?key)="
        r"(?P<value>[A-Za-z0-9%_.~+/-]{16,})"
    )
    password = rf"(?i:{_PASSWORD_NAME}){_AFTER_NAME}{_QUOTED % 6}"
    key = rf"(?i:{_KEY_NAME}){_AFTER_NAME}{_QUOTED % 16}"
    bare = rf"(?i:{_PASSWORD_NAME}|{_KEY_NAME})\w{{0,30}}[=:][ \t]?{_BARE}"
    return (
        *(Form(kind, pattern, _is_filled, (mark,)) for kind, mark, pattern in _KNOWN),
        Form("a key of an AI service", r"\b(?P<value>sk-[\w-]{20,300}+)", _is_cased, ("sk-",)),
        Form("a password in an address", in_address, _is_filled, ("@",)),
        Form("a key in an address", signed, _is_filled, ("sig", "token", "key")),
        Form("a password", password, _is_password, _PASSWORD_MARKS),
        Form("a key", key, _is_mixed, _KEY_MARKS),
        Form("a key", bare, _is_bare, (*_PASSWORD_MARKS, *_KEY_MARKS)),
        Form("a random key", _QUOTED % 32, _is_random, ("'", '"')),
    )


# Strings, because `re` compiles and caches each on first use.
_PLACEHOLDER = (
    r"(?i)[*.xX0_-]+|[<{$%].*|.*[>}]|(?:your|my|an?|the|some|example|dummy|test|fake|change|"
    r"insert|replace|put|enter|todo)(?:[ _.-].*|me.*)?|none|null|true|false|"
    r"pass(?:word|wd|phrase)|secrets?|token|key|user(?:name)?|hunter2"
)
_ATTRIBUTE = r"[A-Za-z_]\w*(?:\.\w+)+|[A-Z][A-Z0-9_]*|[a-z]+(?:_[a-z0-9]+)*"
_BASE64 = r"[A-Za-z0-9+/_-]+={0,2}"
_CHECKSUM = r"(?i)(?:sha\d+|md5)[-:=].*"
_PLAIN_PART = (
    r"(?>[A-Z]?[a-z]{2,}+|[A-Z](?![a-z])|[0-9]{1,4}+)*+|[a-z][0-9]{0,4}|[0-9a-f]*|[0-9A-F]*"
)
_MIN_STRANGE_CHARS = 20  # left after words, numbers and hexadecimal parts are removed
# Per character: random base64 of 32 characters has about 4.6, English names less than 4.2.
_MIN_ENTROPY_BITS = 4.4


def _is_filled(value: str) -> bool:
    return re.fullmatch(_PLACEHOLDER, value) is None and len(set(value)) > 1


def _is_password(value: str) -> bool:
    return _is_filled(value) and " " not in value and not value.endswith((":", "("))


def _is_mixed(value: str) -> bool:
    """Return whether `value` mixes letters and digits, as keys do and names rarely do."""
    kinds = any(c.isdigit() for c in value) and any(c.isalpha() for c in value)
    return _is_password(value) and kinds and _entropy_bits(value) >= 3 and "/" not in value[:1]


def _is_cased(value: str) -> bool:
    return any(c.isdigit() for c in value) and any(c.isupper() for c in value)


def _is_bare(value: str) -> bool:
    return _is_mixed(value) and re.fullmatch(_ATTRIBUTE, value) is None


def _is_random(value: str) -> bool:
    if not re.fullmatch(_BASE64, value) or re.fullmatch(_CHECKSUM, value):
        return False
    kinds = (str.isupper, str.islower, str.isdigit)
    mixed = all(sum(map(kind, value)) >= 2 for kind in kinds)
    parts = re.split("[-_/]", value)
    strange = sum(len(part) for part in parts if not re.fullmatch(_PLAIN_PART, part))
    return mixed and strange >= _MIN_STRANGE_CHARS and _entropy_bits(value) >= _MIN_ENTROPY_BITS


def _entropy_bits(value: str) -> float:
    """Return the Shannon entropy of `value`, in bits per character."""
    shares: Iterator[float] = (count / len(value) for count in Counter(value).values())
    return -sum(share * math.log2(share) for share in shares)
