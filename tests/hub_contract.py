"""What every Hub we talk to must do, said with the unmodified client.

`tests/hub_server/test_contract.py` runs it against the embedded Hub; pointed at another
Hub, with a namespace to write in, the same class is the live test.
"""

from __future__ import annotations

import urllib.request
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi
from huggingface_hub.errors import (
    EntryNotFoundError,
    HfHubHTTPError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CARD = b"---\nlicense: cc-by-4.0\ntask_categories:\n- tabular-classification\n---\n# A set\n"


# The client sends LFS files in a way its own HTTP library has deprecated.
@pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")
class HubContract:
    """Inherit, and give the fixtures `api` (with a token) and `namespace` (to write in)."""

    @pytest.fixture
    def repo(self, api: HfApi, namespace: str) -> Iterator[str]:
        repo_id = f"{namespace}/contract-{uuid4().hex[:8]}"
        api.create_repo(repo_id, repo_type="dataset")
        yield repo_id
        api.delete_repo(repo_id, repo_type="dataset", missing_ok=True)

    def test_a_new_repository_begins_with_one_commit(self, api: HfApi, repo: str) -> None:
        commits = api.list_repo_commits(repo, repo_type="dataset")
        assert [commit.title for commit in commits] == ["initial commit"]
        assert api.list_repo_files(repo, repo_type="dataset") == [".gitattributes"]

    def test_creating_twice_is_a_conflict_unless_allowed(self, api: HfApi, repo: str) -> None:
        with pytest.raises(HfHubHTTPError) as caught:
            api.create_repo(repo, repo_type="dataset")
        assert caught.value.response.status_code == 409
        again = api.create_repo(repo, repo_type="dataset", exist_ok=True)
        assert again.repo_id == repo

    def test_files_come_back_as_they_went(self, api: HfApi, repo: str, tmp_path: Path) -> None:
        big = bytes(range(256)) * 8000
        operations = [
            CommitOperationAdd("README.md", CARD),
            CommitOperationAdd("deep/er/empty.txt", b""),
            CommitOperationAdd("deep/big.bin", big),
        ]
        api.create_commit(repo, operations, commit_message="three files", repo_type="dataset")
        for operation in operations:
            path = api.hf_hub_download(
                repo, operation.path_in_repo, repo_type="dataset", cache_dir=tmp_path
            )
            with open(path, "rb") as stream:  # noqa: PTH123 - a path as the client gives it
                assert stream.read() == operation.path_or_fileobj

    def test_a_snapshot_holds_every_file(self, api: HfApi, repo: str, tmp_path: Path) -> None:
        api.upload_file(
            path_or_fileobj=b"a\n1\n", path_in_repo="data/a.csv", repo_id=repo, repo_type="dataset"
        )
        folder = api.snapshot_download(repo, repo_type="dataset", local_dir=tmp_path / "copy")
        assert folder == str(tmp_path / "copy")
        assert (tmp_path / "copy" / "data" / "a.csv").read_bytes() == b"a\n1\n"
        assert (tmp_path / "copy" / ".gitattributes").is_file()

    def test_a_stale_parent_is_refused(self, api: HfApi, repo: str) -> None:
        first = api.repo_info(repo, repo_type="dataset").sha
        api.upload_file(
            path_or_fileobj=b"1", path_in_repo="a.txt", repo_id=repo, repo_type="dataset"
        )
        with pytest.raises(HfHubHTTPError) as caught:
            api.upload_file(
                path_or_fileobj=b"2",
                path_in_repo="a.txt",
                repo_id=repo,
                repo_type="dataset",
                parent_commit=first,
            )
        assert caught.value.response.status_code == 412

    def test_one_commit_adds_and_deletes(self, api: HfApi, repo: str) -> None:
        for name in ("keep.txt", "folder/a.txt", "folder/b.txt"):
            api.upload_file(
                path_or_fileobj=b"x", path_in_repo=name, repo_id=repo, repo_type="dataset"
            )
        api.create_commit(
            repo,
            [CommitOperationDelete("folder/"), CommitOperationAdd("new.txt", b"y")],
            commit_message="change",
            repo_type="dataset",
        )
        files = api.list_repo_files(repo, repo_type="dataset")
        assert sorted(files) == [".gitattributes", "keep.txt", "new.txt"]

    def test_the_card_becomes_tags(self, api: HfApi, repo: str) -> None:
        api.upload_file(
            path_or_fileobj=CARD, path_in_repo="README.md", repo_id=repo, repo_type="dataset"
        )
        tags = api.dataset_info(repo).tags or []
        assert "license:cc-by-4.0" in tags
        assert "task_categories:tabular-classification" in tags

    def test_what_is_missing_is_named(self, api: HfApi, repo: str, tmp_path: Path) -> None:
        with pytest.raises(RepositoryNotFoundError):
            api.dataset_info(repo + "-not")
        with pytest.raises(RevisionNotFoundError):
            api.dataset_info(repo, revision="nowhere")
        with pytest.raises(EntryNotFoundError):
            api.hf_hub_download(repo, "none.txt", repo_type="dataset", cache_dir=tmp_path)

    def test_private_is_invisible_without_a_token(
        self, api: HfApi, repo: str, tmp_path: Path
    ) -> None:
        api.update_repo_settings(repo, repo_type="dataset", visibility="private")
        assert api.dataset_info(repo).private is True
        visitor = HfApi(api.endpoint, token=False)
        with pytest.raises(RepositoryNotFoundError):
            visitor.dataset_info(repo)
        with pytest.raises(RepositoryNotFoundError):
            visitor.hf_hub_download(
                repo, ".gitattributes", repo_type="dataset", cache_dir=tmp_path
            )

    def test_branches_and_tags_live_and_die(self, api: HfApi, repo: str) -> None:
        api.create_branch(repo, branch="dev/x", repo_type="dataset")
        api.create_tag(repo, tag="v1", tag_message="one", repo_type="dataset")
        refs = api.list_repo_refs(repo, repo_type="dataset")
        assert {ref.name for ref in refs.branches} == {"main", "dev/x"}
        assert refs.tags[0].target_commit == refs.branches[0].target_commit
        api.delete_branch(repo, branch="dev/x", repo_type="dataset")
        api.delete_tag(repo, tag="v1", repo_type="dataset")
        refs = api.list_repo_refs(repo, repo_type="dataset")
        assert ([ref.name for ref in refs.branches], refs.tags) == (["main"], [])

    def test_a_range_gives_just_these_bytes(self, api: HfApi, repo: str) -> None:
        api.upload_file(
            path_or_fileobj=b"0123456789", path_in_repo="d.txt", repo_id=repo, repo_type="dataset"
        )
        url = f"{api.endpoint}/datasets/{repo}/resolve/main/d.txt"
        request = urllib.request.Request(url, headers={"Range": "bytes=2-4"})
        with urllib.request.urlopen(request) as answer:
            assert (answer.status, answer.read()) == (206, b"234")
            assert answer.headers["Content-Range"] == "bytes 2-4/10"
