"""A Hub that is killed while eight clients write loses nothing it acknowledged."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from huggingface_hub import HfApi

from huggingnersc import check_hub
from tests.conftest import ROOT
from tests.hub_writers import Writer, writing
from tests.ports import held_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CLIENTS = 8
KILLS = 20


def serve(root: Path, port: int) -> subprocess.Popen[str]:
    """Start `serve-hub` and wait until it reports its URL."""
    command: list[str | Path] = [
        sys.executable, ROOT / "main.py", "serve-hub", "--port", str(port), "--root", root,
    ]  # fmt: skip
    server = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    assert server.stderr is not None
    line = server.stderr.readline()
    assert re.search(r"http://", line), line + server.stderr.read()
    return server


@pytest.fixture
def port() -> Iterator[int]:
    """A TCP port that is kept for the Hub, also while it is killed and started again."""
    with held_port() as held:
        yield held


def commits(api: HfApi, repo_id: str) -> set[str]:
    return {commit.commit_id for commit in api.list_repo_commits(repo_id, repo_type="dataset")}


def test_killed_twenty_times_under_eight_writers_it_keeps_all_it_acknowledged(
    tmp_path: Path, port: int
) -> None:
    root = tmp_path / "hub"
    endpoint = f"http://127.0.0.1:{port}"
    server = serve(root, port)
    token = (root / "token").read_text(encoding="utf-8").strip()
    api = HfApi(endpoint=endpoint, token=token)
    # Seven clients have a repository each; the eighth shares the first one's.
    names = [f"NERSC/set-{number % (CLIENTS - 1)}" for number in range(CLIENTS)]
    for name in sorted(set(names)):
        api.create_repo(name, repo_type="dataset")
    writers = [Writer(endpoint, token, name, number) for number, name in enumerate(names)]
    reports = []
    with writing(writers):
        for kill in range(KILLS):
            time.sleep(0.2 + 0.03 * kill)
            server.send_signal(signal.SIGKILL)
            server.communicate()
            reports.append(check_hub(root=root))
            server = serve(root, port)
    acknowledged = {writer.number: set(writer.acknowledged) for writer in writers}
    kept = {writer.number: commits(api, writer.repo_id) for writer in writers}
    server.send_signal(signal.SIGINT)
    server.communicate()
    assert [report.problems for report in reports] == [()] * KILLS
    assert {number: made - kept[number] for number, made in acknowledged.items()} == {
        number: set() for number in acknowledged
    }
    assert all(acknowledged.values())
    assert [writer.refused for writer in writers] == [[]] * CLIENTS


def test_eight_clients_on_one_repository_lose_nothing(tmp_path: Path, port: int) -> None:
    root = tmp_path / "hub"
    endpoint = f"http://127.0.0.1:{port}"
    server = serve(root, port)
    token = (root / "token").read_text(encoding="utf-8").strip()
    api = HfApi(endpoint=endpoint, token=token)
    api.create_repo("NERSC/one", repo_type="dataset")
    writers = [Writer(endpoint, token, "NERSC/one", number) for number in range(CLIENTS)]
    with writing(writers):
        time.sleep(3)
    made = [oid for writer in writers for oid in writer.acknowledged]
    files = set(api.list_repo_files("NERSC/one", repo_type="dataset"))
    history = commits(api, "NERSC/one")
    server.send_signal(signal.SIGINT)
    server.communicate()
    assert len(made) == len(set(made)) > CLIENTS
    assert set(made) <= history
    assert len(files) == len(made) + 1  # each commit added one file to .gitattributes
    assert [writer.refused for writer in writers] == [[]] * CLIENTS
    assert check_hub(root=root).problems == ()
