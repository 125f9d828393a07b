"""What a record of the first HuggingNERSC leaves open, taken from the files in its folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.catalog.legacy_card import with_recorded_tags
from huggingnersc.domain.catalog.plan import CARD_NAME, Plan
from huggingnersc.domain.catalog.record import (
    RecordedFile,
    notebook_name,
    record_bytes,
    record_name,
)
from huggingnersc.domain.catalog.scripts import (
    COMPANION_SUFFIXES,
    MAX_SCRIPT_BYTES,
    SHELL_SUFFIXES,
    Script,
    without_our_comment,
)
from huggingnersc.domain.data_link import data_link_of_path, path_of_data_link
from huggingnersc.domain.planned_file import PlannedFile
from huggingnersc.fixes import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.catalog.remote import RemoteRepository
    from huggingnersc.domain.site import Site


def fill_legacy_fields(record: Record, folder: Mapping[str, bytes], site: Site) -> Record:
    """Fill in what an old record lacks: the data's place by the site's rule, scripts by name.

    A script is taken where the folder leaves no doubt: it has the usual name, or is the only one.
    """
    path, link = data_location(record, site)
    return replace(
        record,
        data_path=path,
        portal_link=link,
        loader=record.loader or _loader(record.nickname, folder),
        batch_script=record.batch_script
        or (_only(folder, SHELL_SUFFIXES) if record.is_first_format else None),
    )


def data_location(record: Record, site: Site) -> tuple[PurePosixPath | None, str | None]:
    """Return the data's path and link; what is not recorded follows from the site's rule."""
    path, link = record.data_path, record.portal_link
    if path is None and link:
        path = path_of_data_link(site, link)
    if link is None and path:
        link = data_link_of_path(site, path)
    return path, link


def missing(record: Record) -> tuple[Message, ...]:
    """Return what a record still lacks for a card to be written, and the field that gives it."""
    parts = (
        (record.loader, "the loader script", Field.LOADER),
        (record.portal_link, "the portal link", Field.PORTAL_LINK),
        (record.data_path, "where the data is stored", Field.DATA_PATH),
    )
    return tuple(Message(f"{name} (", field, ")") for value, name, field in parts if value is None)


def plan_legacy(
    record: Record,
    folder: Mapping[str, bytes],
    remote: RemoteRepository | None,
    site: Site,
    *,
    private: bool,
) -> Plan | None:
    """Plan to publish the card and the scripts in the folder, as they are.

    A card gets the recorded tags that it lacks. What the Hub holds beside them stays and is
    recorded; scripts that only the record holds are published too. None where the folder has no
    card.
    """
    if CARD_NAME not in folder:
        return None
    scripts = (
        name
        for name in folder
        if _text(folder, name, COMPANION_SUFFIXES) is not None
        and _agrees(record, name, folder[name])
    )
    found = {name: folder[name] for name in (CARD_NAME, *scripts)}
    found = _only_recorded(record, remote) | found
    found[CARD_NAME] = with_recorded_tags(folder[CARD_NAME], record.metadata)
    files = tuple(PlannedFile(name, found[name]) for name in sorted(found))
    recorded = {f.path: RecordedFile(f.path, f.size_bytes, f.git_oid) for f in files}
    if remote is not None:
        for path, oid in remote.own_files.items():
            recorded.setdefault(path, RecordedFile(path, remote.sizes.get(path, 0), oid))
    notebook = notebook_name(record.nickname)
    written = replace(
        record,
        repo_id=site.repo_id(record.nickname),
        hub_url=site.hub_url(record.nickname),
        catalog_dir=PurePosixPath(site.catalog_root) / record.nickname,
        notebook=notebook if notebook in folder else None,
        private=private,
        hub_files=tuple(recorded[path] for path in sorted(recorded)),
        is_first_format=False,
    )
    catalog_files = (
        PlannedFile(CARD_NAME, found[CARD_NAME]),
        PlannedFile(record_name(record.nickname), record_bytes(written)),
    )
    link = site.notebook_link(written.catalog_dir / notebook) if written.notebook else None
    return Plan(written, files, catalog_files, link)


def _agrees(record: Record, name: str, content: bytes) -> bool:
    """Return whether a file says what the record says of it; of others the record says nothing."""
    scripts = (record.loader, record.batch_script, *record.includes)
    texts = {one.name: one.text for one in scripts if one}
    own = without_our_comment(Script(name, content.decode()))
    return texts.get(name, own.text) == own.text


def _only_recorded(record: Record, remote: RemoteRepository | None) -> dict[str, bytes]:
    """Return the record's scripts that the Hub does not hold, as their authors wrote them."""
    scripts = (record.loader, record.batch_script, *record.includes)
    theirs = remote.own_files if remote else {}
    return {one.name: one.text.encode() for one in scripts if one and one.name not in theirs}


def _loader(nickname: str, folder: Mapping[str, bytes]) -> Script | None:
    for name in (f"{nickname}_loader.py", f"{nickname}_dataloader.py", f"{nickname}.py"):
        if (text := _text(folder, name, (".py",))) is not None:
            return Script(name, text)
    return _only(folder, (".py",))


def _only(folder: Mapping[str, bytes], suffixes: tuple[str, ...]) -> Script | None:
    found = [
        Script(name, text)
        for name in sorted(folder)
        if (text := _text(folder, name, suffixes)) is not None
    ]
    return found[0] if len(found) == 1 else None


def _text(folder: Mapping[str, bytes], name: str, suffixes: tuple[str, ...]) -> str | None:
    content = folder.get(name, b"")
    if name.startswith(".") or not name.endswith(suffixes) or len(content) > MAX_SCRIPT_BYTES:
        return None
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if text.strip() and "\0" not in text else None
