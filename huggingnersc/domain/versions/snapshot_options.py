"""What is asked of a snapshot, and what is wrong with it."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.metadata.strict_json import quoted
from huggingnersc.domain.repo_names import VERSION_NAME
from huggingnersc.domain.versions.version import VersionName, parse_title
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

MAX_MESSAGE_CHARS = 4000
MAX_LABEL_CHARS = 64
MAX_LABELS = 20
_LABEL = re.compile(r"[\w.+-]+( [\w.+-]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotOptions:
    """What is asked of a snapshot.

    Attributes:
        version: its name; chosen by the latest one when empty.
        message: what the card says of it; Markdown is shown as text.
        labels: words to attach to it.
        parent: the version it comes from, `v1` or `other@v2`; the latest one when empty.
        full: whether every file is read, also where nothing suggests a change.
        allow_unreadable: whether files that cannot be read are listed as such.
        no_manifest: whether the manifest stays in the catalog folder; None leaves it to the site.
        no_statistics: whether the contents are not described; None leaves it to the site.
        private_statistics: whether the description stays in the catalog folder; None leaves it
            to the site.
    """

    version: str = ""
    message: str = ""
    labels: tuple[str, ...] = ()
    parent: str = ""
    full: bool = False
    allow_unreadable: bool = False
    no_manifest: bool | None = None
    no_statistics: bool | None = None
    private_statistics: bool | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the options as JSON values."""
        return {**asdict(self), "labels": [*self.labels]}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> SnapshotOptions:
        """Read the options that `as_json` returned."""
        return cls(**{**values, "labels": tuple(values["labels"])})

    def parent_of(self, nickname: str) -> VersionName | None:
        """Return the version that was named as the parent; None where none was."""
        if not self.parent:
            return None
        return parse_title(self.parent) or VersionName(nickname, self.parent)


def option_problems(options: SnapshotOptions) -> tuple[Problem, ...]:
    """Return everything that is wrong with the options alone."""
    return (
        *_name_problems(Field.VERSION, options.version),
        *message_problems(options.message),
        *label_problems(options.labels),
        *_parent_problems(options.parent),
        *_publication_problems(options),
    )


def message_problems(message: str) -> tuple[Problem, ...]:
    """Check a message: lines of visible text, at most 4,000 characters."""
    if len(message) > MAX_MESSAGE_CHARS:
        return (Problem(Field.MESSAGE, f"is longer than {MAX_MESSAGE_CHARS:,} characters"),)
    if not all(line.isprintable() for line in message.split("\n")):
        return (Problem(Field.MESSAGE, "holds control or invisible characters"),)
    return ()


def label_problems(labels: Iterable[str]) -> tuple[Problem, ...]:
    """Check labels: up to 20, each of letters, digits, spaces, and `_.+-`."""
    return tuple(_label_problems(tuple(labels)))


def _label_problems(labels: tuple[str, ...]) -> Iterator[Problem]:
    if len(labels) > MAX_LABELS:
        yield Problem(Field.LABEL, f"is given {len(labels)} times; at most {MAX_LABELS} are kept")
    for label in labels:
        if len(label) > MAX_LABEL_CHARS or not _LABEL.fullmatch(label):
            rule = f"up to {MAX_LABEL_CHARS} letters, digits, single spaces, and _ . + -"
            yield Problem(Field.LABEL, f"found {quoted(label[:99])}; allowed: {rule}")


def _name_problems(field: Field, name: str) -> tuple[Problem, ...]:
    if not name or VERSION_NAME.fullmatch(name):
        return ()
    rule = "up to 64 of A-Z a-z 0-9 . _ -, the first a letter or digit, such as v1.2.0"
    return (Problem(field, f"found {quoted(name[:99])}; allowed: {rule}"),)


def _parent_problems(parent: str) -> tuple[Problem, ...]:
    if parse_title(parent):
        return ()
    return _name_problems(Field.PARENT, parent)


def _publication_problems(options: SnapshotOptions) -> tuple[Problem, ...]:
    if options.no_statistics and options.private_statistics:
        message = "is given, but no statistics are made"
        return (Problem(Field.PRIVATE_STATISTICS, message),)
    return ()
