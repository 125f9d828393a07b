"""A Hub filled with what its pages must show: ordinary, long, empty and hostile repositories."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

from huggingnersc.domain.repo_names import RepoKind, RepoName
from huggingnersc.hub_server.accounts import (
    Accounts,
    Organization,
    Role,
    User,
    token_hash,
)
from huggingnersc.hub_server.hub_context import HubContext
from huggingnersc.hub_server.server import address_of, bind, in_thread
from huggingnersc.hub_server.services import pull_requests
from huggingnersc.hub_server.services.commits import MAIN_REF, apply_commit, gather
from huggingnersc.hub_server.services.open_hub import open_hub
from huggingnersc.hub_server.services.repositories import create
from huggingnersc.hub_server.session import open_session
from tests.builders import IRIS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from huggingnersc.hub_server.storage.registry import RepositoryRecord

TOKEN = "hf_steward"
STEWARD = User("steward", "Data Steward", "steward@example.org", {"nersc": Role.ADMIN})
LONG_NAME = "the-" + "very-" * 17 + "long"
LONG_TITLE = "Pressure, temperature and humidity of every weather station in the world, "

IRIS_CARD = """---
license: cc-by-4.0
task_categories:
- tabular-classification
size_categories:
- n<1K
language:
- en
tags:
- biology
- tabular
pretty_name: Iris flower classification
---
# Iris flower classification

The data stays at NERSC. This repository describes it and holds the code that loads it.

## Where the data lives

| | |
|:--|:--|
| Path at NERSC | `/global/cfs/cdirs/dasrepo/www/iris` |
| Portal | [portal.nersc.gov/cfs/dasrepo/iris](https://portal.nersc.gov/cfs/dasrepo/iris) |
| Rows | 150 |

![A square](pictures/square.png)

## How to load it

[iris_loader.py](iris_loader.py) reads the data where it lies. See the [notebook](iris.ipynb).

```python
import csv
from pathlib import Path

def load(folder: Path) -> list[dict[str, str]]:
    \"\"\"Give the rows of the iris table.\"\"\"
    with (folder / "iris.csv").open() as stream:
        return list(csv.DictReader(stream))  # 150 rows
```

> Fisher measured these flowers once; everybody has measured their classifier on them since.

## Papers

- [The use of multiple measurements](https://arxiv.org/abs/2101.00001)
"""

HOSTILE_HTML = """<script>document.title = "owned"</script>
<img src=x onerror="document.title = 'owned'"><svg onload="document.title='owned'"></svg>
<a href="javascript:document.title='owned'">click</a> <a href="data:text/html,x">data</a>
<iframe src="https://evil.example/"></iframe><form action="https://evil.example/"><input></form>
<style>body { display: none }</style><meta http-equiv="refresh" content="0;url=https://evil.example/">
<p style="position:fixed" onclick="document.title='owned'">text</p>
<object data="https://evil.example/"></object><link rel="stylesheet" href="https://evil.example/">
<base href="https://evil.example/"><math><mtext><script>document.title='owned'</script></math>
"""
UNLIKE_ITS_COPY = """<pre class="code">hidden<details><summary></summary>; evil</details></pre>

<pre class="code">joined<br>lines</pre>

<pre class="code" dir="rtl"><code><span dir="ltr">a</span><span dir="ltr">b</span></code></pre>

```bash
turned \u202edouble\u202c
```

<div dir="rtl">

```bash
/plain
```

</div>
"""
HOSTILE_NAME = "<img src=x onerror=alert(1)>.md"


def accounts() -> Accounts:
    """One steward, admin of NERSC."""
    return Accounts([(STEWARD, token_hash(TOKEN))], [Organization("NERSC", "NERSC")])


def filled_hub(root: Path) -> HubContext:
    """Open a new Hub under `root` and fill it."""
    hub = open_hub(root, accounts())
    _fill_iris(hub)
    _fill_model(hub)
    _fill_long(hub)
    _fill_hostile(hub)
    make(hub, "empty")
    make(hub, "secret", private=True)
    commit(hub, "secret", {"README.md": "# Not for all"}, "Hide")
    for number in range(30):
        name = f"climate-{number:02d}"
        make(hub, name)
        card = (
            f"---\nlicense: mit\ntags: [climate]\npretty_name: Climate run {number}\n---\n# Run\n"
        )
        commit(hub, name, {"README.md": card}, "Add the card")
    commit(hub, "iris", {"NOTES.txt": "Checked again.\n"}, "Check the numbers again")
    _discuss(hub)
    return hub


@contextmanager
def served(hub: HubContext) -> Iterator[str]:
    """Serve `hub` for the duration of the block; gives its address."""
    listener = bind("127.0.0.1", 0)
    try:
        with in_thread(hub, listener):
            yield address_of(listener)
    finally:
        hub.close()
        listener.close()


def make(
    hub: HubContext, name: str, kind: RepoKind = RepoKind.DATASET, *, private: bool = False
) -> RepositoryRecord:
    """Create a repository of NERSC and return its record."""
    return create(hub, STEWARD, RepoName(kind, "NERSC", name), private=private)


def commit(
    hub: HubContext,
    name: str,
    files: Mapping[str, str | bytes] | Mapping[str, str] | Mapping[str, str | None],
    message: str,
    *,
    kind: RepoKind = RepoKind.DATASET,
) -> str:
    """Commit `files` (None deletes) to main and give the commit's id."""
    record = hub.registry.find(RepoName(kind, "NERSC", name))
    assert record is not None
    summary, _, description = message.partition("\n\n")
    lines = [_line("header", summary=summary, description=description)]
    for path, content in files.items():
        if content is None:
            lines.append(_line("deletedFile", path=path))
            continue
        data = content.encode() if isinstance(content, str) else content
        coded = base64.b64encode(data).decode()
        lines.append(_line("file", path=path, content=coded, encoding="base64"))
    session = open_session(hub, record, STEWARD)
    return apply_commit(session, gather(session, lines), MAIN_REF).sha


def png(width: int = 64, height: int = 48) -> bytes:
    """A small picture: a gradient."""
    rows = b"".join(
        b"\0" + bytes(v for x in range(width) for v in (x * 255 // width, y * 255 // height, 160))
        for y in range(height)
    )
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )


def notebook(*, html: str = "<table><tr><td>5.1</td></tr></table>") -> str:
    """A notebook with text, code, and outputs of every kind."""
    picture = base64.b64encode(png()).decode()
    outputs = [
        {
            "output_type": "stream",
            "name": "stdout",
            "text": ["150 rows\n", "\x1b[31mred\x1b[0m\n"],
        },
        {"output_type": "display_data", "data": {"image/png": picture, "text/plain": "A plot"}},
        {"output_type": "execute_result", "data": {"text/html": html, "text/plain": "table"}},
        {"output_type": "error", "ename": "E", "evalue": "bad", "traceback": ["E: bad"]},
    ]
    cells: Sequence[Mapping[str, object]] = [
        {"cell_type": "markdown", "source": "# Iris\n\nA **first** look.\n"},
        {
            "cell_type": "code",
            "execution_count": 1,
            "source": ["import csv\n", "print(len(rows))  # all of them"],
            "outputs": outputs,
        },
    ]
    metadata = {"language_info": {"name": "python"}}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells})


def data_frame(columns: int = 24, rows: int = 3) -> str:
    """The HTML that pandas makes of a wide table of numbers, 25 cells in each row."""
    head = "".join(f"<th>feature_{number}</th>" for number in range(columns))
    cells = "".join(f"<td>-{number}.{'0123456789' * 2}e-05</td>" for number in range(columns))
    body = f"<tr><th>0</th>{cells}<td>2026-11-21 10:00</td></tr>" * rows
    table = (
        f"<table border='1' class='dataframe'><thead><tr><th></th>{head}<th>at</th></tr></thead>"
    )
    return f"<div><style>td {{ color: red }}</style>{table}<tbody>{body}</tbody></table></div>"


def _line(key: str, **value: str) -> bytes:
    return json.dumps({"key": key, "value": value}).encode() + b"\n"


def _fill_iris(hub: HubContext) -> None:
    make(hub, "iris")
    loader = (IRIS / "iris_loader.py").read_text(encoding="utf-8")
    commit(hub, "iris", {"README.md": IRIS_CARD, "iris_loader.py": loader}, "Catalog iris")
    added: dict[str, str | bytes] = {
        "data/iris.csv": (IRIS / "data" / "iris.csv").read_bytes(),
        "iris.ipynb": notebook(),
        "pictures/square.png": png(),
    }
    commit(hub, "iris", added, "Add the table, the notebook and a picture")
    changed = loader.replace("import", "import os\nimport", 1) + "\n# The end.\n"
    commit(
        hub,
        "iris",
        {"iris_loader.py": changed},
        "Read the folder from the environment\n\nSo that\nit works elsewhere.",
    )


def _discuss(hub: HubContext) -> None:
    """Open a discussion (1) and a pull request (2) of iris."""
    record = hub.registry.find(RepoName(RepoKind.DATASET, "NERSC", "iris"))
    assert record is not None
    session = open_session(hub, record, STEWARD)
    text = "Are the units cm?\n\n- [x] looked at the card\n\n> [!NOTE]\n> The paper says so."
    pull_requests.open_pull(session, title="Which units?", description=text, is_pull=False)
    answer = pull_requests.comment_data(STEWARD, "They are: see https://example.org/units.")
    pull_requests.add_event(session, 1, "comment", answer)
    proposal = pull_requests.open_pull(session, title="Name the units", description="As asked.")
    line = _line("file", path="NOTES.txt", content="In cm.\n", encoding="utf-8")
    changes = [_line("header", summary="Name the units"), line]
    apply_commit(session, gather(session, changes), proposal.ref)


def _fill_model(hub: HubContext) -> None:
    make(hub, "tagger", RepoKind.MODEL)
    tags = "license: apache-2.0\npipeline_tag: tabular-classification\ndatasets: [NERSC/iris]"
    card = f"---\n{tags}\n---\n# Tagger\n"
    commit(hub, "tagger", {"README.md": card}, "Add the card", kind=RepoKind.MODEL)


def _fill_long(hub: HubContext) -> None:
    make(hub, LONG_NAME)
    tags = "".join(f"- a-rather-long-tag-number-{n}\n" for n in range(40))
    card = f"---\npretty_name: {LONG_TITLE * 2}\ntags:\n{tags}---\n# {LONG_TITLE * 2}\n\n"
    card += "Unbroken" * 60 + "\n\n`" + "code" * 60 + "`\n\n"
    card += "|" + "|".join(f"column {n}" for n in range(30)) + "|\n" + "|-" * 30 + "|\n"
    card += ("|" + "|".join(str(n * 1.5) for n in range(30)) + "|\n") * 40
    wide = (
        ",".join(f"c{n}" for n in range(100))
        + "\n"
        + (",".join("x" * 30 for _ in range(100)) + "\n") * 300
    )
    folder = "deep/" * 8
    files = {
        "README.md": card,
        "wide.csv": wide,
        "frame.ipynb": notebook(html=data_frame()),
        f"{folder}{'n' * 120}.py": "x = 1  # " + "y" * 300 + "\n" * 400,
    }
    commit(hub, LONG_NAME, files, LONG_TITLE * 4)


def _fill_hostile(hub: HubContext) -> None:
    make(hub, "hostile")
    script, picture = "<script>alert(1)</script>", "<img src=x onerror=alert(1)>"
    tags = "tags: " + json.dumps(["<b onclick=alert(1)>bold</b>", f"\"'>{script}"])
    front = f"---\nlicense: mit\n{tags}\npretty_name: '{script}'\n---\n"
    card = f"{front}# {picture}\n\n{HOSTILE_HTML}\n"
    card += "![outside](https://evil.example/pixel.png) [jump](../../../../etc/passwd)\n"
    files = {
        "README.md": card,
        HOSTILE_NAME: "# x\n" + HOSTILE_HTML,
        "commands.md": UNLIKE_ITS_COPY,
        "cells.csv": 'a,b\n<script>alert(1)</script>,"<img src=x onerror=alert(1)>"\n',
        "evil.ipynb": notebook(html=HOSTILE_HTML),
        "evil.html": HOSTILE_HTML,
        "croissant.json": json.dumps({"@type": "Dataset", "name": f"</script>{HOSTILE_HTML}"}),
    }
    commit(
        hub,
        "hostile",
        files,
        "<script>alert(1)</script> <b>bold</b>\n\n<img src=x onerror=alert(1)>",
    )
