from __future__ import annotations

from typing import Any

import pytest

from huggingnersc.hub_server.web.card_outline import CardOutline, Place
from huggingnersc.hub_server.web.data_access import (
    access_of,
    generated_module,
    holds_data,
    holds_sample,
)
from huggingnersc.hub_server.web.script_note import ScriptNote

ADDRESS = "https://p.example.org/iris/"
LOADER = ScriptNote("l.py", data="/data/iris", portal=ADDRESS, run="python l.py")
BATCH = ScriptNote("b.sh", data="/data/iris", run="sbatch b.sh", is_batch=True)
NOT_PUBLISHED = ScriptNote("own.py", program="python")
SAMPLE, TABLE = "version/sample/train.parquet", "version/tables/train.parquet"


def configs(*data_files: object) -> dict[str, Any]:
    """A card with a configuration for each of these files."""
    return {"configs": [{"config_name": "default", "data_files": one} for one in data_files]}


NO_DATA_HERE = configs([{"split": "train", "path": "data/*"}])


def test_what_the_scripts_say_counts_before_the_card() -> None:
    card = CardOutline(
        path=Place("Group", "/events/jets"), portal=Place("See", "x", "https://x.y")
    )
    access = access_of([BATCH, LOADER], card)
    assert access.path == Place("Path", "/data/iris")
    assert access.portal == Place("Portal", "p.example.org/iris", ADDRESS)
    assert (access.loader, access.batch, access.is_in_place) == (LOADER, BATCH, True)


def test_the_card_s_own_words_name_the_path_that_the_scripts_say() -> None:
    card = CardOutline(path=Place("Path at NERSC", "/data/iris/"))
    assert access_of([LOADER], card).path == card.path


def test_without_a_comment_of_ours_the_card_says_where_the_data_is() -> None:
    card = CardOutline(path=Place("Path", "/data/x"), files=("own.py", "other.txt"))
    access = access_of([NOT_PUBLISHED], card)
    assert (access.path, access.loader) == (card.path, NOT_PUBLISHED)


def test_a_batch_job_is_submitted_after_what_the_card_prepares() -> None:
    card = CardOutline(commands=("conda env create -f e.yml", "sbatch b.sh"))
    access = access_of([LOADER, BATCH], card)
    assert access.batch is not None
    assert access.batch.run == "conda env create -f e.yml\nsbatch b.sh"
    assert access.loader == LOADER
    assert access_of([BATCH], CardOutline(commands=("python l.py",))).batch == BATCH


def test_a_script_that_no_card_names_is_no_loader() -> None:
    access = access_of([NOT_PUBLISHED], CardOutline())
    assert (access.loader, access.is_in_place) == (None, False)


@pytest.mark.attack("pasted commands")
@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//evil.example"])
def test_an_address_of_another_scheme_is_no_portal(address: str) -> None:
    assert (
        access_of([ScriptNote("l.py", data="/d/x", portal=address)], CardOutline()).portal is None
    )


def test_load_dataset_is_offered_where_it_finds_data() -> None:
    assert holds_data(["README.md", "data/x.PARQUET"], {})
    assert not holds_data(["README.md", "loader.py", "record.yaml", "info.json"], {})


def test_a_card_that_names_its_data_files_has_no_others() -> None:
    assert not holds_data(["labels.csv", "README.md"], NO_DATA_HERE)
    assert holds_data(["labels.csv", "data/sample.csv"], NO_DATA_HERE)
    assert holds_data(["a/b.csv"], configs("a/*.csv"))
    assert holds_data(["b.csv"], configs([{"split": "train", "path": ["a.csv", "b.csv"]}]))
    assert holds_data(["b.csv"], {"configs": [{"config_name": "default"}, "odd", None]})


SAMPLED = {
    "configs": [
        {"config_name": "sample", "data_files": [{"split": "train", "path": SAMPLE}]},
        {"config_name": "files", "data_files": "version/files.parquet"},
    ]
}


def test_a_sample_is_not_the_data() -> None:
    paths = [SAMPLE, "version/files.parquet", "load_my_set.py"]
    assert not holds_data(paths, SAMPLED)
    assert holds_sample(paths, SAMPLED)
    assert not holds_sample(["version/files.parquet"], SAMPLED)
    tables = {"configs": [*SAMPLED["configs"], *configs(TABLE)["configs"]]}
    assert holds_data([*paths, TABLE], tables)


def test_the_generated_script_is_found_by_its_name() -> None:
    assert generated_module(["load_my_set.py", "load_it.py"], "my-set") == "load_my_set"
    assert generated_module(["load_my_set.py", "load_my_set_2.py"], "my-set") == "load_my_set_2"
    assert generated_module(["load_it.py"], "my-set") == ""


def test_no_data_is_found_in_an_empty_repository_or_in_a_folder_named_like_data() -> None:
    assert not holds_data([], {})
    assert not holds_data(["x.csv/README.md", ".csv"], {})
