"""Connecting to web servers through proxies and by TLS, as the environment says."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.transfer import http_connect, retries
from huggingnersc.adapters.transfer.http_connect import server_of
from huggingnersc.errors import TransferError
from tests.file_server import file_server
from tests.portal_server import needs_nginx, portal
from tests.transfers import content_of, fetch, wanted, web_source

if TYPE_CHECKING:
    from pathlib import Path

FILES = {b"a.csv": b"1\n"}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "_PAUSES_S", (0.01,))
    http_connect._tls.cache_clear()


def test_a_proxy_of_the_environment_is_asked_with_its_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with file_server({b"http://portal.invalid/a.csv": b"1\n"}) as proxy:
        place = proxy.address.removeprefix("http://")
        monkeypatch.setenv("http_proxy", f"http://user:pass@{place}")
        source = web_source("http://portal.invalid", token="secret", home="https://portal.invalid")
        fetch(source, wanted(FILES), tmp_path / "out", jobs=1)
    assert content_of(tmp_path / "out") == FILES
    assert [token for *_, token in proxy.requests] == [""]


@pytest.mark.parametrize(
    ("address", "authority"),
    [
        ("https://portal.invalid/x", "portal.invalid"),
        ("https://portal.invalid:443", "portal.invalid"),
        ("http://portal.invalid:8080/", "portal.invalid:8080"),
        ("http://[::1]:8017/x", "[::1]:8017"),
    ],
)
def test_a_server_is_named_as_addresses_are_signed(address: str, authority: str) -> None:
    assert server_of(address).authority == authority


@pytest.mark.parametrize("address", ["ftp://a.invalid/", "https://me:word@a.invalid/", "https://"])
def test_an_address_that_is_no_plain_one_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        server_of(address)


def test_no_proxy_is_asked_for_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with file_server(FILES) as server:
        fetch(web_source(server.address), wanted(FILES), tmp_path / "out", jobs=1)
    assert content_of(tmp_path / "out") == FILES


@pytest.mark.parametrize("address", ["socks5://127.0.0.1:9", "https://127.0.0.1:9"])
def test_a_proxy_of_another_kind_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("https_proxy", address)
    with pytest.raises(TransferError):
        fetch(web_source("https://portal.invalid"), wanted(FILES), tmp_path / "out", jobs=1)


@needs_nginx
@pytest.mark.system("nginx")
def test_a_portal_is_trusted_by_its_certificate_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served, own = tmp_path / "served", tmp_path / "own"
    for folder in (served, own):
        folder.mkdir()
    (served / "a.csv").write_bytes(FILES[b"a.csv"])
    with portal(own, served) as (address, certificate):
        with pytest.raises(TransferError) as caught:
            fetch(web_source(address), wanted(FILES), tmp_path / "out", jobs=1)
        assert "SSL_CERT_FILE" in str(caught.value.hint)
        http_connect._tls.cache_clear()
        monkeypatch.setenv("SSL_CERT_FILE", os.fspath(certificate))
        fetch(web_source(address), wanted(FILES), tmp_path / "out", jobs=2)
    assert content_of(tmp_path / "out") == FILES
