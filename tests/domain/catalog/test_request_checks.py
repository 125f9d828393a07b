from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given

from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.catalog.request_checks import (
    catalog_name_problems,
    fact_problems,
    file_name_problems,
    link_problems,
    loader_name,
    nickname_problems,
    paper_problems,
    text_problems,
    title_problems,
    would_be_script,
)
from tests.builders import make_entry, make_local_site, make_site
from tests.odd_texts import ODD, some

if TYPE_CHECKING:
    from huggingnersc.domain.site import Site

SITE, LOCAL_SITE = make_site(), make_local_site()


@pytest.mark.parametrize("title", ["Iris", "Fisher's “Iris” #1 <b> & co", "大きさ", "x" * 200])
def test_a_visible_line_is_a_title(title: str) -> None:
    assert title_problems(title) == ()


@pytest.mark.parametrize(
    ("title", "reported"),
    [
        ("", "is empty"),
        ("  \n", "is empty"),
        ("x" * 201, "is longer than 200"),
        ("a\nb", "on one line"),
        ("a\u202eb", "on one line"),
        ("a\x1b[31m", "on one line"),
        ("a  b", "on one line"),
        (" a", "on one line"),
        ("a\udc80", "on one line"),
    ],
)
def test_what_is_no_title_is_reported_once(title: str, reported: str) -> None:
    (problem,) = title_problems(title)
    assert problem.where == Field.OFFICIAL_NAME
    assert reported in str(problem.message)


@pytest.mark.parametrize("nickname", ["iris", "Iris-2.0_b", "a", "x" * 96])
def test_a_name_on_the_hub_is_a_nickname(nickname: str) -> None:
    assert nickname_problems(nickname, None) == ()
    assert nickname_problems(nickname, {"other_info": {"nickname": nickname}}) == ()
    assert nickname_problems(nickname, {"other_info": {}}) == ()


@pytest.mark.parametrize(
    "nickname",
    ["", ".", "..", "../x", "a/b", "a b", ".hidden", "-a", "a-", "a.", "a--b", "a..b", "x" * 97,
     "a.git", "ü", "a\n", "a\0", "iris\u202e", "~", "$HOME"],
)  # fmt: skip
def test_what_is_no_nickname_is_reported(nickname: str) -> None:
    (problem,) = nickname_problems(nickname, None)
    assert problem.where == Field.NICKNAME
    assert str(problem.message).isprintable()


def test_the_metadata_s_nickname_must_be_the_same() -> None:
    (problem,) = nickname_problems("iris", {"other_info": {"nickname": "Iris\n"}})
    assert problem.message == '"iris" is not the nickname in the metadata, "Iris"'
    assert len(nickname_problems("a/b", {"other_info": {"nickname": "c"}})) == 2


@pytest.mark.parametrize(
    "link", ["https://portal.nersc.gov/cfs/a/b", "https://a.b:8443/x?y=1#z", "https://ü.org/ß"]
)
def test_an_https_address_is_a_link(link: str) -> None:
    assert link_problems(link, SITE) == ()


@pytest.mark.parametrize(
    "link",
    ["", "http://a.b/", "ftp://a.b/", "a.b/c", "https://", "https:///x", "https://[",
     "https://a b/", "https://a.b/c\nd", "https://me:pw@a.b/", "javascript:alert(1)",
     " https://a.b/", "https://a.b/\u202e", "https://a.b/\udc80"],
)  # fmt: skip
def test_what_is_no_link_is_reported(link: str) -> None:
    (problem,) = link_problems(link, SITE)
    assert problem.where == Field.PORTAL_LINK
    assert "is not an https address" in str(problem.message)


def test_a_link_with_a_space_is_answered_with_the_one_to_write() -> None:
    (problem,) = link_problems("https://portal.nersc.gov/cfs/m1/a b", SITE)
    assert "write %20: https://portal.nersc.gov/cfs/m1/a%20b" in str(problem.message)


@pytest.mark.parametrize(
    ("site", "path", "address"),
    [
        (LOCAL_SITE, "/data/my set", "file:///data/my%20set"),
        (SITE, "/global/cfs/cdirs/m1/www/a b", "https://portal.nersc.gov/cfs/m1/a%20b"),
    ],
)
def test_a_path_for_a_link_is_answered_with_the_address_to_write(
    site: Site, path: str, address: str
) -> None:
    (problem,) = link_problems(path, site)
    assert str(problem.message).endswith(f"is a path; write the address of the data: {address}")
    assert link_problems(address, site) == ()


def test_a_path_that_no_address_leads_to_is_no_link() -> None:
    (problem,) = link_problems("/pscratch/sd/a", SITE)
    assert "is not an https address" in str(problem.message)


@pytest.mark.parametrize("link", ["file:///data/x", "FILE:///data/x", "file:x"])
def test_address_of_a_file_is_refused_beyond_the_local_site(link: str) -> None:
    (problem,) = link_problems(link, SITE)
    assert problem.where == Field.PORTAL_LINK
    assert "the site local" in str(problem.message)


def test_address_of_a_file_is_a_link_on_the_local_site() -> None:
    assert link_problems("file:///data/my%20set", LOCAL_SITE) == ()


@pytest.mark.parametrize(
    "link",
    ["file:x", "file://host/x", "file:///a b", "file:///a/../b", "file:///a%2fb", "file:///a?b",
     "file:///a#b", "file:///a%0ab", "file:///%ff", "FILE:///x\u202e", "file://[/"],
)  # fmt: skip
@pytest.mark.attack("file addresses")
def test_address_that_is_no_folder_of_this_machine_is_refused(link: str) -> None:
    (problem,) = link_problems(link, LOCAL_SITE)
    assert problem.where == Field.PORTAL_LINK


@some
@given(ODD)
def test_no_text_makes_a_check_fail_or_say_something_unprintable(text: str) -> None:
    metadata: dict[str, Any] = {"other_info": {"nickname": text}}
    problems = (
        *title_problems(text),
        *nickname_problems(text, metadata),
        *nickname_problems("iris", metadata),
        *link_problems(text, SITE),
        *link_problems(f"/{text}", LOCAL_SITE),
        *link_problems(f"https://{text}", SITE),
        *link_problems(f"file:///{text}", LOCAL_SITE),
        *file_name_problems([(Field.INCLUDE, text.replace("/", "_"))]),
    )
    assert all("\n" not in str(problem) and "\x1b" not in str(problem) for problem in problems)


def test_ordinary_file_names_are_fine() -> None:
    names = ["load.py", "job.sh", "environment.yml", "load me.py", "ü.py", "a.b.c", "data"]
    assert file_name_problems([("x", name) for name in names]) == ()


@pytest.mark.parametrize(
    ("name", "reported"),
    [
        ("README.md", "reserved"),
        ("readme.MD", "reserved"),
        ("dataset_infos.json", "reserved"),
        (".gitattributes", "reserved"),
        (".huggingface.yaml", "reserved"),
        ("-rf", "reserved"),
        ("a\nb", "control characters"),
        ("a  b", "repeated spaces"),
    ],
)
def test_a_name_with_a_meaning_is_reported(name: str, reported: str) -> None:
    (problem,) = file_name_problems([(Field.INCLUDE, name)])
    assert problem.where == Field.INCLUDE
    assert reported in str(problem.message)


def test_two_files_of_one_name_are_reported_at_both_places() -> None:
    pairs = [(Field.LOADER, "a.py"), (Field.INCLUDE, "A.py"), (Field.INCLUDE, "b.py")]
    problems = file_name_problems(pairs)
    assert [problem.where for problem in problems] == [Field.LOADER, Field.INCLUDE]
    assert all("twice" in str(problem.message) for problem in problems)


@pytest.mark.parametrize(
    ("name", "pushed"),
    [
        ("iris.py", "iris_loader.py"),
        ("Iris.PY", "iris_loader.py"),
        ("iris_loader.py", "iris_loader.py"),
        ("iris.sh", "iris.sh"),
        ("load.py", "load.py"),
    ],
)
def test_a_loader_is_renamed_where_datasets_would_run_it(name: str, pushed: str) -> None:
    assert loader_name(name, "iris") == pushed
    assert would_be_script(name, "iris") == (name != pushed)


def test_texts_in_the_metadata_that_cannot_be_cataloged_are_reported_with_their_place() -> None:
    metadata = {"datacard_tags": {"pretty_name": " \u202e"}, "other_info": {"nickname": "A b"}}
    assert [str(problem) for problem in text_problems(metadata)] == [
        "$.datacard_tags.pretty_name: is empty; it is the title in all lists",
        "$.other_info.nickname: \"A b\" may contain only ASCII letters, digits, '-', '_' and '.'",
    ]


@pytest.mark.parametrize("part", [None, 3, [], {}, {"pretty_name": 3, "nickname": None}])
def test_what_is_no_text_is_left_to_the_schema(part: object) -> None:
    assert text_problems({"datacard_tags": part, "other_info": part}) == ()
    assert text_problems(None) == ()


def test_papers_that_lead_nowhere_are_reported() -> None:
    (problem,) = paper_problems(["hello", "10.1111/j.1469", "https://x.org"])
    assert problem.where is Field.PAPERS
    assert '"hello"' in str(problem.message)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({}, []),
        ({"kernel": "pytorch-2.6.0", "run_command": "python {loader} {data}"}, []),
        ({"kernel": "my kernel"}, [Field.KERNEL]),
        ({"kernel": "../x"}, [Field.KERNEL]),
        ({"kernel": "x\n"}, [Field.KERNEL]),
        ({"run_command": "python load.py"}, [Field.RUN_COMMAND]),
        ({"run_command": "python {loader} | sh"}, [Field.RUN_COMMAND]),
        ({"private": "no"}, [Field.PRIVATE]),
    ],
)
def test_facts_that_cannot_be_are_reported(changes: dict[str, Any], where: list[Field]) -> None:
    assert [problem.where for problem in fact_problems(make_entry(**changes))] == where


@pytest.mark.parametrize(
    "name", ["iris_info.json", "iris_dataloader.ipynb", "IRIS_JOB.ipynb", "Iris_Info.JSON"]
)
def test_the_names_of_our_own_files_are_taken(name: str) -> None:
    assert catalog_name_problems([(Field.INCLUDE, name)], "iris")
    assert not catalog_name_problems([(Field.INCLUDE, name)], "mnist")


@pytest.mark.parametrize("nickname", ["iris", "mnist"])
def test_the_description_for_machines_is_always_ours(nickname: str) -> None:
    assert catalog_name_problems([(Field.INCLUDE, "Croissant.json")], nickname)
