"""What a record says is checked like what a steward types, whoever wrote it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

import pytest

from huggingnersc.domain.catalog.folder_content import FolderContent
from huggingnersc.domain.catalog.plan import make_plan
from huggingnersc.domain.catalog.record import Record, RecordedFile
from huggingnersc.domain.catalog.record_checks import (
    file_problems,
    name_problems,
    place_problems,
    typed_problems,
)
from huggingnersc.domain.catalog.request_checks import link_problems
from huggingnersc.domain.catalog.scripts import Script
from huggingnersc.domain.site import EMBEDDED
from tests.builders import IRIS_LINK, make_entry, make_site

pytestmark = pytest.mark.attack("catalog records")
SITE = make_site()
FOLDER = PurePosixPath("/catalog/iris")
OID = "0" * 40


def a_record(**changes: Any) -> Record:
    entry = make_entry(batch_script=Script("run.sh", "#!/bin/sh\n"), job_notebook=True)
    return replace(make_plan(entry, SITE, lambda *_, **__: "").record, **changes)


def places(record: Record) -> list[str]:
    found = (*place_problems(record, SITE), *name_problems(record), *typed_problems(record, SITE))
    assert all(str(problem).isprintable() for problem in found)
    return [problem.where for problem in found]


def test_a_record_as_it_is_written_has_no_problem() -> None:
    assert places(a_record()) == []
    first = {"hub_url": "https://elsewhere.org/datasets/NERSC/iris", "portal_link": "http://x/y"}
    assert places(a_record(is_first_format=True, **first)) == []
    nothing = {"data_path": None, "portal_link": None, "loader": None, "notebook": None}
    assert places(a_record(**nothing)) == []


@pytest.mark.parametrize(
    ("where", "changes"),
    [
        ("repo_id", {"repo_id": "other/iris"}),
        ("repo_id", {"repo_id": "NERSC/Iris"}),
        ("hf_dir", {"hub_url": "https://evil.example/datasets/NERSC/iris"}),
        ("hf_dir", {"hub_url": "https://huggingface.co/datasets/NERSC/climate"}),
        ("hf_dir", {"hub_url": "http://127.0.0.1:1/datasets/NERSC/iris"}),
        ("hf_dir", {"hub_url": "\x1b]0;x\x07"}),
        ("nersc_dir", {"catalog_dir": PurePosixPath("/catalog/wine")}),
        ("nersc_dir", {"catalog_dir": PurePosixPath("/catalog/iris/..")}),
        ("notebook", {"notebook": "README.md"}),
        ("notebook", {"notebook": "../iris_dataloader.ipynb"}),
        ("job_notebook", {"job_notebook": "iris_info.json"}),
        ("hub_files", {"hub_files": (RecordedFile("../x", 1, OID),)}),
        ("hub_files", {"hub_files": (RecordedFile("/x", 1, OID),)}),
        ("hub_files", {"hub_files": (RecordedFile("a\x1bb", 1, OID),)}),
        ("hub_files", {"hub_files": (RecordedFile("a", -1, OID),)}),
        ("hub_files", {"hub_files": (RecordedFile("a", 1, "x"),)}),
        ("loader", {"loader": Script("a/../x.py", "x")}),
        ("loader", {"loader": Script("README.md", "x")}),
        ("batch_script", {"batch_script": Script(".git", "x")}),
        ("include", {"includes": (Script("a\nb", "x"),)}),
        ("portal_link", {"portal_link": "javascript:alert(1)"}),
        ("portal_link", {"portal_link": "http://x/y"}),
        ("portal_link", {"portal_link": f"{IRIS_LINK}/../../secret"}),
        ("data_path", {"data_path": PurePosixPath("relative/path")}),
        ("data_path", {"data_path": PurePosixPath("/data/\x1b]0;x\x07")}),
        ("official_name", {"official_name": "two\nlines"}),
    ],
)
def test_what_huggingnersc_would_not_have_written_is_a_problem(
    where: str, changes: dict[str, Any]
) -> None:
    assert places(a_record(**changes)) == [where]


def test_every_problem_is_reported_at_once() -> None:
    record = a_record(repo_id="a/b", hub_url="x", notebook="x", official_name="", portal_link="x")
    assert places(record) == ["repo_id", "hf_dir", "notebook", "official_name", "portal_link"]


def test_the_port_of_a_hub_on_this_machine_may_change() -> None:
    record = a_record(hub_url="http://127.0.0.1:1234/datasets/NERSC/iris")
    assert place_problems(record, make_site(endpoint=EMBEDDED)) == ()
    assert place_problems(record, make_site(endpoint="http://localhost:5")) == ()
    assert place_problems(record, make_site(endpoint="http://hub.example:5")) != ()
    other = replace(record, hub_url="http://127.0.0.1:1234@evil.example/datasets/NERSC/iris")
    assert place_problems(other, make_site(endpoint=EMBEDDED)) != ()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ["iris_info.json"]),
        ({"loader": None}, ["README.md", "iris_info.json", "x.py"]),
        ({"is_first_format": True}, ["README.md", "iris_info.json", "x.py"]),
    ],
)
def test_only_files_that_may_be_published_need_a_review(
    changes: dict[str, Any], expected: list[str]
) -> None:
    names = ("README.md", "iris_info.json", "x.py", "data", "notes.txt")
    content = FolderContent({"x.py": b""}, dict.fromkeys(names, "is odd"))
    found = file_problems(a_record(**changes), content, FOLDER)
    assert [problem.where for problem in found] == expected


@pytest.mark.parametrize(
    "end",
    [
        "/../../secret",
        "/..",
        "/%2e%2e/secret",
        "/%2E./secret",
        "/x%2f..%2fsecret",
        "/%252e%252e/secret",
        "/..%5csecret",
        "/..\\secret",
        f"/%{'25' * 1000}2e./x",
    ],
)
def test_a_portal_link_that_leaves_its_folder_is_a_problem(end: str) -> None:
    assert [problem.where for problem in link_problems(f"{IRIS_LINK}{end}", SITE)] == [
        "portal_link"
    ]


@pytest.mark.parametrize("end", ["/v1..2", "/a...b/...%20c", "/x?up=../y", "/x#../y", "/100%25"])
def test_a_portal_link_with_dots_in_its_names_is_none(end: str) -> None:
    assert link_problems(f"{IRIS_LINK}{end}", SITE) == ()
