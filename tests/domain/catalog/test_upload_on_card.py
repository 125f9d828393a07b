"""What the card of a dataset says where all of its data is on the Hub."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from huggingnersc.adapters.templates import render
from huggingnersc.domain.catalog.plan import make_plan
from huggingnersc.domain.loading.upload import UploadForm
from tests.builders import make_entry, make_site
from tests.domain.loading.test_upload import UPLOAD, shard

TAR = replace(
    UPLOAD,
    form=UploadForm.WEBDATASET,
    shards=(shard("data/train-00000-of-00001.tar", size=14_300),),
    features=(),
)


def cards(endpoint: str = "https://huggingface.co", **changes: Any) -> tuple[str, str]:
    """Return the card of a dataset, and that of the repository of its shards."""
    plan = make_plan(make_entry(**changes), make_site(endpoint=endpoint), render)
    card = next(file for file in plan.hub_files if file.path == "README.md")
    return card.content.decode(), plan.shards_card.content.decode() if plan.shards_card else ""


@pytest.mark.parametrize(
    ("endpoint", "setting"),
    [
        (
            "embedded",
            "HF_ENDPOINT=ADDRESS HF_TOKEN=TOKEN HF_HUB_DISABLE_IMPLICIT_TOKEN=0`",
        ),
        ("https://hub.example.org", "`export HF_ENDPOINT=https://hub.example.org` and `hf auth"),
        ("https://huggingface.co", "first `hf auth login`"),
    ],
)
def test_the_cards_of_a_private_dataset_name_its_token_and_no_other(
    endpoint: str, setting: str
) -> None:
    for text in cards(endpoint, upload=TAR, private=True):
        assert setting in text
        assert "HF_HUB_DISABLE_IMPLICIT_TOKEN=1" not in text
    assert setting not in "".join(cards(endpoint, upload=TAR))


def test_a_card_says_where_the_data_is_and_never_two_places() -> None:
    link = "file:///data/iris"
    within, _ = cards(upload=UPLOAD, portal_link=link)
    beside, shards = cards(upload=TAR, portal_link=link)
    alone, _ = cards(portal_link=link)
    for text in (within, beside):
        assert "The data stays at" not in text
        assert "The data is on one machine only" not in text
    assert "all of it is in this repository, too" in within
    assert '`load_dataset("NERSC/iris")` does not load it' in beside
    assert "The data stays at" in alone
    assert "The data is on one machine only" in alone
    for text in (beside, shards):
        assert "| 14.3 kB |" in text
