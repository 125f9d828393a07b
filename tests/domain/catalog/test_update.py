"""What is left to do in an update, whatever the Hub and the folder hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from huggingnersc.adapters.templates import render
from huggingnersc.domain.catalog.plan import make_plan
from huggingnersc.domain.catalog.remote import RemoteRepository
from huggingnersc.domain.catalog.scripts import Script
from huggingnersc.domain.catalog.update import (
    edited_paths,
    reconcile_update,
    recorded_oids,
    spec_of,
    visibility_was_changed,
)
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


def test_nothing_is_left_where_all_is_in_place() -> None:
    ours = plan()
    todo = reconcile_update(ours, ours.record, remote(recorded_oids(ours.record)), folder(ours))
    assert todo.is_nothing


def test_update_that_was_cut_off_after_its_commit_has_only_the_folder_left() -> None:
    old, new = plan(), plan(official_name="New")
    there = remote(recorded_oids(new.record))
    assert edited_paths(old.record, new, there) == ()
    todo = reconcile_update(new, old.record, there, folder(old))
    assert (todo.commit, todo.write_folder) == (False, True)


def test_folder_that_was_replaced_in_part_is_finished() -> None:
    old, new = plan(), plan(official_name="New")
    mixed = folder(new) | {"iris_info.json": folder(old)["iris_info.json"]}
    assert reconcile_update(new, old.record, remote(recorded_oids(new.record)), mixed).write_folder


def test_visibility_is_somebody_elses_only_where_nobody_here_asked_for_it() -> None:
    public, private = plan(), plan(private=True)
    there = remote({}, private=True)
    assert visibility_was_changed(public.record, public, there)
    assert not visibility_was_changed(public.record, private, there)
    assert not visibility_was_changed(private.record, public, there)
    assert not visibility_was_changed(public.record, public, None)


OIDS = st.sampled_from(["1", "2", "3"])
FILES = st.dictionaries(st.sampled_from(["README.md", "iris_loader.py", "x.csv"]), OIDS)


@settings(deadline=None)
@given(FILES, st.booleans(), st.booleans())
def test_after_doing_what_is_left_nothing_is_left(
    files: dict[str, str], is_private: bool, is_there: bool
) -> None:
    old, new = plan(), plan(official_name="New", private=True, distributed=True)
    there = remote(files, private=is_private) if is_there else None
    todo = reconcile_update(new, old.record, there, folder(old))
    theirs = files if is_there else {}
    kept = {path: oid for path, oid in theirs.items() if path not in todo.delete}
    after = kept | recorded_oids(new.record) if todo.commit else kept
    private = new.record.private if todo.set_private is not None or not is_there else is_private
    left = {name: c for name, c in folder(old).items() if name not in todo.stale} | folder(new)
    again = reconcile_update(new, new.record, remote(after, private=private), left)
    assert again.is_nothing


@settings(deadline=None)
@given(FILES)
def test_every_file_is_ours_recorded_or_told_as_an_edit(files: dict[str, str]) -> None:
    old, new = plan(), plan(official_name="New")
    edited = edited_paths(old.record, new, remote(files))
    for path in {*files, *recorded_oids(old.record)} if files else ():
        known = {recorded_oids(p.record).get(path) for p in (old, new)}
        assert (files.get(path) in known) != (path in edited)
