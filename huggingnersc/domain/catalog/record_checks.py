"""The checks of a record: it is input like what a steward types, whoever wrote it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from huggingnersc.domain.catalog import request_checks
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.catalog.plan import CARD_NAME
from huggingnersc.domain.catalog.record import job_notebook_name, notebook_name, record_name
from huggingnersc.domain.catalog.scripts import COMPANION_SUFFIXES
from huggingnersc.domain.metadata.strict_json import quoted
from huggingnersc.domain.text.shell import shell_word, shown
from huggingnersc.fixes import Message, ShellCommand
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import PurePath

    from huggingnersc.domain.catalog.folder_content import FolderContent
    from huggingnersc.domain.catalog.record import Record, RecordedFile
    from huggingnersc.domain.site import Site

_GIT_OID = re.compile(r"[0-9a-f]{40}")
_LOCAL_HUB = re.compile(r"http://(?:127\.0\.0\.1|localhost):[0-9]{1,5}")


def place_problems(record: Record, site: Site) -> tuple[Problem, ...]:
    """Return where a record names another repository, Hub or folder than the one it stands for."""
    repo_id, folder = site.repo_id(record.nickname), record.nickname
    found = (
        ("repo_id", record.repo_id, repo_id, record.repo_id == repo_id),
        ("hf_dir", record.hub_url, site.hub_url(record.nickname), _is_same_hub(record, site)),
        ("nersc_dir", str(record.catalog_dir), folder, record.catalog_dir.name == folder),
    )
    return tuple(
        Problem(key, f"names {quoted(stated)}; here it is {quoted(expected)}")
        for key, stated, expected, agrees in found
        if not agrees
    )


def _is_same_hub(record: Record, site: Site) -> bool:
    """Return whether it was published to this Hub; the first HuggingNERSC knew only one."""
    if record.is_first_format:
        return True
    address, separator, repo_id = record.hub_url.partition("/datasets/")
    is_page = bool(separator) and repo_id == site.repo_id(record.nickname)
    return is_page and (address == site.hub_address or _are_local(address, site.hub_address))


def _are_local(*addresses: str) -> bool:
    """Return whether all are of a Hub on this machine, whose port may change."""
    return all(map(_LOCAL_HUB.fullmatch, addresses))


def name_problems(record: Record) -> tuple[Problem, ...]:
    """Return which recorded file names HuggingNERSC would not have written."""
    return (
        *_notebook_problems("notebook", record.notebook, notebook_name(record.nickname)),
        *_notebook_problems(
            "job_notebook", record.job_notebook, job_notebook_name(record.nickname)
        ),
        *(Problem("hub_files", reason) for file in record.hub_files for reason in _faults(file)),
    )


def _notebook_problems(key: str, name: str | None, usual: str) -> tuple[Problem, ...]:
    if name in {None, usual}:
        return ()
    return (Problem(key, f"names {quoted(name or '')}; it is called {quoted(usual)}"),)


def _faults(file: RecordedFile) -> Iterator[str]:
    if not file.path.isprintable() or {"", ".", ".."} & set(file.path.split("/")):
        yield f"{quoted(file.path)} is no path in a repository"
    if not _GIT_OID.fullmatch(file.git_oid) or file.size_bytes < 0:
        yield f"{quoted(file.path)} has no valid git_oid or size_bytes"


def typed_problems(record: Record, site: Site) -> tuple[Problem, ...]:
    """Return what is wrong with the recorded values that a steward types, checked as if typed."""
    fields = (Field.LOADER, Field.BATCH_SCRIPT, *(Field.INCLUDE for _ in record.includes))
    scripts = (record.loader, record.batch_script, *record.includes)
    names = ((field, one.name) for field, one in zip(fields, scripts, strict=True) if one)
    return (
        *request_checks.title_problems(record.official_name),
        *request_checks.nickname_problems(record.nickname, None),
        *request_checks.file_name_problems(names),
        *request_checks.fact_problems(record),
        *_link_problems(record, site),
        *path_problems(record),
    )


def _link_problems(record: Record, site: Site) -> tuple[Problem, ...]:
    link = record.portal_link
    if link is None:
        return ()
    if record.is_first_format and link.startswith("http://"):  # it allowed that
        link = f"https://{link.removeprefix('http://')}"
    return request_checks.link_problems(link, site)


def path_problems(record: Record) -> tuple[Problem, ...]:
    """Return what is wrong with the recorded path of the data."""
    path = record.data_path
    if path is None:
        return ()
    if not path.is_absolute():
        return (Problem(Field.DATA_PATH, f"{quoted(str(path))} is not an absolute path"),)
    return request_checks.path_problems(path)


def file_problems(record: Record, content: FolderContent, folder: PurePath) -> tuple[Problem, ...]:
    """Return the files of a catalog folder that must be reviewed before they are published.

    Only the record is published from there, and where it holds no loader the card and scripts.
    """
    name = record_name(record.nickname)
    return tuple(
        Problem(shown(file), Message(reason, *_remedy(folder, file, content)))
        for file, reason in sorted(content.doubts.items())
        if file == name or _may_be_published(record, file)
    )


def _may_be_published(record: Record, file: str) -> bool:
    is_wanted = file == CARD_NAME or file.endswith(COMPANION_SUFFIXES)
    return is_wanted and (record.loader is None or record.is_first_format)


def _remedy(folder: PurePath, file: str, content: FolderContent) -> tuple[str, ShellCommand]:
    path, copy = shell_word(folder / file), shell_word(folder / f"{file}.copy")
    if file in content.files:
        command = ShellCommand(f"cp {path} {copy} && mv -f {copy} {path}")
        return "; review it, then make it your own: ", command
    return "; find out who put it there, then remove it: ", ShellCommand(f"rm {path}")
