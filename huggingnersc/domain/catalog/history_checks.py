"""What in the recorded versions of a dataset is not as HuggingNERSC writes it.

The record is a file that others may have edited, and all of it is shown on a public card. The
statistics are made safe where the card is written.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from huggingnersc.domain.catalog.version_texts import label_problems, message_problems
from huggingnersc.domain.metadata.strict_json import quoted
from huggingnersc.domain.repo_names import VERSION_NAME
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.domain.catalog.version_history import RecordedVersion, VersionHistory

_MOST_VERSIONS = 10_000
_MOST_CHARS = 200  # of a line
_DIGEST = re.compile(r"[0-9a-f]{64}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


def history_problems(history: VersionHistory) -> tuple[Problem, ...]:
    """Return everything in the recorded versions that could not have been written here."""
    if len(history.versions) > _MOST_VERSIONS:
        return (Problem("versions", f"has more than {_MOST_VERSIONS:,} of them"),)
    counts = Counter(one.name for one in history.versions)
    return (
        *(Problem("versions", f"names {name} twice") for name, n in counts.items() if n > 1),
        *(
            Problem(f"versions.{one.name}", reason)
            for one in history.versions
            for reason in _reasons(one)
        ),
    )


def _reasons(version: RecordedVersion) -> Iterator[str]:
    if not _DIGEST.fullmatch(version.digest):
        yield f"has the digest {quoted(version.digest)}, which is no SHA-256"
    if not _TIME.fullmatch(version.created_at):
        yield f"was made at {quoted(version.created_at)}, which is no time in UTC"
    if version.parent and not _is_parent(version.parent):
        yield f"comes from {quoted(version.parent)}, which is no version"
    if len(version.changes) > _MOST_CHARS or not version.changes.isprintable():
        yield f"says of its changes {quoted(version.changes)}"
    for found in (*message_problems(version.message), *label_problems(version.labels)):
        yield f"{found.where}: {found.message}"


def _is_parent(text: str) -> bool:
    nickname, at, name = text.rpartition("@")
    is_dataset = not at or (nickname.isprintable() and 0 < len(nickname) <= _MOST_CHARS)
    return is_dataset and VERSION_NAME.fullmatch(name) is not None
