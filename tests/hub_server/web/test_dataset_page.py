"""The front page of a dataset: how to get its data, before anything else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from huggingnersc.adapters.templates import render
from huggingnersc.domain.loading.shards_script import script_shards, shards_loader
from huggingnersc.domain.repo_names import RepoKind, RepoName
from huggingnersc.hub_server.accounts import local_accounts, local_token
from huggingnersc.hub_server.services.open_hub import open_hub
from huggingnersc.hub_server.services.repositories import create
from tests.domain.loading.test_upload import UPLOAD
from tests.domain.loading.test_upload_bucket import BUCKET
from tests.hub_contents import commit, make, served
from tests.hub_server.web.conftest import Browser

LOADER = """# Comment added by HuggingNERSC; the rest of the file is as its author wrote it.
#
# Data: /global/cfs/jets
# Portal: https://portal.example.org/jets
# Run: python jets.py /global/cfs/jets
#
def load(path):
    return path
"""
BATCH = "#!/bin/bash\n# Run: sbatch job.sh /global/cfs/jets\n#SBATCH -N 2\nsrun python jets.py\n"
CARD = f"""---
pretty_name: Jets
configs: [{{config_name: default, data_files: [{{split: train, path: "data/*"}}]}}]
---
# Simulated jets

Ten million jets.

## Code

```python
{LOADER}
```
"""
FILES = {"README.md": CARD, "jets.py": LOADER, "job.sh": BATCH, "labels.csv": "a\n1\n"}


def page(bench: Browser, name: str, files: dict[str, str]) -> str:
    address = f"/datasets/NERSC/{name}"
    if bench.hub.registry.find(RepoName(RepoKind.DATASET, "NERSC", name)) is None:
        make(bench.hub, name)
        commit(bench.hub, name, files, "Add")
    return bench.get(address).html


def snippets(html: str) -> dict[str, str]:
    found = re.findall(r'data-copy="([^"]*)"><code>(.*?)</code></pre>', html, re.DOTALL)
    return {title: unescape(re.sub("<[^>]*>", "", text)) for title, text in found}


def test_the_page_leads_with_where_the_data_is_and_the_commands_that_load_it(
    bench: Browser,
) -> None:
    html = page(bench, "jets", FILES)
    lead, _, card = html.partition('class="card-page"')
    assert ">/global/cfs/jets</code>" in lead
    assert 'href="https://portal.example.org/jets"' in lead
    ways = snippets(lead)
    assert list(ways) == [
        "Run the loader", "Load in Python", "Run as a batch job", "Download", "Clone",
    ]  # fmt: skip
    assert ways["Run the loader"].endswith("cd jets\npython jets.py /global/cfs/jets")
    assert f'"{bench.address}"' in ways["Load in Python"]
    assert ways["Run as a batch job"].endswith("cd jets\nsbatch job.sh /global/cfs/jets")
    assert "Ten million jets." in card


def test_data_that_was_uploaded_elsewhere_is_loaded_by_the_script_of_its_shards(
    bench: Browser,
) -> None:
    shards = script_shards(replace(UPLOAD, bucket=BUCKET), "NERSC/sharded")
    script = shards_loader("sharded", "Jets", shards, (), render).content.decode()
    load = "from load_sharded import load"
    assert load in re.sub(
        r"<[^>]*>", "", page(bench, "sharded", FILES | {"load_sharded.py": script})
    )
    own = FILES | {"load_unsharded.py": "def load(path): ...\n"}  # of a steward
    assert "load_unsharded import" not in re.sub(r"<[^>]*>", "", page(bench, "unsharded", own))


def test_only_the_first_way_is_open(bench: Browser) -> None:
    html = page(bench, "jets", FILES)
    assert re.findall(r'<details class="way" name="way"( open)?>', html) == [" open", *[""] * 4]


def test_the_size_of_a_repository_without_data_is_that_of_its_card_and_code(
    bench: Browser,
) -> None:
    html = page(bench, "jets", FILES)
    assert "<dt>Card and code</dt>" in html
    assert 'Download <span class="of">card and code</span>' in html
    with_data = page(bench, "sample", {"README.md": "# S", "data/a.csv": "a\n1\n"})
    assert "<dt>Files</dt>" in with_data
    assert "The data is in this repository" in with_data
    assert "load_dataset" in snippets(with_data)["Load in Python"]


def test_a_dataset_has_one_title(bench: Browser) -> None:
    html = page(bench, "jets", FILES)
    assert re.findall(r"<h1[^>]*>([^<]*)</h1>", html) == ["Simulated jets"]
    assert html.partition("</head>")[2].count("Simulated jets") == 1
    assert re.search(r"<h2 [^>]*>Code <a ", html)


def test_without_a_heading_the_title_is_the_card_s_pretty_name_or_the_name(
    bench: Browser,
) -> None:
    pretty = page(bench, "pretty", {"README.md": "---\npretty_name: Fine\n---\nText"})
    assert re.findall(r"<h1[^>]*>([^<]*)</h1>", pretty) == ["Fine"]
    assert ">bare</h1>" in page(bench, "bare", {"a.txt": "x"})


def test_a_title_may_be_written_from_right_to_left(bench: Browser) -> None:
    html = page(bench, "arabic", {"README.md": "# \u0628\u064a\u0627\u0646\u0627\u062a\n"})
    assert '<h1 class="repo-name" dir="auto">\u0628\u064a\u0627\u0646\u0627\u062a</h1>' in html


def test_code_and_tables_of_a_card_are_reached_by_the_keyboard(bench: Browser) -> None:
    html = page(bench, "wide", {"README.md": "```\nx\n```\n\n|a|\n|-|\n|b|\n"})
    assert re.search(r'<pre [^>]*tabindex="0"', html.partition('class="card-page"')[2])
    assert '<div class="table-frame" tabindex="0">' in html


def test_a_gated_dataset_shows_nothing_of_its_scripts(bench: Browser) -> None:
    files = {**FILES, "README.md": "# Gated\n"}
    assert "/global/cfs/jets" in page(bench, "gated-jets", files)
    record = bench.hub.registry.find(RepoName(RepoKind.DATASET, "NERSC", "gated-jets"))
    assert record is not None
    bench.hub.registry.set_gated(record.storage_id, "manual")
    assert "/global/cfs/jets" not in page(bench, "gated-jets", files)


@pytest.mark.parametrize("way", ["Run the loader", "Load in Python"])
def test_what_the_page_says_runs_when_it_is_pasted(
    bench: Browser, tmp_path: Path, way: str
) -> None:
    read = f"{LOADER}\nprint('reads', load('{tmp_path}'))\n"
    loader = read.replace("/global/cfs/jets", str(tmp_path)).replace("jets.py", "pasted.py")
    html = page(bench, f"pasted-{way[:3]}", {"README.md": "# P\n", "pasted.py": loader})
    shell = ["bash", "-e", "-c"] if way == "Run the loader" else [sys.executable, "-c"]
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "HF_HOME": str(tmp_path / "home"), "PATH": path}
    command = [*shell, snippets(html)[way]]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.stdout.endswith(f"reads {tmp_path}\n"), done.stderr


def test_the_page_of_a_private_repository_takes_back_that_no_token_is_sent(tmp_path: Path) -> None:
    hub = open_hub(tmp_path, local_accounts(tmp_path, ["NERSC"]))
    token = local_token(tmp_path)
    user = hub.accounts.user_of(token)
    assert user is not None
    with served(hub) as address:
        for name, private, said in (("open", False, "1"), ("closed", True, "0")):
            create(hub, user, RepoName(RepoKind.DATASET, "NERSC", name), private=private)
            browser = Browser(hub, address)
            answer = browser.get(f"/datasets/NERSC/{name}", Authorization=f"Bearer {token}")
            assert answer.status == 200
            text = re.sub("<[^>]*>", "", answer.html)
            assert set(re.findall("IMPLICIT_TOKEN=(.)", text)) == {said}
