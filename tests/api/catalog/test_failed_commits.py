"""A failed commit is reported with the state it leaves behind, as far as that is known."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc.errors import HubError
from tests.api.iris import catalog_iris, commits, is_private, tree, update_iris
from tests.faults.proxy import Fault, FaultyProxy
from tests.faults.world import quick_sleep
from tests.ports import held_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.api.conftest import Centre

UNKNOWN = "Whether it was done is not known; the same command checks and completes it."
COMMIT = 5  # of the requests of a command


@contextmanager
def refusing(centre: Centre, kind: str) -> Iterator[None]:
    """Let the commit of the next command fail."""
    with held_port() as port:
        direct = centre.profile.read_text(encoding="utf-8")
        proxied = direct.replace(centre.hub.endpoint, f"http://127.0.0.1:{port}")
        centre.profile.write_text(proxied, encoding="utf-8")
        proxy = FaultyProxy(port, centre.hub.endpoint)
        with proxy.during(Fault(kind, COMMIT, lasting=True)), quick_sleep([]):
            yield
        centre.profile.write_text(direct, encoding="utf-8")
    assert "/commit/" in proxy.requests[COMMIT]


def message_of(work: Callable[[], Any]) -> str:
    with pytest.raises(HubError) as caught:
        work()
    return str(caught.value)


@pytest.mark.parametrize(
    ("kind", "end"),
    [
        ("403", "(HTTP 403). The repository NERSC/iris is still empty."),
        ("412", "(HTTP 412)."),
        ("500", f"(HTTP 500). {UNKNOWN}"),
    ],
)
def test_first_commit(centre: Centre, kind: str, end: str) -> None:
    with refusing(centre, kind):
        assert message_of(lambda: catalog_iris(centre)).endswith(end)
    assert commits(centre) == ["initial commit"]
    assert tree(centre.catalog) == {}
    assert [path.name for path in centre.catalog.iterdir()] == [".locks"]
    assert catalog_iris(centre).outcome == "completed"


@pytest.mark.parametrize(
    ("kind", "end"),
    [
        ("403", "(HTTP 403). The repository NERSC/iris is as it was but private now."),
        ("412", "(HTTP 412)."),
        ("503", f"(HTTP 503). {UNKNOWN}"),
    ],
)
def test_commit_of_an_update_that_also_hides_the_repository(
    centre: Centre, kind: str, end: str
) -> None:
    catalog_iris(centre)
    before = tree(centre.catalog)
    with refusing(centre, kind):
        words = {"official_name": "New", "private": True}
        assert message_of(lambda: update_iris(centre, **words)).endswith(end)
    assert is_private(centre)
    assert tree(centre.catalog) == before  # nor is the staged folder left
    assert update_iris(centre, **words).outcome == "updated"
