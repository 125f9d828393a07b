"""A filled Hub that tests only read, and an empty one for those that add to it."""

from __future__ import annotations

from dataclasses import dataclass
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from huggingnersc.hub_server.services.open_hub import open_hub
from tests.hub_contents import accounts, filled_hub, served

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from huggingnersc.hub_server.hub_context import HubContext


@dataclass(frozen=True)
class Answer:
    """What came back; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def html(self) -> str:
        return self.body.decode()


@dataclass(frozen=True)
class Browser:
    """Asks as a browser does, without following redirects."""

    hub: HubContext
    address: str

    def get(self, path: str, method: str = "GET", **headers: str) -> Answer:
        connection = HTTPConnection(urlsplit(self.address).netloc, timeout=30)
        sent = {"Accept": "text/html"} | {k.replace("_", "-"): v for k, v in headers.items()}
        connection.request(method, path, headers=sent)
        response = connection.getresponse()
        names = {name.lower(): value for name, value in response.getheaders()}
        answer = Answer(response.status, names, response.read())
        connection.close()
        return answer


@pytest.fixture(scope="package")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    hub = filled_hub(tmp_path_factory.mktemp("pages"))
    with served(hub) as address:
        yield Browser(hub, address)


@pytest.fixture(scope="package")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    hub = open_hub(tmp_path_factory.mktemp("bench"), accounts())
    with served(hub) as address:
        yield Browser(hub, address)
