"""Inspecting what is cataloged, with the Hub, without it, and from records of any age."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from huggingface_hub import HfApi

from huggingnersc import inspect_dataset
from huggingnersc.errors import DatasetUnknownError, RecordDamagedError
from tests.api.iris import catalog_iris
from tests.builders import write_tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.api.conftest import Centre

FIRST_RECORD = {
    "nickname": "iris",
    "official_name": "Iris",
    "hf_dir": "https://huggingface.co/datasets/NERSC/iris",
    "data_dir": "https://portal.nersc.gov/cfs/dasrepo/iris",
    "nersc_dir": "/global/cfs/cdirs/dasrepo/ai_ready_datasets/iris",
    "metadata": {"datacard_tags": {"pretty_name": "Iris"}, "other_info": {}},
}


def test_everything_that_was_cataloged_is_shown(centre: Centre) -> None:
    cataloged = catalog_iris(centre)
    shown = inspect_dataset("iris", site=str(centre.profile))
    assert shown.official_name == "Fisher's Iris Data"
    assert (shown.repo_id, shown.hub_url) == (cataloged.repo_id, cataloged.hub_url)
    assert (shown.hub.commit, shown.hub.private) == (cataloged.commit, False)
    assert shown.hub.as_recorded is True
    assert shown.hub.last_modified is not None
    assert shown.data_path == cataloged.data_path
    assert shown.notebook_link == cataloged.notebook_link
    assert shown.loader == "iris_loader.py"
    assert shown.metadata["datacard_tags"]["license"] == "cc"


def test_change_on_the_hub_is_seen(centre: Centre) -> None:
    catalog_iris(centre)
    HfApi(endpoint=centre.hub.endpoint, token=centre.hub.token).upload_file(
        path_or_fileobj=b"changed",
        path_in_repo="iris_loader.py",
        repo_id="NERSC/iris",
        repo_type="dataset",
    )
    assert inspect_dataset("iris", site=str(centre.profile)).hub.as_recorded is False


def test_without_the_hub_the_record_is_shown_and_the_reason(
    centre: Centre, tmp_path: Path
) -> None:
    catalog_iris(centre)
    text = centre.profile.read_text(encoding="utf-8")
    write_tree(tmp_path, {"dead.toml": text.replace(centre.hub.endpoint, "http://127.0.0.1:9")})
    shown = inspect_dataset("iris", site=str(tmp_path / "dead.toml"))
    assert shown.official_name == "Fisher's Iris Data"
    assert (shown.hub.reachable, shown.hub.commit) == (False, None)
    assert "http://127.0.0.1:9" in (shown.hub.note or "")


def test_private_repository_looks_missing_without_the_token(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog_iris(centre, private=True)
    monkeypatch.delenv("HF_TOKEN")
    shown = inspect_dataset("iris", site=str(centre.profile))
    assert (shown.hub.reachable, shown.hub.exists) == (True, False)


def test_record_of_the_first_version_is_read(centre: Centre) -> None:
    write_tree(centre.catalog, {"iris/iris_info.json": json.dumps(FIRST_RECORD)})
    shown = inspect_dataset("iris", site=str(centre.profile))
    assert shown.repo_id == "NERSC/iris"
    assert shown.portal_link == FIRST_RECORD["data_dir"]
    assert str(shown.data_path) == "/global/cfs/cdirs/dasrepo/www/iris"
    assert str(shown.catalog_dir) == FIRST_RECORD["nersc_dir"]
    assert shown.hub.as_recorded is None


def test_unknown_nickname_names_the_nearest(centre: Centre) -> None:
    catalog_iris(centre)
    with pytest.raises(DatasetUnknownError, match='No dataset "irsi"') as caught:
        inspect_dataset("irsi", site=str(centre.profile))
    assert caught.value.hint == "Did you mean iris?"


@pytest.mark.parametrize("nickname", ["", "..", "../iris", "/etc", ".locks", "iris/"])
def test_nickname_that_is_a_path_is_unknown(centre: Centre, nickname: str) -> None:
    catalog_iris(centre)
    with pytest.raises(DatasetUnknownError):
        inspect_dataset(nickname, site=str(centre.profile))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "not valid JSON at line 1, column 2"),
        ("[]", "an array of 0"),
        ('{"nickname": "iris"}', "the key official_name, hf_dir"),
        (json.dumps(FIRST_RECORD | {"hf_dir": 3}), "the key hf_dir holds the number 3"),
        (json.dumps(FIRST_RECORD | {"format": 9}), "its format is the number 9"),
        (json.dumps(FIRST_RECORD | {"format": 2}), "the key repo_id is missing"),
    ],
)
def test_damaged_record_says_which_file_and_what_is_wrong(
    centre: Centre, content: str, reason: str
) -> None:
    write_tree(centre.catalog, {"iris/iris_info.json": content})
    with pytest.raises(RecordDamagedError) as caught:
        inspect_dataset("iris", site=str(centre.profile))
    assert "iris/iris_info.json" in str(caught.value)
    assert reason in str(caught.value)
    assert "snapshot" in str(caught.value.hint)
