"""Connecting to a web server: TLS and proxies as the environment sets them."""

from __future__ import annotations

import os
import ssl
from base64 import b64encode
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies_environment, proxy_bypass

from huggingnersc.adapters.transfer.failures import TransferCutError
from huggingnersc.domain.token_address import is_this_machine
from huggingnersc.errors import TransferError

if TYPE_CHECKING:
    from socket import socket
    from urllib.parse import SplitResult

_PORTS = {"http": 80, "https": 443}


class WebServer(NamedTuple):
    """A web server: who gets what is sent there."""

    scheme: str
    host: str
    port: int

    @property
    def authority(self) -> str:
        """Its host, and its port where that is not the usual one, as addresses have them.

        An address may be signed together with this name, so it has to be the very same.
        """
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def name(self) -> str:
        """Its address without a path."""
        return f"{self.scheme}://{self.authority}"


class OpenLink(NamedTuple):
    """An open connection.

    Attributes:
        socket: the connection, with TLS where the scheme asks for it.
        target_prefix: what stands before the path in a request: the address, for a proxy.
        proxy_header: the line that a proxy needs to know the user; empty without one.
    """

    socket: socket
    target_prefix: str
    proxy_header: str


def server_of(address: str) -> WebServer:
    """Return the server of an http(s) address.

    Raises:
        ValueError: it is no such address, or has a user name in it.
    """
    parts = urlsplit(address)
    if parts.scheme not in _PORTS or not parts.hostname or parts.username is not None:
        raise ValueError(f"{address} is no plain http(s) address")
    return WebServer(parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme])


def connected_to(server: WebServer, timeout_s: float) -> OpenLink:
    """Open a connection to a server, through the proxy of the environment where there is one.

    HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY are obeyed, and SSL_CERT_FILE and SSL_CERT_DIR;
    no proxy is asked for this machine.

    Raises:
        TransferCutError: nothing answers there.
        TransferError: its certificate is not trusted, or the proxy's address is of no known kind.
    """
    proxy = _proxy_of(server)
    try:
        return _opened(server, proxy, timeout_s)
    except ssl.SSLCertVerificationError as error:
        raise TransferError(
            f"The certificate of {server.name} is not trusted: {error.verify_message}.",
            hint="Where a proxy of your institution is in between, name its certificates in "
            "SSL_CERT_FILE.",
        ) from error
    except (OSError, HTTPException) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        where = f" (through the proxy {proxy.hostname})" if proxy else ""
        raise TransferCutError(f"no answer from {server.name}{where}: {reason}") from error


def _opened(server: WebServer, proxy: SplitResult | None, timeout_s: float) -> OpenLink:
    place = (server.host, server.port) if proxy is None else _place_of(proxy)
    user = _user_of(proxy) if proxy else ""
    if server.scheme == "https":
        secure = HTTPSConnection(*place, timeout=timeout_s, context=_tls())
        if proxy:
            headers = {"Proxy-Authorization": user} if user else {}
            secure.set_tunnel(server.host, server.port, headers)
        secure.connect()
        return OpenLink(secure.sock, "", "")
    plain = HTTPConnection(*place, timeout=timeout_s)
    plain.connect()
    prefix = server.name if proxy else ""
    return OpenLink(plain.sock, prefix, f"Proxy-Authorization: {user}\r\n" if user else "")


def _proxy_of(server: WebServer) -> SplitResult | None:
    if is_this_machine(server.host):
        return None
    proxies = getproxies_environment()
    address = proxies.get(server.scheme) or proxies.get("all")
    if not address or proxy_bypass(f"{server.host}:{server.port}"):
        return None
    parts = urlsplit(address if "://" in address else f"http://{address}")
    if parts.scheme != "http" or not parts.hostname:
        raise TransferError(
            f"The proxy for {server.name} is of a kind that is not known here: "
            f"{parts.scheme}://{parts.hostname}.",
            hint="Set HTTPS_PROXY and HTTP_PROXY to the http:// address of a proxy, or NO_PROXY.",
        )
    return parts


def _place_of(proxy: SplitResult) -> tuple[str, int]:
    return proxy.hostname or "", proxy.port or _PORTS["http"]


def _user_of(proxy: SplitResult) -> str:
    if proxy.username is None:
        return ""
    words = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return f"Basic {b64encode(words.encode()).decode()}"


@cache
def _tls() -> ssl.SSLContext:
    """Return the settings of TLS: what the system trusts, and what Python's web clients do."""
    context = ssl.create_default_context()
    paths = ssl.get_default_verify_paths()
    named = (paths.openssl_cafile_env, paths.openssl_capath_env)
    if not any(os.environ.get(variable) for variable in named):
        import certifi

        context.load_verify_locations(certifi.where())
    context.set_alpn_protocols(["http/1.1"])
    return context
