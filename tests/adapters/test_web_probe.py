"""A real server on this machine, asked for headers only."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.web_probe import head, proxies

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Portal(BaseHTTPRequestHandler):
    """Answers by path; keeps every method that was used."""

    methods: list[str]
    secure: str

    def do_HEAD(self) -> None:
        type(self).methods.append(f"HEAD {self.path}")
        goals = {"/to-http": f"http://{self.headers['Host']}/ok", "/to-https": f"{self.secure}/ok",
                 "/loop": f"{self.secure}/loop"}  # fmt: skip
        if self.path in goals:
            self.send_response(302)
            self.send_header("Location", goals[self.path])
        else:
            self.send_response({"/ok": 200, "/closed": 403}.get(self.path, 404))
        self.end_headers()

    def do_GET(self) -> None:
        type(self).methods.append(f"GET {self.path}")
        self.send_error(500)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served(tls: ssl.SSLContext | None) -> Iterator[str]:
    Portal.methods = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Portal) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        address = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
        Portal.secure = address
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield address
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A certificate of this machine's own, trusted for the time of the test."""
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    words = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    subprocess.run(
        ["openssl", *words, "-keyout", key, "-out", cert, *subject],
        check=True,
        capture_output=True,
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context


def test_statuses_are_returned_and_nothing_is_downloaded() -> None:
    with served(None) as address:
        statuses = [head(f"{address}{path}").status for path in ("/ok", "/closed", "/gone")]
        assert statuses == [200, 403, 404]
        assert Portal.methods == ["HEAD /ok", "HEAD /closed", "HEAD /gone"]


def test_redirect_to_plain_http_is_not_followed() -> None:
    with served(None) as address:
        answer = head(f"{address}/to-http")
        assert answer.status is None
        assert "/ok" in answer.reason
        assert Portal.methods == ["HEAD /to-http"]


@pytest.mark.system("openssl")
@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_redirect_to_https_is_followed_with_head(certificate: ssl.SSLContext) -> None:
    with served(certificate) as address:
        answer = head(f"{address}/to-https")
        assert (answer.status, answer.url) == (200, f"{address}/ok")
        assert Portal.methods == ["HEAD /to-https", "HEAD /ok"]


@pytest.mark.system("openssl")
@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_redirects_in_a_circle_end(certificate: ssl.SSLContext) -> None:
    with served(certificate) as address:
        assert head(f"{address}/loop").status == 302
        assert len(Portal.methods) <= 12


@pytest.mark.system("openssl")
@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_certificate_that_is_not_trusted_is_the_reason(
    certificate: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with served(certificate) as address:
        answer = head(f"{address}/ok")
    assert answer.status is None
    assert "certificate" in answer.reason.lower()


def test_closed_port_and_invalid_addresses_have_no_status_but_a_reason() -> None:
    for url in ("http://127.0.0.1:9/x", "file:///etc/passwd", "https://[bad/x"):
        answer = head(url)
        assert answer.status is None
        assert answer.reason


def test_proxies_are_those_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:3128")
    assert proxies()["https"] == "http://127.0.0.1:3128"
