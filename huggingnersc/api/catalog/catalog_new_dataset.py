"""Catalog a dataset; its data stays where it is."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.templates import render
from huggingnersc.adapters.version_store import VersionStore
from huggingnersc.api.catalog.closed_data import closed_data, refuse_closed
from huggingnersc.api.catalog.drafted_versions import drafted_versions, with_recorded_versions
from huggingnersc.api.catalog.publish import (
    access_problems,
    readable_hub,
    refusal,
    root_problems,
    writable_hub,
    write,
)
from huggingnersc.api.catalog.releases import untagged
from huggingnersc.api.catalog.result import CatalogResult, addresses
from huggingnersc.api.catalog.validate_request import validate_request
from huggingnersc.api.several import paths, words
from huggingnersc.api.site import resolve_site
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.catalog.plan import Plan, make_plan
from huggingnersc.domain.catalog.reconcile import (
    PendingSteps,
    keep_earlier_files,
    keep_same_record,
    reconcile,
    recorded_in,
)
from huggingnersc.domain.catalog.request import Request, script_files
from huggingnersc.errors import DatasetError
from huggingnersc.fixes import Option

if TYPE_CHECKING:
    from os import PathLike

    from huggingnersc.adapters.hub.client import Hub
    from huggingnersc.api.catalog.drafted_versions import DraftedVersions
    from huggingnersc.api.catalog.publish import AddedVersion
    from huggingnersc.api.several import Files, Words
    from huggingnersc.domain.catalog.dataset_spec import DatasetSpec
    from huggingnersc.domain.catalog.remote import RemoteRepository
    from huggingnersc.domain.site import Site
    from huggingnersc.fixes import Text


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Cataloged(CatalogResult):
    """Where all parts of a cataloged dataset are.

    Attributes:
        outcome: planned (a dry run), cataloged, completed (an earlier run was cut off), unchanged.
        commit: the SHA on the Hub; None for a dry run.
        notebook: the notebook's path; None for a distributed dataset.
        notebook_link: opens the notebook at the site; None where the site has no such service.
        job_notebook: the path of the notebook that runs the batch script, where one was asked for.
        job_notebook_link: opens that one at the site.
        hub_files: the files of the repository.
        catalog_files: the files of the catalog folder.
        versions: the versions of the data, the oldest first; each has a commit and a tag.
        warnings: what should be known although it stopped nothing.
    """

    outcome: Outcome
    commit: str | None
    data_path: PurePosixPath | None
    portal_link: str | None
    notebook: PurePosixPath | None
    notebook_link: str | None
    job_notebook: PurePosixPath | None
    job_notebook_link: str | None
    private: bool
    hub_files: tuple[WrittenFile, ...]
    catalog_files: tuple[WrittenFile, ...]
    warnings: tuple[Text, ...]
    versions: tuple[str, ...] = ()


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
    include: Files = (),
    job_notebook: bool = False,
    private: bool = False,
    about: str | PathLike[str] | None = None,
    run_command: str = "",
    kernel: str = "",
    schema: str = "",
    dry_run: bool = False,
    allow_secret: Words = (),
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
        data_path: where the data is stored; by default it follows from the portal link.
        include: files that the loader or the batch script needs.
        job_notebook: whether to write a notebook that runs the batch script; it needs that script.
        private: whether the repository is private.
        about: a Markdown file that describes the dataset, for the card.
        run_command: how the loader is run, such as `python {loader} --data-dir {data}`, where
            it cannot be known from its text.
        kernel: the Jupyter kernel of the notebook; the site's when empty.
        schema: `wide` or `default`; the site's schema when empty.
        dry_run: whether to stop after planning.
        allow_secret: hashes of lines that only look like secrets, as the problems show them.
        site: the site, its name or its TOML file; chosen by the environment when None.

    Returns:
        Where all parts are. The same call again changes nothing and reports that.

    Raises:
        RequestInvalidError, MetadataInvalidError: something given is wrong; nothing was touched.
        DatasetExistsError: the nickname is cataloged with other content.
        DataClosedError: descriptions of data that not everyone may read would become public.
        DatasetBusyError: another process works on the nickname.
        HubError: the Hub refused or did not answer; the same command again completes the work.
    """
    chosen = resolve_site(site)
    drafted = drafted_versions(Path(metadata_json).parent, nickname)
    request = Request(
        official_name=official_name,
        nickname=nickname,
        scripts=script_files(loader_script, batch_script, paths(include)),
        portal_link=portal_link,
        metadata=Path(metadata_json),
        distributed=is_distributed,
        data_path=Path(data_path) if data_path is not None else None,
        private=private,
        about_file=Path(about) if about is not None else None,
        run_command=run_command,
        kernel=kernel,
        schema=schema,
        allow_secret=words(allow_secret),
        job_notebook=job_notebook,
        history=drafted.history,
    )
    validated = validate_request(request, chosen)
    problems = (*validated.problems, *drafted.problems, *root_problems(chosen))
    if validated.spec is None or problems:
        raise refusal(
            (*problems, *access_problems(chosen)),
            nickname=nickname,
            action="cataloged",
            metadata=Path(metadata_json),
            hint=validated.hint,
            warnings=validated.warnings,
        )
    new = _NewDataset(validated.spec, drafted, chosen)
    warnings = (*validated.warnings, *drafted.warnings(validated.spec))
    if dry_run:
        prepared = _look(new)
        outcome = Outcome.UNCHANGED if prepared.steps.is_nothing else Outcome.PLANNED
        return _result(outcome, prepared.plan, chosen, warnings, commit=None)
    outcome, plan, commit = _write(new)
    return _result(outcome, plan, chosen, warnings, commit=commit)


@dataclass(frozen=True, slots=True)
class _NewDataset:
    """A dataset to catalog, with the versions of its draft."""

    spec: DatasetSpec
    drafted: DraftedVersions
    site: Site


@dataclass(frozen=True, slots=True)
class _PreparedDataset:
    """A dataset worked out from what the Hub and the catalog hold already."""

    plan: Plan
    steps: PendingSteps
    remote: RemoteRepository | None
    versions: tuple[AddedVersion, ...]


def _look(new: _NewDataset) -> _PreparedDataset:
    catalog = CatalogFolder(Path(new.site.catalog_root))
    with readable_hub(new.site) as hub:
        return _prepare(new, catalog, hub)


def _write(new: _NewDataset) -> tuple[Outcome, Plan, str | None]:
    site, nickname = new.site, new.spec.nickname
    catalog = CatalogFolder(Path(site.catalog_root))
    if site.is_embedded:
        catalog.make()
    with catalog.lock(nickname), writable_hub(site) as hub:
        prepared = _prepare(new, catalog, hub)
        plan, steps = prepared.plan, prepared.steps
        message = f"Catalog {plan.record.official_name}"
        commit = write(
            plan, steps, prepared.remote, catalog, hub, message=message, new=prepared.versions
        )
        if prepared.versions and new.drafted.known_hashes:
            with suppress(DatasetError, OSError):  # a cache; without it all is read once more
                store = VersionStore(catalog.root, nickname)
                store.keep_known_hashes(new.drafted.known_hashes)
    if steps.is_nothing:
        return Outcome.UNCHANGED, plan, commit
    return (Outcome.CATALOGED if steps.is_everything else Outcome.COMPLETED), plan, commit


def _prepare(new: _NewDataset, catalog: CatalogFolder, hub: Hub | None) -> _PreparedDataset:
    nickname, site = new.spec.nickname, new.site
    was_removed = bool(catalog.removed(nickname))
    content = catalog.content(nickname)
    folder = content.files if content else None
    spec = with_recorded_versions(new.spec, recorded_in(folder, nickname))
    versions = () if folder else new.drafted.versions
    releases = new.drafted.releases(spec, site) if versions else ()
    remote = hub.repository(site.repo_id(nickname)) if hub else None
    plan = make_plan(spec, site, render)
    plan = keep_earlier_files(keep_same_record(plan, folder), folder, remote)
    if releases:
        plan = replace(plan, documents=releases[-1].documents)
    steps = reconcile(plan, remote, folder, was_removed=was_removed, releases=releases)
    steps = replace(steps, releases=untagged(releases, remote, hub))
    if not plan.record.private and (steps.releases or steps.commit):
        drafted = (one.version for one in versions)
        closed = closed_data(plan.record.data_path, drafted)
        refuse_closed(closed, nickname, Option(Field.PRIVATE))
    return _PreparedDataset(plan, steps, remote, versions)


def _result(
    outcome: Outcome, plan: Plan, site: Site, warnings: tuple[Text, ...], *, commit: str | None
) -> Cataloged:
    record = plan.record
    return Cataloged(
        outcome=outcome,
        commit=commit,
        data_path=record.data_path,
        portal_link=record.portal_link,
        notebook=record.catalog_dir / record.notebook if record.notebook else None,
        notebook_link=plan.notebook_link,
        job_notebook=record.catalog_dir / record.job_notebook if record.job_notebook else None,
        job_notebook_link=plan.job_notebook_link,
        private=record.private,
        hub_files=tuple(WrittenFile(f.path, f.size_bytes) for f in plan.record.hub_files),
        catalog_files=tuple(WrittenFile(f.path, f.size_bytes) for f in plan.catalog_files),
        warnings=warnings,
        versions=tuple(one.name for one in record.history.versions),
        **addresses(record, site),
    )
