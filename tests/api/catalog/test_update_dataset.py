"""Updating against a real Hub over HTTP, with someone else at work on it too."""

from __future__ import annotations

import json
import subprocess
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc import inspect_dataset
from huggingnersc.api.catalog.pending import Pending
from huggingnersc.api.catalog.plan_target import UpdateOptions
from huggingnersc.api.catalog.update_dataset import plan_update
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.errors import (
    DatasetBusyError,
    DatasetUnknownError,
    HubConflictError,
    HubEditedError,
    MetadataInvalidError,
    RequestInvalidError,
)
from huggingnersc.fixes import REMOVE, Message, Option
from tests.api.iris import (
    api,
    catalog_iris,
    commits,
    edit_on_hub,
    files,
    hub_text,
    is_private,
    shown,
    tree,
    update_iris,
)
from tests.builders import IRIS_LINK, JETCLASS, make_metadata, write_tree
from tests.conftest import ROOT
from tests.forked_python import forked_python

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.api.catalog.update_dataset import Updated
    from tests.api.conftest import Centre


def test_update_without_options_after_cataloging_changes_nothing(centre: Centre) -> None:
    cataloged = catalog_iris(centre)
    before = tree(centre.catalog)
    result = update_iris(centre)
    assert (result.outcome, result.commit, result.changes) == ("unchanged", cataloged.commit, ())
    assert tree(centre.catalog) == before
    assert len(commits(centre)) == 2


def test_new_title_is_one_commit_and_reaches_every_file(centre: Centre) -> None:
    catalog_iris(centre)
    result = update_iris(centre, official_name="Iris flowers")
    assert result.outcome == "updated"
    assert commits(centre) == [
        "Update Iris flowers",
        "Catalog Fisher's Iris Data",
        "initial commit",
    ]
    assert shown(result) == [
        ("hub", "README.md", "changed"),
        ("hub", "iris_loader.py", "changed"),
        ("catalog folder", "README.md", "changed"),
        ("catalog folder", "iris_dataloader.ipynb", "changed"),
        ("catalog folder", "iris_info.json", "changed"),
        ("catalog folder", "iris_loader.py", "changed"),
    ]
    assert "-# Fisher's Iris Data\n+# Iris flowers" in result.changes[0].diff
    assert "# Iris flowers" in hub_text(centre, "README.md")
    assert inspect_dataset("iris", site=str(centre.profile)).hub.as_recorded is True
    assert update_iris(centre).outcome == "unchanged"


def test_updated_dataset_equals_one_cataloged_so(centre: Centre, tmp_path: Path) -> None:
    metadata = make_metadata(license="mit")
    write_tree(tmp_path, {"new.json": json.dumps(metadata), "new_loader.py": "print('new')\n"})
    catalog_iris(centre)
    update_iris(
        centre,
        official_name="Iris flowers",
        loader=tmp_path / "new_loader.py",
        metadata=tmp_path / "new.json",
        portal_link="https://portal.nersc.gov/cfs/other/iris",
    )
    updated, on_hub = tree(centre.catalog), api(centre).dataset_info("NERSC/iris").siblings
    api(centre).delete_repo("NERSC/iris", repo_type="dataset")
    for file in (centre.catalog / "iris").iterdir():
        file.unlink()
    catalog_iris(
        centre,
        official_name="Iris flowers",
        loader_script=tmp_path / "new_loader.py",
        metadata_json=tmp_path / "new.json",
        portal_link="https://portal.nersc.gov/cfs/other/iris",
    )
    assert tree(centre.catalog) == updated
    assert api(centre).dataset_info("NERSC/iris").siblings == on_hub


def test_files_no_longer_wanted_go_in_the_same_commit(centre: Centre) -> None:
    catalog_iris(
        centre,
        batch_script=JETCLASS / "jetclass_batch.sh",
        include=[JETCLASS / "jetclass_environment.yml"],
    )
    result = update_iris(centre, batch_script=REMOVE, distributed=True)
    assert ("hub", "jetclass_batch.sh", "deleted") in shown(result)
    assert ("hub", "jetclass_environment.yml", "deleted") in shown(result)
    assert ("catalog folder", "iris_dataloader.ipynb", "deleted") in shown(result)
    assert files(centre) == [".gitattributes", "README.md", "iris_loader.py"]
    assert sorted(tree(centre.catalog)) == [
        "iris/README.md",
        "iris/iris_info.json",
        "iris/iris_loader.py",
    ]
    assert len(commits(centre)) == 3


def test_companions_are_replaced_as_a_whole_or_dropped(centre: Centre, tmp_path: Path) -> None:
    write_tree(tmp_path, {"one.yml": "a: 1\n", "two.yml": "b: 2\n"})
    batch = JETCLASS / "jetclass_batch.sh"
    catalog_iris(centre, batch_script=batch, include=[tmp_path / "one.yml"])
    update_iris(centre, include=[tmp_path / "two.yml"])
    assert "two.yml" in files(centre)
    assert "one.yml" not in files(centre)
    update_iris(centre, include=REMOVE)
    assert files(centre) == [".gitattributes", "README.md", "iris_loader.py", batch.name]


def test_files_of_others_in_the_catalog_folder_stay(centre: Centre) -> None:
    catalog_iris(centre)
    write_tree(centre.catalog / "iris", {"notes.txt": "mine"})
    update_iris(centre, distributed=True)
    assert (centre.catalog / "iris" / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_dry_run_shows_the_changes_and_touches_nothing(centre: Centre) -> None:
    cataloged = catalog_iris(centre)
    before = tree(centre.catalog)
    result = update_iris(centre, official_name="Iris flowers", private=True, dry_run=True)
    assert (result.outcome, result.visibility, result.commit) == ("planned", "private", None)
    assert len(result.changes) == 6
    assert tree(centre.catalog) == before
    assert api(centre).dataset_info("NERSC/iris").sha == cataloged.commit
    assert not is_private(centre)


def test_plan_that_is_not_applied_changes_nothing_and_locks_the_nickname(
    centre: Centre,
) -> None:
    catalog_iris(centre)
    before = tree(centre.catalog)
    with planned_update(centre, official_name="Iris flowers") as pending:
        assert (pending.plan.outcome, pending.can_change) == ("planned", True)
        with pytest.raises(DatasetBusyError):
            update_iris(centre, official_name="Iris flowers")
    assert tree(centre.catalog) == before
    assert len(commits(centre)) == 2


def test_file_edited_on_the_hub_is_shown_and_not_overwritten(centre: Centre) -> None:
    catalog_iris(centre)
    edit_on_hub(centre, "README.md", hub_text(centre, "README.md") + "\nMind the gap.\n")
    before = tree(centre.catalog)
    with pytest.raises(HubEditedError, match=r"was edited on the Hub .*\(README.md\)") as caught:
        update_iris(centre, official_name="Iris flowers")
    (edit,) = caught.value.changes
    assert "+Mind the gap." in edit.diff
    assert "Iris flowers" not in edit.diff
    assert isinstance(caught.value.hint, Message)
    assert Option(Field.OVERWRITE) in caught.value.hint.parts
    assert tree(centre.catalog) == before
    assert "Mind the gap." in hub_text(centre, "README.md")


def test_overwrite_takes_ours_and_shows_what_is_lost(centre: Centre) -> None:
    catalog_iris(centre)
    edit_on_hub(centre, "iris_loader.py", "print('theirs')\n")
    edit_on_hub(centre, "extra.csv", "a,b\n")
    result = update_iris(centre, overwrite=True)
    assert [(e.path, e.kind.value) for e in result.edits] == [
        ("extra.csv", "added"),
        ("iris_loader.py", "changed"),
    ]
    assert "-print('theirs')" in result.changes[1].diff
    assert files(centre) == [".gitattributes", "README.md", "iris_loader.py"]
    assert commits(centre)[0] == "Update Fisher's Iris Data"
    assert update_iris(centre).outcome == "unchanged"


def test_escape_codes_in_an_edit_never_reach_a_terminal(centre: Centre) -> None:
    catalog_iris(centre)
    edit_on_hub(centre, "x\u202e.txt", "\x1b]0;owned\x07 \x1b[2J\n")
    with pytest.raises(HubEditedError) as caught:
        update_iris(centre)
    text = "".join(edit.diff for edit in caught.value.changes)
    assert not {"\x1b", "\x07", "\u202e"} & set(text)


def test_large_file_of_someone_else_is_not_downloaded_to_show_it(centre: Centre) -> None:
    catalog_iris(centre)
    edit_on_hub(centre, "big.txt", "x" * (1 << 23))
    with pytest.raises(HubEditedError) as caught:
        update_iris(centre)
    assert "(8,388,608 bytes on the Hub are not read)" in caught.value.changes[0].diff


def test_lost_repository_is_published_again(centre: Centre) -> None:
    catalog_iris(centre)
    before = tree(centre.catalog)
    api(centre).delete_repo("NERSC/iris", repo_type="dataset")
    result = update_iris(centre)
    assert (result.outcome, result.creates_repository) == ("updated", True)
    assert shown(result) == [("hub", "README.md", "added"), ("hub", "iris_loader.py", "added")]
    assert tree(centre.catalog) == before
    assert inspect_dataset("iris", site=str(centre.profile)).hub.as_recorded is True


def test_visibility_follows_the_option_and_is_recorded(centre: Centre) -> None:
    catalog_iris(centre)
    result = update_iris(centre, private=True)
    assert (result.outcome, result.visibility) == ("updated", "private")
    assert is_private(centre)
    assert "`HF_TOKEN`" in hub_text(centre, "README.md")
    assert update_iris(centre).outcome == "unchanged"
    assert update_iris(centre, private=False, official_name="Open").visibility == "public"
    assert not is_private(centre)


def test_visibility_that_someone_changed_is_never_turned_silently(centre: Centre) -> None:
    catalog_iris(centre)
    api(centre).update_repo_settings("NERSC/iris", private=True, repo_type="dataset")
    with pytest.raises(HubConflictError, match="was made private on the Hub") as caught:
        update_iris(centre)
    assert isinstance(caught.value.hint, Message)
    choices = [part for part in caught.value.hint.parts if isinstance(part, Option)]
    assert choices == [Option(Field.PRIVATE, True), Option(Field.PRIVATE, False)]
    assert is_private(centre)
    assert update_iris(centre, private=False).outcome == "updated"
    assert not is_private(centre)


def test_all_problems_are_reported_at_once_by_their_options(
    centre: Centre, tmp_path: Path
) -> None:
    catalog_iris(centre)
    before = tree(centre.catalog)
    with pytest.raises(RequestInvalidError, match='"iris" cannot be updated: 5') as caught:
        update_iris(
            centre,
            official_name="",
            loader=tmp_path / "no.py",
            portal_link="ftp://x",
            metadata=tmp_path / "no.json",
            batch_script=tmp_path / "no.sh",
        )
    assert [problem.where for problem in caught.value.problems] == [
        Field.OFFICIAL_NAME,
        Field.LOADER,
        Field.BATCH_SCRIPT,
        Field.PORTAL_LINK,
        Field.METADATA,
    ]
    assert tree(centre.catalog) == before


def test_wrong_metadata_file_reports_every_mistake(centre: Centre, tmp_path: Path) -> None:
    catalog_iris(centre)
    wrong = make_metadata(license="MIT", size_categories="tiny")
    write_tree(tmp_path, {"wrong.json": json.dumps(wrong)})
    with pytest.raises(MetadataInvalidError) as caught:
        update_iris(centre, metadata=tmp_path / "wrong.json")
    assert len(caught.value.problems) == 2


def test_data_path_follows_the_link_unless_it_was_set_by_itself(
    centre: Centre, tmp_path: Path
) -> None:
    catalog_iris(centre)
    update_iris(centre, portal_link="https://portal.nersc.gov/cfs/other/iris")
    seen = inspect_dataset("iris", site=str(centre.profile))
    assert str(seen.data_path) == "/global/cfs/cdirs/other/www/iris"
    update_iris(centre, data_path=tmp_path)
    update_iris(centre, portal_link=IRIS_LINK)
    seen = inspect_dataset("iris", site=str(centre.profile))
    assert (str(seen.data_path), seen.portal_link) == (str(tmp_path), IRIS_LINK)


def test_unknown_nickname_is_reported_and_nothing_is_made(centre: Centre) -> None:
    with pytest.raises(DatasetUnknownError):
        update_iris(centre)
    assert list(centre.catalog.iterdir()) == []


def test_of_two_updates_at_once_one_wins_and_the_other_says_so(centre: Centre) -> None:
    catalog_iris(centre)
    runs = [_start(centre, f"Title {number}") for number in range(2)]
    ends = [(run.communicate()[1], run.returncode) for run in runs]
    assert {code for _, code in ends} <= {0, 3}
    assert any(code == 0 for _, code in ends)
    assert all("Another process is working" in err for err, code in ends if code == 3)
    assert len(commits(centre)) == 2 + sum(code == 0 for _, code in ends)
    assert update_iris(centre).outcome == "unchanged"


def test_commit_of_someone_else_while_we_ask_is_not_overwritten(centre: Centre) -> None:
    catalog_iris(centre)
    before = tree(centre.catalog)

    with planned_update(centre, official_name="Iris flowers") as pending:
        edit_on_hub(centre, "NOTES.txt", "theirs\n")
        with pytest.raises(HubConflictError, match="HTTP 412"):
            pending.apply()
    assert tree(centre.catalog) == before
    assert "NOTES.txt" in files(centre)


def planned_update(centre: Centre, **changes: Any) -> AbstractContextManager[Pending[Updated]]:
    return plan_update("iris", UpdateOptions(**changes), site=str(centre.profile))


def _start(centre: Centre, title: str) -> subprocess.Popen[str]:
    words: list[str | Path] = [
        "update-dataset", "iris", "--official-name", title, "--yes", "--site", centre.profile,
    ]  # fmt: skip
    return subprocess.Popen(
        [forked_python(), ROOT / "main.py", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
