"""Removal of secrets from text for logs and messages."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit, urlunsplit

MASK = "***"
# Parameters of Hub requests; every other value of a query may be a signature, key or token.
_OPEN_PARAMETERS = {
    "author", "blobs", "cardData", "cursor", "direction", "expand", "filter", "full", "limit",
    "recursive", "search", "securityStatus", "sort", "type",
}  # fmt: skip
_SECRETS = re.compile(
    r"""(?ix)
      (?P<header> \b authorization \W{1,6} (?: b['"] )? (?:bearer|basic) \s+ ) [^\s'"]+
    | (?P<kind> \b (?:bearer|basic) \s+ ) [\w.~+/=-]{16} [^\s'"]*  # shorter: a plain word
    | (?<=://) [^/\s]+ (?=@)       # user and password in an address; a password may hold an @
    | \b hf_[a-z0-9_-]{30,}        # a token of the Hub
    """
)


def redact(text: str) -> str:
    """Return `text` with every token, password and Authorization header replaced by `***`.

    These are the forms that `domain/scan` finds in files.
    """
    from huggingnersc.domain.scan.secrets import secret_spans

    text = _SECRETS.sub(_mask, text)
    kept, end = [], 0
    for start, last in secret_spans(text):
        if start >= end:
            kept += [text[end:start], MASK]
        end = max(end, last)
    return "".join((*kept, text[end:]))


def redact_address(address: str) -> str:
    """Return a web address whose password and unknown query values are replaced by `***`."""
    parts = urlsplit(address)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    query = "&".join(f"{key}={value if key in _OPEN_PARAMETERS else MASK}" for key, value in pairs)
    return redact(urlunsplit(parts._replace(query=query)))


def _mask(found: re.Match[str]) -> str:
    return f"{found['header'] or found['kind'] or ''}{MASK}"
