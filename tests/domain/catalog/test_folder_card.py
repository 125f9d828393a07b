"""The card in the catalog folder."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.domain.catalog.folder_card import (
    card_in_folder,
    card_on_hub,
    is_recorded_card,
)
from huggingnersc.domain.catalog.version_history import VersionHistory
from huggingnersc.domain.planned_file import git_blob_id
from tests.builders import make_version, record_of
from tests.odd_texts import some

RECORD = record_of(history=VersionHistory((make_version("v1"), make_version("v2.1"))))
ON_HUB = b"""\
![Values](version/pictures/values.png)
[statistics.json](version/statistics.json) [loader](iris_loader.py) `version/`
- **[v1](/datasets/NERSC/iris/tree/v1)**, **[v2.1](/datasets/NERSC/iris/tree/v2.1)**
"""
IN_FOLDER = b"""\
![Values](versions/v2.1/pictures/values.png)
[statistics.json](versions/v2.1/statistics.json) [loader](iris_loader.py) `version/`
- **[v1](./versions/v1)**, **[v2.1](./versions/v2.1)**
"""
PARTS = st.lists(
    st.sampled_from(
        [b"](version/", b"](versions/v2.1/", b"](./versions/", b"](/datasets/NERSC/iris/tree/",
         b"a.png)", b"v1)", b"\xff", b" "]
    )
)  # fmt: skip


def test_its_links_lead_to_what_is_beside_it() -> None:
    assert card_in_folder(ON_HUB, RECORD) == IN_FOLDER
    assert card_on_hub(IN_FOLDER, RECORD) == ON_HUB


def test_without_a_version_it_is_that_of_the_hub() -> None:
    assert card_in_folder(ON_HUB, record_of()) == ON_HUB


@some
@given(PARTS)
def test_it_is_known_as_the_card_that_was_pushed_whatever_a_steward_links(
    parts: list[bytes],
) -> None:
    card = b"".join(parts)
    oid = git_blob_id(card)
    assert is_recorded_card(card_in_folder(card, RECORD), oid, RECORD)
    assert not is_recorded_card(card_in_folder(card, RECORD) + b"edited", oid, RECORD)
