"""Search of names, titles and cards, and a registry that an earlier server wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.domain.repo_names import RepoKind, RepoName
from huggingnersc.hub_server.services.maintenance import maintain
from huggingnersc.hub_server.services.open_hub import open_hub
from huggingnersc.hub_server.services.search import Search, search
from tests.hub_contents import accounts, commit, make

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.hub_server.hub_context import HubContext

CARD = "---\npretty_name: Jets\ntags: [HDF5]\n---\n# Jets\n\nCollisions of Straße.\n"


def found(hub: HubContext, *words: str, in_cards: bool = True) -> list[str]:
    query = Search(RepoKind.DATASET, words=words, in_cards=in_cards)
    return [record.name.name for record in search(hub.registry, query).records]


def jets(root: Path) -> HubContext:
    hub = open_hub(root, accounts())
    make(hub, "jets")
    commit(hub, "jets", {"README.md": CARD}, "Add")
    return hub


def test_each_word_may_be_in_the_name_the_title_or_the_card(tmp_path: Path) -> None:
    hub = jets(tmp_path)
    for words in (["nersc/je"], ["hdf5", "JETS"], ["collisions"], ["STRASSE"]):
        assert found(hub, *words) == ["jets"]
    assert found(hub, "collisions", "absent") == []


def test_the_api_s_search_looks_in_names_and_titles_only(tmp_path: Path) -> None:
    hub = jets(tmp_path)
    assert found(hub, "jets", in_cards=False) == ["jets"]
    assert found(hub, "collisions", in_cards=False) == []


def test_a_new_card_replaces_the_old_one_and_a_deleted_repository_is_forgotten(
    tmp_path: Path,
) -> None:
    hub = jets(tmp_path)
    commit(hub, "jets", {"README.md": "# Jets\n\nDecays.\n"}, "Change")
    assert (found(hub, "collisions"), found(hub, "decays")) == ([], ["jets"])
    record = hub.registry.find(RepoName(RepoKind.DATASET, "NERSC", "jets"))
    assert record is not None
    hub.registry.remove(record.storage_id)
    assert hub.database.rows("SELECT * FROM card_texts") == []


def test_a_registry_of_an_earlier_server_is_completed_once(tmp_path: Path) -> None:
    hub = jets(tmp_path)
    with hub.database.changing() as connection:
        connection.execute("DROP TABLE card_texts")
    hub.close()
    again = open_hub(tmp_path, accounts())
    assert found(again, "collisions") == []
    assert len(again.registry.dirty_ids()) == 1
    maintain(again)
    assert found(again, "collisions") == ["jets"]
    assert again.registry.dirty_ids() == []
    again.close()
