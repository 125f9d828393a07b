"""Many processes at once: on one nickname nothing is half-made, on many no one waits in vain."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.version_store import VersionStore
from tests.api.iris import api, catalog_iris, commits, is_private, tree
from tests.api.versions.publishing import tags
from tests.builders import IRIS, IRIS_LINK, make_metadata, write_tree
from tests.faults.crowd import Crowd, crowd_of_processes
from tests.faults.judge import unexplained

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from tests.api.conftest import Centre
    from tests.faults.world import Run

    AllAtOnce = Callable[[Iterable[Sequence[object]]], list[Run]]

NICKNAMES = [f"set-{number}" for number in range(8)]


@pytest.fixture(scope="module")
def crowd() -> Iterator[Crowd]:
    with crowd_of_processes() as made:
        yield made


@pytest.fixture
def all_at_once(centre: Centre, crowd: Crowd) -> AllAtOnce:
    """Run command lines of the centre in as many processes at the same time."""
    return lambda lines: crowd.run([[*words, "--site", centre.profile] for words in lines])


def _catalog_eight(centre: Centre, folder: Path) -> None:
    write_tree(folder, {"any.json": json.dumps(make_metadata(other_info={}))})
    for nickname in NICKNAMES:
        catalog_iris(centre, nickname=nickname, metadata_json=folder / "any.json")


def _agree(all_at_once: AllAtOnce, run_once: Sequence[str]) -> dict[str, str]:
    (run,) = all_at_once([[*run_once, "--json"]])
    assert run.code == 0, run.err
    value: dict[str, str] = json.loads(run.out)
    return value


def test_of_eight_updates_of_one_nickname_each_is_whole_or_absent(
    centre: Centre, all_at_once: AllAtOnce
) -> None:
    catalog_iris(centre)
    lines = [
        ["update-dataset", "iris", "--official-name", f"Title {n}", "--yes"] for n in range(8)
    ]
    runs = all_at_once(lines)
    assert [unexplained(run) for run in runs if unexplained(run)] == []
    winners = [f"Update Title {n}" for n, run in enumerate(runs) if run.code == 0]
    assert sorted(commits(centre)[:-2]) == winners != []
    left = _agree(all_at_once, ["update-dataset", "iris", "--dry-run"])
    assert (left["outcome"], f"Update {left['official_name']}") == (
        "unchanged",
        commits(centre)[0],
    )


@pytest.mark.parametrize("option", ["--yes", "--delete"])
def test_of_eight_removals_of_one_nickname_exactly_one_wins(
    centre: Centre, all_at_once: AllAtOnce, option: str
) -> None:
    catalog_iris(centre)
    runs = all_at_once([["remove-dataset", "iris", "--yes", option, "--json"]] * 8)
    assert [unexplained(run) for run in runs if unexplained(run)] == []
    outcomes = [json.loads(run.out)["outcome"] for run in runs if run.code == 0]
    assert outcomes.count("removed") == 1
    assert set(outcomes) <= {"removed", "unchanged"}
    assert len(list((centre.catalog / ".removed").iterdir())) == 1
    exists = api(centre).repo_exists("NERSC/iris", repo_type="dataset")
    assert (exists and is_private(centre)) if option == "--yes" else not exists


def test_eight_nicknames_are_updated_removed_and_restored_at_once(
    centre: Centre, all_at_once: AllAtOnce, tmp_path: Path
) -> None:
    _catalog_eight(centre, tmp_path)
    before = tree(centre.catalog)
    for words in (
        ["--official-name", "New", "--yes"],
        ["--official-name", "Fisher's Iris Data", "--yes"],
    ):
        runs = all_at_once([["update-dataset", name, *words] for name in NICKNAMES])
        assert [run.err for run in runs if run.code != 0] == []
    runs = all_at_once([["remove-dataset", name, "--yes"] for name in NICKNAMES])
    assert [run.err for run in runs if run.code != 0] == []
    assert [path for path in tree(centre.catalog) if not path.startswith(".removed")] == []
    runs = all_at_once([["restore-dataset", name] for name in NICKNAMES])
    assert [run.err for run in runs if run.code != 0] == []
    assert tree(centre.catalog) == before


@pytest.mark.parametrize("mark", [1, 2, 3])
def test_after_mixed_verbs_on_one_nickname_hub_and_folder_agree(
    centre: Centre, all_at_once: AllAtOnce, mark: int
) -> None:
    catalog_iris(centre)
    lines: list[list[str | Path]] = [
        ["update-dataset", "iris", "--official-name", "One", "--yes"],
        ["remove-dataset", "iris", "--yes"],
        ["restore-dataset", "iris"],
        ["remove-dataset", "iris", "--yes", "--delete"],
        ["update-dataset", "iris", "--private", "--yes"],
        [
            "catalog-new-dataset", "Fisher's Iris Data", "iris", IRIS / "iris_loader.py",
            IRIS_LINK, IRIS / "iris_metadata.json",
        ],
        ["restore-dataset", "iris"],
        ["remove-dataset", "iris", "--yes"],
    ]  # fmt: skip
    turned = lines[mark:] + lines[:mark]
    runs = all_at_once(turned)
    assert [unexplained(run) for run in runs if unexplained(run)] == []
    assert [path.name for path in centre.catalog.glob(".*.staged")] == []
    if (centre.catalog / "iris").exists():
        left = _agree(all_at_once, ["update-dataset", "iris", "--dry-run"])
    else:
        left = _agree(all_at_once, ["remove-dataset", "iris", "--dry-run"])
    assert left["outcome"] == "unchanged"


def test_of_snapshots_of_one_nickname_at_once_one_makes_the_version(
    centre: Centre, all_at_once: AllAtOnce
) -> None:
    catalog_iris(centre, data_path=IRIS / "data")
    snapshot = ["snapshot-dataset", "iris", "--no-statistics", "--jobs", "1", "--yes"]
    update = ["update-dataset", "iris", "--official-name", "New", "--yes"]
    runs = all_at_once([snapshot, snapshot, update, snapshot])
    assert [unexplained(run) for run in runs if unexplained(run)] == []
    assert _agree(all_at_once, snapshot)["outcome"] in {"made", "unchanged"}
    history = CatalogFolder(centre.catalog).record("iris").history
    assert [one.name for one in history.versions] == ["v1"]
    assert list(tags(centre)) == ["v1"]
    assert VersionStore(centre.catalog, "iris").problems(history) == ()
    assert commits(centre).count("Version v1") == 1
    assert _agree(all_at_once, ["update-dataset", "iris", "--dry-run"])["outcome"] == "unchanged"
