from __future__ import annotations

import keyword
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.domain.catalog.request_checks import title_problems
from huggingnersc.domain.draft.names import (
    dataset_name,
    file_stem,
    propose_nickname,
    propose_title,
)
from huggingnersc.domain.repo_names import name_problem
from tests.odd_texts import ODD


@pytest.mark.parametrize(
    ("path", "is_file", "name"),
    [
        ("/data/iris/data", False, "iris"),
        ("/x/JetClass/Train/h5", False, "JetClass"),
        ("/x/weather.nc", True, "weather"),
        ("/x/weather/data.nc", True, "weather"),
        ("/x/weather/nc", False, "weather"),
        ("/x/weather/data/nc", False, "weather"),
        ("/data/www", False, ""),
        ("/home/data", False, ""),
    ],
)
def test_name_is_the_last_part_of_the_path_that_is_not_generic(
    path: str, is_file: bool, name: str
) -> None:
    assert dataset_name(PurePosixPath(path), is_file=is_file) == name


@pytest.mark.parametrize(
    ("name", "nickname", "title"),
    [
        ("iris", "iris", "Iris"),
        ("JetClass_v1.2", "JetClass_v1.2", "JetClass v1.2"),
        ("sea surface (2020)", "sea-surface-2020", "Sea Surface (2020)"),
        ("Übung Daten", "Ubung-Daten", "Übung Daten"),
        ("U\u0308bung", "Ubung", "U\u0308bung"),
        ("Ångström ½", "Angstrom-1-2", "Ångström ½"),
        ("..odd--name..", "odd-name", "Odd Name"),
        ("x.git", "x", "X Git"),
        ("数据", None, "数据"),
        ("---", None, None),
        ("2020", "2020", None),
        ("", None, None),
    ],
)
def test_nickname_and_title_come_from_the_folder(
    name: str, nickname: str | None, title: str | None
) -> None:
    assert (propose_nickname(name), propose_title(name)) == (nickname, title)


@given(st.one_of(ODD, st.text("ab.-_/gitpyn", max_size=120)))
def test_proposals_obey_the_rules_for_what_is_given_by_hand(name: str) -> None:
    nickname, title = propose_nickname(name), propose_title(name[:150])
    assert nickname is None or name_problem(nickname) is None
    assert title is None or title_problems(title) == ()


@given(st.from_regex(r"[A-Za-z0-9._-]{1,96}", fullmatch=True))
def test_loader_can_be_imported_whatever_the_nickname(nickname: str) -> None:
    module = f"{file_stem(nickname)}_loader"
    assert module.isidentifier()
    assert not keyword.iskeyword(module)
