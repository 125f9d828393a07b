"""Commands that only read explain every odd answer of a Hub; none ends as a bug."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.api.iris import catalog_iris, tree
from tests.hostile_hub import answers_changed, with_content

if TYPE_CHECKING:
    import httpx2

    from tests.api.conftest import Centre
    from tests.conftest import RunCommand

pytestmark = pytest.mark.attack("Hub answers")

LINES = (
    "list-datasets --from-hub",
    "inspect-dataset iris",
    "check-dataset iris",
    "check-dataset --all",
    "update-dataset iris --dry-run",
    "remove-dataset iris --dry-run",
    "doctor",
)
BODIES = (
    b"", b"null", b"[]", b"{}", b"[null]", b"\xff", b"[" * 100_000, b"<html>Log in</html>",
)  # fmt: skip
VALUES: tuple[Any, ...] = (None, 5, 10**400, "\x1b[2J", [], {}, [None], "x" * 100_000)


def _with_every_value(content: bytes, value: object) -> bytes:
    """Return a JSON answer in which each value of the objects at its top is `value`."""
    answer = json.loads(content)
    if isinstance(answer, list):
        return json.dumps([dict.fromkeys(one, value) for one in answer]).encode()
    return json.dumps(dict.fromkeys(answer, value)).encode()


@pytest.mark.parametrize("line", LINES)
def test_a_command_that_reads_explains_odd_answers(
    line: str, run: RunCommand, centre: Centre
) -> None:
    catalog_iris(centre)
    before = tree(centre.catalog)
    odd: bytes | object = None

    def change(_request: httpx2.Request, answer: httpx2.Response) -> httpx2.Response:
        if answer.status_code != 200 or "json" not in answer.headers.get("content-type", ""):
            return with_content(answer, answer.content)
        content = odd if isinstance(odd, bytes) else _with_every_value(answer.content, odd)
        return with_content(answer, content)

    with answers_changed(change):
        for odd in (*BODIES, *VALUES):
            done = run(line, "--site", centre.profile)
            assert done.code in {0, 1, 3}, (odd, done.err)
            assert (done.code == 3) == done.err.startswith("error: "), done.err
    assert tree(centre.catalog) == before
