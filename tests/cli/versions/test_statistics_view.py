"""The statistics of a version on a terminal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from huggingnersc.domain.versions.statistics import statistics_bytes
from huggingnersc.domain.versions.version import STATISTICS_FILE
from tests.api.iris import catalog_iris
from tests.api.iris_versions import add_version
from tests.domain.versions.documents import all_parts, make_column, make_statistics, make_table
from tests.hostile_texts import HOSTILE, harm

if TYPE_CHECKING:
    from tests.api.conftest import Centre
    from tests.conftest import Golden, RunCommand


def test_statistics_of_a_version_are_shown(
    run: RunCommand, centre: Centre, golden: Golden
) -> None:
    catalog_iris(centre)
    add_version(centre, "v1", contents={STATISTICS_FILE: statistics_bytes(all_parts())})
    words = ("inspect-dataset", "iris@v1", "--statistics", "--site", centre.profile)
    done = run(*words)
    assert done.code == 0
    golden("messages/statistics.txt", done.out)
    shown = json.loads(run(*words, "--json").out)
    assert shown["version"] == "v1"
    assert shown["statistics"] == all_parts()


@pytest.mark.parametrize("other", ["--manifest", "--export=sha256sum"])
def test_two_forms_at_once_are_refused(run: RunCommand, centre: Centre, other: str) -> None:
    done = run("inspect-dataset", "iris@v1", "--statistics", other, "--site", centre.profile)
    assert done.code == 2


@pytest.mark.attack("hostile names")
def test_no_name_of_the_data_reaches_the_terminal_as_it_is(
    run: RunCommand, centre: Centre
) -> None:
    catalog_iris(centre)
    column = make_column(HOSTILE, min=HOSTILE, max=HOSTILE, type=HOSTILE)
    found = make_statistics(
        tables=[make_table(column, name=HOSTILE, split=HOSTILE)],
        problems=[{"file": HOSTILE, "message": HOSTILE}],
        by_folder=[{"folder": HOSTILE, "files": 1, "size_bytes": 1}] * 2,
    )
    add_version(centre, "v1", contents={STATISTICS_FILE: statistics_bytes(found)})
    done = run("inspect-dataset", "iris", "--statistics", "--site", centre.profile)
    assert done.code == 0
    assert not harm(done.out)
