"""What is left to do in an update, whatever the Hub and the folder hold."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huggingnersc.adapters.templates import render
from huggingnersc.domain.catalog.plan import make_plan
from huggingnersc.domain.catalog.reconcile import PendingSteps
from huggingnersc.domain.catalog.record import RecordedFile
from huggingnersc.domain.catalog.remote import RemoteRepository
from huggingnersc.domain.catalog.scripts import Script
from huggingnersc.domain.catalog.update import (
    edited_paths,
    reconcile_update,
    recorded_oids,
    spec_of,
    visibility_was_changed,
)
from huggingnersc.domain.planned_file import git_blob_id
from tests.builders import make_entry, make_site

if TYPE_CHECKING:
    from huggingnersc.domain.catalog.plan import Plan


def plan(**changes: Any) -> Plan:
    return make_plan(make_entry(**changes), make_site(), render)


def remote(files: dict[str, str], *, private: bool = False) -> RemoteRepository:
    return RemoteRepository(
        "NERSC/iris", "c" * 40, None, private, {".gitattributes": "g", **files}
    )


def folder(of: Plan) -> dict[str, bytes]:
    return {file.path: file.content for file in of.catalog_files}


def test_record_gives_back_what_it_was_made_from() -> None:
    entry = make_entry(
        batch_script=Script("run.sh", "#!/bin/sh\n"), includes=(Script("env.yml", "a: 1\n"),)
    )
    assert spec_of(make_plan(entry, make_site(), render).record) == entry


@pytest.mark.parametrize("part", ["loader", "portal_link", "data_path"])
def test_a_record_without_a_part_that_the_card_needs_gives_nothing_back(part: str) -> None:
    lacking: dict[str, Any] = {part: None}
    assert spec_of(replace(plan().record, **lacking)) is None


def test_files_that_are_as_in_the_folder_are_no_edits_of_a_record_without_object_ids() -> None:
    old, new = plan(), plan(official_name="New")
    there, before = remote(recorded_oids(old.record)), replace(old.record, hub_files=())
    assert edited_paths(before, new, there, folder(old)) == ()
    assert edited_paths(before, new, there) == ("README.md", "iris_loader.py")


def test_nothing_is_left_where_all_is_in_place() -> None:
    ours = plan()
    steps = reconcile_update(ours, ours.record, remote(recorded_oids(ours.record)), folder(ours))
    assert steps.is_nothing


def test_update_that_was_cut_off_after_its_commit_has_only_the_folder_left() -> None:
    old, new = plan(), plan(official_name="New")
    there = remote(recorded_oids(new.record))
    assert edited_paths(old.record, new, there) == ()
    steps = reconcile_update(new, old.record, there, folder(old))
    assert (steps.commit, steps.write_folder) == (False, True)


def test_folder_that_was_replaced_in_part_is_finished() -> None:
    old, new = plan(), plan(official_name="New")
    mixed = folder(new) | {"iris_info.json": folder(old)["iris_info.json"]}
    assert reconcile_update(new, old.record, remote(recorded_oids(new.record)), mixed).write_folder


def test_visibility_changed_by_someone_else_only_where_it_was_not_planned_for_it() -> None:
    public, private = plan(), plan(private=True)
    there = remote({}, private=True)
    assert visibility_was_changed(public.record, public, there)
    assert not visibility_was_changed(public.record, private, there)
    assert not visibility_was_changed(private.record, public, there)
    assert not visibility_was_changed(public.record, public, None)


def test_emptied_repository_gets_every_file_again_and_has_no_edits() -> None:
    ours = plan()
    emptied = remote({})
    assert edited_paths(ours.record, ours, emptied) == ()
    steps = reconcile_update(ours, ours.record, emptied, folder(ours))
    assert steps == PendingSteps(create_repository=False, commit=True, write_folder=False)


def test_files_of_a_record_without_object_ids_are_edits_unless_they_are_as_planned() -> None:
    ours = plan()
    old = replace(ours.record, hub_files=())
    as_planned = recorded_oids(ours.record)
    assert edited_paths(old, ours, remote(as_planned)) == ()
    assert edited_paths(old, ours, remote({**as_planned, "README.md": "other"})) == ("README.md",)
    assert edited_paths(old, ours, remote({**as_planned, "extra.csv": "1"})) == ("extra.csv",)


@pytest.mark.parametrize("kind", ["dataloader", "job"])
def test_stale_notebook_alone_is_work(kind: str) -> None:
    job = Script("job.sh", "#!/bin/sh\n")
    new = plan(batch_script=job, distributed=True)
    old = plan(batch_script=job, distributed=kind == "job", job_notebook=kind == "job")
    left = {**folder(new), f"iris_{kind}.ipynb": b"{}"}
    steps = reconcile_update(new, old.record, remote(recorded_oids(new.record)), left)
    assert steps.stale == (f"iris_{kind}.ipynb",)
    assert (steps.commit, steps.write_folder, steps.is_nothing) == (False, True, False)


def test_a_notebook_that_the_record_does_not_name_is_stale_only_beside_a_record_of_old() -> None:
    new = plan(distributed=True)
    left = {**folder(new), "iris_dataloader.ipynb": b"{}"}
    there = remote(recorded_oids(new.record))
    assert reconcile_update(new, new.record, there, left).is_nothing
    first = replace(new.record, is_first_format=True)
    assert reconcile_update(new, first, there, left).stale == ("iris_dataloader.ipynb",)


def test_a_stale_notebook_that_is_gone_is_no_work() -> None:
    new, old = plan(distributed=True), plan()
    steps = reconcile_update(new, old.record, remote(recorded_oids(new.record)), folder(new))
    assert steps.is_nothing
    assert steps.stale == ()


def test_what_the_hub_holds_beside_the_plan_is_deleted_and_visibility_is_set() -> None:
    ours = plan(private=True)
    there = remote({**recorded_oids(ours.record), "b.csv": "1", "a.csv": "1"})
    steps = reconcile_update(ours, ours.record, there, folder(ours))
    assert steps.delete == ("a.csv", "b.csv")
    assert (steps.commit, steps.set_private) == (True, True)
    assert reconcile_update(ours, ours.record, None, folder(ours)) == PendingSteps(
        create_repository=True, commit=True, write_folder=False
    )


OIDS = st.sampled_from(["1", "2", "3"])
FILES = st.dictionaries(st.sampled_from(["README.md", "iris_loader.py", "x.csv"]), OIDS)


@settings(deadline=None)
@given(FILES, st.booleans(), st.booleans())
def test_after_doing_what_is_left_nothing_is_left(
    files: dict[str, str], is_private: bool, is_there: bool
) -> None:
    old, new = plan(), plan(official_name="New", private=True, distributed=True)
    there = remote(files, private=is_private) if is_there else None
    steps = reconcile_update(new, old.record, there, folder(old))
    theirs = files if is_there else {}
    kept = {path: oid for path, oid in theirs.items() if path not in steps.delete}
    after = kept | recorded_oids(new.record) if steps.commit else kept
    private = new.record.private if steps.set_private is not None or not is_there else is_private
    left = {name: c for name, c in folder(old).items() if name not in steps.stale} | folder(new)
    again = reconcile_update(new, new.record, remote(after, private=private), left)
    assert again.is_nothing


@settings(deadline=None)
@given(FILES)
def test_every_file_is_ours_recorded_or_shown_as_an_edit(files: dict[str, str]) -> None:
    old, new = plan(), plan(official_name="New")
    edited = edited_paths(old.record, new, remote(files))
    for path in {*files, *recorded_oids(old.record)} if files else ():
        known = {recorded_oids(p.record).get(path) for p in (old, new)}
        assert (files.get(path) in known) != (path in edited)


def test_scripts_that_go_are_deleted_from_the_folder_unless_someone_changed_them() -> None:
    old = plan(includes=(Script("a.yml", "a: 1\n"), Script("b.yml", "b: 1\n")))
    new = plan(loader=Script("new.py", "print('new')\n"))
    there = folder(old) | {"b.yml": b"mine", "notes.py": b"mine"}
    steps = reconcile_update(new, old.record, remote(recorded_oids(old.record)), there)
    assert steps.stale == ("a.yml", "iris_loader.py")
    assert steps.write_folder


def test_what_a_version_no_longer_publishes_is_deleted_from_the_folder() -> None:
    ours = plan()
    published = {"load_iris.py": b"print()\n", "croissant.json": b"{}\n"}
    recorded = (RecordedFile(name, len(c), git_blob_id(c)) for name, c in published.items())
    record = replace(ours.record, hub_files=(*ours.record.hub_files, *recorded))
    there = folder(ours) | published | {"croissant.json": b"mine"}
    steps = reconcile_update(ours, record, remote(recorded_oids(record)), there)
    assert (steps.stale, steps.write_folder) == (("load_iris.py",), True)


def test_folder_of_an_older_version_gets_its_scripts() -> None:
    ours = plan()
    old = {name: content for name, content in folder(ours).items() if name != "iris_loader.py"}
    steps = reconcile_update(ours, ours.record, remote(recorded_oids(ours.record)), old)
    assert (steps.commit, steps.write_folder, steps.stale) == (False, True, ())


def test_record_and_notebook_are_written_whatever_a_script_is_called() -> None:
    ours = plan(includes=(Script("iris_info.json", "{}"),))
    assert b'"format": 2' in folder(ours)["iris_info.json"]
