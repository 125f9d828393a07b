"""The life of the server that runs inside a command."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from huggingnersc.errors import SettingsError
from huggingnersc.hub_server import running_hub, serve
from tests.builders import write_tree

if TYPE_CHECKING:
    from pathlib import Path


def test_ctrl_c_while_it_starts_ends_its_thread_in_good_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", failed.append)
    with running_hub(tmp_path):
        pass  # everything is imported, so that the next start is a quick one

    clock, ours = time.monotonic, threading.current_thread()

    def interrupted() -> float:  # the command reads the clock once its thread has been started
        if threading.current_thread() is ours:
            raise KeyboardInterrupt
        return clock()

    with monkeypatch.context() as change:
        change.setattr(time, "monotonic", interrupted)
        with pytest.raises(KeyboardInterrupt):
            running_hub(tmp_path).__enter__()
    assert [thread for thread in threading.enumerate() if thread.name == "embedded-hub"] == []
    assert failed == []


def test_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    data = write_tree(tmp_path / "data", {"obs.csv": "1\n"})
    with pytest.raises(SettingsError, match=r"holds no Hub, but other files \(obs.csv\)"):
        serve(data, port=0)
    assert [file.name for file in data.iterdir()] == ["obs.csv"]
