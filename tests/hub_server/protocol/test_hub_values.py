"""The lists of the Hub's tasks and licenses are complete and whole."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from huggingface_hub import InferenceClient

from huggingnersc.assets import schema_file
from huggingnersc.hub_server.protocol.hub_values import license_ids, task_ids
from tests.conftest import ROOT

VALUES = {
    key: rule["enum"]
    for key, rule in json.loads(schema_file("hub_values.json").read_text("utf-8"))["$defs"].items()
}
NO_TASKS = {"chat", "chat-completion", "close", "get-endpoint-info", "health-check"}
COUNTS = {"tasks": 57, "licenses": 83, "sizes": 11, "modalities": 9, "languages": 8_262}


@pytest.mark.parametrize(("key", "count"), COUNTS.items())
def test_a_list_has_as_many_values_as_the_hub_and_each_once(key: str, count: int) -> None:
    assert len(VALUES[key]) == len(set(VALUES[key])) == count


@pytest.mark.parametrize("values", [task_ids, license_ids])
def test_no_value_is_broken_at_a_hyphen(values: Callable[[], frozenset[str]]) -> None:
    whole = re.compile(r"[a-z0-9]+([.+-][a-z0-9]+)*(\+\+)?")
    assert [value for value in sorted(values()) if not whole.fullmatch(value)] == []


@pytest.mark.parametrize("word", ["text", "image", "learning", "classification"])
def test_a_part_of_a_task_is_no_task(word: str) -> None:
    assert word not in task_ids()


def test_every_task_of_the_inference_client_is_listed() -> None:
    methods = {name.replace("_", "-") for name in dir(InferenceClient) if name[0] != "_"}
    tasks = methods - NO_TASKS
    assert len(tasks) >= 28
    assert tasks <= task_ids()


def test_every_task_and_license_of_the_metadata_schema_is_listed() -> None:
    schema = json.loads((ROOT / "metadata_schema.json").read_text(encoding="utf-8"))
    tags = schema["properties"]["datacard_tags"]["properties"]
    assert set(tags["license"]["enum"]) <= license_ids()
    assert set(tags["task_categories"]["items"]["enum"]) <= task_ids()


def test_every_language_that_datasets_knows_is_listed() -> None:
    datasets = pytest.importorskip("datasets")
    file = Path(datasets.__file__).parent / "utils/resources/languages.json"
    assert set(json.loads(file.read_text(encoding="utf-8"))) <= set(VALUES["languages"])
    assert {"en", "eng", "de", "deu", "ger", "mul", "code", "multilingual"} <= set(
        VALUES["languages"]
    )


def test_every_list_names_its_source_and_date() -> None:
    for rule in json.loads(schema_file("hub_values.json").read_text("utf-8"))["$defs"].values():
        assert re.search(r"20\d\d-\d\d-\d\d", rule["$comment"])
