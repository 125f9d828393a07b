"""Pull requests and discussions, with the unmodified client."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from huggingface_hub import CommitOperationAdd, DiscussionWithDetails, HfApi
from huggingface_hub.errors import HfHubHTTPError

if TYPE_CHECKING:
    from tests.hub_server.wire import Wire

REPO = "NERSC/iris"


@pytest.fixture
def ada(wire: Wire) -> HfApi:
    wire.create(REPO)
    return HfApi(wire.endpoint, token="hf_token_of_ada")


@pytest.fixture
def eve(wire: Wire) -> HfApi:
    return HfApi(wire.endpoint, token="hf_token_of_eve")


def propose(api: HfApi, name: str, content: bytes) -> int:
    made = api.create_commit(
        REPO,
        [CommitOperationAdd(name, content)],
        commit_message="a change",
        repo_type="dataset",
        create_pr=True,
    )
    assert made.pr_num is not None
    return made.pr_num


def details(api: HfApi, number: int) -> DiscussionWithDetails:
    return api.get_discussion_details(REPO, number, repo_type="dataset")


def test_a_stranger_proposes_and_an_admin_merges(ada: HfApi, eve: HfApi) -> None:
    number = propose(eve, "a.txt", b"one")
    assert "a.txt" not in ada.list_repo_files(REPO, repo_type="dataset")
    assert "a.txt" in ada.list_repo_files(REPO, repo_type="dataset", revision=f"refs/pr/{number}")
    with pytest.raises(HfHubHTTPError):
        eve.merge_pull_request(REPO, number, repo_type="dataset")
    ada.merge_pull_request(REPO, number, repo_type="dataset")
    assert "a.txt" in ada.list_repo_files(REPO, repo_type="dataset")
    shown = details(ada, number)
    assert (shown.status, shown.author) == ("merged", "eve")
    assert shown.merge_commit_oid == ada.dataset_info(REPO).sha


def test_changes_to_different_files_merge_and_to_the_same_do_not(ada: HfApi, eve: HfApi) -> None:
    clash, clean = propose(eve, "a.txt", b"hers"), propose(eve, "b.txt", b"hers")
    ada.upload_file(path_or_fileobj=b"ours", path_in_repo="a.txt", repo_id=REPO,
                    repo_type="dataset")  # fmt: skip
    assert details(ada, clash).conflicting_files == ["a.txt"]
    with pytest.raises(HfHubHTTPError) as caught:
        ada.merge_pull_request(REPO, clash, repo_type="dataset")
    assert caught.value.response.status_code == 409
    ada.merge_pull_request(REPO, clean, repo_type="dataset")
    files = set(ada.list_repo_files(REPO, repo_type="dataset"))
    assert files == {".gitattributes", "a.txt", "b.txt"}


def test_discussions_are_commented_renamed_and_closed(ada: HfApi, eve: HfApi) -> None:
    made = eve.create_discussion(REPO, "A question", description="Why?", repo_type="dataset")
    comment = ada.comment_discussion(REPO, made.num, "Because.", repo_type="dataset")
    with pytest.raises(HfHubHTTPError):
        eve.edit_discussion_comment(REPO, made.num, comment.id, "No.", repo_type="dataset")
    ada.edit_discussion_comment(REPO, made.num, comment.id, "So.", repo_type="dataset")
    eve.rename_discussion(REPO, made.num, "Answered", repo_type="dataset")
    ada.change_discussion_status(REPO, made.num, "closed", repo_type="dataset")
    shown = details(ada, made.num)
    assert (shown.title, shown.status, len(shown.events)) == ("Answered", "closed", 4)
    closed = ada.get_repo_discussions(REPO, repo_type="dataset", discussion_status="closed")
    assert [item.num for item in closed] == [made.num]
    with pytest.warns(UserWarning, match="irreversible"):
        hidden = ada.hide_discussion_comment(REPO, made.num, comment.id, repo_type="dataset")
    assert (hidden.hidden, hidden.content) == (True, "")
