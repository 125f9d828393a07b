"""Paths that scripts mention are found, whatever characters their names hold."""

from __future__ import annotations

import pytest

from huggingnersc import check_dataset, init_dataset, update_dataset
from tests.api.check.conftest import Kept
from tests.builders import write_tree


@pytest.mark.parametrize("name", ["My Data", "the lab's data", "run:2 (new)", "100 % $x [a]"])
def test_loader_and_batch_script_of_our_own_are_no_cause_for_a_warning(
    kept: Kept, name: str
) -> None:
    data = write_tree(kept.place / "cfs/dasrepo", {f"{name}/a.csv": "x,y\n1,2\n"}) / name
    draft = kept.place / "draft"
    init_dataset(data, nickname="iris", license="cc", distributed=True, output=draft)
    update_dataset(
        "iris",
        loader=draft / "iris_loader.py",
        batch_script=draft / "iris_batch.sh",
        site=kept.site,
    )
    assert check_dataset("iris", site=kept.site).datasets[0].findings == ()
    data.rename(kept.place / "gone")
    messages = [str(f.message) for f in check_dataset("iris", site=kept.site).datasets[0].findings]
    if "%" not in name:  # else it is cut where a pattern or variable may begin
        assert len(messages) == 2
        assert all(str(data) in message for message in messages)
