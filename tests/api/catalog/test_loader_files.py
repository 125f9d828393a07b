"""The scripts of a dataset in its catalog folder, and how its loader is run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc import check_dataset, remove_dataset, restore_dataset
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.errors import RequestInvalidError
from huggingnersc.fixes import Message, Option
from tests.api.iris import catalog_iris, hub_text, tree, update_iris
from tests.builders import write_tree

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from huggingnersc.fixes import Text
    from tests.api.conftest import Centre

SEED = "import argparse\np = argparse.ArgumentParser()\np.add_argument('--seed', required=True)\n"
SEED += "p.add_argument('--data-dir')\nprint(p.parse_args())\n"
COMMAND = "python {loader} --seed 1 --data-dir {data}"


def options(warnings: Iterable[Text]) -> list[str]:
    """The options that the warnings name."""
    parts = [part for one in warnings if isinstance(one, Message) for part in one.parts]
    return [part.name for part in parts if isinstance(part, Option)]


def notebook(centre: Centre) -> dict[str, Any]:
    text = (centre.catalog / "iris/iris_dataloader.ipynb").read_text("utf-8")
    parsed: dict[str, Any] = json.loads(text)
    return parsed


def test_a_doubt_is_reported_until_the_command_is_stated(centre: Centre, tmp_path: Path) -> None:
    write_tree(tmp_path, {"seed.py": SEED})
    cataloged = catalog_iris(centre, loader_script=tmp_path / "seed.py")
    assert options(cataloged.warnings) == [Field.RUN_COMMAND]
    assert options(update_iris(centre).warnings) == [Field.RUN_COMMAND]
    updated = update_iris(centre, run_command=COMMAND)
    assert options(updated.warnings) == []
    assert json.loads(tree(centre.catalog)["iris/iris_info.json"])["run_command"] == COMMAND
    setup = "".join(notebook(centre)["cells"][1]["source"])
    assert setup.endswith("sys.argv = [LOADER, '--seed', '1', '--data-dir', DATA_PATH]")
    assert options(update_iris(centre, run_command="").warnings) == [Field.RUN_COMMAND]
    assert "run_command" not in json.loads(tree(centre.catalog)["iris/iris_info.json"])


def test_the_kernel_is_recorded_and_checked(centre: Centre) -> None:
    catalog_iris(centre, kernel="pytorch-2.6.0")
    assert notebook(centre)["metadata"]["kernelspec"]["name"] == "pytorch-2.6.0"
    with pytest.raises(RequestInvalidError) as caught:
        update_iris(centre, kernel="no kernel", run_command="python {data}")
    assert [one.where for one in caught.value.problems] == [Field.RUN_COMMAND, Field.KERNEL]
    update_iris(centre, kernel="")
    assert notebook(centre)["metadata"]["kernelspec"]["name"] == "python3"


def test_scripts_in_the_folder_are_those_on_the_hub_and_follow_them(
    centre: Centre, tmp_path: Path
) -> None:
    write_tree(tmp_path, {"helpers.py": "A = 1\n", "columns.yml": "x\n"})
    catalog_iris(centre, include=[tmp_path / "helpers.py", tmp_path / "columns.yml"])
    folder = centre.catalog / "iris"
    for name in ("iris_loader.py", "helpers.py", "columns.yml"):
        assert (folder / name).read_text("utf-8") == hub_text(centre, name)
    update_iris(centre, include=[tmp_path / "columns.yml"])
    assert not (folder / "helpers.py").exists()
    before = tree(centre.catalog)
    remove_dataset("iris", site=str(centre.profile))
    restore_dataset("iris", site=str(centre.profile))
    assert tree(centre.catalog) == before


def test_folder_that_lacks_its_scripts_is_completed(centre: Centre) -> None:
    catalog_iris(centre)
    before = tree(centre.catalog)
    (centre.catalog / "iris/iris_loader.py").unlink()
    (found,) = [one for one in _findings(centre) if "missing" in str(one.message)]
    assert found.level == "problem"
    assert update_iris(centre).outcome == "updated"
    assert tree(centre.catalog) == before
    (centre.catalog / "iris/iris_loader.py").unlink()
    assert catalog_iris(centre).outcome != "unchanged"
    assert tree(centre.catalog) == before


def _findings(centre: Centre) -> Iterable[Any]:
    return check_dataset("iris", site=str(centre.profile)).datasets[0].findings


@pytest.mark.parametrize("name", ["iris_info.json", "iris_dataloader.ipynb"])
def test_a_companion_cannot_take_the_name_of_a_file_of_ours(
    centre: Centre, tmp_path: Path, name: str
) -> None:
    write_tree(tmp_path, {name: "{}\n"})
    with pytest.raises(RequestInvalidError) as caught:
        catalog_iris(centre, include=[tmp_path / name])
    assert [one.where for one in caught.value.problems] == [Field.INCLUDE]


@pytest.mark.attack("catalog records")
@pytest.mark.parametrize(
    "edit",
    [
        {"run_command": "python {loader}; touch /tmp/x"},
        {"run_command": "python '{loader}"},
        {"run_command": "python {loader} \x1b[2J"},
        {"kernel": "../../x"},
    ],
)
def test_an_edited_command_or_kernel_is_refused(centre: Centre, edit: dict[str, str]) -> None:
    catalog_iris(centre)
    file = centre.catalog / "iris/iris_info.json"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | edit), "utf-8")
    with pytest.raises(RequestInvalidError):
        update_iris(centre)
    assert any(one.about == "record" for one in _findings(centre))
