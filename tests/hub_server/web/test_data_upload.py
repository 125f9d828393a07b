"""What a card says of uploaded data, which anyone may have written."""

from __future__ import annotations

from typing import Any

import pytest

from huggingnersc.domain.loading.upload_card import dataset_info
from huggingnersc.hub_server.web.data_upload import SplitOnCard, UploadOnCard, upload_on_card
from tests.domain.loading.test_upload import UPLOAD


def test_the_card_of_an_upload_is_understood() -> None:
    assert upload_on_card({"dataset_info": dataset_info(UPLOAD)}) == UploadOnCard(
        splits=(SplitOnCard("train", 6, 20), SplitOnCard("test", 1, 5)),
        columns=(("image", "image"),),
    )


@pytest.mark.parametrize(
    "info",
    [None, [], "data", {"config_name": "other", "splits": [{"name": "train"}]}],
)
def test_what_is_of_no_upload_says_nothing(info: Any) -> None:
    assert upload_on_card({"dataset_info": info}) == UploadOnCard()


def test_odd_values_are_left_out_and_long_ones_cut() -> None:
    features = [
        {"name": 3}, "x", {"name": "a"}, {"name": "b", "dtype": {"class_label": 1}},
        {"name": "c", "list": {"dtype": "int64"}}, {"name": "d", "struct": []},
        *({"name": "n" * 300, "dtype": "int64"} for _ in range(300)),
    ]  # fmt: skip
    splits = [{"name": "s", "num_bytes": -1, "num_examples": True}, {"name": None}, 7]
    info = {"config_name": "data", "features": features, "splits": splits}
    found = upload_on_card({"dataset_info": info})
    assert found.splits == (SplitOnCard("s", 0, 0),)
    assert found.columns[:4] == (("a", ""), ("b", ""), ("c", "list"), ("d", "fields"))
    assert (len(found.columns), found.columns_left_out) == (200, 104)
    assert len(found.columns[-1][0]) == 200
