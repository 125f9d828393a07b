from __future__ import annotations

from dataclasses import replace

import pytest

from huggingnersc.domain.catalog.listing import (
    ListedDataset,
    Query,
    row_of_remote,
    without_shards,
)
from huggingnersc.domain.catalog.remote import RemoteDataset

JETS = ListedDataset(
    nickname="jetclass",
    official_name="Jets of the LHC",
    size_category="100M<n<1B",
    license="cc",
    task_categories=("tabular-classification",),
    languages=("en",),
    tags=("hdf5", "particle physics"),
    private=False,
    hub_url="https://huggingface.co/datasets/NERSC/jetclass",
    about="Simulated with **Delphes**.",
)


@pytest.mark.parametrize(
    "wanted",
    [
        Query(),
        Query("JETCLASS"),
        Query("lhc jets"),
        Query("physics hdf5"),
        Query("delphes lhc"),
        Query(tags=("HDF5", "particle physics")),
        Query(tasks=("tabular-classification",), languages=("EN",)),
        Query(sizes=("n<1K", "100m<N<1b")),
        Query(licenses=("mit", "CC")),
    ],
)
def test_a_dataset_that_fulfils_everything_is_wanted(wanted: Query) -> None:
    assert wanted.matches(JETS)


@pytest.mark.parametrize(
    "wanted",
    [
        Query("jets cosmology"),
        Query("tabular"),
        Query(tags=("hdf5", "csv")),
        Query(tags=("particle",)),
        Query(tasks=("image-classification",)),
        Query(sizes=("n<1K",)),
        Query(licenses=("mit",)),
        Query("jets", tags=("hdf5",), languages=("fr",)),
    ],
)
def test_a_dataset_that_fails_one_filter_is_not_wanted(wanted: Query) -> None:
    assert not wanted.matches(JETS)


def test_a_dataset_without_a_licence_has_none_of_those_asked_for() -> None:
    assert not Query(licenses=("cc",)).matches(replace(JETS, license=None))


def test_a_value_that_no_dataset_has_is_reported_with_the_nearest() -> None:
    wanted = Query(tags=("hdf5", "partical physics"), licenses=("zzz",))
    assert list(wanted.unknown_values([JETS])) == [
        'no dataset has the tag "partical physics"; nearest: "particle physics"',
        'no dataset has the license "zzz"',
    ]


def test_a_card_written_by_hand_may_hold_one_value_for_a_list_and_anything_else() -> None:
    card = {"license": ["mit"], "language": "en", "tags": ["a", 3, None], "size_categories": [[]]}
    row = row_of_remote(RemoteDataset("NERSC/x", private=True, card=card), hub_url="u")
    assert (row.nickname, row.official_name, row.private) == ("x", "x", True)
    assert (row.license, row.languages, row.tags) == ("mit", ("en",), ("a",))
    assert row.size_category is None


def test_the_shards_of_a_listed_dataset_are_no_dataset_of_their_own() -> None:
    titles = {
        "NERSC/iris": "Iris",
        "NERSC/iris-shards": "Iris: shards",
        "NERSC/wine-shards": "Wine: shards",  # without its dataset
        "NERSC/glass": "Glass",
        "NERSC/glass-shards": "Shards of glass",  # a dataset
    }
    found = without_shards(
        row_of_remote(RemoteDataset(name, private=False, card={"pretty_name": title}), hub_url="u")
        for name, title in titles.items()
    )
    names = [row.nickname for row in found]
    assert names == ["iris", "wine-shards", "glass", "glass-shards"]
