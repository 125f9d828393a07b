from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from huggingnersc.api.versions.read_statistics import read_statistics
from huggingnersc.domain.versions.statistics import statistics_bytes
from huggingnersc.domain.versions.version import STATISTICS_FILE
from huggingnersc.errors import VersionDamagedError, VersionUnknownError
from tests.api.iris import catalog_iris
from tests.api.iris_versions import add_version
from tests.domain.versions.documents import make_statistics

if TYPE_CHECKING:
    from tests.api.conftest import Centre

STATISTICS = make_statistics()


def test_statistics_of_the_version_or_of_the_current_one(centre: Centre) -> None:
    catalog_iris(centre)
    for number, name in enumerate(("v1", "v2"), 1):
        content = statistics_bytes(make_statistics(files=number))
        add_version(centre, name, contents={STATISTICS_FILE: content})
    read = read_statistics("iris@v1", site=str(centre.profile))
    assert (read.version, read.statistics["files"]) == ("v1", 1)
    assert read_statistics("iris", site=str(centre.profile)).statistics["files"] == 2


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{",
        b'{"format": 2}',
        json.dumps({**STATISTICS, "files": "many"}).encode(),
        json.dumps({key: one for key, one in STATISTICS.items() if key != "tables"}).encode(),
        b'{"format": 1, "format": 1}',
        b'{"format": NaN}',
        b'{"a": ' * 2_000,
    ],
)
def test_statistics_that_someone_changed_are_damaged(centre: Centre, content: bytes) -> None:
    catalog_iris(centre)
    add_version(centre, contents={STATISTICS_FILE: statistics_bytes(STATISTICS)})
    (centre.catalog / "iris/versions/v1/statistics.json").write_bytes(content)
    with pytest.raises(VersionDamagedError):
        read_statistics("iris", site=str(centre.profile))


def test_version_without_statistics_says_so(centre: Centre) -> None:
    catalog_iris(centre)
    add_version(centre, documents={}, published=())
    with pytest.raises(VersionUnknownError):
        read_statistics("iris@v1", site=str(centre.profile))


def test_other_statistics_of_the_right_form_are_damaged(centre: Centre) -> None:
    catalog_iris(centre)
    add_version(centre, contents={STATISTICS_FILE: statistics_bytes(STATISTICS)})
    altered = statistics_bytes({**STATISTICS, "files": 2})
    (centre.catalog / "iris/versions/v1/statistics.json").write_bytes(altered)
    with pytest.raises(VersionDamagedError):
        read_statistics("iris", site=str(centre.profile))
