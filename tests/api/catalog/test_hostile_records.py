"""A record is input: what it says is checked like what a steward types, before a change."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc import (
    catalog_new_dataset,
    check_dataset,
    inspect_dataset,
    list_datasets,
    preview_dataset,
    remove_dataset,
    restore_dataset,
    update_dataset,
)
from huggingnersc.errors import HubConflictError, HuggingNerscError, RecordRefusedError
from tests.api.iris import api, catalog_iris, commits, is_private, tree, update_iris
from tests.api.old_record import FIRST_RECORD
from tests.builders import IRIS, IRIS_LINK, write_tree

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.api.conftest import Centre

pytestmark = pytest.mark.attack("catalog records")


def change_record(centre: Centre, **changes: Any) -> None:
    (file,) = centre.catalog.rglob("iris_info.json")
    content = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(content | changes), encoding="utf-8")


def exists(centre: Centre, repo_id: str) -> bool:
    return bool(api(centre).repo_exists(repo_id, repo_type="dataset"))


def changing(centre: Centre) -> list[Callable[[], object]]:
    site = str(centre.profile)
    return [
        lambda: remove_dataset("iris", delete=True, overwrite=True, site=site),
        lambda: remove_dataset("iris", delete=True, overwrite=True, dry_run=True, site=site),
        lambda: remove_dataset("iris", site=site),
        lambda: update_dataset("iris", official_name="New", overwrite=True, site=site),
        lambda: update_dataset("iris", dry_run=True, site=site),
    ]


def test_a_record_that_names_another_dataset_s_repository_deletes_nothing(centre: Centre) -> None:
    catalog_iris(centre)
    api(centre).create_repo("NERSC/climate", repo_type="dataset")
    change_record(centre, repo_id="NERSC/climate")
    before = tree(centre.catalog)
    for change in changing(centre):
        with pytest.raises(RecordRefusedError) as caught:
            change()
        assert [problem.where for problem in caught.value.problems] == ["repo_id"]
        assert "NERSC/climate" in str(caught.value.problems[0].message)
        assert caught.value.hint
    assert exists(centre, "NERSC/climate")
    assert not is_private(centre)
    assert tree(centre.catalog) == before


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("repo_id", "other/iris"),
        ("repo_id", "NERSC/Iris"),
        ("hf_dir", "https://evil.example/datasets/NERSC/iris"),
        ("hf_dir", "https://huggingface.co/datasets/NERSC/iris"),
        ("hf_dir", "\x1b]0;x\x07"),
        ("nersc_dir", "/catalog/wine"),
        ("nersc_dir", "/catalog/iris/.."),
    ],
)
def test_a_record_that_disagrees_with_its_place_is_refused_and_shown(
    centre: Centre, where: str, value: str
) -> None:
    catalog_iris(centre)
    history = commits(centre)
    change_record(centre, **{where: value})
    for change in changing(centre):
        with pytest.raises(RecordRefusedError) as caught:
            change()
        assert [problem.where for problem in caught.value.problems] == [where]
        assert str(caught.value.problems[0]).isprintable()
    assert (commits(centre), is_private(centre)) == (history, False)
    site = str(centre.profile)
    (checked,) = check_dataset("iris", site=site).datasets
    assert any(where in str(found.message) for found in checked.findings)
    assert all(where in str(one) for one in inspect_dataset("iris", site=site).warnings)
    assert len(list_datasets(site=site).warnings) == 1
    assert len(list_datasets(site=site).datasets) == 1


def test_every_problem_of_a_record_is_reported_at_once(centre: Centre) -> None:
    catalog_iris(centre)
    change_record(
        centre, repo_id="other/iris", hf_dir="https://x.org", nersc_dir="/", notebook="../x"
    )
    with pytest.raises(RecordRefusedError) as caught:
        update_iris(centre)
    places = [problem.where for problem in caught.value.problems]
    assert places == ["repo_id", "hf_dir", "nersc_dir", "notebook"]


@pytest.mark.parametrize(
    ("where", "changes"),
    [
        ("notebook", {"notebook": "README.md"}),
        ("loader", {"loader": {"name": "../x.py", "text": "print()\n"}}),
        ("data_path", {"data_dir": "relative/path"}),
    ],
)
def test_names_paths_and_links_of_a_record_are_checked_as_if_typed(
    centre: Centre, where: str, changes: dict[str, Any]
) -> None:
    catalog_iris(centre)
    history, site = commits(centre), str(centre.profile)
    change_record(centre, **changes)
    with pytest.raises(HuggingNerscError) as refused:
        update_dataset("iris", private=True, overwrite=True, site=site)
    assert where in [problem.where for problem in refused.value.problems]  # type: ignore[attr-defined]
    (checked,) = check_dataset("iris", site=site).datasets
    assert any(where in str(found.message) for found in checked.findings)
    assert any(where in str(one) for one in inspect_dataset("iris", site=site).warnings)
    remove_dataset("iris", site=site)
    with pytest.raises(RecordRefusedError) as caught:
        restore_dataset("iris", site=site)
    assert where in [problem.where for problem in caught.value.problems]
    assert (commits(centre), is_private(centre)) == (history, True)


def test_what_an_option_replaces_in_a_record_is_no_obstacle(centre: Centre) -> None:
    catalog_iris(centre)
    change_record(centre, portal_link="http://portal.nersc.gov/x", official_name="two\nlines")
    assert update_iris(centre, portal_link=IRIS_LINK, official_name="One").outcome == "updated"
    assert inspect_dataset("iris", site=str(centre.profile)).warnings == ()


def test_a_removed_record_that_names_another_repository_is_not_restored(centre: Centre) -> None:
    catalog_iris(centre)
    remove_dataset("iris", site=str(centre.profile))
    api(centre).create_repo("NERSC/climate", repo_type="dataset", private=True)
    change_record(centre, repo_id="NERSC/climate")
    site = str(centre.profile)
    for change in (
        lambda: restore_dataset("iris", site=site),
        lambda: remove_dataset("iris", delete=True, overwrite=True, site=site),
    ):
        with pytest.raises(RecordRefusedError):
            change()
    assert api(centre).dataset_info("NERSC/climate").private
    assert exists(centre, "NERSC/iris")


def test_a_record_of_the_first_huggingnersc_that_names_another_repository_is_refused(
    centre: Centre,
) -> None:
    content = FIRST_RECORD | {"hf_dir": "https://huggingface.co/datasets/NERSC/climate"}
    write_tree(centre.catalog / "iris", {"iris_info.json": json.dumps(content)})
    api(centre).create_repo("NERSC/climate", repo_type="dataset")
    for change in changing(centre):
        with pytest.raises(RecordRefusedError):
            change()
    assert exists(centre, "NERSC/climate")


def test_a_refused_record_may_still_be_previewed_with_a_warning(centre: Centre) -> None:
    catalog_iris(centre)
    change_record(centre, repo_id="NERSC/climate")
    seen: list[Any] = []
    preview_dataset("iris", on_ready=seen.append, site=str(centre.profile))
    assert any("NERSC/climate" in str(warning) for warning in seen[0].warnings)
    assert seen[0].repo_id == "NERSC/iris"


def test_a_portal_link_that_leaves_its_folder_is_refused(centre: Centre) -> None:
    with pytest.raises(HuggingNerscError) as caught:
        catalog_iris(centre, portal_link=f"{IRIS_LINK}/%2e%2e/secret")
    assert "portal_link" in [problem.where for problem in caught.value.problems]  # type: ignore[attr-defined]
    assert not exists(centre, "NERSC/iris")


def test_a_portal_link_with_dots_in_its_names_is_accepted(centre: Centre) -> None:
    link = f"{IRIS_LINK}/v1..2/a...b/...%20c?up=../x"
    result = catalog_new_dataset(
        "Iris", "iris", IRIS / "iris_loader.py", link, IRIS / "iris_metadata.json",
        data_path="/data", dry_run=True, site=str(centre.profile),
    )  # fmt: skip
    assert result.portal_link == link


@pytest.mark.parametrize(
    "changes",
    [
        {"portal_link": "https://portal.nersc.gov/cfs/../x"},
        {"data_dir": "../x"},
        {"notebook": "../../diary"},
        {"loader": {"name": "../x.py", "text": "print()"}},
    ],
    ids=str,
)
def test_a_repository_is_not_deleted_where_its_record_could_not_be_restored(
    centre: Centre, changes: dict[str, Any]
) -> None:
    catalog_iris(centre)
    change_record(centre, **changes)
    before, site = tree(centre.catalog), str(centre.profile)
    with pytest.raises((RecordRefusedError, HubConflictError)) as caught:
        remove_dataset("iris", delete=True, site=site)
    assert caught.value.hint
    assert exists(centre, "NERSC/iris")
    assert tree(centre.catalog) == before
    assert remove_dataset("iris", delete=True, overwrite=True, site=site).outcome == "removed"
    assert not exists(centre, "NERSC/iris")


@pytest.mark.parametrize(
    "changes", [{"metadata": {"datacard_tags": []}}, {"data_dir": None}], ids=str
)
def test_a_repository_that_a_poor_record_brings_back_may_be_deleted(
    centre: Centre, changes: dict[str, Any]
) -> None:
    catalog_iris(centre)
    change_record(centre, **changes)
    site = str(centre.profile)
    remove_dataset("iris", delete=True, site=site)
    assert not exists(centre, "NERSC/iris")
    assert restore_dataset("iris", site=site).published_again
    assert exists(centre, "NERSC/iris")
