"""Valid inputs that the fuzz tests start from."""

from __future__ import annotations

import json
from typing import Any

from huggingnersc.domain.catalog.record import FORMAT
from tests.builders import CENTRE_PROFILE, IRIS
from tests.hub_server.wire import ACCOUNTS as _ACCOUNTS

ACCOUNTS = _ACCOUNTS.encode()
SITE = CENTRE_PROFILE.format(endpoint="https://hub.test", root="/cat").encode()
_SCRIPT = {"file_name": "iris_loader.py", "text": "print(1)\n"}
RECORD: dict[str, Any] = {
    "format": FORMAT,
    "official_name": "Iris",
    "nickname": "iris",
    "distributed": False,
    "private": False,
    "repo_id": "NERSC/iris",
    "hf_dir": "https://hub.test/datasets/NERSC/iris",
    "nersc_dir": "/cat/iris",
    "data_dir": "/data/iris",
    "portal_link": "https://portal.nersc.gov/cfs/dasrepo/iris",
    "notebook": "iris_notebook.ipynb",
    "metadata": json.loads((IRIS / "iris_metadata.json").read_text()),
    "loader": _SCRIPT,
    "batch_script": None,
    "includes": [{"file_name": "environment.yml", "text": "name: x\n"}],
    "hub_files": {"README.md": {"git_oid": "0" * 40, "size_bytes": 5}},
}
SECRETS = b"""\
import os
token = os.environ["HF_TOKEN"]
HF_TOKEN = "hf_abcdefghijklmnopqrstuvwxyzABCDEFGH"
password = "correct horse"  # AKIAIOSFODNN7EXAMPLE
url = "https://ada:secret@hub.test/x?token=abc"
curl -u ada:secret -H "Authorization: Bearer abc.def.ghi" https://hub.test
PGPASSWORD=secret psql
"""
CARD = b"""\
---
license: mit
tags: [a, b]
size_categories:
- n<1K
configs:
- config_name: default
  data_files: "*.csv"
---
# Iris

| a | b |
|---|---|
| 1 | *2* |

> quote

- [x] done
  1. deep [link](x.md "t") ![p](x.png)

```python
print("x")
```
<details><summary>more</summary><b>x</b></details>
"""
NOTEBOOK: dict[str, Any] = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {"kernelspec": {"language": "python"}},
    "cells": [
        {"cell_type": "markdown", "metadata": {}, "source": ["# T\n", "text"]},
        {
            "cell_type": "code",
            "metadata": {},
            "execution_count": 1,
            "source": "print(1)",
            "outputs": [
                {"output_type": "stream", "name": "stdout", "text": ["\x1b[31m1\n"]},
                {
                    "output_type": "display_data",
                    "metadata": {},
                    "data": {
                        "text/html": "<table><tr><td>1</td></tr></table>",
                        "image/png": "iVBORw0KGgo=",
                        "text/plain": ["x"],
                    },
                },
                {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["a", "b"]},
            ],
        },
    ],
}
TABLE = b'a,b,c\n1,"x, y",3\n4,5,6\n'
OPERATIONS: tuple[tuple[str, Any], ...] = (
    ("header", {"summary": "change", "description": "why", "parentCommit": "0" * 40}),
    ("file", {"path": "d/a.txt", "content": "YQ==", "encoding": "base64"}),
    ("lfsFile", {"path": "b.bin", "algo": "sha256", "oid": "0" * 64, "size": 5}),
    ("deletedFile", {"path": "a.txt"}),
    ("deletedFolder", {"path": "d"}),
)
