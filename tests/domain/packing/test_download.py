"""What is downloaded of a dataset, and which paths may be."""

from __future__ import annotations

import pytest

from huggingnersc.domain.packing.download import (
    DownloadOptions,
    path_problem,
    portal_link_in,
    shard_split,
    whole_shards,
)


def test_only_takes_paths_that_match_a_pattern() -> None:
    options = DownloadOptions(only=("*.csv", "b/?"))
    taken = [
        path for path in (b"a.csv", b"d/a.csv", b"b/c", b"b/cc", b"B/c") if options.takes(path)
    ]
    assert taken == [b"a.csv", b"d/a.csv", b"b/c"]
    assert DownloadOptions().takes(b"not\xffutf8")


@pytest.mark.parametrize(
    "path", [b"", b"/a", b"a//b", b"a/", b"./a", b"a/../b", b"..", b"a\0b", b"x" * 256]
)
def test_a_path_that_is_none_below_a_folder_is_told(path: bytes) -> None:
    assert path_problem(path)


@pytest.mark.parametrize("path", [b"a", b"a/b", b"..a", b"a/.b", b"x" * 255, b"a\nb", b"\xff"])
def test_any_other_name_is_a_path(path: bytes) -> None:
    assert path_problem(path) is None


def test_shards_are_whole_where_none_is_missing() -> None:
    train = [f"data/train-{number:05}-of-00003.tar.gz" for number in range(3)]
    test = ["data/test-00000-of-00001.parquet"]
    others = ["README.md", "data/other.tar", "x/data/train-00000-of-00001.tar"]
    assert whole_shards([*others, *train, *test]) == tuple(sorted([*train, *test]))
    assert whole_shards([*others, *train[1:], *test]) == ()
    assert whole_shards(others) == ()
    assert [shard_split(path) for path in (train[0], test[0], others[1])] == [
        "train",
        "test",
        None,
    ]


@pytest.mark.parametrize(
    ("script", "link"),
    [
        (b"# Data: /x\n# Portal: https://p.gov/cfs/a/b%20c\n", "https://p.gov/cfs/a/b%20c"),
        (b'import x\nPORTAL = "https://p.gov/cfs/a/"  # where\n', "https://p.gov/cfs/a/"),
        (b"# Portal: file:///data\n", None),
        (b"print('Portal: https://p.gov')\n", None),
        (b"", None),
    ],
)
def test_the_link_to_the_data_is_found_in_published_scripts(
    script: bytes, link: str | None
) -> None:
    assert portal_link_in(script) == link
