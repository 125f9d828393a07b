from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.domain.catalog.card_versions import (
    MAX_NOTE_CHARS,
    MOST_SHOWN,
    card_version,
    card_versions,
    day_of,
)
from huggingnersc.domain.catalog.version_history import RecordedVersion, VersionHistory
from tests.builders import make_entry, make_version
from tests.odd_entries import READER, body_of, file_of, plan_of
from tests.odd_texts import ODD, some

if TYPE_CHECKING:
    from markdown_it.token import Token

    from tests.conftest import Golden

HISTORY = VersionHistory(
    (
        make_version("v1", files=1, size_bytes=4_550),
        make_version(
            "v2",
            files=2,
            size_bytes=5_000_000,
            created_at="2026-12-01T10:11:12Z",
            parent="v1",
            message="Three rows corrected | see the errata.",
            changes="1 file added, 1 file modified, 0 files removed, 1 file renamed",
            labels=("paper",),
        ),
        make_version("v3", parent="other@v2", changes="0 files added", retired=True),
    )
)
ODD_VERSIONS = st.builds(
    make_version,
    st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,20}", fullmatch=True),
    message=ODD,
    changes=ODD,
    parent=ODD,
    created_at=ODD,
    labels=st.lists(ODD, max_size=3).map(tuple),
    retired=st.booleans(),
    files=st.integers(0, (1 << 63) - 1),
    size_bytes=st.integers(0, (1 << 63) - 1),
)
PLAIN = {
    *("text", "text_special", "hardbreak", "link_open", "link_close"),
    *("s_open", "s_close", "strong_open", "strong_close"),
}


def card_of(*versions: RecordedVersion) -> str:
    return file_of(plan_of(make_entry(history=VersionHistory(versions))), "README.md")


def test_card_shows_the_versions(golden: Golden) -> None:
    card = card_of(*HISTORY.versions)
    section = card[card.index("## Versions\n") :]
    size = next(line for line in card.split("\n") if line.startswith("- **Size:**"))
    golden("catalog/versions.md", f"{size}\n\n{section}")


def test_card_without_versions_says_nothing_of_them() -> None:
    assert card_versions(VersionHistory()) is None
    assert "ersion" not in body_of(card_of())


def test_newest_versions_are_shown_and_the_older_ones_counted() -> None:
    versions = tuple(make_version(f"v{number}") for number in range(MOST_SHOWN + 2))
    shown = card_versions(VersionHistory(versions))
    assert shown is not None
    assert [one.name for one in shown.shown] == [f"v{n}" for n in range(MOST_SHOWN + 1, 1, -1)]
    assert (shown.rest, shown.current.name) == (2, f"v{MOST_SHOWN + 1}")
    listed = map(text_of, items(READER.parse(body_of(card_of(*versions)))))
    assert [text.partition(",")[0] for text in listed] == [one.name for one in shown.shown]


def test_size_is_that_of_the_newest_version_that_is_not_retired() -> None:
    shown = card_versions(HISTORY)
    assert shown is not None
    assert (shown.current.name, shown.current.amount) == ("v2", "2 files, 5 MB")
    all_retired = VersionHistory(tuple(replace(one, retired=True) for one in HISTORY.versions))
    shown = card_versions(all_retired)
    assert shown is not None
    assert shown.current.name == "v3"


def test_long_message_is_cut_and_the_changes_are_shown() -> None:
    note = card_version(make_version(message="x" * 5_000, changes="1 file added")).note
    assert len(note) < 2 * MAX_NOTE_CHARS
    assert note.endswith("x.... 1 file added.")


@pytest.mark.parametrize(("moment", "day"), [("2026-11-02T00:00:00Z", "2 Nov 2026"), ("\n", "")])
def test_day_is_that_of_the_time_or_what_is_there(moment: str, day: str) -> None:
    assert day_of(moment) == day


@some
@given(st.lists(ODD_VERSIONS, min_size=1, max_size=4, unique_by=lambda one: one.name))
def test_no_text_of_a_version_changes_the_card(versions: list[RecordedVersion]) -> None:
    calm = [
        replace(one, message="m", changes="c", parent="p", labels=("l",), created_at="d")
        for one in versions
    ]
    tokens, expected = (READER.parse(body_of(card_of(*each))) for each in (versions, calm))
    assert [(one.type, one.level) for one in tokens] == [(one.type, one.level) for one in expected]
    shown = items(tokens)
    kinds = {child.type for item in shown for child in item.children or ()}
    assert kinds <= PLAIN
    for version, item in zip(reversed(versions), shown, strict=True):
        first, _, note = text_of(item).partition("\n")
        assert first.startswith(version.name)
        assert first.endswith(card_version(version).amount)
        assert note == " ".join(card_version(version).note.split())


def items(tokens: list[Token]) -> list[Token]:
    """The inline tokens of the list below the heading `Versions`."""
    texts = [one for one in tokens if one.type == "inline"]
    start = next(n for n, one in enumerate(texts) if one.content == "Versions") + 2
    return [one for one in texts[start:] if one.level > 1]


def text_of(item: Token) -> str:
    """What a reader sees of an item, a line end where it is broken."""
    return "".join(
        "\n" if child.type == "hardbreak" else child.content for child in item.children or ()
    )
