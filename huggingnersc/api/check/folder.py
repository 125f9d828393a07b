"""Check that the catalog folder of a dataset is complete and unchanged."""

from __future__ import annotations

import stat
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from huggingnersc.adapters.files.permissions import read_status
from huggingnersc.api.catalog.trust import record_problems
from huggingnersc.api.schema import read_schema
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.catalog.folder_card import is_recorded_card
from huggingnersc.domain.catalog.legacy_record import fill_legacy_fields
from huggingnersc.domain.catalog.notebook import uses_files
from huggingnersc.domain.catalog.plan import CARD_NAME, center_content
from huggingnersc.domain.catalog.record import record_name
from huggingnersc.domain.catalog.record_checks import file_problems
from huggingnersc.domain.catalog.update import recorded_oids, recorded_scripts
from huggingnersc.domain.check.findings import Finding, problem, unchecked, warning
from huggingnersc.domain.loading.center_configs import CENTER_FILE
from huggingnersc.domain.metadata.card_requirements import document_problems
from huggingnersc.domain.planned_file import git_blob_id
from huggingnersc.domain.site import SCHEMA_NAMES
from huggingnersc.domain.text.shell import shell_word, shown
from huggingnersc.fixes import Message, Option, Placeholder, ShellCommand, update_fix

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from huggingnersc.domain.catalog.folder_content import FolderContent
    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.site import Site

_CLASSES = (
    (stat.S_IRGRP, stat.S_IXGRP, "g", "its group"),
    (stat.S_IROTH, stat.S_IXOTH, "o", "others"),
)


def trust_findings(record: Record, content: FolderContent, site: Site) -> Iterator[Finding]:
    """Yield what a change would refuse: wrong values in the record, files of strangers, links."""
    folder = PurePosixPath(site.catalog_root) / record.nickname
    for found in record_problems(record, site):
        yield problem("record", Message(found.where, " ", found.message))
    for found in file_problems(record, content, folder):
        yield problem("catalog", Message(f"{shown(folder / found.where)} ", found.message))


def completeness_findings(
    record: Record, content: Mapping[str, bytes], site: Site
) -> Iterator[Finding]:
    """Report that a record lacks loader or portal link, and the update that records them."""
    known = fill_legacy_fields(record, content, site)
    parts = (
        ("loader script", record.loader, known.loader, Field.LOADER, Placeholder.FILE),
        ("portal link", record.portal_link, known.portal_link, Field.PORTAL_LINK, Placeholder.URL),
    )
    absent = [part for part in parts if part[1] is None]
    if absent:
        options = (Option(field, word) for _, _, found, field, word in absent if found is None)
        names = " and no ".join(part[0] for part in absent)
        yield warning("record", f"it holds no {names}", update_fix(record.nickname, *options))


def metadata_findings(record: Record, site: Site) -> Iterator[Finding]:
    """Validate the recorded metadata against the recorded schema, or the current one of the site.

    A record with a schema that no program has was edited; `trust_findings` reports that.
    """
    name = f"metadata in {record_name(record.nickname)}"
    schema = read_schema(site, record.schema if record.schema in SCHEMA_NAMES else "")
    for found in document_problems(record.metadata, schema, name=name):
        fix = update_fix(record.nickname, Option(Field.METADATA, Placeholder.FILE))
        yield problem("metadata", str(found), fix)


def folder_findings(record: Record, content: Mapping[str, bytes], site: Site) -> Iterator[Finding]:
    """Check that the folder holds card and notebooks as recorded, readable like the catalog."""
    folder = PurePosixPath(site.catalog_root) / record.nickname
    fix = update_fix(record.nickname)
    if record.catalog_dir != folder and not site.is_embedded:
        yield warning(
            "catalog", f"the record names the folder {record.catalog_dir}, but is in {folder}", fix
        )
    for name in filter(None, (CARD_NAME, record.notebook, record.job_notebook)):
        if name not in content and not record.is_first_format:
            yield problem("catalog", f"{folder / name} is missing", fix)
    oids = recorded_oids(record)
    card, pushed = content.get(CARD_NAME), oids.get(CARD_NAME)
    if card is not None and pushed and not is_recorded_card(card, pushed, record):
        yield warning("catalog", f"{folder / CARD_NAME} is not the card that was pushed", fix)
    center = center_content(record, site)
    if center is not None and content.get(CENTER_FILE) != center:
        how = "is not as it was written" if CENTER_FILE in content else "is missing"
        yield warning("catalog", f"{folder / CENTER_FILE} {how}; load_dataset reads it", fix)
    yield from _script_findings(record, content, folder)
    yield from _mode_findings(folder, content, site)


def _script_findings(
    record: Record, content: Mapping[str, bytes], folder: PurePosixPath
) -> Iterator[Finding]:
    """Check the scripts of the folder, which earlier versions did not put there."""
    oids, scripts, fix = (
        recorded_oids(record),
        recorded_scripts(record),
        update_fix(record.nickname),
    )
    notebook = content.get(record.notebook or "", b"")
    if not uses_files(notebook) and not any(_is_same(content, oids, name) for name in scripts):
        return
    for name in sorted(scripts - content.keys()):
        yield problem("catalog", f"{shown(folder / name)} is missing", fix)
    for name in sorted(scripts & content.keys()):
        if not _is_same(content, oids, name):
            message = f"{shown(folder / name)} is not the file that was pushed"
            yield warning("catalog", message, fix)


def _is_same(content: Mapping[str, bytes], oids: Mapping[str, str], path: str) -> bool:
    """Return whether a file of the folder is as it was pushed."""
    return path in content and git_blob_id(content[path]) == oids[path]


def _mode_findings(
    folder: PurePosixPath, content: Mapping[str, bytes], site: Site
) -> Iterator[Finding]:
    """Check that the group and others can read the files where they can read the catalog."""
    try:
        root = read_status(Path(site.catalog_root)).mode or 0
        own = [
            read_status(Path(folder)),
            *(read_status(Path(folder / name)) for name in sorted(content)),
        ]
    except PermissionError as error:
        yield unchecked("catalog", f"you have no access to {error.filename}")
        return
    for read, enter, letter, who in _CLASSES:
        if not root & read:
            continue
        folder_bits = read | enter
        shut = [
            (one, "rx" if one.is_folder else "r")
            for one in own
            if (bits := folder_bits if one.is_folder else read) and (one.mode or 0) & bits != bits
        ]
        for one, missing in shut:
            message = f"{who} can read the catalog but not {shown(one.path)}"
            chmod = ShellCommand(f"chmod {letter}+{missing} {shell_word(one.path)}")
            yield problem("catalog", message, chmod)
