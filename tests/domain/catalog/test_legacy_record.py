"""What a record of the first HuggingNERSC leaves open, from the files beside it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc.domain.catalog.legacy_card import with_recorded_tags
from huggingnersc.domain.catalog.legacy_record import (
    data_location,
    fill_legacy_fields,
    missing,
    plan_legacy,
)
from huggingnersc.domain.catalog.record import Record, RecordedFile
from huggingnersc.domain.catalog.remote import RemoteRepository
from huggingnersc.domain.catalog.scripts import MAX_SCRIPT_BYTES, Script
from huggingnersc.domain.planned_file import PlannedFile
from tests.builders import IRIS_LINK, make_metadata, make_site

if TYPE_CHECKING:
    from huggingnersc.domain.catalog.plan import Plan

SITE = make_site()
ELSEWHERE = replace(SITE, profile=replace(SITE.profile, portal=None))
DATA = PurePosixPath("/global/cfs/cdirs/dasrepo/www/iris")
OLD = Record(
    nickname="iris",
    official_name="Iris",
    repo_id="OTHER/iris",
    hub_url="https://huggingface.co/datasets/OTHER/iris",
    catalog_dir=PurePosixPath("/old/iris"),
    data_path=DATA,
    portal_link=None,
    metadata=make_metadata(),
    is_first_format=True,
)
PYTHON, SHELL, CARD = b"print()\n", b"#!/bin/sh\n", b"# Iris\n"


@pytest.mark.parametrize(
    ("path", "link", "known"),
    [
        (DATA, None, (DATA, IRIS_LINK)),
        (None, IRIS_LINK, (DATA, IRIS_LINK)),
        (DATA, "https://x.org/a", (DATA, "https://x.org/a")),
        (PurePosixPath("/a"), IRIS_LINK, (PurePosixPath("/a"), IRIS_LINK)),
        (PurePosixPath("/a"), None, (PurePosixPath("/a"), None)),
        (None, "https://x.org/a", (None, "https://x.org/a")),
        (None, None, (None, None)),
    ],
)
def test_path_and_link_follow_from_one_another_where_one_is_missing(
    path: PurePosixPath | None,
    link: str | None,
    known: tuple[PurePosixPath | None, str | None],
) -> None:
    assert data_location(replace(OLD, data_path=path, portal_link=link), SITE) == known


def test_a_site_without_a_portal_rule_completes_nothing() -> None:
    assert data_location(OLD, ELSEWHERE) == (DATA, None)
    by_link = replace(OLD, data_path=None, portal_link=IRIS_LINK)
    assert data_location(by_link, ELSEWHERE) == (None, IRIS_LINK)


def loader_of(folder: dict[str, bytes], record: Record = OLD) -> str | None:
    loader = fill_legacy_fields(record, folder, SITE).loader
    return loader.name if loader else None


@pytest.mark.parametrize(
    ("names", "loader"),
    [
        (["iris.py", "iris_dataloader.py", "iris_loader.py"], "iris_loader.py"),
        (["iris.py", "iris_dataloader.py"], "iris_dataloader.py"),
        (["iris.py", "other.py"], "iris.py"),
        (["other.py"], "other.py"),
        (["a.py", "b.py"], None),
        (["other.txt"], None),
        ([".hidden.py"], None),
        ([], None),
    ],
)
def test_a_loader_is_taken_where_its_name_leaves_no_doubt(
    names: list[str], loader: str | None
) -> None:
    assert loader_of(dict.fromkeys(names, PYTHON)) == loader


@pytest.mark.parametrize(
    ("content", "is_taken"),
    [
        (PYTHON, True),
        (b" " * (MAX_SCRIPT_BYTES - 1) + b"1", True),
        (b" " * MAX_SCRIPT_BYTES + b"1", False),
        (b" \n", False),
        (b"\xff", False),
        (b"a\0", False),
    ],
)
def test_only_text_of_a_readable_size_is_a_script(content: bytes, is_taken: bool) -> None:
    assert loader_of({"load.py": content}) == ("load.py" if is_taken else None)


def test_recorded_scripts_stay() -> None:
    kept = replace(OLD, loader=Script("mine.py", "1\n"), batch_script=Script("mine.sh", "2\n"))
    filled = fill_legacy_fields(kept, {"iris.py": PYTHON, "run.sh": SHELL}, SITE)
    assert (filled.loader, filled.batch_script) == (kept.loader, kept.batch_script)


def test_a_batch_script_is_looked_for_only_beside_a_record_of_the_first_format() -> None:
    folder = {"run.sh": SHELL}
    assert fill_legacy_fields(OLD, folder, SITE).batch_script == Script("run.sh", "#!/bin/sh\n")
    newer = replace(OLD, is_first_format=False)
    assert fill_legacy_fields(newer, folder, SITE).batch_script is None


def test_each_part_that_a_card_needs_is_reported_where_it_lacks() -> None:
    assert len(missing(replace(OLD, data_path=None))) == 3
    whole = replace(OLD, loader=Script("a.py", ""), portal_link=IRIS_LINK)
    assert missing(whole) == ()


def published(
    folder: dict[str, bytes], hub: dict[str, str] | None = None, **changes: Any
) -> Plan | None:
    files = None if hub is None else {".gitattributes": "g", **hub}
    remote = (
        None if files is None else RemoteRepository("NERSC/iris", "c" * 40, None, False, files)
    )
    return plan_legacy(replace(OLD, **changes), folder, remote, SITE, private=True)


def test_without_a_card_nothing_is_published() -> None:
    assert published({"iris.py": PYTHON}) is None


def test_card_and_scripts_are_published_as_they_are_and_data_is_not() -> None:
    kept = {"run.sh": SHELL, "env.yml": b"a: 1\n", "load.jl": b"1\n", "load.R": b"1\n"}
    beside = {"data.csv": b"1\n", "a.json": b"1\n", ".x.py": PYTHON, "x.ipynb": b"{}"}
    plan = published({"README.md": CARD, **kept, **beside})
    assert plan is not None
    assert [file.path for file in plan.hub_files] == sorted(["README.md", *kept])
    assert [file.path for file in plan.catalog_files] == ["README.md", "iris_info.json"]
    assert [file.path for file in plan.record.hub_files] == [f.path for f in plan.hub_files]


def test_the_new_record_is_of_this_site_and_format() -> None:
    plan = published({"README.md": CARD})
    assert plan is not None
    record = plan.record
    assert (record.repo_id, record.hub_url) == (SITE.repo_id("iris"), SITE.hub_url("iris"))
    assert record.catalog_dir == SITE.catalog_root / "iris"
    assert (record.private, record.is_first_format) == (True, False)


def test_scripts_of_the_record_are_published_unless_the_hub_has_them() -> None:
    scripts = {
        "loader": Script("load.py", "recorded\n"),
        "batch_script": Script("run.sh", "recorded\n"),
        "includes": (Script("env.yml", "recorded\n"),),
    }
    plan = published({"README.md": CARD, "run.sh": SHELL}, {"load.py": "0" * 40}, **scripts)
    assert plan is not None
    assert plan.hub_files == (
        PlannedFile("README.md", with_recorded_tags(CARD, OLD.metadata)),
        PlannedFile("env.yml", b"recorded\n"),
        PlannedFile("run.sh", b"recorded\n"),
    )
    assert RecordedFile("load.py", 0, "0" * 40) in plan.record.hub_files
    assert published({"README.md": CARD}, None, **scripts) is not None


def test_a_recorded_script_in_the_folder_keeps_the_comment_that_it_was_published_with() -> None:
    comment = b"# Comment added by HuggingNERSC; the rest is yours.\n#\n# Data: /d\n#\n"
    script = Script("load.py", "print(1)\n")
    files = {"README.md": CARD, "load.py": comment + b"print(1)\n"}
    plan = published(files, loader=script)
    assert plan is not None
    assert plan.hub_files[1] == PlannedFile("load.py", files["load.py"])
    edited = published(files | {"load.py": comment + b"print(2)\n"}, loader=script)
    assert edited is not None
    assert edited.hub_files[1] == PlannedFile("load.py", b"print(1)\n")


def test_a_script_that_only_the_record_holds_is_published_to_a_new_repository() -> None:
    plan = published({"README.md": CARD}, loader=Script("load.py", "recorded\n"))
    assert plan is not None
    assert [file.path for file in plan.hub_files] == ["README.md", "load.py"]


@pytest.mark.parametrize("is_there", [True, False])
def test_the_notebook_is_recorded_and_linked_where_the_folder_has_it(is_there: bool) -> None:
    folder = {"README.md": CARD} | ({"iris_dataloader.ipynb": b"{}"} if is_there else {})
    plan = published(folder)
    assert plan is not None
    assert plan.record.notebook == ("iris_dataloader.ipynb" if is_there else None)
    assert (plan.notebook_link is not None) is is_there
