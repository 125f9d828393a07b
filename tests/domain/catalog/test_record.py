from __future__ import annotations

import json
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.domain.catalog.record import (
    FIRST_KEYS,
    Record,
    RecordedFile,
    parse_record,
    read_record,
    record_bytes,
    record_name,
)
from huggingnersc.domain.catalog.scripts import Script
from huggingnersc.domain.catalog.version_history import VersionHistory
from huggingnersc.domain.loading.loading import Loading
from tests.builders import make_metadata, make_version
from tests.odd_texts import ODD, some

if TYPE_CHECKING:
    from tests.conftest import Golden

RECORD = Record(
    nickname="iris",
    official_name="Iris",
    repo_id="NERSC/iris",
    hub_url="https://huggingface.co/datasets/NERSC/iris",
    catalog_dir=PurePosixPath("/catalog/iris"),
    data_path=PurePosixPath("/data/iris"),
    portal_link="https://portal.nersc.gov/cfs/dasrepo/iris",
    metadata=make_metadata(),
    notebook="iris_dataloader.ipynb",
    loader=Script("load.py", "print()\n"),
    hub_files=(RecordedFile("README.md", 3, "a" * 40), RecordedFile("load.py", 8, "b" * 40)),
)
FIRST: dict[str, Any] = {
    "nickname": "iris",
    "official_name": "Fisher's Iris Data",
    "hf_dir": "https://huggingface.co/datasets/NERSC/iris",
    "data_dir": "/global/cfs/cdirs/dasrepo/www/iris",
    "nersc_dir": "/global/cfs/cdirs/dasrepo/ai_ready_datasets/iris",
    "metadata": make_metadata(),
}


def content_of(record: Record) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(record_bytes(record))
    return content


@pytest.mark.parametrize("loading", [Loading(), Loading(no_sample="It is sensitive.")])
def test_versions_are_read_as_they_were_written(loading: Loading) -> None:
    history = VersionHistory((make_version("v1"), make_version("v2")), "", loading)
    record = replace(RECORD, history=history)
    assert parse_record(record_bytes(record), "iris") == record


def damage_of(content: dict[str, Any]) -> str:
    with pytest.raises(ValueError, match=r"\w") as caught:
        read_record(content)
    return str(caught.value)


NOT_ASCII = replace(
    RECORD,
    official_name="Ångström 漢字 🦆 \u2028",
    data_path=PurePosixPath("/data/ü b"),
    metadata=make_metadata(pretty_name="Žluťoučký", license=None),
    batch_script=Script("job.sh", '#!/bin/bash\n# naïve \\ "quoted" \t\n'),
    includes=(Script("données.yml", "é: 1\r\n"),),
    job_notebook="iris_job.ipynb",
    private=True,
)


def test_bytes_of_a_record_are_utf_8_and_never_change(golden: Golden) -> None:
    golden("records/not_ascii_info.json", record_bytes(NOT_ASCII).decode("utf-8"))


SCRIPTS = st.builds(Script, name=ODD, text=ODD)
RECORDS = st.builds(
    replace,
    st.just(RECORD),
    official_name=ODD,
    data_path=st.none() | st.just(PurePosixPath("/a b/ü")),
    portal_link=st.none() | ODD,
    notebook=st.none() | ODD,
    job_notebook=st.none() | ODD,
    distributed=st.booleans(),
    private=st.booleans(),
    loader=st.none() | SCRIPTS,
    batch_script=st.none() | SCRIPTS,
    includes=st.lists(SCRIPTS, max_size=3).map(tuple),
    metadata=st.dictionaries(ODD, ODD, max_size=3),
    hub_files=st.lists(
        st.builds(RecordedFile, ODD, st.integers(0), ODD), max_size=3, unique_by=lambda f: f.path
    ).map(lambda files: tuple(sorted(files, key=lambda file: file.path))),
)


@some
@given(RECORDS)
def test_a_record_comes_back_as_it_was(record: Record) -> None:
    assert read_record(content_of(record)) == record


@some
@given(RECORDS)
def test_a_record_is_stable_readable_json(record: Record) -> None:
    data = record_bytes(record)
    assert data == record_bytes(read_record(json.loads(data)))
    assert data.endswith(b"}\n")
    assert list(json.loads(data)) == sorted(json.loads(data))


@some
@given(RECORDS)
def test_a_record_reads_the_same_without_the_slashes_of_the_first_huggingnersc(
    record: Record,
) -> None:
    content = content_of(record)
    bare = {key: content[key].removesuffix("/") for key in ("hf_dir", "nersc_dir")}
    assert read_record(content | bare) == read_record(content)


def test_a_record_of_the_root_folder_is_read_as_it_was() -> None:
    rooted = replace(RECORD, catalog_dir=PurePosixPath("/"))
    assert read_record(content_of(rooted)) == rooted


def test_only_one_slash_belongs_to_the_form() -> None:
    odd = content_of(RECORD) | {"hf_dir": f"{RECORD.hub_url}//"}
    assert read_record(odd).hub_url == f"{RECORD.hub_url}/"


def test_a_record_without_a_job_notebook_does_not_name_one() -> None:
    assert "job_notebook" not in content_of(RECORD)
    assert content_of(replace(RECORD, job_notebook="iris_job.ipynb"))["job_notebook"]


def test_a_record_is_read_from_its_bytes() -> None:
    assert parse_record(record_bytes(RECORD), "iris") == RECORD


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff", record_bytes(RECORD)[:-9]])
def test_bytes_that_are_no_json_object_are_damage(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_record(data, "iris")


def test_a_record_in_the_folder_of_another_dataset_is_damage() -> None:
    with pytest.raises(ValueError, match='the record of "iris"'):
        parse_record(record_bytes(RECORD), "rose")


def test_readers_of_the_first_format_find_their_keys() -> None:
    content = content_of(RECORD)
    assert {key: content[key] for key in FIRST_KEYS} == {
        "nickname": "iris",
        "official_name": "Iris",
        "hf_dir": "https://huggingface.co/datasets/NERSC/iris/",
        "data_dir": "/data/iris",
        "nersc_dir": "/catalog/iris/",
        "metadata": make_metadata(),
    }


def test_a_record_is_named_after_its_nickname() -> None:
    assert record_name("iris") == "iris_info.json"


def test_a_record_of_the_first_huggingnersc_is_read() -> None:
    record = read_record(FIRST)
    slashed = {key: f"{FIRST[key]}/" for key in ("hf_dir", "nersc_dir")}  # as it was written
    assert read_record(FIRST | slashed) == record
    assert record == Record(
        nickname="iris",
        official_name="Fisher's Iris Data",
        repo_id="NERSC/iris",
        hub_url="https://huggingface.co/datasets/NERSC/iris",
        catalog_dir=PurePosixPath("/global/cfs/cdirs/dasrepo/ai_ready_datasets/iris"),
        data_path=PurePosixPath("/global/cfs/cdirs/dasrepo/www/iris"),
        portal_link=None,
        metadata=make_metadata(),
        is_first_format=True,
    )
    assert read_record({**FIRST, "extra": 1}) == record


def test_the_first_data_dir_may_be_a_link_or_nothing() -> None:
    link = "https://portal.nersc.gov/cfs/dasrepo/iris"
    record = read_record({**FIRST, "data_dir": link})
    assert (record.portal_link, record.data_path) == (link, None)
    for nothing in ("", None):
        record = read_record({**FIRST, "data_dir": nothing})
        assert (record.portal_link, record.data_path) == (None, None)


@pytest.mark.parametrize(
    "hf_dir",
    [
        "NERSC/iris",
        "datasets/NERSC/iris",
        "https://huggingface.co/datasets/NERSC/iris/",
        "https://huggingface.co/datasets/NERSC/iris/tree/main",
    ],
)
def test_the_first_hf_dir_may_be_an_id_or_any_page(hf_dir: str) -> None:
    record = read_record({**FIRST, "hf_dir": hf_dir})
    assert record.repo_id == "NERSC/iris"
    assert record.hub_url.startswith("https://huggingface.co/datasets/NERSC/iris")


@pytest.mark.parametrize(
    "hf_dir", ["", "iris", "https://huggingface.co", "https://[", "a/b/c", "../x"]
)
def test_an_hf_dir_that_names_no_repository_is_damage(hf_dir: str) -> None:
    assert "the key hf_dir names the repository" in damage_of({**FIRST, "hf_dir": hf_dir})


def test_every_missing_key_is_reported() -> None:
    assert damage_of({}) == f"the key {', '.join(FIRST_KEYS)} is missing"
    assert damage_of({**content_of(RECORD), "format": 3}) == (
        "its format is the number 3; this version reads 2"
    )
    assert "its format is null" in damage_of({**FIRST, "format": None})


@pytest.mark.parametrize("key", sorted(content_of(RECORD)))
def test_each_key_is_needed(key: str) -> None:
    content = content_of(RECORD)
    del content[key]
    if key == "format":
        assert read_record(content).is_first_format
    else:
        assert damage_of(content) == f"the key {key} is missing"


@pytest.mark.parametrize(
    ("changes", "reported"),
    [
        ({"nickname": 3}, "the key nickname holds the number 3, not a string"),
        ({"official_name": None}, "the key official_name holds null, not a string"),
        ({"metadata": []}, "the key metadata holds an array of 0, not an object"),
        ({"distributed": "yes"}, 'the key distributed holds "yes", not true or false'),
        ({"private": 1}, "the key private holds the number 1, not true or false"),
        ({"job_notebook": 1}, "the key job_notebook holds the number 1, not a string"),
        ({"portal_link": 1}, "the key portal_link holds the number 1, not a string"),
        ({"data_dir": {}}, "the key data_dir holds an object, not a string"),
        ({"repo_id": "iris"}, 'the key repo_id names the repository "iris", which is not of'),
        ({"loader": "x"}, 'the key loader holds "x", not an object'),
        ({"loader": {"name": "x"}}, "the key loader.text is missing"),
        ({"batch_script": {"name": 1, "text": ""}}, "the key batch_script.name holds the number"),
        ({"includes": {}}, "the key includes holds an object, not an array"),
        ({"includes": [1]}, "the key includes holds the number 1, not an object"),
        ({"hub_files": []}, "the key hub_files holds an array of 0, not an object"),
        ({"hub_files": {"a": 1}}, 'the key hub_files["a"] holds the number 1, not an object'),
        ({"hub_files": {"a": {}}}, 'the key hub_files["a"].size_bytes is missing'),
        (
            {"hub_files": {"a": {"size_bytes": True, "git_oid": "x"}}},
            'the key hub_files["a"].size_bytes holds true, not a whole number',
        ),
    ],
)
def test_a_wrong_value_is_reported_with_its_key(changes: dict[str, Any], reported: str) -> None:
    assert damage_of({**content_of(RECORD), **changes}).startswith(reported)


@some
@given(st.sampled_from([content_of(RECORD), FIRST]), st.data())
def test_no_damage_is_a_bug(content: dict[str, Any], data: st.DataObject) -> None:
    values = st.none() | st.booleans() | st.integers() | ODD | st.lists(ODD, max_size=2)
    wrong = values | st.dictionaries(ODD, values, max_size=2)
    key = data.draw(st.sampled_from(sorted(content)))
    changed = {**content, key: data.draw(wrong)}
    try:
        reported = ""
        read_record(changed)
    except ValueError as error:
        reported = str(error)
    assert reported.isprintable()
