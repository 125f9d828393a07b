"""The commands that a check prints fix what it found, when a person types them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from huggingnersc import check_dataset
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.fixes import Message
from tests.wording import typed

if TYPE_CHECKING:
    from huggingnersc.domain.check.findings import Finding
    from tests.api.check.conftest import Kept
    from tests.conftest import RunCommand


def findings(kept: Kept) -> tuple[Finding, ...]:
    (dataset,) = check_dataset("iris", site=kept.site).datasets
    return dataset.findings


def upload(kept: Kept, path: str) -> None:
    kept.api.upload_file(
        path_or_fileobj=b"x = 1\n",
        path_in_repo=path,
        repo_id="NERSC/iris",
        repo_type="dataset",
    )


def hide(kept: Kept) -> None:
    kept.api.update_repo_settings("NERSC/iris", repo_type="dataset", private=True)


def names_overwrite(found: Finding) -> bool:
    return isinstance(found.message, Message) and Field.OVERWRITE in found.message.parts


def is_private(kept: Kept) -> bool:
    return bool(kept.api.dataset_info("NERSC/iris").private)


@pytest.mark.parametrize("path", ["loader.py", "extra.py"])
def test_edit_on_the_hub_is_replaced_and_the_finding_names_the_option(
    kept: Kept, run: RunCommand, path: str
) -> None:
    upload(kept, path)
    (found,) = findings(kept)
    assert names_overwrite(found)
    (fix,) = found.fixes
    assert run(f"{typed(fix)} --site {kept.site} --yes").code == 0
    assert findings(kept) == ()


def test_file_deleted_on_the_hub_is_brought_back(kept: Kept, run: RunCommand) -> None:
    kept.api.delete_file("loader.py", "NERSC/iris", repo_type="dataset")
    (found,) = findings(kept)
    assert names_overwrite(found)
    assert run(f"{typed(found.fixes[0])} --site {kept.site} --yes").code == 0
    assert findings(kept) == ()


@pytest.mark.parametrize("edited", [False, True])
@pytest.mark.parametrize("private", [False, True])
def test_visibility_becomes_what_the_command_says_and_is_well_then(
    kept: Kept, run: RunCommand, *, private: bool, edited: bool
) -> None:
    hide(kept)
    if edited:
        upload(kept, "loader.py")
        upload(kept, "extra.py")
    on_hub = [found for found in findings(kept) if found.about == "Hub"]
    assert len({found.fixes for found in on_hub}) == 1
    to_public, to_private = map(typed, on_hub[0].fixes)
    assert run(f"{to_private if private else to_public} --site {kept.site} --yes").code == 0
    assert is_private(kept) is private
    assert not [found for found in findings(kept) if found.about == "Hub"]


def test_lost_notebook_comes_back_also_where_the_hub_was_edited(
    kept: Kept, run: RunCommand
) -> None:
    (kept.folder / "iris_dataloader.ipynb").unlink()
    upload(kept, "loader.py")
    commands = {typed(fix) for found in findings(kept) for fix in found.fixes}
    assert len(commands) == 1
    assert run(f"{commands.pop()} --site {kept.site} --yes").code == 0
    assert findings(kept) == ()


@pytest.mark.parametrize("empty", [False, True])
def test_lost_repository_is_published_again(kept: Kept, run: RunCommand, *, empty: bool) -> None:
    kept.api.delete_repo("NERSC/iris", repo_type="dataset")
    if empty:
        kept.api.create_repo("NERSC/iris", repo_type="dataset")
    (found,) = findings(kept)
    assert "--overwrite" not in typed(found.fixes[0])
    assert run(f"{typed(found.fixes[0])} --site {kept.site} --yes").code == 0
    assert findings(kept) == ()
