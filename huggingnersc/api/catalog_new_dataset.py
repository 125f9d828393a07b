"""Catalog a dataset that stays where it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.hub_connection import connected
from huggingnersc.adapters.templates import render
from huggingnersc.api.catalog.reading import Reading, Request, read_request
from huggingnersc.api.site import resolve_site
from huggingnersc.domain.catalog.decide import Todo, decide
from huggingnersc.domain.catalog.plan import Plan, make_plan
from huggingnersc.domain.catalog.remote import write_problem
from huggingnersc.domain.problems import Problem
from huggingnersc.errors import (
    HubAccessError,
    HubError,
    MetadataInvalidError,
    RequestInvalidError,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from os import PathLike

    from huggingnersc.adapters.hub import Hub
    from huggingnersc.domain.catalog.remote import RemoteRepository
    from huggingnersc.domain.site import Site


class Outcome(StrEnum):
    """How a cataloging run ended."""

    PLANNED = "planned"
    CATALOGED = "cataloged"
    COMPLETED = "completed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file of the repository or the catalog folder."""

    path: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Cataloged:
    """Where everything of a cataloged dataset is.

    Attributes:
        outcome: planned (a dry run), cataloged, completed (an earlier run was cut off), unchanged.
        commit: the SHA on the Hub; None for a dry run.
        notebook: the notebook's path; None for a distributed dataset.
        notebook_link: opens the notebook at the site; None where the site has no such service.
        job_notebook: the path of the notebook that runs the batch script, where one was asked for.
        job_notebook_link: opens that one at the site.
        hub_files: the files of the repository.
        catalog_files: the files of the catalog folder.
        warnings: what should be known although it stopped nothing.
        published_to: `embedded` when nothing left this machine, else the Hub's address.
    """

    outcome: Outcome
    official_name: str
    nickname: str
    repo_id: str
    hub_url: str
    commit: str | None
    catalog_dir: PurePosixPath
    data_path: PurePosixPath | None
    portal_link: str | None
    notebook: PurePosixPath | None
    notebook_link: str | None
    job_notebook: PurePosixPath | None
    job_notebook_link: str | None
    private: bool
    hub_files: tuple[WrittenFile, ...]
    catalog_files: tuple[WrittenFile, ...]
    warnings: tuple[str, ...]
    published_to: str


def catalog_new_dataset(
    official_name: str,
    nickname: str,
    loader_script: str | PathLike[str],
    portal_link: str,
    metadata_json: str | PathLike[str],
    batch_script: str | PathLike[str] | None = None,
    is_distributed: bool = False,  # noqa: FBT001, FBT002, RUF100 - the owner's interface
    *,
    data_path: str | PathLike[str] | None = None,
    include: Iterable[str | PathLike[str]] = (),
    job_notebook: bool = False,
    private: bool = False,
    dry_run: bool = False,
    site: Site | str | None = None,
) -> Cataloged:
    """Catalog a dataset: one Hub repository in one commit, and one catalog folder.

    Args:
        official_name: the title people read.
        nickname: the name in paths and on the Hub.
        loader_script: the script that loads the data.
        portal_link: the https address of the data.
        metadata_json: the metadata file.
        batch_script: a script that runs the loader as a batch job.
        is_distributed: whether the loader is a distributed one; such a dataset gets no notebook.
        data_path: where the data lies; by default what the site's rule makes of the portal link.
        include: companions of the batch script.
        job_notebook: whether to write a notebook that runs the batch script; it needs that script.
        private: whether the repository is private.
        dry_run: whether to stop after planning.
        site: the site, its name or its TOML file; chosen by the environment when None.

    Returns:
        Where everything is. Running the same again changes nothing and says so.

    Raises:
        RequestInvalidError, MetadataInvalidError: something given is wrong; nothing was touched.
        DatasetExistsError: the nickname is cataloged with other content.
        DatasetBusyError: another process works on the nickname.
        HubError: the Hub refused or did not answer; the same command again completes the work.
    """
    chosen = resolve_site(site)
    request = Request(
        official_name=official_name,
        nickname=nickname,
        loader_script=Path(loader_script),
        portal_link=portal_link,
        metadata_json=Path(metadata_json),
        batch_script=Path(batch_script) if batch_script is not None else None,
        distributed=is_distributed,
        data_path=Path(data_path) if data_path is not None else None,
        include=tuple(Path(file) for file in include),
        private=private,
        job_notebook=job_notebook,
    )
    reading = read_request(request, chosen)
    if reading.entry is None:
        raise _invalid(reading, request, chosen)
    plan = make_plan(reading.entry, chosen, render)
    if dry_run:
        todo = _look(plan, chosen)
        outcome = Outcome.UNCHANGED if todo.is_nothing else Outcome.PLANNED
        return _result(outcome, plan, chosen, reading.warnings, commit=None)
    outcome, commit = _do(plan, chosen)
    return _result(outcome, plan, chosen, reading.warnings, commit=commit)


def _invalid(
    reading: Reading, request: Request, site: Site
) -> RequestInvalidError | MetadataInvalidError:
    problems = (*reading.problems, *_access_problems(site))
    count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
    nothing = "nothing was touched"
    if all(problem.where.startswith(request.metadata_json.name) for problem in problems):
        return MetadataInvalidError(
            f"{request.metadata_json} has {count}; {nothing}.", problems=problems
        )
    return RequestInvalidError(
        f'"{request.nickname}" cannot be cataloged: {count}; {nothing}.', problems=problems
    )


def _access_problems(site: Site) -> tuple[Problem, ...]:
    if site.is_embedded:  # its token is always there, and looking would create its folder
        return ()
    try:
        with connected(site) as hub:
            _require_access(hub, site)
    except HubError as error:
        return (Problem("Hub", " ".join(filter(None, (str(error), error.hint)))),)
    return ()


def _require_access(hub: Hub, site: Site) -> None:
    organization = site.profile.hub.organization
    if reason := write_problem(hub.account(), organization):
        raise HubAccessError(
            f"You may not publish to {organization} on {site.hub_address}: {reason}.",
            hint=f"Ask an administrator of {organization}, or use another token: hf auth login",
        )


def _look(plan: Plan, site: Site) -> Todo:
    folder = CatalogFolder(Path(site.catalog_root)).content(plan.record.nickname)
    if site.is_embedded and not Path(site.hub_root).exists():
        return decide(plan, None, folder)
    with connected(site) as hub:
        _require_access(hub, site)
        return decide(plan, hub.repository(plan.record.repo_id), folder)


def _do(plan: Plan, site: Site) -> tuple[Outcome, str | None]:
    root, nickname = Path(site.catalog_root), plan.record.nickname
    if site.is_embedded:
        root.mkdir(parents=True, exist_ok=True)
    catalog = CatalogFolder(root)
    with catalog.hold(nickname), connected(site) as hub:
        _require_access(hub, site)
        remote = hub.repository(plan.record.repo_id)
        todo = decide(plan, remote, catalog.content(nickname))
        commit = _write(plan, todo, remote, catalog, hub)
    if todo.is_nothing:
        return Outcome.UNCHANGED, commit
    return (Outcome.CATALOGED if todo.is_everything else Outcome.COMPLETED), commit


def _write(
    plan: Plan, todo: Todo, remote: RemoteRepository | None, catalog: CatalogFolder, hub: Hub
) -> str | None:
    """Stage the folder, publish (the commit point), then give the folder its name."""
    nickname = plan.record.nickname
    staged = catalog.stage(nickname, plan.catalog_files) if todo.write_folder else None
    try:
        commit = _publish(plan, todo, remote, hub)
    except BaseException:
        if staged:
            catalog.discard(staged)
        raise
    if staged:
        catalog.settle(nickname, staged)
    return commit


def _publish(plan: Plan, todo: Todo, remote: RemoteRepository | None, hub: Hub) -> str | None:
    repo_id = plan.record.repo_id
    if todo.create_repository:
        hub.create_repository(repo_id, private=plan.record.private)
    parent = remote.commit if remote else None
    if not todo.commit:
        return parent
    message = f"Catalog {plan.record.official_name}"
    try:
        return hub.commit(repo_id, plan.hub_files, message=message, parent=parent)
    except HubError as error:
        rest = (
            f"The repository {repo_id} exists and is still empty; the same command completes it."
        )
        raise type(error)(f"{error} {rest}", hint=error.hint) from error


def _result(
    outcome: Outcome, plan: Plan, site: Site, warnings: tuple[str, ...], *, commit: str | None
) -> Cataloged:
    record = plan.record
    return Cataloged(
        outcome=outcome,
        official_name=record.official_name,
        nickname=record.nickname,
        repo_id=record.repo_id,
        hub_url=record.hub_url,
        commit=commit,
        catalog_dir=record.catalog_dir,
        data_path=record.data_path,
        portal_link=record.portal_link,
        notebook=record.catalog_dir / record.notebook if record.notebook else None,
        notebook_link=plan.notebook_link,
        job_notebook=record.catalog_dir / record.job_notebook if record.job_notebook else None,
        job_notebook_link=plan.job_notebook_link,
        private=record.private,
        hub_files=tuple(WrittenFile(f.path, f.size_bytes) for f in plan.hub_files),
        catalog_files=tuple(WrittenFile(f.path, f.size_bytes) for f in plan.catalog_files),
        warnings=warnings,
        published_to=site.endpoint,
    )
