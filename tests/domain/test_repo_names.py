from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.domain.repo_names import RepoKind, RepoName, name_problem, repo_id_problem


@pytest.mark.parametrize("name", ["iris", "a", "A.b_c-d", "__USER__", "x" * 96, "9lives"])
def test_names_the_client_allows_are_allowed(name: str) -> None:
    assert name_problem(name) is None


@pytest.mark.parametrize(
    "name",
    ["", "x" * 97, "a b", "a/b", "ä", "-a", "a-", ".a", "a.", "a--b", "a..b", "a.git", "a\n"],
)
def test_names_the_client_rejects_are_rejected(name: str) -> None:
    assert name_problem(name) is not None


@given(st.text(max_size=100))
def test_no_allowed_name_can_be_a_path(name: str) -> None:
    if name_problem(name) is None:
        assert not set(name) & set("/\\\0%?#\n")
        assert name not in {".", ".."}


@pytest.mark.parametrize("repo_id", ["iris", "api/iris", "datasets/iris", "a/b/c", "/iris", "a/"])
def test_an_id_is_a_free_namespace_and_a_name(repo_id: str) -> None:
    assert repo_id_problem(repo_id) is not None


def test_addresses_of_datasets_carry_a_prefix_and_those_of_models_none() -> None:
    assert RepoName(RepoKind.DATASET, "NERSC", "iris").url_path == "datasets/NERSC/iris"
    assert RepoName(RepoKind.MODEL, "NERSC", "iris").url_path == "NERSC/iris"
    assert RepoKind.from_plural("models") is RepoKind.MODEL
    assert RepoKind.from_plural("spaces") is RepoKind.SPACE
    assert RepoKind.from_plural("papers") is None
