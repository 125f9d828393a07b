from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc.adapters.engines import shard_work
from huggingnersc.adapters.engines.shard_work import work_shard
from huggingnersc.errors import RunFailedError
from tests.adapters.engines.test_run_folder import made

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def fail(_arguments: Mapping[str, Any], _items: bytes) -> bytes:
    raise ValueError("it is\nbad")


@pytest.fixture(autouse=True)
def tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(shard_work.TASKS, "hash", f"{__name__}:fail")


def test_a_shard_that_is_done_is_not_worked_again(tmp_path: Path) -> None:
    run = made(tmp_path, b"a")
    run.put_result(0, b"known")
    work_shard(run, 0)
    assert run.result(0) == b"known"


def test_a_failure_reaches_the_caller(tmp_path: Path) -> None:
    with pytest.raises(RunFailedError):
        work_shard(made(tmp_path, b"bad"), 0)
