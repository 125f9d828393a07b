"""The rule of which addresses the user's saved token is sent to."""

from __future__ import annotations

from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}


class TokenRefusal(StrEnum):
    """Why a saved token is not sent to an address."""

    OTHER_HUB = "the site has another Hub"
    PLAIN_HTTP = "plain http to another machine"


def token_refusal(endpoint: str, *, own: str, is_named: bool) -> TokenRefusal | None:
    """Return why a saved token is not sent to `endpoint`; None when it is.

    Args:
        endpoint: the http(s) address that requests go to.
        own: the address in the site's profile.
        is_named: whether the user named `endpoint` for this one command or call.
    """
    if is_named:
        return None
    if origin(endpoint) != origin(own):
        return TokenRefusal.OTHER_HUB
    scheme, host, _ = origin(endpoint)
    if scheme != "https" and not is_this_machine(host):
        return TokenRefusal.PLAIN_HTTP
    return None


def origin(address: str) -> tuple[str, str, int | None]:
    """Return the scheme, host and port of an http(s) address: who receives what is sent there.

    The port is None where the address has none that is valid.
    """
    try:
        parts = urlsplit(address)
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return "", address, None  # equal to itself only
    return parts.scheme, (parts.hostname or "").rstrip("."), port


def is_same_address(one: str, other: str) -> bool:
    """Return whether two http(s) addresses differ in spelling only."""
    return origin(one) == origin(other) and _path(one) == _path(other)


def _path(address: str) -> str:
    return urlsplit(address).path.rstrip("/")


def is_this_machine(host: str) -> bool:
    """Return whether what is sent to `host` cannot leave this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:  # a name, which anyone's name server may resolve
        return False
