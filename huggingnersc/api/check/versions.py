"""The versions of a dataset: are they as they were made, and does the Hub have each?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.catalog.recovery_hints import delete_tag_command
from huggingnersc.domain.catalog.release import absent, stale
from huggingnersc.domain.check.findings import problem, warning
from huggingnersc.domain.text.shell import shown
from huggingnersc.domain.versions.size_check import size_mismatch
from huggingnersc.errors import DatasetError
from huggingnersc.fixes import Option, Placeholder, update_fix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.adapters.hub.client import Hub
    from huggingnersc.adapters.version_store import VersionStore
    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.catalog.remote import RemoteRepository
    from huggingnersc.domain.check.findings import Finding
    from huggingnersc.domain.versions.statistics import ExampleCounts


def kept_findings(record: Record, store: VersionStore) -> Iterator[Finding]:
    """Report what of the versions was changed, by names and sizes; no manifest is read."""
    for found in store.problems(record.history, quick=True):
        yield problem("versions", f"{found.where} {found.message}")


def size_findings(record: Record, store: VersionStore) -> Iterator[Finding]:
    """Report a size category that is not that of the examples counted in the current version."""
    current = record.history.current
    if current is None:
        return
    try:
        count = store.read(current.name).examples
    except DatasetError:
        return  # reported as a change of the version
    if count is None:  # they were not counted, or only estimated
        return
    examples: ExampleCounts = {"count": count, "sample": False, "by_split": {}}
    if found := size_mismatch(record.metadata, examples):
        fix = update_fix(record.nickname, Option(Field.METADATA, Placeholder.FILE))
        yield warning("metadata", f"{found.words}, by {record.nickname}@{current.name}", fix)


def published_findings(
    record: Record, store: VersionStore, remote: RemoteRepository | None, hub: Hub | None
) -> Iterator[Finding]:
    """Report the tags and the descriptions that the Hub lacks (at most two requests).

    Raises:
        HubError: the Hub does not answer.
    """
    latest = record.history.latest
    if latest is None or remote is None or hub is None:
        return
    fix, tags = update_fix(record.nickname), hub.tags(remote.repo_id)
    for one in record.history.versions:
        if one.name not in tags:
            message = f"{remote.repo_id} lacks the tag of the version {one.name}"
            yield problem("Hub", message, fix)
    try:
        release = store.release(latest.name)
    except DatasetError:
        return  # reported as a change of the version
    documents = release.documents
    other = {*(one.path for one in absent(documents, remote)), *stale(documents, remote)}
    for path in sorted(other):
        message = f"{shown(path)} is not that of the version {latest.name}"
        yield problem("Hub", message, fix)
    if latest.name in tags:
        there = hub.repository(remote.repo_id, revision=latest.name)
        if there is None or not release.is_held_by(there):
            yield _moved(latest.name, remote.repo_id, record)


def _moved(name: str, repo_id: str, record: Record) -> Finding:
    message = f"the tag {name} of {repo_id} is not of that version any more"
    return problem("Hub", message, delete_tag_command(repo_id, name), update_fix(record.nickname))
