"""What is asked of a snapshot, and what is wrong with it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.catalog.version_texts import label_problems, message_problems
from huggingnersc.domain.metadata.strict_json import quoted
from huggingnersc.domain.repo_names import VERSION_NAME
from huggingnersc.domain.versions.version import KNOWN_HASHES_FILE, VersionName, parse_title
from huggingnersc.fixes import Message, Option
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SAMPLE_ROWS = 200  # of a split
MOST_SAMPLE_ROWS = 10_000


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
        manifest: whether the manifest is published; else it stays in the catalog folder. None
            leaves it to the site.
        statistics: whether the contents are described; None leaves it to the site.
        private_statistics: whether the description stays in the catalog folder; None leaves it
            to the site.
        sample: whether the version has a sample of the data; None leaves it to the site.
        sample_rows: how many examples of a split a sample has at most; None for `SAMPLE_ROWS`.
        publish_parquet: whether small tables are published in whole, as Parquet.
        allow_secret: hashes of lines of the scripts that only look like secrets.
    """

    version: str = ""
    message: str = ""
    labels: tuple[str, ...] = ()
    parent: str = ""
    full: bool = False
    allow_unreadable: bool = False
    manifest: bool | None = None
    statistics: bool | None = None
    private_statistics: bool | None = None
    sample: bool | None = None
    sample_rows: int | None = None
    publish_parquet: bool = False
    allow_secret: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the options as JSON values."""
        lists = {"labels": [*self.labels], "allow_secret": [*self.allow_secret]}
        return asdict(self) | lists

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> SnapshotOptions:
        """Read the options that `as_json` returned."""
        lists = {name: tuple(values[name]) for name in ("labels", "allow_secret")}
        return cls(**{**values, **lists})

    @property
    def most_sample_rows(self) -> int:
        """How many examples of a split a sample has at most."""
        return SAMPLE_ROWS if self.sample_rows is None else self.sample_rows

    @property
    def chosen(self) -> tuple[Option, ...]:
        """What was asked of the version beside its name, for a command that repeats it."""
        return tuple(self._chosen())

    def _chosen(self) -> Iterator[Option]:
        if self.message:
            yield Option(Field.MESSAGE, self.message)
        yield from (Option(Field.LABEL, label) for label in self.labels)
        if self.parent:
            yield Option(Field.PARENT, self.parent)
        if self.manifest or self.statistics or self.sample:
            yield Option(Field.PRIVATE, value=False)
        for field in (Field.MANIFEST, Field.STATISTICS, Field.SAMPLE):
            if getattr(self, field) is False:
                yield Option(field, value=False)
        if self.private_statistics:
            yield Option(Field.PRIVATE_STATISTICS)
        if self.sample_rows is not None:
            yield Option(Field.SAMPLE_ROWS, str(self.sample_rows))
        if self.publish_parquet:
            yield Option(Field.PUBLISH_PARQUET)
        if self.allow_unreadable:
            yield Option(Field.ALLOW_UNREADABLE)
        yield from (Option(Field.ALLOW_SECRET, line) for line in self.allow_secret)

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
        *_sample_problems(options),
    )


def _name_problems(field: Field, name: str) -> tuple[Problem, ...]:
    if name.casefold() == KNOWN_HASHES_FILE:
        return (Problem(field, f"{name} is the name of a file beside the versions"),)
    if not name or VERSION_NAME.fullmatch(name):
        return ()
    rule = "up to 64 of A-Z a-z 0-9 . _ -, the first a letter or digit, such as v1.2.0; not main"
    return (Problem(field, f"found {quoted(name[:99])}; allowed: {rule}"),)


def _parent_problems(parent: str) -> tuple[Problem, ...]:
    if parse_title(parent):
        return ()
    return _name_problems(Field.PARENT, parent)


def _sample_problems(options: SnapshotOptions) -> tuple[Problem, ...]:
    found = []
    if not 1 <= options.most_sample_rows <= MOST_SAMPLE_ROWS:
        rule = f"found {options.sample_rows}; it must be from 1 to {MOST_SAMPLE_ROWS:,}"
        found.append(Problem(Field.SAMPLE_ROWS, rule))
    if options.sample is not False:
        return tuple(found)
    if options.sample_rows is not None:
        found.append(Problem(Field.SAMPLE_ROWS, _not_with(Field.SAMPLE)))
    if options.publish_parquet:
        found.append(Problem(Field.PUBLISH_PARQUET, _not_with(Field.SAMPLE)))
    return tuple(found)


def _publication_problems(options: SnapshotOptions) -> tuple[Problem, ...]:
    if options.statistics is False and options.private_statistics:
        return (Problem(Field.PRIVATE_STATISTICS, _not_with(Field.STATISTICS)),)
    return ()


def _not_with(field: Field) -> Message:
    return Message("cannot be combined with ", Option(field, value=False))
