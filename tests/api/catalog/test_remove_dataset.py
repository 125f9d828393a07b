"""Removing and restoring against a real Hub over HTTP."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc import (
    inspect_dataset,
    list_datasets,
    remove_dataset,
    restore_dataset,
    update_dataset,
)
from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.errors import (
    DatasetExistsError,
    DatasetUnknownError,
    HubConflictError,
    RecordDamagedError,
)
from huggingnersc.fixes import Fix, Verb
from tests.api.iris import api, catalog_iris, commits, edit_on_hub, is_private, tree
from tests.builders import write_tree
from tests.conftest import ROOT
from tests.forked_python import forked_python
from tests.wording import fixes_in

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.api.catalog.remove_dataset import Removed
    from huggingnersc.api.catalog.restore_dataset import Restored
    from tests.api.conftest import Centre


def remove_iris(centre: Centre, **options: Any) -> Removed:
    return remove_dataset("iris", site=str(centre.profile), **options)


def restore_iris(centre: Centre, **options: Any) -> Restored:
    return restore_dataset("iris", site=str(centre.profile), **options)


def exists(centre: Centre) -> bool:
    return api(centre).repo_exists("NERSC/iris", repo_type="dataset")


def test_removed_dataset_is_private_and_its_folder_is_put_aside(
    centre: Centre, tmp_path: Path
) -> None:
    data = write_tree(tmp_path / "data", {"iris.csv": "1,2\n"})
    catalog_iris(centre, data_path=data)
    before = tree(centre.catalog / "iris")
    result = remove_iris(centre)
    assert (result.outcome, result.on_hub) == ("removed", "make private")
    assert is_private(centre)
    assert not (centre.catalog / "iris").exists()
    assert result.removed_dir is not None
    assert tree(result.removed_dir) == before
    assert result.removed_dir.name == f"iris.{result.removed_at}"
    assert tree(data) == {"iris.csv": b"1,2\n"}


def test_removed_ones_are_known_and_no_longer_cataloged(centre: Centre) -> None:
    catalog_iris(centre)
    result = remove_iris(centre)
    catalog = CatalogFolder(centre.catalog)
    assert catalog.nicknames() == ()
    (stone,) = catalog.removed()
    assert (stone.nickname, stone.removed_at, stone.path) == (
        "iris",
        result.removed_at,
        result.removed_dir,
    )
    assert stone.record is not None
    assert stone.record.official_name == "Fisher's Iris Data"
    with pytest.raises(DatasetUnknownError):
        inspect_dataset("iris", site=str(centre.profile))


def test_restored_dataset_is_as_it_was(centre: Centre) -> None:
    cataloged = catalog_iris(centre)
    before = tree(centre.catalog)
    remove_iris(centre)
    result = restore_iris(centre)
    assert (result.outcome, result.commit) == ("restored", cataloged.commit)
    assert not result.published_again
    assert tree(centre.catalog) == before
    assert not is_private(centre)
    assert len(commits(centre)) == 2
    assert update_dataset("iris", site=str(centre.profile)).outcome == "unchanged"


def test_private_dataset_stays_private_through_removal_and_restoration(centre: Centre) -> None:
    catalog_iris(centre, private=True)
    assert remove_iris(centre).on_hub == "nothing"
    assert restore_iris(centre).private
    assert is_private(centre)


def test_deleted_repository_is_published_again_from_the_record(centre: Centre) -> None:
    catalog_iris(centre)
    before, files = tree(centre.catalog), api(centre).dataset_info("NERSC/iris").siblings
    assert remove_iris(centre, delete=True).on_hub == "delete"
    assert not exists(centre)
    result = restore_iris(centre)
    assert result.published_again
    assert commits(centre) == ["Restore Fisher's Iris Data", "initial commit"]
    assert api(centre).dataset_info("NERSC/iris").siblings == files
    assert tree(centre.catalog) == before


def test_edited_repository_is_not_deleted_without_overwrite(centre: Centre) -> None:
    catalog_iris(centre)
    edit_on_hub(centre, "data.csv", "a,b\n1,2\n")
    with pytest.raises(HubConflictError, match=r"cannot bring back \(data.csv\)"):
        remove_iris(centre, delete=True)
    assert exists(centre)
    assert (centre.catalog / "iris").is_dir()
    assert remove_iris(centre, delete=True, overwrite=True).outcome == "removed"
    assert not exists(centre)


def test_both_verbs_run_again_change_nothing(centre: Centre) -> None:
    catalog_iris(centre)
    first, again = remove_iris(centre), remove_iris(centre)
    assert (again.outcome, again.removed_dir) == ("unchanged", first.removed_dir)
    restore_iris(centre)
    assert restore_iris(centre).outcome == "unchanged"


def test_repository_of_a_removed_dataset_can_still_be_deleted(centre: Centre) -> None:
    catalog_iris(centre)
    first = remove_iris(centre)
    second = remove_iris(centre, delete=True)
    assert (second.outcome, second.removed_dir) == ("removed", first.removed_dir)
    assert not exists(centre)


def test_dry_run_of_a_removal_touches_nothing(centre: Centre) -> None:
    catalog_iris(centre)
    before = tree(centre.catalog)
    result = remove_iris(centre, dry_run=True)
    assert (result.outcome, result.on_hub, result.removed_dir) == ("planned", "make private", None)
    assert tree(centre.catalog) == before
    assert not is_private(centre)


def test_removal_that_was_warned_of_says_what_restoring_will_do(centre: Centre) -> None:
    catalog_iris(centre)
    api(centre).update_repo_settings("NERSC/iris", private=True, repo_type="dataset")
    assert any("it will be public again" in str(said) for said in remove_iris(centre).warnings)


def test_each_removal_of_a_nickname_is_kept_and_can_be_chosen(centre: Centre) -> None:
    stones = []
    for title in ("First", "Second", "Third"):
        catalog_iris(centre, official_name=title)
        stones.append(remove_iris(centre, delete=True).removed_at)
    assert len(set(stones)) == 3
    assert [stone.removed_at for stone in CatalogFolder(centre.catalog).removed("iris")] == sorted(
        map(str, stones), reverse=True
    )
    assert restore_iris(centre, at=stones[1]).official_name == "Second"
    with pytest.raises(DatasetExistsError):
        restore_iris(centre, at=stones[0])
    remove_iris(centre)
    assert restore_iris(centre).official_name == "Second"


def test_cataloging_or_looking_for_a_removed_dataset_suggests_restoring_it(
    centre: Centre,
) -> None:
    catalog_iris(centre)
    remove_iris(centre)
    for changes in ({}, {"official_name": "Another"}, {"dry_run": True}):
        with pytest.raises(HubConflictError) as caught:
            catalog_iris(centre, **changes)
        assert fixes_in(caught.value.hint) == [Fix(Verb.RESTORE_DATASET, ("iris",))]
    with pytest.raises(DatasetUnknownError) as unknown:
        inspect_dataset("iris", site=str(centre.profile))
    assert fixes_in(unknown.value.hint) == [Fix(Verb.RESTORE_DATASET, ("iris",))]


def test_what_was_never_removed_cannot_be_restored(centre: Centre) -> None:
    catalog_iris(centre)
    remove_iris(centre)
    with pytest.raises(DatasetUnknownError, match=r'No dataset "irs" was removed') as caught:
        restore_dataset("irs", site=str(centre.profile))
    assert caught.value.hint == "Known: iris"
    with pytest.raises(DatasetUnknownError, match="at 1999"):
        restore_iris(centre, at="1999")


def test_folder_of_someone_else_in_its_place_is_kept(centre: Centre) -> None:
    catalog_iris(centre)
    remove_iris(centre)
    write_tree(centre.catalog, {"iris/mine.txt": "mine"})
    with pytest.raises(DatasetExistsError, match="is taken"):
        restore_iris(centre)
    assert is_private(centre)
    assert (centre.catalog / "iris" / "mine.txt").read_text(encoding="utf-8") == "mine"


def test_damaged_removed_dataset_is_listed_and_reported(centre: Centre) -> None:
    catalog_iris(centre)
    stone = remove_iris(centre).removed_dir
    assert stone is not None
    (stone / "iris_info.json").write_text("{", encoding="utf-8")
    assert [s.record for s in CatalogFolder(centre.catalog).removed()] == [None]
    with pytest.raises(RecordDamagedError):
        restore_iris(centre)


def test_of_two_removals_at_once_the_dataset_is_removed_once(centre: Centre) -> None:
    catalog_iris(centre)
    runs = [_start(centre, "remove-dataset", "--yes") for _ in range(2)]
    ends = [(run.communicate()[1], run.returncode) for run in runs]
    assert {code for _, code in ends} <= {0, 3}
    assert any(code == 0 for _, code in ends)
    assert all("Traceback" not in err for err, _ in ends)
    assert len(CatalogFolder(centre.catalog).removed()) == 1


def _start(centre: Centre, verb: str, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [forked_python(), ROOT / "main.py", verb, "iris", *words, "--site", centre.profile],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_removed_dataset_is_listed_as_removed_and_not_among_the_others(centre: Centre) -> None:
    catalog_iris(centre)
    removed = remove_dataset("iris", site=str(centre.profile))
    stones = list_datasets(removed=True, site=str(centre.profile)).datasets
    assert [(row.nickname, row.removed_at) for row in stones] == [("iris", removed.removed_at)]
    assert list_datasets(site=str(centre.profile)).datasets == ()
    assert list_datasets("nothing like it", removed=True, site=str(centre.profile)).datasets == ()
