"""Uploads through xet, and how they are declined."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from huggingface_hub import HfApi

from huggingnersc.hub_server import running_hub
from huggingnersc.hub_server.app import build_app

if TYPE_CHECKING:
    from tests.hub_server.in_process import InProcess

TOKEN = "/api/datasets/NERSC/iris/xet-write-token/main"
CLIENT = """
import sys
from huggingface_hub import HfApi
api = HfApi()
api.upload_file(path_or_fileobj=sys.argv[1], path_in_repo="big.bin", repo_id="local/big")
print(api.repo_info("local/big").sha)
"""


def with_xet(hub: InProcess, client: str = "127.0.0.1") -> InProcess:
    """The same Hub with xet switched on, asked from another address."""
    switched = replace(hub.hub, xet=True)
    return replace(hub, hub=switched, app=build_app(switched), client=client)


def test_a_client_with_nothing_set_uploads_through_xet(tmp_path: Path) -> None:
    data = os.urandom(3_000_000)
    (tmp_path / "big.bin").write_bytes(data)
    with running_hub(tmp_path / "hub", xet=True) as hub:
        api = HfApi(hub.endpoint, token=hub.token)
        api.create_repo("local/big")
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "HF_ENDPOINT": hub.endpoint,
            "HF_TOKEN": hub.token,
        }
        done = subprocess.run(
            [sys.executable, "-c", CLIENT, str(tmp_path / "big.bin")],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        path = api.hf_hub_download("local/big", "big.bin", cache_dir=tmp_path / "cache")
        assert Path(path).read_bytes() == data
        info = api.model_info("local/big", files_metadata=True)
        lfs = next(s.lfs for s in info.siblings or [] if s.rfilename == "big.bin")
        assert lfs is not None
        assert lfs.sha256 == sha256(data).hexdigest()


def test_without_the_option_xet_is_declined_with_the_setting_to_use(fresh: InProcess) -> None:
    fresh.create("NERSC/iris")
    answer = fresh.ask("GET", "/api/datasets/NERSC/iris/xet-write-token/main", user="ada")
    assert answer.status == 404
    assert "HF_HUB_DISABLE_XET=1" in answer.json["error"]


def test_a_client_of_this_machine_gets_a_folder_of_its_own(iris: InProcess) -> None:
    hub = with_xet(iris)
    answers = [hub.ask("GET", TOKEN, user="ada") for _ in range(2)]
    folders = [Path(answer.json["casUrl"].removeprefix("local://")) for answer in answers]
    assert folders[0] != folders[1]
    assert all(folder.is_dir() and hub.hub.root in folder.parents for folder in folders)
    first = answers[0]
    assert first.headers["x-xet-cas-url"] == first.json["casUrl"]
    assert first.headers["x-xet-token-expiration"] == str(first.json["exp"])


@pytest.mark.parametrize("client", ["192.0.2.1", "2001:db8::1", "not an address"])
def test_a_client_of_another_machine_is_declined(iris: InProcess, client: str) -> None:
    answer = with_xet(iris, client).ask("GET", TOKEN, user="ada")
    assert (answer.status, answer.headers["x-error-code"]) == (404, "XetDisabled")
    assert with_xet(iris, "::1").ask("GET", TOKEN, user="ada").status == 200


@pytest.mark.parametrize(("user", "status"), [(None, 401), ("eve", 403), ("ada", 200)])
def test_only_a_writer_gets_a_folder_unless_for_a_pull_request(
    iris: InProcess, user: str | None, status: int
) -> None:
    hub = with_xet(iris)
    assert hub.ask("GET", TOKEN, user=user).status == status
    proposing = hub.ask("GET", f"{TOKEN}?create_pr=1", user=user).status
    assert proposing == (401 if user is None else 200)
