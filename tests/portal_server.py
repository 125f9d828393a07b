"""A portal on this machine: nginx that lists folders over TLS, as a center's does."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.test_serving_guide import MAIN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

needs_nginx = pytest.mark.skipif(
    not all(map(shutil.which, ("nginx", "openssl", "wget"))),
    reason="nginx, openssl or wget is not installed",
)
_SERVER = """
server {{
  listen {address} ssl;
  ssl_certificate {folder}/portal.crt;
  ssl_certificate_key {folder}/portal.key;
  location / {{ root {served}; autoindex on; }}
}}
"""


@contextmanager
def portal(folder: Path, served: Path) -> Iterator[tuple[str, Path]]:
    """Serve `served` over TLS; yield the address and the certificate.

    Args:
        folder: an empty folder for the server's own files.
        served: what is listed.
    """
    certificate = _certificate(folder)
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    lines = _SERVER.format(address=address, folder=folder, served=served)
    user = "user root;" if os.geteuid() == 0 else ""  # else it could not read a private folder
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=user, lines=lines))
    server = subprocess.Popen(["nginx", "-p", folder, "-c", folder / "nginx.conf"])
    try:
        while server.poll() is None and not _listens(address):
            time.sleep(0.02)
        assert server.poll() is None, (folder / "error.log").read_text()
        yield f"https://{address}", certificate
    finally:
        server.terminate()
        server.wait(30)


def _listens(address: str) -> bool:
    host, _, port = address.partition(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


def _certificate(folder: Path) -> Path:
    options = ["-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    name = ["-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(folder / "portal.key"), "-out", str(folder / "portal.crt")]
    command = ["openssl", "req", "-x509", *options, *name, *files]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "portal.crt"
