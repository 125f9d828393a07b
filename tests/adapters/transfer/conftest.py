"""An S3 storage for the tests of transfers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.s3_server import s3_environment, s3_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.s3_server import S3Server


@pytest.fixture(scope="session")
def storage() -> Iterator[S3Server]:
    """A storage that all tests share."""
    with s3_server() as server:
        yield server


@pytest.fixture
def s3(storage: S3Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    """The storage, to which the variables of this process point."""
    with s3_environment(storage, monkeypatch) as server:
        yield server
