from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.hub_server.in_process import InProcess


def test_a_probe_needs_no_token(iris: InProcess) -> None:
    answer = iris.ask("GET", "/healthz")
    assert (answer.status, answer.json) == (200, {"status": "ok"})
    assert answer.headers["cache-control"] == "no-store"
    assert iris.ask("HEAD", "/healthz").status == 200


def test_a_hub_that_cannot_read_its_registry_is_not_healthy(fresh: InProcess) -> None:
    (fresh.hub.root / "hub.sqlite3").write_bytes(b"no database" * 1000)
    assert fresh.ask("GET", "/healthz").status == 500
