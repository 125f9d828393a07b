from __future__ import annotations

from itertools import product

import pytest

from huggingnersc.adapters.templates import render
from huggingnersc.domain.catalog.plan import make_plan
from huggingnersc.domain.catalog.reconcile import PendingSteps, reconcile
from huggingnersc.domain.catalog.remote import RemoteRepository
from huggingnersc.errors import DatasetExistsError, HubConflictError, HuggingNerscError
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


def test_nothing_and_everything_are_told_apart() -> None:
    assert reconcile(PLAN, None, None).is_everything
    assert reconcile(PLAN, HUB["whole"], WRITTEN).is_nothing
    some = reconcile(PLAN, HUB["fresh"], None)
    assert not some.is_everything
    assert not some.is_nothing
