"""What is left to do in the repository of the shards, given what it holds."""

from __future__ import annotations

from dataclasses import replace

from huggingnersc.adapters.templates import render
from huggingnersc.domain.catalog.plan import make_plan
from huggingnersc.domain.catalog.record import parse_record, record_bytes
from huggingnersc.domain.catalog.remote import RemoteRepository
from huggingnersc.domain.catalog.shards_repository import (
    is_edited_card,
    lost_shards,
    shards_steps,
    stale_shards,
)
from huggingnersc.domain.catalog.update import spec_of
from huggingnersc.domain.loading.upload import UploadForm
from tests.builders import make_entry, make_site
from tests.domain.loading.test_upload import UPLOAD, shard

TAR = replace(
    UPLOAD,
    form=UploadForm.WEBDATASET,
    shards=(shard("data/train-00000-of-00001.tar"),),
    features=(),
)
PLAN = make_plan(make_entry(upload=TAR), make_site(), render)
CARD = PLAN.shards_card
BEFORE = PLAN.record.upload


def remote(files: dict[str, str], *, private: bool = False) -> RemoteRepository:
    return RemoteRepository("NERSC/iris-shards", "c" * 40, None, private, files)


def test_the_record_of_an_upload_is_read_back_and_makes_the_same_card() -> None:
    again = parse_record(record_bytes(PLAN.record), "iris")
    assert again == PLAN.record
    spec = spec_of(again)
    assert spec is not None
    assert make_plan(spec, make_site(), render) == PLAN


def test_a_repository_as_recorded_needs_nothing() -> None:
    assert CARD is not None
    assert BEFORE is not None
    whole = remote({**TAR.git_oids, "README.md": CARD.git_oid, "theirs.bin": "d" * 40})
    assert shards_steps(PLAN.record, BEFORE, CARD, whole).is_nothing
    assert lost_shards(BEFORE, whole) == ()
    assert not is_edited_card(BEFORE, CARD, whole)


def test_one_that_is_no_longer_used_loses_what_is_ours_and_is_hidden() -> None:
    assert CARD is not None
    here = make_plan(make_entry(upload=UPLOAD), make_site(), render).record
    whole = remote({**TAR.git_oids, "README.md": CARD.git_oid, "data/theirs.tar": "d" * 40})
    steps = shards_steps(here, BEFORE, None, whole)
    assert (steps.delete, steps.set_private) == ((*TAR.git_oids, "README.md"), True)


def test_a_shard_that_someone_replaced_is_lost_and_never_deleted() -> None:
    path = TAR.shards[0].path
    changed = remote({path: "d" * 40})
    assert lost_shards(TAR, changed) == (path,)
    assert stale_shards(TAR, None, changed) == ()
    assert lost_shards(TAR, None) == (path,)


def test_a_card_that_is_neither_recorded_nor_planned_is_an_edit() -> None:
    assert is_edited_card(BEFORE, CARD, remote({"README.md": "d" * 40}))
    assert is_edited_card(None, CARD, remote({"README.md": "d" * 40}))
    assert not is_edited_card(None, CARD, remote({}))
