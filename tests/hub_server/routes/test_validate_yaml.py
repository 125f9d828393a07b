from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.hub_server.in_process import in_process

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.hub_server.in_process import InProcess

URL = "/api/validate-yaml"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InProcess]:
    with in_process(tmp_path_factory.mktemp("yaml")) as running:
        yield running


def test_errors_refuse_a_card_and_warnings_do_not(hub: InProcess) -> None:
    good = hub.ask("POST", URL, {"content": "---\nlicense: mit\n---\n"})
    assert (good.status, good.json) == (200, {"errors": [], "warnings": []})
    warned = hub.ask("POST", URL, {"content": "---\ntags: [x]\n---\n"})
    assert (warned.status, len(warned.json["warnings"])) == (200, 1)
    bad = hub.ask("POST", URL, {"content": "---\nlicense: none-such\nlanguage: 5\n---\n"})
    assert (bad.status, len(bad.json["errors"])) == (400, 2)


def test_a_client_that_asks_for_text_gets_one_line_for_each_finding(hub: InProcess) -> None:
    content = {"content": "---\nlicense: none-such\nlanguage: 5\n---\n"}
    answer = hub.ask("POST", URL, content, headers={"Accept": "text/plain"})
    assert (answer.status, len(answer.body.splitlines())) == (400, 2)
    assert answer.headers["content-type"].startswith("text/plain")
