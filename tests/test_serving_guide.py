"""What docs/serve-hub.md promises: the accounts file, the line that makes a token, and nginx."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import socket
import ssl
import subprocess
import sys
import time
from contextlib import contextmanager
from http.client import HTTPSConnection
from typing import TYPE_CHECKING

import pytest

from huggingnersc.hub_server.accounts import Role, token_hash
from huggingnersc.hub_server.login_guard import GUESSES
from huggingnersc.hub_server.services.accounts_file import read_accounts
from tests.conftest import ROOT
from tests.hub_server.wire import wired

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GUIDE = (ROOT / "docs/serve-hub.md").read_text(encoding="utf-8")

MAIN = """
{user}
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ }}
http {{
  access_log off;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  {lines}
}}
"""

CLIENT = """
import os, sys
from huggingface_hub import HfApi
api = HfApi()
api.create_repo("NERSC/iris", repo_type="dataset")
data = os.urandom(3 << 20)
for name in ("a.bin", "d/b.txt"):
    api.upload_file(path_or_fileobj=data if name == "a.bin" else b"x", path_in_repo=name,
                    repo_id="NERSC/iris", repo_type="dataset")
api.create_branch("NERSC/iris", branch="dev/x", repo_type="dataset")
got = api.hf_hub_download("NERSC/iris", "a.bin", repo_type="dataset", revision="dev/x",
                          local_dir=sys.argv[1])
assert open(got, "rb").read() == data
print(api.whoami()["name"])
"""


def block(language: str, begin: str = "") -> str:
    """Return the first of the guide's blocks of code that begins so."""
    found = re.finditer(
        rf"^```{language}\n({re.escape(begin)}.*?)^```", GUIDE, re.DOTALL | re.MULTILINE
    )
    return next(found)[1]


def test_the_accounts_of_the_guide_are_valid(tmp_path: Path) -> None:
    file = tmp_path / "accounts.toml"
    file.write_text(block("toml"))
    ada = read_accounts(file).user("ada")
    assert ada is not None
    assert ada.role_in("NERSC") is Role.ADMIN


def test_the_line_of_the_guide_makes_a_token_and_its_hash() -> None:
    line = block("sh", "python3 -c").replace("python3", shlex.quote(sys.executable))
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True)
    token, digest = done.stdout.split()
    assert token.startswith("hf_")
    assert digest == token_hash(token)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with hub.crt and hub.key for 127.0.0.1."""
    folder = tmp_path_factory.mktemp("certificate")
    options = ["-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    name = ["-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(folder / "hub.key"), "-out", str(folder / "hub.crt")]
    command = ["openssl", "req", "-x509", *options, *name, *files]
    subprocess.run(command, check=True, capture_output=True)
    return folder


@contextmanager
def nginx(folder: Path, certificate: Path, hub: str) -> Iterator[str]:
    """Run nginx with the lines of the guide in front of `hub`; yield its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    lines = block("nginx").replace("listen 443", f"listen {address}")
    lines = lines.replace("/etc/nginx/", f"{certificate}/").replace("http://127.0.0.1:8017", hub)
    user = "user root;" if os.geteuid() == 0 else ""  # else it could not read a private folder
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=user, lines=lines))
    server = subprocess.Popen(["nginx", "-p", folder, "-c", folder / "nginx.conf"])
    try:
        host, port = address.split(":")
        while server.poll() is None and not _listens(host, int(port)):
            time.sleep(0.02)
        assert server.poll() is None, (folder / "error.log").read_text()
        yield address
    finally:
        server.terminate()
        server.wait(30)


def _listens(host: str, port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((host, port)) == 0


@pytest.fixture
def proxied(tmp_path: Path, certificate: Path) -> Iterator[str]:
    """The address of nginx in front of a Hub."""
    folder = tmp_path / "nginx"
    folder.mkdir()
    with wired(tmp_path / "hub") as wire, nginx(folder, certificate, wire.endpoint) as address:
        yield address


@pytest.mark.system("nginx")
@pytest.mark.skipif(
    shutil.which("nginx") is None or shutil.which("openssl") is None,
    reason="nginx or openssl is not installed",
)
def test_a_client_works_through_the_nginx_of_the_guide(
    tmp_path: Path, certificate: Path, proxied: str
) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ["HOME"],
        "HF_ENDPOINT": f"https://{proxied}",
        "HF_TOKEN": "hf_token_of_ada",
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_UPDATE_CHECK": "1",
        "SSL_CERT_FILE": str(certificate / "hub.crt"),
    }
    done = subprocess.run(
        [sys.executable, "-c", CLIENT, tmp_path / "d"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, "ada"), done.stderr


@pytest.mark.attack("accounts")
@pytest.mark.system("nginx")
@pytest.mark.skipif(
    shutil.which("nginx") is None or shutil.which("openssl") is None,
    reason="nginx or openssl is not installed",
)
def test_no_client_of_the_nginx_of_the_guide_guesses_from_another_address(
    certificate: Path, proxied: str
) -> None:
    trusted = ssl.create_default_context(cafile=str(certificate / "hub.crt"))
    connection = HTTPSConnection(proxied, context=trusted, timeout=30)
    statuses = []
    for number in range(GUESSES + 1):
        headers = {
            "Authorization": f"Bearer hf_wrong_{number}",
            "X-Forwarded-For": f"192.0.2.{number}",
        }
        connection.request("GET", "/api/whoami-v2", headers=headers)
        answer = connection.getresponse()
        statuses.append(answer.status)
        answer.read()
    connection.close()
    assert statuses == [401] * GUESSES + [429]
