"""Records as earlier versions wrote them stay as they are while there is nothing to change."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from huggingnersc import check_dataset, inspect_dataset, remove_dataset, restore_dataset
from tests.api.iris import catalog_iris, update_iris
from tests.api.old_record import FIRST_RECORD
from tests.builders import write_tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.api.conftest import Centre


def record_of(centre: Centre) -> Path:
    return centre.catalog / "iris" / "iris_info.json"


def make_older(centre: Centre) -> bytes:
    """Take the slashes away, which versions between the first and this one did not write."""
    content = json.loads(record_of(centre).read_bytes())
    for key in ("hf_dir", "nersc_dir"):
        content[key] = content[key].removesuffix("/")
    older = (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()
    record_of(centre).write_bytes(older)
    return older


def test_texts_joined_as_the_first_version_s_readers_do_are_paths(centre: Centre) -> None:
    catalog_iris(centre)
    content = json.loads(record_of(centre).read_bytes())
    assert content["nersc_dir"] + "iris_info.json" == str(record_of(centre))
    assert content["hf_dir"] + "tree/main" == (
        f"{centre.hub.endpoint}/datasets/NERSC/iris/tree/main"
    )


def test_commands_with_nothing_to_do_leave_an_older_record_to_the_byte(centre: Centre) -> None:
    catalog_iris(centre)
    older = make_older(centre)
    assert catalog_iris(centre).outcome == "unchanged"
    assert catalog_iris(centre, dry_run=True).outcome == "unchanged"
    assert update_iris(centre).outcome == "unchanged"
    checks = check_dataset("iris", site=str(centre.profile))
    assert not [f for one in checks.datasets for f in one.findings if f.about == "record"]
    remove_dataset("iris", site=str(centre.profile))
    restore_dataset("iris", site=str(centre.profile))
    assert record_of(centre).read_bytes() == older


def test_an_update_that_changes_something_writes_the_form_of_today(centre: Centre) -> None:
    catalog_iris(centre)
    make_older(centre)
    assert update_iris(centre, official_name="Iris").outcome == "updated"
    content = json.loads(record_of(centre).read_bytes())
    assert content["hf_dir"].endswith("/iris/")


def test_the_slash_of_a_first_record_is_not_shown(centre: Centre) -> None:
    slashed = {key: f"{FIRST_RECORD[key]}/" for key in ("hf_dir", "nersc_dir")}
    record = json.dumps(FIRST_RECORD | slashed)
    write_tree(centre.catalog / "iris", {"iris_info.json": record})
    inspected = inspect_dataset("iris", site=str(centre.profile))
    assert inspected.hub_url == FIRST_RECORD["hf_dir"]
    assert str(inspected.catalog_dir) == FIRST_RECORD["nersc_dir"]
