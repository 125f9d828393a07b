"""`upload-dataset`: it asks before anything is public, and shows where the data is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.api.iris import api, catalog_iris
from tests.hub_packs import webdataset_pack

if TYPE_CHECKING:
    from pathlib import Path

    from tests.api.conftest import Centre
    from tests.conftest import Golden, RunCommand


def test_nothing_is_uploaded_without_agreement_and_then_it_is_shown(
    centre: Centre, run: RunCommand, tmp_path: Path, golden: Golden
) -> None:
    catalog_iris(centre)
    pack = webdataset_pack(tmp_path / "pack")
    words = ("upload-dataset", "iris", str(pack), "--site", centre.profile)
    assert "it becomes private" in run("", *words, "--private", "--dry-run").out
    refused = run("", *words)
    assert refused.code == 3
    assert not api(centre).repo_exists("NERSC/iris-shards", repo_type="dataset")
    planned = run("", *words, "--dry-run")
    done = run("", *words, "--yes", "--json")
    assert (planned.code, done.code) == (0, 0)
    assert json.loads(done.out)["sent_shards"] == 3
    again = run("", *words)  # nothing to do, so nothing to agree to
    assert again.code == 0
    known = {str(tmp_path): "TMP", centre.hub.endpoint: "HUB"}
    shown = planned.out + again.out
    for text, word in known.items():
        shown = shown.replace(text, word)
    golden("messages/upload-dataset.txt", _without_commit(shown))


def _without_commit(shown: str) -> str:
    return "\n".join(line for line in shown.split("\n") if "Commit" not in line)
