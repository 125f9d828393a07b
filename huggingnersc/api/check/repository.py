"""The repository of a dataset: is it there, visible as recorded, and unchanged?"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from huggingnersc.changes import ChangeKind
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.catalog.plan import CARD_NAME
from huggingnersc.domain.catalog.update import edited_paths, recorded_oids, spec_of
from huggingnersc.domain.check.findings import Finding, note, problem, unchecked, warning
from huggingnersc.domain.text.shell import shown
from huggingnersc.fixes import Message, Option, update_fix

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from huggingnersc.adapters.hub.client import Hub
    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.catalog.remote import RemoteRepository
    from huggingnersc.domain.site import Site


_LOSSES = {
    ChangeKind.ADDED: "deletes it there",
    ChangeKind.CHANGED: "replaces what someone wrote there",
    ChangeKind.DELETED: "brings it back",
}


def closed_because(record: Record, remote: RemoteRepository | None) -> str | None:
    """Return why the data should not be open to everyone; None for a public dataset."""
    if remote is not None and remote.gated:
        return "the card is gated: people must ask for access"
    is_private = record.private if remote is None else remote.private
    return "the card is private" if is_private else None


def update_alternatives(
    record: Record,
    content: Mapping[str, bytes],
    remote: RemoteRepository | None,
    hub: Hub | None,
    site: Site,
) -> tuple[tuple[Option, ...], ...]:
    """Return the options without which an update would be refused, once for each alternative."""
    if remote is None:
        return ((),)
    on_edits: tuple[Option, ...] = ()
    if _was_edited(record, remote, site):
        is_kept = hub is not None and _only_description(record, content, remote, hub, site)
        on_edits = (Option(Field.TAKE_EDITS if is_kept else Field.OVERWRITE),)
    if remote.private == record.private or record.is_first_format:
        return (on_edits,)
    return tuple((*on_edits, Option(Field.PRIVATE, value)) for value in (False, True))


def _only_description(
    record: Record, content: Mapping[str, bytes], remote: RemoteRepository, hub: Hub, site: Site
) -> bool:
    """Return whether nothing but the description was edited on the Hub."""
    from huggingnersc.api.catalog.diff import Contents
    from huggingnersc.api.catalog.take_edits import is_description_edit

    contents = Contents(record, None, content, site)
    paths = _changed_paths(record, remote)
    return all(is_description_edit(path, record, contents, remote, hub) for path in paths)


def _changed_paths(record: Record, remote: RemoteRepository) -> list[str]:
    recorded, theirs = recorded_oids(record), remote.own_files
    return sorted(p for p in {*recorded, *theirs} if recorded.get(p) != theirs.get(p))


def _was_edited(record: Record, remote: RemoteRepository, site: Site) -> bool:
    if not record.hub_files or remote.is_fresh or remote.holds(recorded_oids(record)):
        return False
    from huggingnersc.adapters.templates import render
    from huggingnersc.domain.catalog.plan import make_plan

    spec = spec_of(record)
    return spec is None or bool(edited_paths(record, make_plan(spec, site, render), remote))


def repository_findings(
    record: Record,
    content: Mapping[str, bytes],
    remote: RemoteRepository | None,
    hub: Hub | None,
    site: Site,
) -> Iterator[Finding]:
    """Compare the repository with the record; an edit made there is shown as a diff."""
    fix = update_fix(record.nickname)
    if remote is None:
        yield _absent(record, site)
        return
    if remote.private != record.private and not record.is_first_format:
        now, then = ("private", "public") if remote.private else ("public", "private")
        yield warning("Hub", f"{record.repo_id} is {now}, but was cataloged as {then}", fix)
    if not record.hub_files:
        yield note("Hub", "the record does not list what was pushed, so edits cannot be detected")
    elif not remote.holds(recorded_oids(record)):
        yield from _drift(record, content, remote, hub, site)


def _absent(record: Record, site: Site) -> Finding:
    """Return that the Hub of the site does not show the repository; no other Hub was asked."""
    hub = "the embedded Hub" if site.is_embedded else site.hub_address
    if _host(record.hub_url) != _host(site.hub_address):
        reason = f"{record.hub_url} was not asked: the Hub of this site is {hub}"
        return unchecked("Hub", f"{reason}, which has no {record.repo_id}")
    fix = update_fix(record.nickname)
    if site.is_embedded:
        return problem("Hub", f"{hub} has no {record.repo_id}", fix)
    return problem("Hub", f"{record.hub_url} does not exist or is hidden from this account", fix)


def _host(address: str) -> str | None:
    """Return the host of an address; this machine has one name, and no address has none."""
    try:
        host = urlsplit(address).hostname
    except ValueError:  # an unclosed IPv6 bracket
        return None
    return "127.0.0.1" if host == "localhost" else host


def _drift(
    record: Record,
    content: Mapping[str, bytes],
    remote: RemoteRepository,
    hub: Hub | None,
    site: Site,
) -> Iterator[Finding]:
    from huggingnersc.api.catalog.diff import Contents, edits_on_hub
    from huggingnersc.api.catalog.take_edits import is_description_edit

    fix = update_fix(record.nickname)
    if hub is None or remote.is_fresh:
        yield problem("Hub", f"{record.repo_id} is empty; what was pushed is gone", fix)
        return
    contents = Contents(record, None, content, site)
    paths = _changed_paths(record, remote)
    if paths == [CARD_NAME] and is_description_edit(CARD_NAME, record, contents, remote, hub):
        (change,) = edits_on_hub(paths, record, contents, remote, hub)
        message = Message(
            "the description was edited on the Hub since it was cataloged (",
            Field.TAKE_EDITS,
            " records it)",
        )
        yield warning("Hub", message, fix, diff=change.diff)
        return
    for change in edits_on_hub(paths, record, contents, remote, hub):
        message = Message(
            f"{shown(change.path)} was {change.kind.value} on the Hub since it was cataloged (",
            Field.OVERWRITE,
            f" {_LOSSES[change.kind]})",
        )
        yield warning("Hub", message, fix, diff=change.diff)
