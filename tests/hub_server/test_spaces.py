"""Spaces are repositories like others: kept, shown, and not run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from huggingface_hub import HfApi, constants
from huggingface_hub.errors import RepositoryNotFoundError

if TYPE_CHECKING:
    from tests.hub_server.in_process import InProcess
    from tests.hub_server.wire import Wire

REPO = "NERSC/demo"
CREATE = {"name": "demo", "organization": "NERSC", "type": "space"}
HTML = {"Accept": "text/html"}


@pytest.fixture
def api(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> HfApi:
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    return HfApi(wire.endpoint, token="hf_token_of_ada")


@pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")  # of the client itself
def test_the_client_creates_fills_lists_and_deletes_a_space(api: HfApi, tmp_path: Path) -> None:
    url = api.create_repo(REPO, repo_type="space", space_sdk="gradio")
    assert (url.repo_type, url.repo_id) == ("space", REPO)
    assert api.create_repo(REPO, repo_type="space", space_sdk="gradio", exist_ok=True) == url
    api.upload_file(
        path_or_fileobj=b"x = 1", path_in_repo="app.py", repo_id=REPO, repo_type="space"
    )
    big = tmp_path / "model.bin"
    big.write_bytes(b"x" * 20_000)
    api.upload_file(path_or_fileobj=big, path_in_repo="m.bin", repo_id=REPO, repo_type="space")
    files = api.list_repo_files(REPO, repo_type="space")
    assert sorted(files) == [".gitattributes", "README.md", "app.py", "m.bin"]
    local = api.hf_hub_download(REPO, "m.bin", repo_type="space", local_dir=tmp_path / "copy")
    assert Path(local).read_bytes() == big.read_bytes()
    api.delete_repo(REPO, repo_type="space")
    with pytest.raises(RepositoryNotFoundError):
        api.space_info(REPO)


def test_a_space_is_found_by_what_it_is_made_with(api: HfApi) -> None:
    api.create_repo(REPO, repo_type="space", space_sdk="docker")
    info = api.space_info(REPO)
    assert (info.id, info.sdk, info.runtime) == (REPO, "docker", None)
    assert info.tags == ["docker"]
    assert [one.sdk for one in api.list_spaces(filter="docker")] == ["docker"]
    assert list(api.list_spaces(filter="static")) == []
    assert (list(api.list_models()), list(api.list_datasets())) == ([], [])


def test_a_space_a_model_and_a_dataset_may_share_a_name(fresh: InProcess) -> None:
    for kind in ("model", "dataset"):
        fresh.create(REPO, kind=kind)
    made = fresh.ask("POST", "/api/repos/create", {**CREATE, "sdk": "static"}, user="ada")
    assert made.json["url"] == "http://hub.test/spaces/NERSC/demo"
    again = fresh.ask("POST", "/api/repos/create", {**CREATE, "sdk": "static"}, user="ada")
    assert (again.status, again.json["url"]) == (409, made.json["url"])


@pytest.mark.parametrize("sdk", [None, "", "jupyter", 1])
def test_a_space_says_what_it_is_made_with(fresh: InProcess, sdk: object) -> None:
    body = {**CREATE, "sdk": sdk} if sdk is not None else CREATE
    assert fresh.ask("POST", "/api/repos/create", body, user="ada").status == 400
    assert fresh.hub.registry.ids() == []


def test_secrets_that_a_client_sends_for_a_space_are_not_kept(fresh: InProcess) -> None:
    secrets = [{"key": "TOKEN", "value": "very-secret-value"}]
    body = {**CREATE, "sdk": "static", "secrets": secrets}
    assert fresh.ask("POST", "/api/repos/create", body, user="ada").status == 200
    kept = [file for file in fresh.hub.root.rglob("*") if file.is_file()]
    assert not any(b"very-secret-value" in file.read_bytes() for file in kept)


def test_a_space_has_pages(fresh: InProcess) -> None:
    assert "Spaces</h2>" not in fresh.ask("GET", "/NERSC", headers=HTML).body.decode()
    fresh.ask("POST", "/api/repos/create", {**CREATE, "sdk": "static"}, user="ada")
    for path in ("", "/tree/main", "/blob/main/README.md", "/commits/main", "/commit/main",
                 "/discussions"):  # fmt: skip
        answer = fresh.ask("GET", f"/spaces/{REPO}{path}", headers=HTML)
        assert (answer.status, b"NERSC" in answer.body) == (200, True), path
    card = fresh.ask("GET", f"/spaces/{REPO}", headers=HTML).body.decode()
    assert "keeps a space and does not run it" in card
    assert "--repo-type space" in card
    raw = fresh.ask("GET", f"/spaces/{REPO}/raw/main/README.md").body.decode()
    assert raw == "---\ntitle: demo\nsdk: static\npinned: false\n---\n"
    for path in ("/", "/NERSC", "/spaces"):
        html = fresh.ask("GET", path, headers=HTML).body.decode()
        assert f'href="/spaces/{REPO}"' in html


def test_a_space_is_cloned_by_git(wire: Wire, api: HfApi) -> None:
    url = api.create_repo(REPO, repo_type="space", space_sdk="static")
    path = urlsplit(url).path
    answer = wire.ask("GET", f"{path}.git/info/refs?service=git-upload-pack")
    assert (answer.status, b"refs/heads/main" in answer.body) == (200, True)


@pytest.mark.attack("accounts")
def test_a_private_space_is_hidden(fresh: InProcess) -> None:
    body = {**CREATE, "sdk": "static", "private": True}
    fresh.ask("POST", "/api/repos/create", body, user="ada")
    for path in (f"/spaces/{REPO}", f"/api/spaces/{REPO}", f"/spaces/{REPO}/raw/main/README.md"):
        assert fresh.ask("GET", path).status == 401
        assert fresh.ask("GET", path, user="bob").status == 200
