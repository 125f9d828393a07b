"""Restoring where the repository holds something else: what is shown, and what is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc import remove_dataset, restore_dataset
from tests.api.iris import (
    api,
    catalog_iris,
    edit_on_hub,
    files,
    hub_text,
    is_private,
    tree,
    update_iris,
)
from tests.wording import fixes_in, typed

if TYPE_CHECKING:
    from huggingnersc.api.catalog.restore_dataset import Restored
    from tests.api.conftest import Centre
    from tests.conftest import RunCommand


def restore_iris(centre: Centre, **options: Any) -> Restored:
    return restore_dataset("iris", site=str(centre.profile), **options)


def catalog_and_remove(centre: Centre, title: str, *, delete: bool = False, **more: Any) -> str:
    """Catalog and remove iris; gives when it was removed."""
    catalog_iris(centre, official_name=title, **more)
    removed = remove_dataset("iris", delete=delete, site=str(centre.profile)).removed_at
    assert removed is not None
    return removed


def commands(result: Restored) -> list[str]:
    """The commands that the one warning shows."""
    (warning,) = result.warnings
    return [typed(fix) for fix in fixes_in(warning)]


def test_edits_survive_removal_and_restoration(centre: Centre, run: RunCommand) -> None:
    catalog_iris(centre)
    edit_on_hub(centre, "data.csv", "a,b\n1,2\n")
    remove_dataset("iris", site=str(centre.profile))
    result = restore_iris(centre)
    assert "does not hold what is recorded" in str(result.warnings[0])
    assert "data.csv" in files(centre)
    assert (result.private, is_private(centre)) == (False, False)
    (look,) = commands(result)
    done = run(look, "--site", centre.profile)
    assert (done.code, "data.csv" in done.out) == (0, True)


@pytest.mark.parametrize("edited", [False, True])
def test_newer_dataset_of_that_name_is_not_shown_as_the_older(
    centre: Centre, run: RunCommand, *, edited: bool
) -> None:
    first = catalog_and_remove(centre, "First", delete=True)
    catalog_iris(centre, official_name="Second")
    if edited:
        edit_on_hub(centre, "data.csv", "a,b\n1,2\n")
    remove_dataset("iris", site=str(centre.profile))
    result = restore_iris(centre, at=first)
    assert (result.outcome, result.official_name) == ("restored", "First")
    assert (result.private, is_private(centre)) == (True, True)
    assert "# Second" in hub_text(centre, "README.md")
    look, do = commands(result)
    before = tree(centre.catalog)
    assert run(look, "--site", centre.profile).code == 0
    assert tree(centre.catalog) == before
    assert run(do, "--yes", "--site", centre.profile).code == 0
    assert "# First" in hub_text(centre, "README.md")
    assert "data.csv" not in files(centre)
    assert not is_private(centre)
    assert update_iris(centre).outcome == "unchanged"


def test_private_record_makes_what_is_not_its_own_private_too(centre: Centre) -> None:
    first = catalog_and_remove(centre, "First", delete=True, private=True)
    catalog_and_remove(centre, "Second")
    api(centre).update_repo_settings("NERSC/iris", private=False, repo_type="dataset")
    assert restore_iris(centre, at=first).private
    assert is_private(centre)


def test_older_one_is_shown_where_the_hub_holds_it(centre: Centre) -> None:
    first = catalog_and_remove(centre, "First", delete=True)
    catalog_and_remove(centre, "Second", delete=True)
    catalog_and_remove(centre, "First")
    result = restore_iris(centre, at=first)
    assert (result.private, result.published_again, result.warnings) == (False, False, ())
    assert not is_private(centre)


def test_newer_one_is_as_it_was(centre: Centre) -> None:
    catalog_and_remove(centre, "First", delete=True)
    catalog_and_remove(centre, "Second")
    result = restore_iris(centre)
    assert (result.official_name, result.private, result.warnings) == ("Second", False, ())
    assert not is_private(centre)
