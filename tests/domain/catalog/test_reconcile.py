from __future__ import annotations

import json
from dataclasses import replace
from itertools import product
from pathlib import PurePosixPath
from typing import Any

import pytest

from huggingnersc.adapters.templates import render
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.catalog.plan import make_plan
from huggingnersc.domain.catalog.reconcile import PendingSteps, keep_same_record, reconcile
from huggingnersc.domain.catalog.record import Record, record_bytes
from huggingnersc.domain.catalog.remote import RemoteRepository
from huggingnersc.domain.catalog.scripts import Script
from huggingnersc.errors import DatasetExistsError, HubConflictError, HuggingNerscError
from huggingnersc.fixes import REMOVE, Fix, Message, Option, Placeholder, Verb
from tests.builders import make_entry, make_site

PLAN = make_plan(make_entry(), make_site(), render)
PUSHED = {file.path: file.git_oid for file in PLAN.hub_files}
WRITTEN = {file.path: file.content for file in PLAN.catalog_files}
RECORD = "iris_info.json"
Files = dict[str, str]
Folder = dict[str, bytes]


def remote(files: Files, *, private: bool = False) -> RemoteRepository:
    return RemoteRepository("NERSC/iris", "c" * 40, None, private, files)


FRESH = {".gitattributes": "1"}
HUB: dict[str, RemoteRepository | None] = {
    "missing": None,
    "empty": remote({}),
    "fresh": remote(FRESH),
    "fresh, private": remote(FRESH, private=True),
    "whole": remote({**FRESH, **PUSHED}),
    "whole, without .gitattributes": remote(PUSHED),
    "whole, private": remote({**FRESH, **PUSHED}, private=True),
    "a file more": remote({**FRESH, **PUSHED, "extra.py": "1"}),
    "a file less": remote({**FRESH, "README.md": PUSHED["README.md"]}),
    "another card": remote({**FRESH, **PUSHED, "README.md": "0" * 40}),
}
FOLDER: dict[str, Folder | None] = {
    "missing": None,
    "empty": {},
    "whole": WRITTEN,
    "whole and notes": {**WRITTEN, "notes.txt": b"mine"},
    "only the record": {RECORD: WRITTEN[RECORD]},
    "an edited card": {**WRITTEN, "README.md": b"edited"},
    "another record": {**WRITTEN, RECORD: WRITTEN[RECORD].replace(b"flower", b"plant")},
    "a damaged record": {**WRITTEN, RECORD: b"{}"},
    "no record": {"README.md": WRITTEN["README.md"]},
    "notes": {"notes.txt": b"mine"},
}
# What is left to do at the Hub (create, commit), or why not.
HUB_STEPS: dict[str, tuple[bool, bool] | str] = {
    "missing": (True, True),
    "empty": (False, True),
    "fresh": (False, True),
    "fresh, private": "is private; this command would make it public",
    "whole": (False, False),
    "whole, without .gitattributes": (False, False),
    "whole, private": "is private; this command would make it public",
    "a file more": "holds something else (extra.py)",
    "a file less": "holds something else (fewer files)",
    "another card": "holds something else (README.md)",
}
# Whether the folder is still to be written, or why not.
FOLDER_STEPS: dict[str, bool | str] = {
    "missing": True,
    "empty": True,
    "whole": False,
    "whole and notes": False,
    "only the record": True,
    "an edited card": True,
    "another record": "is cataloged already, with other content",
    "a damaged record": "its record is damaged: the key nickname",
    "no record": "holds no record of HuggingNERSC",
    "notes": "holds no record of HuggingNERSC",
}


@pytest.mark.parametrize(("hub", "folder"), [*product(HUB, FOLDER)])
def test_every_state_of_hub_and_folder_has_its_answer(hub: str, folder: str) -> None:
    at_hub, in_folder = HUB_STEPS[hub], FOLDER_STEPS[folder]
    if isinstance(in_folder, str) or isinstance(at_hub, str):
        kind = DatasetExistsError if isinstance(in_folder, str) else HubConflictError
        with pytest.raises(HuggingNerscError) as caught:
            reconcile(PLAN, HUB[hub], FOLDER[folder])
        assert type(caught.value) is kind
        assert str(in_folder if kind is DatasetExistsError else at_hub) in str(caught.value)
        assert caught.value.hint
        return
    assert reconcile(PLAN, HUB[hub], FOLDER[folder]) == PendingSteps(*at_hub, in_folder)


def test_a_public_repository_is_not_made_private() -> None:
    private = make_plan(make_entry(private=True), make_site(), render)
    with pytest.raises(HubConflictError, match="is public; this command would make it private"):
        reconcile(private, remote(FRESH), None)
    assert not reconcile(private, remote(FRESH, private=True), None).create_repository


def test_nothing_and_everything_are_distinguished() -> None:
    assert reconcile(PLAN, None, None).is_everything
    assert reconcile(PLAN, HUB["whole"], WRITTEN).is_nothing
    some = reconcile(PLAN, HUB["fresh"], None)
    assert not some.is_everything
    assert not some.is_nothing


NOTHING = PendingSteps(create_repository=False, commit=False, write_folder=False)


@pytest.mark.parametrize(
    "steps",
    [
        replace(NOTHING, create_repository=True),
        replace(NOTHING, commit=True),
        replace(NOTHING, write_folder=True),
        replace(NOTHING, set_private=False),
    ],
)
def test_a_single_step_is_neither_nothing_nor_everything(steps: PendingSteps) -> None:
    assert NOTHING.is_nothing
    assert (steps.is_nothing, steps.is_everything) == (False, False)


def fixes_of(hint: object) -> list[Fix]:
    parts = hint.parts if isinstance(hint, Message) else ()
    return [part for part in parts if isinstance(part, Fix)]


@pytest.mark.parametrize(
    ("folder", "was_removed", "verbs"),
    [
        (WRITTEN, False, [Verb.UPDATE_DATASET]),
        (WRITTEN, True, [Verb.UPDATE_DATASET]),
        (None, True, [Verb.RESTORE_DATASET]),
        ({}, True, [Verb.RESTORE_DATASET]),
        (None, False, []),
    ],
)
@pytest.mark.parametrize("hub", ["another card", "whole, private"])
def test_a_repository_in_the_way_is_resolved_by_what_is_known_of_the_dataset(
    hub: str, folder: Folder | None, was_removed: bool, verbs: list[Verb]
) -> None:
    with pytest.raises(HubConflictError) as caught:
        reconcile(PLAN, HUB[hub], folder, was_removed=was_removed)
    assert [fix.verb for fix in fixes_of(caught.value.hint)] == verbs


BATCH, EXTRA = Script("run.sh", "#!/bin/sh\n"), Script("env.yml", "a: 1\n")


def update_offered(recorded: Record, **planned: Any) -> tuple[Option, ...]:
    """Return the options of the update that is suggested where another record is in place."""
    plan = make_plan(make_entry(**planned), make_site(), render)
    with pytest.raises(DatasetExistsError) as caught:
        reconcile(plan, None, {RECORD: record_bytes(recorded)})
    return fixes_of(caught.value.hint)[-1].options


@pytest.mark.parametrize(
    ("planned", "option"),
    [
        ({"official_name": "New"}, Option(Field.OFFICIAL_NAME, "New")),
        ({"batch_script": BATCH}, Option(Field.BATCH_SCRIPT, Placeholder.FILE)),
        ({"includes": (EXTRA,)}, Option(Field.INCLUDE, Placeholder.FILE)),
        ({"data_path": PurePosixPath("/new")}, Option(Field.DATA_PATH, "/new")),
        ({"private": True}, Option(Field.PRIVATE, value=True)),
    ],
)
def test_what_differs_is_offered_as_an_update_to_what_was_asked_for(
    planned: dict[str, Any], option: Option
) -> None:
    assert option in update_offered(PLAN.record, **planned)


def test_scripts_that_only_the_record_has_are_offered_to_be_removed() -> None:
    more = replace(PLAN.record, batch_script=BATCH, includes=(EXTRA,))
    assert update_offered(more) == (
        Option(Field.BATCH_SCRIPT, REMOVE),
        Option(Field.INCLUDE, REMOVE),
    )


def test_a_key_that_one_of_two_records_lacks_is_a_difference() -> None:
    with_notebook = replace(PLAN.record, job_notebook="iris_job.ipynb")
    assert update_offered(with_notebook) == (Option(Field.JOB_NOTEBOOK, value=False),)
    assert Option(Field.JOB_NOTEBOOK, value=True) in update_offered(
        PLAN.record, job_notebook=True, batch_script=BATCH
    )


def test_records_that_differ_in_their_object_ids_only_differ_in_no_key() -> None:
    pushed_otherwise = replace(PLAN.record, hub_files=())
    assert update_offered(pushed_otherwise) == ()
    with pytest.raises(DatasetExistsError, match=r"by another version\."):
        reconcile(PLAN, None, {RECORD: record_bytes(pushed_otherwise)})


def test_a_place_that_is_not_known_is_left_to_the_reader() -> None:
    unknown = replace(PLAN, record=replace(PLAN.record, data_path=None, portal_link=None))
    moved = replace(PLAN.record, data_path=PurePosixPath("/old"), portal_link="https://old.org")
    with pytest.raises(DatasetExistsError) as caught:
        reconcile(unknown, None, {RECORD: record_bytes(moved)})
    assert fixes_of(caught.value.hint)[-1].options == (
        Option(Field.PORTAL_LINK, Placeholder.URL),
        Option(Field.DATA_PATH, Placeholder.DIR),
    )


def without_slashes(record: bytes) -> bytes:
    """A record as it was written before its folders ended with a slash."""
    content = json.loads(record)
    for key in ("hf_dir", "nersc_dir"):
        content[key] = content[key].removesuffix("/")
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()


def test_a_record_in_an_older_form_is_not_rewritten() -> None:
    older = without_slashes(WRITTEN[RECORD])
    assert older != WRITTEN[RECORD]
    folder = {**WRITTEN, RECORD: older}
    plan = keep_same_record(PLAN, folder)
    assert {file.path: file.content for file in plan.catalog_files} == folder
    assert reconcile(plan, HUB["whole"], folder).is_nothing


@pytest.mark.parametrize("name", FOLDER)
def test_a_record_that_is_missing_damaged_or_another_is_written_as_planned(name: str) -> None:
    assert keep_same_record(PLAN, FOLDER[name]) == PLAN


def test_the_slashes_of_an_older_record_are_not_among_the_differences() -> None:
    other = without_slashes(WRITTEN[RECORD]).replace(b"flower", b"plant")
    with pytest.raises(DatasetExistsError, match=r"other content \(official_name\)"):
        reconcile(PLAN, HUB["whole"], {**WRITTEN, RECORD: other})
