"""The part of a comparison that is shown: bounded, the largest first, nothing lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.domain.versions.compare import differences
from huggingnersc.domain.versions.comparison import summarized
from huggingnersc.domain.versions.difference_tree import TreeNode, shown_tree
from tests.versioned_catalog import entry, manifest_of

PATHS = st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map("/".join)


def tree(sizes: dict[str, int], most: int) -> TreeNode:
    files = [entry(path, str(number), size) for number, (path, size) in enumerate(sizes.items())]
    return shown_tree(summarized(differences([], [manifest_of(files)])), most)


def nodes(node: TreeNode) -> list[TreeNode]:
    return [node, *(one for below in node.nodes for one in nodes(below))]


@given(st.dictionaries(PATHS.map(lambda path: f"{path}/f"), st.integers(0, 9), max_size=30))
def test_every_file_is_shown_or_counted_as_hidden(sizes: dict[str, int]) -> None:
    for most in (0, 3, 1000):
        root = tree(sizes, most)
        found = nodes(root)
        assert len(found) - 1 <= most
        leaves = [one for one in found if not one.nodes]
        hidden = sum(one.hidden for one in found)
        assert sum(one.files for one in leaves) + hidden == len(sizes)


def test_the_largest_come_first_and_a_lone_folder_is_joined_with_its_parent() -> None:
    root = tree({"a/b/small": 1, "a/b/large": 9, "top": 5}, 10)
    assert [one.name for one in root.nodes] == ["a/b/", "top"]
    assert [one.name for one in root.nodes[0].nodes] == ["large", "small"]


def test_what_does_not_fit_is_counted() -> None:
    root = tree({f"{number}": number for number in range(50)}, 3)
    assert [one.name for one in root.nodes] == ["49", "48", "47"]
    assert root.hidden == 47
