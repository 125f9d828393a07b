"""The one transaction that every change of a dataset goes through."""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.files.path_status import exists, is_folder
from huggingnersc.adapters.hub.connection import connected, is_unused
from huggingnersc.adapters.version_store import VersionStore
from huggingnersc.domain.catalog.release import absent, differ, stale
from huggingnersc.domain.catalog.remote import DATA_FOLDER, RemoteRepository, write_problem
from huggingnersc.domain.loading.loading import NO_LOADING, Loading
from huggingnersc.domain.text.formatting import plural
from huggingnersc.errors import (
    HubAccessError,
    HubConflictError,
    HubError,
    HubUnreachableError,
    MetadataInvalidError,
    RequestInvalidError,
    SettingsError,
)
from huggingnersc.fixes import Message
from huggingnersc.interrupts import defer_interrupt
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from huggingnersc.adapters.catalog_folder import CatalogFolder
    from huggingnersc.adapters.files.open_folder import OpenFolder
    from huggingnersc.adapters.hub.client import Hub
    from huggingnersc.domain.catalog.plan import Plan
    from huggingnersc.domain.catalog.reconcile import PendingSteps
    from huggingnersc.domain.catalog.release import Release
    from huggingnersc.domain.catalog.shards_repository import ShardsSteps
    from huggingnersc.domain.catalog.version_history import RecordedVersion
    from huggingnersc.domain.planned_file import PlannedFile, StoredFile
    from huggingnersc.domain.site import Site
    from huggingnersc.domain.versions.version import Version
    from huggingnersc.fixes import Text

_MOST_COMMITS = 1_000  # that are searched for one of a version


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedVersion:
    """A version that a dataset gets with its next record.

    Attributes:
        version: what is described.
        files: the manifest and the documents by path, where they were made.
        recorded: what the record and the card say of it.
        statistics: Markdown for the card; empty where none is published.
        loading: how the data is loaded, as far as that is public.
        is_kept: whether the catalog folder has it already, from a run that was cut off.
    """

    version: Version
    files: Mapping[str, Path]
    recorded: RecordedVersion
    statistics: str = ""
    loading: Loading = NO_LOADING
    is_kept: bool = False


@contextmanager
def readable_hub(site: Site) -> Iterator[Hub | None]:
    """Yield the Hub for reading; None where an embedded one was never used, and none is made."""
    if is_unused(site):
        yield None
        return
    with writable_hub(site) as hub:
        yield hub


@contextmanager
def writable_hub(site: Site) -> Iterator[Hub]:
    """Yield the Hub that `site` publishes to, after checking that the account may.

    Raises:
        HubAccessError: it may not; the sentence says why.
    """
    with connected(site) as hub:
        require_access(hub, site)
        yield hub


def require_access(hub: Hub, site: Site) -> None:
    """Make sure the account may publish to the site's organization.

    Raises:
        HubAccessError: it may not; the sentence says why.
    """
    organization = site.profile.hub.organization
    if reason := write_problem(hub.account(), organization):
        raise HubAccessError(
            f"You may not publish to {organization} on {site.hub_address}: {reason}.",
            hint=f"Ask an administrator of {organization}, or use another token: hf auth login",
        )


def access_problems(site: Site) -> tuple[Problem, ...]:
    """Return what is wrong with the account, to be reported with other problems."""
    if site.is_embedded:  # its token always exists, and asking would create its folder
        return ()
    try:
        with connected(site) as hub:
            require_access(hub, site)
    except (HubError, SettingsError) as error:
        hint = (" ", error.hint) if error.hint else ()
        return (Problem("Hub", Message(str(error), *hint)),)
    return ()


def root_problems(site: Site) -> tuple[Problem, ...]:
    """Return why nothing can be written to the catalog, to be reported with other problems."""
    root = Path(site.catalog_root)
    there = root
    while site.is_embedded and not exists(there):  # it is made with the first dataset
        there = there.parent
    if is_folder(there) and os.access(there, os.W_OK | os.X_OK):
        return ()
    reason = "is not writable for you" if is_folder(there) else "is not a folder on this machine"
    return (Problem("catalog", f"the catalog folder {root} {reason}"),)


def refusal(
    problems: Sequence[Problem],
    *,
    nickname: str,
    action: str,
    metadata: Path | None,
    hint: Text | None = None,
    warnings: Sequence[Text] = (),
) -> RequestInvalidError | MetadataInvalidError:
    """Return the error that reports every problem; one of the metadata where all are about it.

    Args:
        problems: at least one.
        nickname: the dataset.
        action: what cannot be done, such as `cataloged`.
        metadata: the metadata file that was given, if any.
        hint: the next step, where there is one.
        warnings: what else should be known.
    """
    count = plural(len(problems), "problem")
    nothing = "nothing was touched"
    if metadata and all(_is_of_file(problem, metadata.name) for problem in problems):
        return MetadataInvalidError(
            f"{metadata} has {count}; {nothing}.", problems=problems, hint=hint, warnings=warnings
        )
    return RequestInvalidError(
        f'"{nickname}" cannot be {action}: {count}; {nothing}.',
        problems=problems,
        hint=hint,
        warnings=warnings,
    )


def _is_of_file(problem: Problem, name: str) -> bool:
    return problem.where == name or problem.where.startswith(f"{name}: ")


def write(
    plan: Plan,
    steps: PendingSteps,
    remote: RemoteRepository | None,
    catalog: CatalogFolder,
    hub: Hub,
    *,
    message: str,
    into: Path | None = None,
    new: Sequence[AddedVersion] = (),
) -> str | None:
    """Stage the folder, publish (the commit point), then put the folder in its place.

    Ctrl-C waits until that is done, so that it leaves no empty repository behind.
    Call it while holding the nickname. The commit goes on top of `remote` or fails.

    Args:
        plan: what should be there.
        steps: what is left to do.
        remote: the repository as `steps` was worked out from it.
        catalog: receives the folder.
        hub: receives the files.
        message: the commit's first line.
        into: the folder to fill; by default the one of the nickname.
        new: versions that the folder gets with its record, the oldest first.

    Returns:
        The SHA of the repository's main branch, when it is known.
    """
    nickname = plan.record.nickname
    catalog.require_lock(nickname)
    folder = into or catalog.root / nickname
    if steps.write_folder or new:
        catalog.require_writable(folder)
    with ExitStack() as undo:
        staged, store = None, VersionStore(catalog.root, *folder.relative_to(catalog.root).parts)
        if steps.write_folder:
            staged = catalog.stage(nickname, plan.catalog_files)
            undo.callback(catalog.discard, staged)
            if not exists(folder):  # the versions come to their place with the folder
                store = VersionStore(catalog.root, staged.path.name)
        staged_versions = [
            (one.version, _staged(one, plan, steps, store, undo)) for one in new if not one.is_kept
        ]
        with defer_interrupt():
            commit = _publish(plan, steps, remote, hub, message, store)
            undo.pop_all()
            for version, folder_of_version in staged_versions:
                store.promote(version, folder_of_version)
            if staged:
                catalog.promote(nickname, staged, into=into, stale=steps.stale)
    return commit


def _staged(
    new: AddedVersion, plan: Plan, steps: PendingSteps, store: VersionStore, undo: ExitStack
) -> OpenFolder:
    """Stage a version with the card and scripts of its commit."""
    files = {release.name: release.files for release in steps.releases}
    published = files.get(new.version.name, plan.hub_files)
    staged = store.stage(new.version, new.files, published)
    undo.callback(store.discard, staged)
    return staged


def _publish(
    plan: Plan,
    steps: PendingSteps,
    remote: RemoteRepository | None,
    hub: Hub,
    message: str,
    store: VersionStore,
) -> str | None:
    repo_id, head = plan.record.repo_id, remote
    if steps.create_repository:
        hub.create_repository(repo_id, private=plan.record.private)
    if steps.set_private is True:  # before the commit: what is new in it is never public
        hub.set_visibility(repo_id, private=True)
    if steps.shards:
        _publish_shards(steps.shards, hub, message)
    commits = _Commits(hub, store, repo_id, steps)
    for release in steps.releases:
        head = commits.release(release, head or _empty(plan))
    commit = commits.final(plan, head, message)
    if steps.set_private is False:  # after the commit: what it takes away is never public
        hub.set_visibility(repo_id, private=False)
    if steps.shards and steps.shards.set_private is False:
        hub.set_visibility(steps.shards.repo_id, private=False)
    return commit


def _publish_shards(steps: ShardsSteps, hub: Hub, message: str) -> None:
    """Bring the repository of the shards to the plan, but for becoming public."""
    if steps.set_private is True:
        hub.set_visibility(steps.repo_id, private=True)
    if steps.card or steps.delete:
        card = (steps.card,) if steps.card else ()
        hub.commit(steps.repo_id, card, message=message, parent=steps.parent, delete=steps.delete)


def _empty(plan: Plan) -> RemoteRepository:
    """Return the repository that was just created."""
    return RemoteRepository(plan.record.repo_id, None, None, plan.record.private, {})


@dataclass(frozen=True, slots=True)
class _Commits:
    """Makes the commits of one transaction.

    Attributes:
        store: where the documents of the versions are.
    """

    hub: Hub
    store: VersionStore
    repo_id: str
    steps: PendingSteps

    def release(self, release: Release, head: RemoteRepository) -> RemoteRepository:
        """Tag the commit of a version, made where there is none; return the repository then."""
        commit = head.commit if release.is_held_by(head) else self._earlier(release, head)
        if commit is None:
            files = [file for file in release.files if head.files.get(file.path) != file.git_oid]
            gone = sorted(head.own_files.keys() - release.git_oids.keys())
            documents = release.documents
            commit = self._make(head, files, documents, gone, release.title, release.name)
            head = release.committed(head, commit)
        self.hub.create_tag(self.repo_id, release.name, commit=commit)
        return head

    def _earlier(self, release: Release, head: RemoteRepository) -> str | None:
        """Return the newest commit that holds a version; None where there is none."""
        if head.is_fresh:
            return None
        for commit in islice(self.hub.commits(self.repo_id), _MOST_COMMITS):
            if commit.title == release.title:
                there = self.hub.repository(self.repo_id, revision=commit.sha)
                if there and release.is_held_by(there):
                    return commit.sha
        return None

    def final(self, plan: Plan, head: RemoteRepository | None, message: str) -> str | None:
        """Bring the main branch to the plan; return its commit, where that is known."""
        steps, parent = self.steps, head.commit if head else None
        if not steps.commit and not steps.releases:
            return parent
        there, latest = head.files if head else {}, plan.record.history.latest
        files = [file for file in plan.hub_files if there.get(file.path) != file.git_oid]
        gone = list(steps.delete)
        if steps.releases and head:
            gone = sorted(head.own_files.keys() - {file.path for file in plan.hub_files})
            gone += [path for path in steps.delete if path.startswith(DATA_FOLDER)]
        is_held = not (files or gone or differ(plan.documents, head))
        if steps.releases and is_held:
            return parent
        name = latest.name if latest else ""
        return self._make(head, files, plan.documents, gone, message, name)

    def _make(
        self,
        head: RemoteRepository | None,
        files: Sequence[PlannedFile],
        documents: Sequence[StoredFile] | None,
        gone: Sequence[str],
        message: str,
        version: str,
    ) -> str:
        parent, lacking = head.commit if head else None, absent(documents or (), head)
        gone = (*gone, *(stale(documents, head) if head and documents is not None else ()))
        with ExitStack() as stack:
            stored = stack.enter_context(self.store.sources(version, lacking)) if lacking else {}
            try:
                return self.hub.commit(
                    self.repo_id, files, message=message, parent=parent, delete=gone, stored=stored
                )
            except HubError as error:
                after = _aftermath(error, self.repo_id, self.steps, head)
                said = " ".join(filter(None, (str(error), after)))
                raise type(error)(said, hint=error.hint) from error


def _aftermath(
    error: HubError, repo_id: str, steps: PendingSteps, remote: RemoteRepository | None
) -> str:
    """Return how a failed commit left the repository, as far as that is known."""
    if isinstance(error, HubConflictError):
        return ""  # it is as someone else left it
    if isinstance(error, HubUnreachableError):
        return "Whether it was done is not known; the same command checks and completes it."
    state = "still empty" if remote is None or remote.is_fresh else "as it was"
    is_hidden = " but private now" if steps.set_private else ""
    return f"The repository {repo_id} is {state}{is_hidden}."
