"""Text for logs and messages, with nothing in it that opens a door."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit, urlunsplit

MASK = "***"
# What a Hub is asked; all else in a query (signatures, keys, tokens) is nobody's business.
_OPEN_PARAMETERS = {
    "author", "blobs", "cardData", "cursor", "direction", "expand", "filter", "full", "limit",
    "recursive", "search", "securityStatus", "sort", "type",
}  # fmt: skip
_SECRETS = re.compile(
    r"""(?ix)
      (?P<header> \b authorization \W{1,6} (?: b['"] )? (?:bearer|basic) \s+ ) [^\s'"]+
    | (?P<kind> \b (?:bearer|basic) \s+ ) [\w.~+/=-]{16} [^\s'"]*  # shorter: an ordinary word
    | (?<=://) [^/\s]+ (?=@)       # user and password in an address; a password may hold an @
    | \b hf_[a-z0-9_-]{30,}        # a token of the Hub
    """
)


def redact(text: str) -> str:
    """Return `text` with every token.

    Password and Authorization header in it replaced by `***`.
    """
    return _SECRETS.sub(_mask, text)


def redact_address(address: str) -> str:
    """Return a web address whose password and unknown query values are replaced by `***`."""
    parts = urlsplit(address)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    query = "&".join(f"{key}={value if key in _OPEN_PARAMETERS else MASK}" for key, value in pairs)
    return redact(urlunsplit(parts._replace(query=query)))


def _mask(found: re.Match[str]) -> str:
    return f"{found['header'] or found['kind'] or ''}{MASK}"
