"""What was edited on the Hub can be taken over: downloaded, and given to the next command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.api.iris import catalog_iris, commits, edit_on_hub, hub_text, update_iris
from tests.builders import JETCLASS, write_tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.api.conftest import Centre

MARK = "# Comment added by HuggingNERSC"
SCRIPTS = ("iris_loader.py", "jetclass_batch.sh", "extra.py")


def download(centre: Centre, folder: Path) -> Path:
    """The scripts of iris as the Hub holds them."""
    return write_tree(folder, {name: hub_text(centre, name) for name in SCRIPTS})


def test_scripts_taken_from_the_hub_lose_our_comment_and_keep_the_edit(
    centre: Centre, tmp_path: Path
) -> None:
    extra = write_tree(tmp_path, {"extra.py": "x = 1\n"}) / "extra.py"
    catalog_iris(centre, batch_script=JETCLASS / "jetclass_batch.sh", include=[extra])
    edited = hub_text(centre, "iris_loader.py") + "EDITED = True\n"
    edit_on_hub(centre, "iris_loader.py", edited)
    taken = download(centre, tmp_path / "taken")
    update_iris(
        centre,
        loader=taken / "iris_loader.py",
        batch_script=taken / "jetclass_batch.sh",
        include=[taken / "extra.py"],
        overwrite=True,
    )
    assert hub_text(centre, "iris_loader.py") == edited
    assert hub_text(centre, "jetclass_batch.sh").count(MARK) == 1
    assert update_iris(centre).outcome == "unchanged"


def test_what_was_not_edited_is_nothing_new(centre: Centre, tmp_path: Path) -> None:
    extra = write_tree(tmp_path, {"extra.py": "x = 1\n"}) / "extra.py"
    catalog_iris(centre, batch_script=JETCLASS / "jetclass_batch.sh", include=[extra])
    before, taken = commits(centre), download(centre, tmp_path / "taken")
    given = {
        "loader_script": taken / "iris_loader.py",
        "batch_script": taken / "jetclass_batch.sh",
        "include": [taken / "extra.py"],
    }
    assert catalog_iris(centre, **given).outcome == "unchanged"
    assert commits(centre) == before


def test_loader_of_one_dataset_is_a_companion_of_another(centre: Centre, tmp_path: Path) -> None:
    catalog_iris(centre)
    loader = hub_text(centre, "iris_loader.py")
    other = write_tree(tmp_path, {"other.py": loader}) / "other.py"
    update_iris(centre, include=[other])
    assert MARK in loader
    assert MARK not in hub_text(centre, "other.py")
