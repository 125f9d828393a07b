from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from huggingnersc.domain.catalog.scripts import Script
from huggingnersc.domain.draft.layout import Column
from huggingnersc.domain.loading.croissant import CROISSANT_FILE
from huggingnersc.domain.loading.loading import Loading, Source
from tests.builders import make_metadata, make_version
from tests.conftest import Golden
from tests.croissants import TABLE, croissant_of, entry_with, make_source
from tests.odd_entries import ODD_LINES, file_of, iris_entry, plan_of
from tests.odd_texts import ODD, few


def ids(described: dict[str, Any]) -> list[str]:
    """Every name in a description that others can refer to."""
    records = described.get("recordSet", [])
    fields = [field for record in records for field in record["field"]]
    return [one["@id"] for one in (*described["distribution"], *records, *fields)]


def record_names(source: Source) -> list[str]:
    return [one["name"] for one in croissant_of(source).get("recordSet", [])]


def sets_of(described: dict[str, Any]) -> dict[str, list[str]]:
    return {
        one["name"]: one["includes"]
        for one in described["distribution"]
        if one["@type"] == "cr:FileSet"
    }


def test_iris_is_described_like_this(golden: Golden) -> None:
    entry = replace(iris_entry(), history=entry_with(make_source()).history)
    golden("catalog/iris/croissant.json", file_of(plan_of(entry), CROISSANT_FILE))


def test_it_is_in_the_repository_and_beside_the_record() -> None:
    plan = plan_of(entry_with(make_source()))
    for files in (plan.hub_files, plan.catalog_files):
        assert [file.path for file in files].count(CROISSANT_FILE) == 1
    assert CROISSANT_FILE in {file.path for file in plan.record.hub_files}


def test_files_that_are_not_public_are_not_described() -> None:
    entry = entry_with(make_source())
    closed = replace(entry, history=replace(entry.history, loading=Loading()))
    assert CROISSANT_FILE not in {file.path for file in plan_of(closed).catalog_files}


def test_a_companion_of_this_name_from_before_it_was_reserved_stays() -> None:
    entry = entry_with(make_source(), includes=(Script(CROISSANT_FILE, "{}"),))
    assert file_of(plan_of(entry), CROISSANT_FILE) == "{}"


def test_a_file_has_its_address_and_its_hash() -> None:
    (file,) = croissant_of(make_source(), portal_link="https://a.b/c%20d/")["distribution"]
    assert file["contentUrl"] == "https://a.b/c%20d/data.csv"
    assert (len(file["sha256"]), file["contentSize"]) == (64, f"{len(TABLE)} B")
    assert file["encodingFormat"] == "text/csv"


def test_files_below_a_link_with_a_query_have_no_addresses() -> None:
    described = croissant_of(make_source(), portal_link="https://app.globus.org/manager?id=1")
    assert ids(described) == ["version/manifest.tsv", "data/all"]


def test_names_that_mean_something_in_addresses_or_in_json_ld_mean_nothing() -> None:
    names = ["a b.csv", "sc:x.csv", "@id.csv", "_:b.csv", 'q"?#%.csv', "ü/漢.csv", b"\xff.csv"]
    described = croissant_of(make_source(dict.fromkeys(names, TABLE)))
    found = ids(described)
    assert len(found) == len(set(found))
    assert all(one.isascii() and not set(' :@"?#\\') & set(one) for one in found)
    addresses = {one["contentUrl"].rpartition("/iris/")[2] for one in described["distribution"]}
    assert addresses == {
        "a%20b.csv", "sc%3Ax.csv", "%40id.csv", "_%3Ab.csv", "q%22%3F%23%25.csv",
        "%C3%BC/%E6%BC%A2.csv", "%FF.csv",
    }  # fmt: skip


def test_links_and_special_files_are_no_files_to_load() -> None:
    manifest = "a.csv\tlink:b.csv\t5\t1\nb.csv\tfifo\t0\t1\n"
    source = make_source(manifest=manifest)
    assert "distribution" not in croissant_of(source)


def test_a_thousand_and_one_files_are_their_manifest() -> None:
    source = make_source(manifest="", splits={"train": "train/*", "test": "test/*"})
    described = croissant_of(source)
    manifest, *sets = described["distribution"]
    assert manifest["sha256"] == "1" * 64
    assert manifest["contentUrl"].endswith("/NERSC/iris/resolve/v1.2/version/manifest.tsv")
    assert [one["containedIn"] for one in sets] == [{"@id": manifest["@id"]}] * 2
    assert sets_of(described) == {"train": ["train/*"], "test": ["test/*"]}
    assert "recordSet" not in described


def test_many_files_without_splits_are_a_set_by_their_suffixes() -> None:
    source = make_source(manifest="", suffixes=(".h5", ".hdf5"), left_out=("a/bad.h5",))
    described = croissant_of(replace(source, file_type="hdf5"))
    assert sets_of(described) == {"all": ["*.h5", "*.hdf5"]}
    assert described["distribution"][-1]["cr:excludes"] == ["a/bad.h5"]


@pytest.mark.parametrize(
    ("files", "changes", "names"),
    [
        (["data.csv"], {}, ["default"]),
        (["data.csv", "README.md"], {}, ["default"]),
        (["a.csv", "b.csv"], {}, ["a.csv", "b.csv"]),
        (["a.csv", "b.csv"], {"only": "b.csv"}, ["default"]),
        (["a.csv", "b.csv"], {"left_out": ("a.csv",)}, ["default"]),
        (["train.csv", "test.csv"], {"splits": {"train": "train*", "test": "test*"}},
         ["train", "test"]),
        (["x1.csv", "x2.csv", "y.csv"], {"splits": {"train": "x*", "test": "y*"}},
         ["x1.csv", "x2.csv", "y.csv"]),
        (["x.csv", "z.csv"], {"splits": {"train": "x*", "test": "y*"}}, ["default"]),
    ],
)  # fmt: skip
def test_a_table_has_a_record_set_for_each_file(
    files: list[str], changes: dict[str, Any], names: list[str]
) -> None:
    assert record_names(make_source(dict.fromkeys(files, TABLE), **changes)) == names


def test_an_empty_file_is_no_table() -> None:
    splits = {"train": "train*", "test": "test*"}
    source = make_source({"train.csv": TABLE, "test.csv": b""}, splits=splits)
    assert record_names(source) == ["default"]


def test_the_columns_have_the_types_of_croissant() -> None:
    columns = {
        "int": "sc:Integer", "float": "sc:Float", "str": "sc:Text", "int64": "sc:Integer",
        "uint8": "sc:Integer", "double": "sc:Float", "bool": "sc:Boolean",
        "large_string": "sc:Text", "timestamp[us, tz=UTC]": "sc:DateTime",
        "date32[day]": "sc:Date",
        "dictionary<values=string, indices=int32, ordered=0>": "sc:Text",
        "list<item: double>": None, "struct<a: int64>": None, "binary": None,
    }  # fmt: skip
    layout = {"columns": tuple(Column(name, name) for name in columns)}
    source = make_source({"a.parquet": b"PAR1"}, file_type="parquet", suffixes=(".parquet",))
    given = replace(source, layout=make_source(layout=layout).layout)
    (records,) = croissant_of(given)["recordSet"]
    found = {field["name"]: field["dataType"] for field in records["field"]}
    assert found == {name: type_ for name, type_ in columns.items() if type_}


@pytest.mark.parametrize(
    "layout",
    [{"delimiter": ";"}, {"has_header": False}, {"encoding": "latin-1"}, {"columns": ()}],
)
def test_a_table_that_mlcroissant_would_read_wrongly_has_no_record_set(
    layout: dict[str, Any],
) -> None:
    assert record_names(make_source(layout=layout)) == []


@pytest.mark.parametrize(
    ("name", "delimiter", "media_type"),
    [
        ("a.tsv", "\t", "text/tab-separated-values"),
        ("a.csv", "\t", "text/tab-separated-values"),
        ("a.csv.gz", ",", ["text/csv", "application/gzip"]),
    ],
)
def test_a_table_is_called_by_what_is_between_its_columns(
    name: str, delimiter: str, media_type: object
) -> None:
    source = make_source({name: TABLE}, suffixes=(name[1:],), layout={"delimiter": delimiter})
    described = croissant_of(source)
    assert described["distribution"][0]["encodingFormat"] == media_type
    assert [one["name"] for one in described["recordSet"]] == ["default"]


@pytest.mark.parametrize(
    ("file_type", "suffix", "media_type"),
    [
        ("hdf5", ".h5", "application/x-hdf5"),
        ("netcdf", ".nc", "application/x-netcdf"),
        ("images", ".png", "image/png"),
        ("zarr", ".zarr", "application/octet-stream"),
    ],
)
def test_arrays_and_images_are_files_without_records(
    file_type: str, suffix: str, media_type: str
) -> None:
    names = [f"train/a{suffix}", f"test/b{suffix}"]
    splits = {"train": "train/*", "test": "test/*"}
    source = make_source(dict.fromkeys(names, b"x"), suffixes=(suffix,), splits=splits)
    described = croissant_of(replace(source, file_type=file_type))
    files = [one for one in described["distribution"] if one["@type"] == "cr:FileObject"]
    assert {one["encodingFormat"] for one in files} == {media_type}
    assert sets_of(described) == {"train": ["train/*"], "test": ["test/*"]}
    assert "recordSet" not in described


def test_very_many_columns_are_not_repeated_for_each_file() -> None:
    layout = {"columns": tuple(Column(f"c{n}", "int") for n in range(500))}
    files = {f"{n}.csv": TABLE for n in range(5)}
    assert record_names(make_source(files, layout=layout)) == []


@pytest.mark.parametrize("layout", [{}, {"columns": 3}, {"columns": [3, {"name": 4}, {}]}])
def test_a_record_that_was_edited_by_hand_breaks_nothing(layout: dict[str, Any]) -> None:
    assert record_names(replace(make_source(), layout=layout)) == []


def test_what_the_steward_wrote_is_there() -> None:
    info = {
        "authors": [{"name": "A. B", "orcid": "0000-0002-1825-0097", "affiliation": "LBNL"}],
        "doi": "doi:10.5281/zenodo.1",
        "homepage": "https://a.b/",
        "citation": "@misc{x}",
    }
    tags = {"license": "cc-by-4.0", "tags": ["flowers"], "language": ["en"]}
    metadata = make_metadata(**tags, modalities=["tabular"], other_info=info)
    described = croissant_of(make_source(), metadata=metadata, about="All of *it*.\n")
    orcid = "https://orcid.org/0000-0002-1825-0097"
    assert described["creator"]["url"] == described["creator"]["sameAs"] == orcid
    assert described["creator"]["affiliation"]["name"] == "LBNL"
    assert described["sameAs"] == ["https://doi.org/10.5281/zenodo.1", "https://a.b/"]
    assert described["license"] == "https://spdx.org/licenses/CC-BY-4.0"
    assert (described["description"], described["citeAs"]) == ("All of *it*.", "@misc{x}")
    assert (described["keywords"], described["inLanguage"]) == (["flowers", "tabular"], "en")
    days = described["version"], described["datePublished"], described["dateModified"]
    assert days == ("1.2.0", "2026-11-22", "2026-11-22")
    assert described["publisher"]["name"] == "NERSC"


@pytest.mark.parametrize(
    ("license_", "info", "found"),
    [
        (None, {}, None),
        ("unknown", {}, None),
        ("cc", {}, "cc"),
        ("other", {"license_name": "ours"}, "ours"),
        ("other", {"license_name": "ours", "license_link": "https://a.b/"}, "https://a.b/"),
        ("other", {"license_link": "LICENSE"}, "other"),
        (["mit", "odbl"], {}, [f"https://spdx.org/licenses/{n}" for n in ("MIT", "ODbL-1.0")]),
    ],
)
def test_a_license_is_an_address_where_one_is_known(
    license_: object, info: dict[str, str], found: object
) -> None:
    metadata = make_metadata(license=license_, other_info=info)
    assert croissant_of(make_source(), metadata=metadata).get("license") == found


@pytest.mark.parametrize(
    ("name", "version"),
    [("v1", "1.0.0"), ("v1.2.3", "1.2.3"), ("2026-11", "2026-11"), ("v1.2.3.4", "v1.2.3.4")],
)
def test_a_version_has_three_numbers_where_it_has_numbers(name: str, version: str) -> None:
    entry = entry_with(make_source())
    history = replace(entry.history, versions=(make_version(name),))
    assert croissant_of(make_source(), history=history)["version"] == version


@few
@given(name=ODD_LINES, about=ODD, file=ODD_LINES.filter(lambda name: "/" not in name), tag=ODD)
def test_any_text_is_valid_and_the_same_each_time(
    name: str, about: str, file: str, tag: str
) -> None:
    metadata = make_metadata(tags=[tag])
    changes: dict[str, Any] = {"official_name": name, "about": about, "metadata": metadata}
    source = make_source({f"{file}.csv": TABLE})
    entry = entry_with(source, **changes)
    assert plan_of(entry) == plan_of(replace(entry))
    described = json.loads(file_of(plan_of(entry), CROISSANT_FILE))
    assert described["name"] == name
    assert len(set(ids(described))) == len(ids(described))
