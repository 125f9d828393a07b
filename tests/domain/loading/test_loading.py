from dataclasses import replace

import pytest

from huggingnersc.domain.loading.card_configs import card_configs
from huggingnersc.domain.loading.loading import (
    NO_LOADING,
    HubConfig,
    Loading,
    Source,
    hub_split,
    index_files,
    is_index,
    loading_bytes,
    parse_loading,
    split_files,
)

SAMPLE = HubConfig("sample", {"train": "version/sample/train.parquet"})
FILES = HubConfig("files", {"train": "version/files.parquet"})
SOURCE = Source(
    file_type="csv",
    suffixes=(".csv",),
    splits={"train": "train/*", "test": "test/*"},
    left_out=("train/broken.csv",),
    layout={"delimiter": ";"},
    examples={"train": 120, "test": 30},
    manifest="train/a.csv\t" + "0" * 64 + "\t4\t1\n",
    manifest_sha256="1" * 64,
)
LOADING = Loading(configs=(SAMPLE, FILES), source=SOURCE)


@pytest.mark.parametrize(
    "loading",
    [
        LOADING,
        NO_LOADING,
        Loading(no_sample="It is sensitive."),
        Loading(source=replace(SOURCE, links=3, empty_files=4)),
    ],
)
def test_what_is_written_is_read_again(loading: Loading) -> None:
    assert parse_loading(loading_bytes(loading)) == loading


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (b"", "JSON"),
        (b"[]", "object"),
        (b'{"format": 2}', "format is 2"),
        (b'{"format": 1, "configs": [], "source": 3, "no_sample": ""}', "source"),
        (b'{"format": 1, "configs": [3], "source": null, "no_sample": ""}', "the number 3"),
        (loading_bytes(LOADING).replace(b'"version/files.parquet"', b"1"), "splits"),
        (loading_bytes(LOADING).replace(b"120", b"-1"), "examples"),
        (loading_bytes(LOADING).replace(b'".csv"', b"7"), "suffixes"),
        (loading_bytes(LOADING).replace(b'"layout"', b'"links": -1, "layout"'), "links"),
    ],
)
def test_what_others_wrote_is_refused(damage: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_loading(damage)


def test_only_what_is_published_is_known_to_everyone() -> None:
    everything = {"version/sample/train.parquet", "version/files.parquet"}
    assert LOADING.public_part(everything, is_listed=True) == LOADING
    found = LOADING.public_part({"version/sample/train.parquet"}, is_listed=False)
    assert (found.configs, found.source) == ((SAMPLE,), None)


def test_no_configuration_of_a_card_is_the_default() -> None:
    first, second = card_configs(LOADING)
    assert first == {
        "config_name": "sample",
        "data_files": [{"split": "train", "path": "version/sample/train.parquet"}],
    }
    assert "default" not in {*first, *second}
    assert card_configs(NO_LOADING) == []


@pytest.mark.parametrize(
    ("name", "split"), [("train", "train"), ("a-b/c", "a_b_c"), ("", "train")]
)
def test_a_split_has_a_name_that_datasets_takes(name: str, split: str) -> None:
    assert hub_split(name) == split


def test_the_file_of_each_split_has_a_name_of_its_own_in_ascii() -> None:
    splits = ("train", "é", "ü", "1", "data", "größe", "gr_e")
    found = split_files("tables/", splits)
    assert tuple(found) == splits
    assert found["train"] == "tables/train.parquet"
    assert all(path.isascii() for path in found.values())
    assert len({path.casefold() for path in found.values()}) == len(splits)
    assert all(map(is_index, index_files("portal", splits).values()))
    assert index_files("site", ["é"]) == {"é": "site.parquet"}
