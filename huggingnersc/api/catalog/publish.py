"""The one transaction that every change of a dataset goes through."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.files.path_status import exists, is_folder
from huggingnersc.adapters.hub.connection import connected, is_unused
from huggingnersc.domain.catalog.remote import write_problem
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
    from collections.abc import Iterator, Sequence

    from huggingnersc.adapters.catalog_folder import CatalogFolder
    from huggingnersc.adapters.hub.client import Hub
    from huggingnersc.domain.catalog.plan import Plan
    from huggingnersc.domain.catalog.reconcile import PendingSteps
    from huggingnersc.domain.catalog.remote import RemoteRepository
    from huggingnersc.domain.site import Site
    from huggingnersc.fixes import Text


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

    Returns:
        The SHA of the repository's main branch, when it is known.
    """
    nickname = plan.record.nickname
    catalog.require_lock(nickname)
    if steps.write_folder:
        catalog.require_writable(into or catalog.root / nickname)
    staged = catalog.stage(nickname, plan.catalog_files) if steps.write_folder else None
    with defer_interrupt():
        try:
            commit = _publish(plan, steps, remote, hub, message)
        except BaseException:
            if staged:
                catalog.discard(staged)
            raise
        if staged:
            catalog.promote(nickname, staged, into=into, stale=steps.stale)
    return commit


def _publish(
    plan: Plan, steps: PendingSteps, remote: RemoteRepository | None, hub: Hub, message: str
) -> str | None:
    repo_id = plan.record.repo_id
    if steps.create_repository:
        hub.create_repository(repo_id, private=plan.record.private)
    if steps.set_private is True:  # before the commit: what is new in it is never public
        hub.set_visibility(repo_id, private=True)
    commit = _commit(plan, steps, remote, hub, message)
    if steps.set_private is False:  # after the commit: what it takes away is never public
        hub.set_visibility(repo_id, private=False)
    return commit


def _commit(
    plan: Plan, steps: PendingSteps, remote: RemoteRepository | None, hub: Hub, message: str
) -> str | None:
    repo_id, parent = plan.record.repo_id, remote.commit if remote else None
    if not steps.commit:
        return parent
    there = remote.files if remote else {}
    files = [file for file in plan.hub_files if there.get(file.path) != file.git_oid]
    try:
        return hub.commit(repo_id, files, message=message, parent=parent, delete=steps.delete)
    except HubError as error:
        said = " ".join(filter(None, (str(error), _aftermath(error, repo_id, steps, remote))))
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
