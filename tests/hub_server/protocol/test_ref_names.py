from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.hub_server.protocol.ref_names import (
    full_ref_candidates,
    is_short_sha,
    ref_name_problem,
)


@pytest.mark.parametrize("name", ["main", "dev/x", "v1.0", "ä", "a@b", "feature-1"])
def test_names_git_accepts_are_accepted(name: str) -> None:
    assert ref_name_problem(name) is None


@pytest.mark.parametrize(
    "name",
    ["", "@", "a b", "a..b", "../x", "a//b", "/a", "a/", "a.", ".a", "x/.y", "a.lock", "a~1", "a^",
     "a:b", "a?", "a*", "a[", "a\\b", "a@{0}", "-a", "HEAD", "refs/heads/x", "f" * 40, "a\0"],
)  # fmt: skip
def test_names_git_or_we_cannot_take_are_refused(name: str) -> None:
    assert ref_name_problem(name) is not None


@given(st.text(max_size=60))
def test_a_revision_never_leads_outside_the_refs(revision: str) -> None:
    for ref in full_ref_candidates(revision):
        assert ref == "HEAD" or ref.startswith("refs/")
        assert ".." not in ref


def test_a_revision_is_a_branch_before_it_is_a_tag() -> None:
    assert full_ref_candidates("v1") == ("refs/heads/v1", "refs/tags/v1")
    assert full_ref_candidates("refs/pr/1") == ("refs/pr/1",)
    assert full_ref_candidates("refs/other/1") == ()
    assert full_ref_candidates("refs/pr/../heads/main") == ()


def test_seven_digits_may_be_a_commit() -> None:
    assert is_short_sha("abcdef0")
    assert not is_short_sha("abcdef")
