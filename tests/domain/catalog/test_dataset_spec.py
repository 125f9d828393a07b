from __future__ import annotations

from tests.builders import make_entry, make_metadata


def test_tags_and_papers_are_the_metadata_s() -> None:
    entry = make_entry(metadata=make_metadata(tags=["csv"], other_info={"papers": ["a", "b"]}))
    assert entry.card_tags["tags"] == ["csv"]
    assert entry.papers == ("a", "b")


def test_papers_may_be_left_out() -> None:
    assert make_entry(metadata=make_metadata(other_info={})).papers == ()
