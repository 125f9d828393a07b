"""The transaction of a change on a real Hub: each step is done where it is left, and no other."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.hub.client import Hub
from huggingnersc.adapters.templates import render
from huggingnersc.api.catalog.publish import (
    access_problems,
    readable_hub,
    require_access,
    root_problems,
    write,
)
from huggingnersc.api.site import resolve_site
from huggingnersc.domain.catalog.plan import make_plan
from huggingnersc.domain.catalog.reconcile import PendingSteps
from huggingnersc.domain.catalog.scripts import Script
from huggingnersc.domain.site import EMBEDDED
from huggingnersc.errors import DatasetError, HubAccessError, HubError
from tests.api.iris import tree
from tests.builders import make_entry, write_tree

if TYPE_CHECKING:
    from huggingnersc.domain.catalog.plan import Plan
    from huggingnersc.domain.catalog.remote import RemoteRepository
    from huggingnersc.domain.site import Site
    from tests.api.conftest import Centre

EVERYTHING = PendingSteps(create_repository=True, commit=True, write_folder=True)
NOTHING = PendingSteps(create_repository=False, commit=False, write_folder=False)


@pytest.fixture
def site(centre: Centre) -> Site:
    return resolve_site(str(centre.profile))


@pytest.fixture
def client(centre: Centre) -> Hub:
    return Hub(centre.hub.endpoint, centre.hub.token)


def plan_for(site: Site, *, private: bool = False, title: str = "Iris") -> Plan:
    return make_plan(make_entry(private=private, official_name=title), site, render)


def there(client: Hub) -> RemoteRepository:
    found = client.repository("NERSC/iris")
    assert found is not None
    return found


def done(
    site: Site, client: Hub, plan: Plan, steps: PendingSteps, remote: RemoteRepository | None
) -> str | None:
    catalog = CatalogFolder(Path(site.catalog_root))
    with catalog.lock("iris"):
        return write(plan, steps, remote, catalog, client, message="a change")


def test_everything_is_written_once_and_nothing_after_that(site: Site, client: Hub) -> None:
    plan = plan_for(site, private=True)
    commit = done(site, client, plan, EVERYTHING, None)
    remote = there(client)
    assert (remote.commit, remote.private) == (commit, True)
    assert remote.own_files == {file.path: file.git_oid for file in plan.hub_files}
    assert tree(Path(site.catalog_root) / "iris") == {
        file.path: file.content for file in plan.catalog_files
    }
    assert done(site, client, plan, NOTHING, remote) == commit
    assert there(client) == remote


def test_only_the_steps_that_are_left_are_done(site: Site, client: Hub) -> None:
    plan = plan_for(site)
    done(site, client, plan, replace(NOTHING, create_repository=True), None)
    assert there(client).is_fresh
    assert CatalogFolder(Path(site.catalog_root)).content("iris") is None
    done(site, client, plan, replace(NOTHING, commit=True), there(client))
    assert CatalogFolder(Path(site.catalog_root)).content("iris") is None
    done(site, client, plan, replace(NOTHING, write_folder=True), there(client))
    assert CatalogFolder(Path(site.catalog_root)).holds("iris")


@pytest.mark.parametrize("private", [True, False])
def test_visibility_is_set_to_what_is_asked_for(site: Site, client: Hub, private: bool) -> None:
    plan = plan_for(site, private=not private)
    done(site, client, plan, EVERYTHING, None)
    done(site, client, plan, NOTHING, there(client))
    assert there(client).private is not private
    done(site, client, plan, replace(NOTHING, set_private=private), there(client))
    assert there(client).private is private


def test_what_is_no_longer_planned_is_deleted_by_the_same_commit(site: Site, client: Hub) -> None:
    extra = make_entry(includes=(Script("env.yml", "a: 1\n"),))
    done(site, client, make_plan(extra, site, render), EVERYTHING, None)
    plan, steps = plan_for(site), replace(NOTHING, commit=True, delete=("env.yml",))
    commit = done(site, client, plan, steps, there(client))
    remote = there(client)
    assert remote.commit == commit
    assert remote.own_files == {file.path: file.git_oid for file in plan.hub_files}


def test_a_commit_on_an_old_state_fails_and_leaves_no_staged_folder(
    site: Site, client: Hub
) -> None:
    done(site, client, plan_for(site), EVERYTHING, None)
    seen = there(client)
    commit = replace(NOTHING, commit=True, write_folder=True)
    done(site, client, plan_for(site, title="Theirs"), commit, seen)
    with pytest.raises(HubError):
        done(site, client, plan_for(site, title="Ours"), commit, seen)
    root = Path(site.catalog_root)
    assert [path.name for path in root.iterdir() if path.name != ".locks"] == ["iris"]
    assert CatalogFolder(root).record("iris").official_name == "Theirs"


def test_an_account_outside_the_organization_may_not_publish(site: Site, client: Hub) -> None:
    require_access(client, site)
    assert access_problems(site) == ()
    settings = replace(site.profile.hub, organization="Elsewhere")
    elsewhere = replace(site, profile=replace(site.profile, hub=settings))
    with pytest.raises(HubAccessError):
        require_access(client, elsewhere)
    (problem,) = access_problems(elsewhere)
    assert problem.where == "Hub"


def test_an_embedded_hub_that_was_never_used_is_not_made_by_reading(
    site: Site, tmp_path: Path
) -> None:
    unused = replace(site, endpoint=EMBEDDED, hub_root=PurePosixPath(tmp_path / "unused"))
    with readable_hub(unused) as hub:
        assert hub is None
    assert access_problems(unused) == ()
    assert not (tmp_path / "unused").exists()
    with readable_hub(site) as hub:
        assert hub is not None


def test_a_catalog_folder_is_made_by_the_embedded_hub_s_first_dataset_only(
    site: Site, tmp_path: Path
) -> None:
    write_tree(tmp_path, {"file": "x"})
    embedded = replace(site, endpoint=EMBEDDED)
    for one, path, problems in (
        (site, tmp_path, 0),
        (site, tmp_path / "none", 1),
        (site, tmp_path / "file", 1),
        (embedded, tmp_path, 0),
        (embedded, tmp_path / "none" / "deep", 0),
        (embedded, tmp_path / "file", 1),
    ):
        found = root_problems(replace(one, catalog_root=PurePosixPath(path)))
        assert len(found) == problems, path
        assert not any("writable" in str(problem.message) for problem in found)  # not the reason


@pytest.mark.attack("catalog locks")
def test_nothing_is_written_without_the_lock(site: Site, client: Hub) -> None:
    catalog = CatalogFolder(Path(site.catalog_root))
    with catalog.lock("iris"):
        shutil.rmtree(catalog.root / ".locks")  # by a colleague: another process may lock now
        with pytest.raises(DatasetError):
            write(plan_for(site), EVERYTHING, None, catalog, client, message="a change")
    assert client.repository("NERSC/iris") is None
    assert catalog.content("iris") is None
