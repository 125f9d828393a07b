"""`serve-hub` in its own process, used by unmodified clients."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest

from huggingnersc.cli.hub.serve_hub import checked_hub
from huggingnersc.hub_server.services.fsck import CheckReport
from huggingnersc.problems import Problem
from tests.builders import IRIS, IRIS_LINK, write_tree
from tests.conftest import ROOT
from tests.forked_python import forked_python
from tests.ports import held_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Golden, RunCommand


@contextmanager
def serving(*words: str | Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run `serve-hub` on a free port and yield its URL and the process."""
    command: list[str | Path] = [forked_python(), ROOT / "main.py", "serve-hub", "--port", "0"]
    pipe = subprocess.PIPE
    server = subprocess.Popen([*command, *words], stdout=pipe, stderr=pipe, text=True)
    assert server.stderr is not None
    try:
        line = server.stderr.readline()
        found = re.search(r"http://[\d.:]+", line)
        assert found, line + server.stderr.read()
        yield found[0], server
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate()


def printed(server: subprocess.Popen[str]) -> str:
    """Return what is on stdout once stderr has reported the URL."""
    assert server.stdout is not None
    ready, _, _ = select.select([server.stdout], [], [], 10)
    assert ready, "nothing was printed"
    return os.read(server.stdout.fileno(), 1 << 16).decode()


def client(endpoint: str, token: str, *words: str | Path) -> str:
    """Run a client configured by HF_ENDPOINT and HF_TOKEN only; return its stdout."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ["HOME"],
        "HF_HUB_DISABLE_UPDATE_CHECK": "1",
        "HF_UPDATE_DOWNLOAD_COUNTS": "0",
        "HF_ENDPOINT": endpoint,
        "HF_TOKEN": token,
    }
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def iris_root(run: RunCommand, clean_env: Path) -> Path:
    """The root of the user's embedded Hub, with iris cataloged."""
    words: list[str | Path] = [IRIS / "iris_loader.py", IRIS_LINK, IRIS / "iris_metadata.json"]
    assert run("catalog-new-dataset Iris iris", *words).code == 0
    return clean_env / ".local/share/huggingnersc/hub"


def test_hf_downloads_the_cataloged_files(iris_root: Path, tmp_path: Path) -> None:
    token = (iris_root / "token").read_text(encoding="utf-8").strip()
    with serving() as (endpoint, _):
        hf = Path(sys.executable).parent / "hf"
        words: list[str | Path] = [
            "download",
            "--repo-type",
            "dataset",
            "NERSC/iris",
            "--local-dir",
            tmp_path / "d",
        ]
        client(endpoint, token, hf, *words)
    loader = (tmp_path / "d" / "iris_loader.py").read_bytes()
    assert loader.endswith((IRIS / "iris_loader.py").read_bytes())
    card = iris_root.parent / "catalog" / "iris" / "README.md"
    assert (tmp_path / "d" / "README.md").read_bytes() == card.read_bytes()


def test_load_dataset_reads_a_csv_repository(tmp_path: Path) -> None:
    script = """
from pathlib import Path; import sys
from huggingface_hub import HfApi
from datasets import load_dataset
api = HfApi()
api.create_repo("NERSC/flowers", repo_type="dataset")
api.upload_file(path_or_fileobj=sys.argv[1], path_in_repo="iris.csv", repo_id="NERSC/flowers",
                repo_type="dataset")
for streaming in (False, True):
    rows = list(load_dataset("NERSC/flowers", split="train", streaming=streaming))
    print(len(rows), rows[0]["species"])
"""
    with serving("--root", tmp_path / "root") as (endpoint, _):
        token = (tmp_path / "root" / "token").read_text(encoding="utf-8").strip()
        csv = IRIS / "data" / "iris.csv"
        printed = client(endpoint, token, sys.executable, "-c", script, csv)
    assert printed.split() == ["150", "setosa", "150", "setosa"]


def test_ctrl_c_stops_the_server_with_code_0(tmp_path: Path) -> None:
    with serving("--root", tmp_path / "root") as (_, server):
        server.send_signal(signal.SIGINT)
        _, errors = server.communicate(timeout=20)
    assert (server.returncode, errors) == (0, "")


def test_port_in_use_is_reported(tmp_path: Path, run: RunCommand) -> None:
    with serving("--root", tmp_path / "root") as (endpoint, _):
        port = endpoint.rpartition(":")[2]
        done = run(f"serve-hub --port {port} --root", tmp_path / "other")
    assert done.code == 3
    assert port in done.err


def test_host_other_than_loopback_requires_accounts(run: RunCommand, tmp_path: Path) -> None:
    done = run("serve-hub --host 0.0.0.0 --port 0 --root", tmp_path)
    assert done.code == 3
    assert "--accounts" in done.err


def test_every_problem_of_an_accounts_file_is_reported(run: RunCommand, tmp_path: Path) -> None:
    write_tree(tmp_path, {"accounts.toml": '[[users]]\nname = 3\n[[organisations]]\nname = "x"\n'})
    done = run(
        f"serve-hub --port 0 --root {tmp_path / 'root'} --accounts", tmp_path / "accounts.toml"
    )
    assert done.code == 3
    assert "users" in done.err
    assert "organisations" in done.err


def test_check_of_an_undamaged_hub_exits_with_0(run: RunCommand, iris_root: Path) -> None:
    done = run("serve-hub --check --json")
    assert done.code == 0
    assert json.loads(done.out) == {"repositories": 1, "lfs_objects": 0, "problems": []}


def test_check_without_json_prints_a_summary(run: RunCommand, iris_root: Path) -> None:
    done = run("serve-hub --check")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == list(checked_hub(CheckReport(1, 0, ())))


def test_every_report_of_a_check_reads_like_this(golden: Golden) -> None:
    damage = (Problem("datasets/NERSC/iris", "main is missing"), Problem("lfs/0a", "has 3 bytes"))
    reports = [CheckReport(1, 0, ()), CheckReport(2, 3, damage)]
    lines = [f"{line}\n" for report in reports for line in checked_hub(report)]
    golden("messages/check_hub.txt", "".join(lines))


def test_check_of_a_damaged_hub_names_the_damage(run: RunCommand, iris_root: Path) -> None:
    objects = [file for file in iris_root.rglob("objects/*/*") if file.is_file()]
    victim = max(objects, key=lambda file: file.stat().st_size)
    victim.chmod(0o644)
    victim.write_bytes(victim.read_bytes()[:-20])
    done = run("serve-hub --check --json")
    assert done.code == 1
    problems = json.loads(done.out)["problems"]
    assert [problem["where"] for problem in problems] == ["datasets/NERSC/iris"]


def test_check_of_a_folder_without_a_hub_is_refused(run: RunCommand, tmp_path: Path) -> None:
    done = run("serve-hub --check --root", tmp_path)
    assert done.code == 3
    assert str(tmp_path) in done.err


def test_stdout_configures_clients(tmp_path: Path) -> None:
    with serving("--root", tmp_path / "my root") as (endpoint, server):
        lines = printed(server).splitlines()
    token_file = tmp_path / "my root" / "token"
    assert lines == [
        f"export HF_ENDPOINT={endpoint}",
        f"export HF_TOKEN=\"$(cat '{token_file}')\"",
    ]


def test_json_holds_the_url_and_the_token_file(tmp_path: Path) -> None:
    with serving("--json", "--root", tmp_path / "root") as (endpoint, server):
        result = json.loads(printed(server))
    token_file = str(tmp_path / "root/token")
    assert result == {"endpoint": endpoint, "token_file": token_file, "tunnel": None}


def test_quiet_serves_and_prints_nothing(tmp_path: Path) -> None:
    with held_port() as port:
        words = ["serve-hub", "--quiet", "--port", str(port), "--root", str(tmp_path / "root")]
        server = subprocess.Popen(
            [forked_python(), ROOT / "main.py", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert answers(port)
        finally:
            server.send_signal(signal.SIGINT)
            out, err = server.communicate()
    assert (server.returncode, out, err) == (0, "", "")


def answers(port: int) -> bool:
    """Return whether a server on a port answers a request within about 30 seconds."""
    for _ in range(300):
        with suppress(OSError), urlopen(f"http://127.0.0.1:{port}/", timeout=30) as answer:
            return bool(answer.status == 200)
        time.sleep(0.1)
    return False
