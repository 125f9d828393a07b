from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.domain.text import diff
from huggingnersc.domain.text.diff import CONTEXT, EDIT_LIMIT, LINE_LIMIT, diff_texts

if TYPE_CHECKING:
    import pytest

TEXTS = st.lists(st.sampled_from("abcd"), max_size=30).map("\n".join)


def sides(old: str, new: str) -> tuple[list[str], list[str]]:
    """Return the lines of both texts, after checking the hunks' numbers against them."""
    before, after = old.splitlines(), new.splitlines()
    for hunk in diff_texts(old, new).hunks:
        for line in hunk:
            if line.old is not None:
                assert before[line.old - 1] == line.text
            if line.new is not None:
                assert after[line.new - 1] == line.text
    return before, after


@given(TEXTS, TEXTS)
def test_every_line_has_its_number_in_the_old_and_the_new_text(old: str, new: str) -> None:
    sides(old, new)


@given(TEXTS, TEXTS)
def test_applying_the_removals_and_additions_turns_one_text_into_the_other(
    old: str, new: str
) -> None:
    lines = [line for hunk in diff_texts(old, new).hunks for line in hunk]
    gone = {line.old for line in lines if line.mark == "-"}
    come = {line.new: line.text for line in lines if line.mark == "+"}
    kept = iter(t for n, t in enumerate(old.splitlines(), 1) if n not in gone)
    made = [come[n] if n in come else next(kept) for n in range(1, len(new.splitlines()) + 1)]
    assert made == new.splitlines()


@given(TEXTS)
def test_equal_texts_have_no_hunks(text: str) -> None:
    assert diff_texts(text, text).hunks == ()


@given(TEXTS, TEXTS)
def test_no_shorter_set_of_edits_exists(old: str, new: str) -> None:
    found = diff_texts(old, new)
    before, after = old.splitlines(), new.splitlines()
    row = list(range(len(after) + 1))
    for x, line in enumerate(before, 1):
        corner, row[0] = row[0], x
        for y, other in enumerate(after, 1):
            best = corner if line == other else 1 + min(row[y], row[y - 1])
            corner, row[y] = row[y], best
    assert found.added + found.removed == row[-1]


def test_a_hunk_has_three_lines_around_a_change() -> None:
    old = "\n".join(map(str, range(40)))
    (hunk,) = diff_texts(old, old.replace("20", "twenty")).hunks
    assert [line.mark for line in hunk] == [" "] * CONTEXT + ["-", "+"] + [" "] * CONTEXT


def test_far_changes_make_two_hunks_and_near_ones_make_one() -> None:
    old = [str(n) for n in range(60)]
    far = diff_texts("\n".join(old), "\n".join(old).replace("10", "x").replace("50", "y"))
    near = diff_texts("\n".join(old), "\n".join(old).replace("10", "x").replace("14", "y"))
    assert (len(far.hunks), len(near.hunks)) == (2, 1)


def test_texts_that_differ_too_much_are_shown_as_old_then_new() -> None:
    old = "\n".join(f"a{n}" for n in range(EDIT_LIMIT))
    new = "\n".join(f"b{n}" for n in range(EDIT_LIMIT))
    found = diff_texts(old, new)
    assert (found.added, found.removed) == (EDIT_LIMIT, EDIT_LIMIT)
    assert [line.mark for line in found.hunks[0]] == ["-"] * EDIT_LIMIT + ["+"] * EDIT_LIMIT


def test_the_search_is_not_started_over_too_many_lines() -> None:
    lines = ["same"] * (LINE_LIMIT // 2)
    assert diff._search(["x"], ["y"]) is not None
    found = diff_texts("\n".join(["a", *lines, "b"]), "\n".join(["c", *lines, "d"]))
    assert found.removed == len(lines) + 2


def test_lines_that_only_come_or_go_need_no_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(diff, "_search")
    for old, new, marks in (("a\nb", "a\nx\ny\nb", " ++ "), ("a\nb", "b", "- "), ("", "a", "+")):
        (hunk,) = diff_texts(old, new).hunks
        assert "".join(line.mark for line in hunk) == marks
