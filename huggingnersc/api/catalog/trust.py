"""Refuse what a catalog folder holds where it may be someone's trick, before anything changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.domain.catalog.history_checks import history_problems
from huggingnersc.domain.catalog.record_checks import (
    file_problems,
    name_problems,
    path_problems,
    place_problems,
    typed_problems,
)
from huggingnersc.domain.catalog.recovery_hints import recovery_hint
from huggingnersc.domain.text.formatting import plural
from huggingnersc.errors import RecordRefusedError
from huggingnersc.fixes import Message

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.domain.catalog.folder_content import FolderContent
    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.site import Site
    from huggingnersc.fixes import Text
    from huggingnersc.problems import Problem

_AFTER_REVIEW = "After the review of each file run the same command again."


def require_own_place(record: Record, folder: Path, site: Site) -> None:
    """Make sure that a record is about the repository, the Hub and the folder of its nickname.

    Raises:
        RecordRefusedError: it names others.
    """
    _refuse(record, folder, place_problems(record, site))


def require_updatable(
    record: Record, content: FolderContent, folder: Path, site: Site, *, keeps_path: bool
) -> None:
    """Make sure that what an update takes from a catalog folder may be published.

    The other recorded values are checked with the new ones, which replace some of them.

    Raises:
        RecordRefusedError: something may not.
    """
    in_record = (
        *place_problems(record, site),
        *name_problems(record),
        *(path_problems(record) if keeps_path else ()),
        *history_problems(record.history),
    )
    _refuse(record, folder, in_record, file_problems(record, content, folder))


def require_publishable(record: Record, content: FolderContent, folder: Path, site: Site) -> None:
    """Make sure that a record, and what is published beside it, could have been typed.

    Raises:
        RecordRefusedError: something could not.
    """
    in_files = file_problems(record, content, folder)
    _refuse(record, folder, record_problems(record, site), in_files)


def require_restorable(record: Record, folder: Path, site: Site) -> None:
    """Make sure that a restoration would accept a record, before its repository is deleted.

    Raises:
        RecordRefusedError: it would not.
    """
    _refuse(record, folder, record_problems(record, site))


def require_own_files(record: Record, content: FolderContent, folder: Path) -> None:
    """Make sure that what is shown of a catalog folder is no one's private file.

    Raises:
        RecordRefusedError: some file may be.
    """
    _refuse(record, folder, in_files=file_problems(record, content, folder))


def record_problems(record: Record, site: Site) -> tuple[Problem, ...]:
    """Return everything in a record that is not as HuggingNERSC would have written it here."""
    return (
        *place_problems(record, site),
        *name_problems(record),
        *typed_problems(record, site),
        *history_problems(record.history),
    )


def record_warnings(record: Record, site: Site) -> tuple[Text, ...]:
    """Return the problems of a record for a result that only shows it."""
    return tuple(
        Message(f'The record of "{record.nickname}": ', problem.where, " ", problem.message)
        for problem in record_problems(record, site)
    )


def _refuse(
    record: Record,
    folder: Path,
    in_record: tuple[Problem, ...] = (),
    in_files: tuple[Problem, ...] = (),
) -> None:
    if problems := (*in_record, *in_files):
        raise RecordRefusedError(
            f'The record of "{record.nickname}" or a file beside it is refused: '
            f"{plural(len(problems), 'problem')}; nothing was touched.",
            problems=problems,
            hint=recovery_hint(folder) if in_record else _AFTER_REVIEW,
        )
