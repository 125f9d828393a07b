"""A Hub that is killed while eight clients write loses nothing it acknowledged."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

import pytest
from huggingface_hub import HfApi

from huggingnersc import check_hub
from tests.forked_hubs import ForkedHubs
from tests.hub_writers import Writer, writing
from tests.ports import held_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CLIENTS = 8
KILLS = 20


@pytest.fixture
def port() -> Iterator[int]:
    """A TCP port that is kept for the Hub, also while it is killed and started again."""
    with held_port() as held:
        yield held


@pytest.fixture
def hubs(tmp_path: Path, port: int) -> Iterator[ForkedHubs]:
    """Hubs in `hub`, one after the other."""
    with ForkedHubs(tmp_path / "hub", port) as hubs:
        yield hubs


def started(hubs: ForkedHubs, root: Path, port: int) -> HfApi:
    """Start the first Hub and return a client of it."""
    hubs.start()
    token = (root / "token").read_text(encoding="utf-8").strip()
    return HfApi(endpoint=f"http://127.0.0.1:{port}", token=token)


def writer(api: HfApi, repo_id: str, number: int) -> Writer:
    return Writer(api.endpoint, str(api.token), repo_id, number)


def await_commits(writers: list[Writer], more: int) -> None:
    """Wait until the writers have `more` commits than now, while they go on writing."""
    least = more + sum(len(each.acknowledged) for each in writers)
    deadline = time.monotonic() + 60
    while sum(len(each.acknowledged) for each in writers) < least:
        assert time.monotonic() < deadline
        time.sleep(0.001)


def commits(api: HfApi, repo_id: str) -> set[str]:
    return {commit.commit_id for commit in api.list_repo_commits(repo_id, repo_type="dataset")}


def test_killed_twenty_times_under_eight_writers_it_keeps_all_it_acknowledged(
    tmp_path: Path, port: int, hubs: ForkedHubs
) -> None:
    root = tmp_path / "hub"
    api = started(hubs, root, port)
    # Seven clients have a repository each; the eighth shares the first one's.
    names = [f"NERSC/set-{number % (CLIENTS - 1)}" for number in range(CLIENTS)]
    for name in sorted(set(names)):
        api.create_repo(name, repo_type="dataset")
    writers = [
        Writer(api.endpoint, str(api.token), name, number) for number, name in enumerate(names)
    ]
    reports = []
    with writing(writers):
        for kill in range(KILLS):
            await_commits(writers, 1 + 2 * (kill % 5))
            hubs.end(signal.SIGKILL)
            reports.append(check_hub(root=root))
            hubs.start()
    acknowledged = {each.number: set(each.acknowledged) for each in writers}
    kept = {each.number: commits(api, each.repo_id) for each in writers}
    hubs.end(signal.SIGINT)
    assert [report.problems for report in reports] == [()] * KILLS
    assert {number: made - kept[number] for number, made in acknowledged.items()} == {
        number: set() for number in acknowledged
    }
    assert sum(map(len, acknowledged.values())) > 4 * KILLS
    assert [each.refused for each in writers] == [[]] * CLIENTS


def test_eight_clients_on_one_repository_lose_nothing(
    tmp_path: Path, port: int, hubs: ForkedHubs
) -> None:
    root = tmp_path / "hub"
    api = started(hubs, root, port)
    api.create_repo("NERSC/one", repo_type="dataset")
    writers = [
        Writer(api.endpoint, str(api.token), "NERSC/one", number) for number in range(CLIENTS)
    ]
    with writing(writers):
        await_commits(writers, 5 * CLIENTS)
    made = [oid for each in writers for oid in each.acknowledged]
    files = set(api.list_repo_files("NERSC/one", repo_type="dataset"))
    history = commits(api, "NERSC/one")
    hubs.end(signal.SIGINT)
    assert len(made) == len(set(made)) > CLIENTS
    assert set(made) <= history
    assert len(files) == len(made) + 1  # each commit added one file to .gitattributes
    assert [each.refused for each in writers] == [[]] * CLIENTS
    assert check_hub(root=root).problems == ()
