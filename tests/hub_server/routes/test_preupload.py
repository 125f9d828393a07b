"""How a client is asked to upload each file."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from tests.hub_server.wire import text_file

if TYPE_CHECKING:
    from tests.hub_server.in_process import InProcess

API = "/api/datasets/NERSC/iris"


def test_preupload_says_how_what_is_ignored_and_what_is_there(filled: InProcess) -> None:
    filled.commit("NERSC/iris", text_file(".gitignore", "*.log\n"))

    def asked(path: str, size: int = 3, sample: bytes = b"abc") -> dict[str, object]:
        return {"path": path, "size": size, "sample": base64.b64encode(sample).decode()}

    files = [asked("a.txt"), asked("b.bin"), asked("c.log"), asked("d", 20_000_000)]
    body = {"files": files}
    answer = filled.ask("POST", f"{API}/preupload/main", body, user="ada").json["files"]
    assert [row["uploadMode"] for row in answer] == ["regular", "lfs", "regular", "lfs"]
    assert [row["shouldIgnore"] for row in answer] == [False, False, True, False]
    assert answer[0]["oid"] == filled.ask("GET", f"{API}/tree/main").json[-1]["oid"]
    assert "oid" not in answer[1]
