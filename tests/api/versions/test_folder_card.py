"""The card stands in two places, and its links are right in both."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from huggingnersc import check_dataset, snapshot_dataset, update_dataset
from huggingnersc.domain.catalog.description import END
from tests.api.iris import api, catalog_iris, edit_on_hub, hub_text
from tests.data_files import data_library
from tests.open_data import open_iris

if TYPE_CHECKING:
    import pytest

    from tests.api.conftest import Centre

_LINK = re.compile(r"\]\(([^()\s]+)\)")


def relative_links(card: str) -> set[str]:
    return {unquote(link) for link in _LINK.findall(card) if not link.startswith(("http", "/"))}


def test_each_link_leads_to_a_file_where_the_card_stands_also_after_an_edit_on_the_hub(
    centre: Centre, clean_env: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    for library in ("duckdb", "matplotlib"):
        data_library(library)
    monkeypatch.setenv("HF_TOKEN", centre.hub.token)
    site, folder = str(centre.profile), centre.catalog / "iris"
    with open_iris() as data:
        catalog_iris(centre, data_path=data)
        snapshot_dataset("iris", site=site)
        (checked,) = check_dataset("iris", site=site).datasets
        assert [one for one in checked.findings if "README.md" in str(one.message)] == []
        edited = hub_text(centre, "README.md").replace(END, f"Words.\n{END}")
        edit_on_hub(centre, "README.md", edited)
        update_dataset("iris", take_edits=True, site=site)
    on_hub = relative_links(hub_text(centre, "README.md"))
    assert "version/pictures/values.png" in on_hub
    assert on_hub <= {*api(centre).list_repo_files("NERSC/iris", repo_type="dataset")}
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert "Words." in card
    in_folder = relative_links(card)
    assert {"versions/v1/pictures/values.png", "./versions/v1"} <= in_folder
    assert [link for link in in_folder if not (folder / link).exists()] == []
