"""Cataloging a nickname again with something else suggests the options that change it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc.cli.program import command_words
from huggingnersc.errors import DatasetExistsError
from tests.api.iris import catalog_iris
from tests.builders import IRIS, JETCLASS, make_metadata, write_tree
from tests.wording import fixes_in

if TYPE_CHECKING:
    from pathlib import Path

    from tests.api.conftest import Centre
    from tests.conftest import RunCommand

LOADER, METADATA = IRIS / "iris_loader.py", IRIS / "iris_metadata.json"
BATCH, EXTRA = JETCLASS / "jetclass_batch.sh", JETCLASS / "jetclass_environment.yml"
OTHER_LINK = "https://portal.nersc.gov/cfs/dasrepo/iris2"
WITH_JOB = {"batch_script": BATCH, "include": [EXTRA], "job_notebook": True}


@pytest.mark.parametrize(
    ("before", "after", "options"),
    [
        ({}, {"official_name": "It's $new"}, "--official-name"),
        ({}, {"loader_script": "other.py"}, "--loader"),
        ({}, {"metadata_json": "other.json"}, "--metadata"),
        ({}, {"portal_link": OTHER_LINK}, "--portal-link --data-path"),
        ({}, {"data_path": "/data/x y"}, "--data-path"),
        ({}, {"private": True}, "--private"),
        ({"private": True}, {}, "--public"),
        ({}, {"is_distributed": True}, "--distributed"),
        ({"is_distributed": True}, {}, "--not-distributed"),
        ({}, WITH_JOB, "--batch-script --include --job-notebook"),
        (WITH_JOB, {}, "--batch-script --include --no-job-notebook"),
        (WITH_JOB, WITH_JOB | {"job_notebook": False}, "--no-job-notebook"),
        (WITH_JOB, WITH_JOB | {"include": []}, "--include"),
    ],
)
def test_hint_names_every_option_and_what_it_says_leads_there(
    centre: Centre,
    run: RunCommand,
    tmp_path: Path,
    before: dict[str, Any],
    after: dict[str, Any],
    options: str,
) -> None:
    import json

    other = {"other.py": "print('other')\n", "other.json": json.dumps(make_metadata())}
    write_tree(tmp_path, other)
    wanted = {k: tmp_path / v if str(v).startswith("other.") else v for k, v in after.items()}
    catalog_iris(centre, **before)
    with pytest.raises(DatasetExistsError) as caught:
        catalog_iris(centre, **wanted)
    _, update = fixes_in(caught.value.hint)
    words = command_words(update)
    assert words[:2] == ("update-dataset", "iris")
    assert [word for word in words if word.startswith("--")] == options.split()
    files = {
        "--loader": wanted.get("loader_script", LOADER),
        "--metadata": wanted.get("metadata_json", METADATA),
        "--batch-script": BATCH,
        "--include": EXTRA,
    }
    typed = [
        str(files[words[at - 1]]) if word == "FILE" else word for at, word in enumerate(words)
    ]
    assert run("", *typed, "--yes", "--site", centre.profile).code == 0
    assert catalog_iris(centre, **wanted).outcome == "unchanged"
