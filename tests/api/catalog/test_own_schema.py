"""A centre's own schema: it may allow more than ours, but what a card needs is needed."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc import check_dataset, init_dataset, validate_metadata
from huggingnersc.api.completion import known_values
from huggingnersc.errors import MetadataError, MetadataInvalidError, RequestInvalidError
from huggingnersc.fixes import Option
from tests.api.iris import catalog_iris, hub_text, update_iris
from tests.builders import IRIS, make_metadata, write_tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.api.conftest import Centre


@pytest.fixture
def lax(centre: Centre, tmp_path: Path) -> Centre:
    """The centre with a schema that allows every object."""
    text = centre.profile.read_text(encoding="utf-8")
    text = text.replace("[portal]", 'metadata_schema = "own.json"\n\n[portal]')
    write_tree(tmp_path, {"own.json": '{"type": "object"}', centre.profile.name: text})
    return centre


def metadata(tmp_path: Path, content: dict[str, Any]) -> Path:
    return write_tree(tmp_path, {"m.json": json.dumps(content)}) / "m.json"


def test_metadata_without_what_a_card_needs_is_refused(lax: Centre, tmp_path: Path) -> None:
    file = metadata(tmp_path, {"nickname": "x"})
    with pytest.raises(MetadataInvalidError) as caught:
        catalog_iris(lax, metadata_json=file)
    assert [problem.where for problem in caught.value.problems] == [
        "m.json: $.datacard_tags",
        "m.json: $.other_info",
    ]
    (checked,) = validate_metadata([file], site=str(lax.profile)).files
    assert [p.where for p in checked.problems] == ["$.datacard_tags", "$.other_info"]


def test_metadata_that_only_the_own_schema_allows_is_cataloged(
    lax: Centre, tmp_path: Path
) -> None:
    odd = make_metadata(
        license=None, size_categories="huge", instrument={"name": "STAR", "x": 1.5}
    )
    catalog_iris(lax, metadata_json=metadata(tmp_path, odd | {"more": [None]}))
    assert "name: STAR" in hub_text(lax, "README.md")


def test_draft_is_made_by_the_own_schema(lax: Centre, tmp_path: Path) -> None:
    drafted = init_dataset(IRIS / "data", output=tmp_path / "draft", site=str(lax.profile))
    assert (tmp_path / "draft/metadata.json").is_file()
    assert drafted.metadata["datacard_tags"]["size_categories"] == "n<1K"


@pytest.mark.attack("site and schema files")
@pytest.mark.parametrize("kind", ["pipe", "folder", "device", "missing", "large"])
def test_a_schema_that_is_no_file_of_its_size_is_explained(
    lax: Centre, tmp_path: Path, kind: str
) -> None:
    schema = tmp_path / "own.json"
    schema.unlink()
    if kind == "pipe":
        os.mkfifo(schema)
    elif kind == "folder":
        schema.mkdir()
    elif kind == "device":
        schema.symlink_to("/dev/zero")
    elif kind == "large":
        with schema.open("wb") as stream:
            stream.truncate(1 << 40)
    with pytest.raises(MetadataError) as caught:
        validate_metadata([IRIS / "iris_metadata.json"], site=str(lax.profile))
    assert str(schema) in str(caught.value)
    assert caught.value.hint
    assert known_values("license", str(lax.profile)) == ()


WIDE_ONLY = {"authors": [{"name": "Ann Smith"}], "version": "2"}


def test_the_wide_schema_is_the_hint_where_it_allows_what_the_default_one_refuses(
    centre: Centre, tmp_path: Path
) -> None:
    file = metadata(tmp_path, make_metadata(license="cc-by-4.0", other_info=WIDE_ONLY))
    with pytest.raises(MetadataInvalidError) as caught:
        catalog_iris(centre, metadata_json=file)
    assert Option("schema", "wide") in getattr(caught.value.hint, "parts", ())
    checked = validate_metadata(file, site=str(centre.profile))
    assert Option("schema", "wide") in getattr(checked.hint, "parts", ())
    assert validate_metadata(file, schema="wide", site=str(centre.profile)).valid


def test_no_other_schema_is_a_hint_where_it_would_not_help(centre: Centre, tmp_path: Path) -> None:
    wrong = metadata(tmp_path, make_metadata(size_categories="many"))
    assert validate_metadata([wrong], site=str(centre.profile)).hint is None
    assert validate_metadata([IRIS / "iris_metadata.json"], site=str(centre.profile)).hint is None


def test_the_name_of_the_schema_is_recorded_and_used_by_the_verbs_that_follow(
    centre: Centre, tmp_path: Path
) -> None:
    file = metadata(tmp_path, make_metadata(license="cc-by-4.0", other_info=WIDE_ONLY))
    catalog_iris(centre, metadata_json=file, schema="wide")
    record = json.loads((centre.catalog / "iris/iris_info.json").read_text(encoding="utf-8"))
    assert record["schema"] == "wide"
    (checked,) = check_dataset("iris", site=str(centre.profile)).datasets
    assert not [one for one in checked.findings if one.about == "metadata"]
    update_iris(centre, official_name="Iris of 1936")
    with pytest.raises(RequestInvalidError):
        update_iris(centre, schema="")


@pytest.mark.attack("catalog records")
@pytest.mark.parametrize("schema", ["own.json", "/etc/passwd", "../wide", "WIDE", "wide\n"])
def test_a_record_names_no_schema_file(centre: Centre, schema: str) -> None:
    with pytest.raises(RequestInvalidError) as caught:
        catalog_iris(centre, schema=schema)
    assert [problem.where for problem in caught.value.problems] == ["schema"]
    catalog_iris(centre)
    file = centre.catalog / "iris/iris_info.json"
    record = json.loads(file.read_text(encoding="utf-8")) | {"schema": schema}
    file.write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(RequestInvalidError):
        update_iris(centre, official_name="X")
    (checked,) = check_dataset("iris", site=str(centre.profile)).datasets
    assert not checked.is_well
    update_iris(centre, schema="")


def test_a_draft_by_the_wide_schema_is_what_the_other_verbs_take(
    centre: Centre, tmp_path: Path
) -> None:
    values: dict[str, Any] = {"license": "cc-by-4.0", "tags": "my tag"}
    place: dict[str, Any] = {"output": tmp_path / "draft", "site": str(centre.profile)}
    with pytest.raises(RequestInvalidError) as caught:
        init_dataset(IRIS / "data", **values, **place)
    assert Option("schema", "wide") in getattr(caught.value.hint, "parts", ())
    drafted = init_dataset(IRIS / "data", **values, **place, schema="wide")
    assert drafted.metadata["datacard_tags"]["tags"] == ["csv", "my tag"]
    for step in drafted.next_steps:
        assert Option("schema", "wide") in step.fix.options
