"""What a command asks of a version, compared with the latest one.

What the latest version does not publish the next one does not either, until a command asks for it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.site import Publication
from huggingnersc.domain.versions.version import (
    MANIFEST_FILE,
    STATISTICS_FILE,
    TABLES_DIR,
)

if TYPE_CHECKING:
    from huggingnersc.domain.catalog.version_history import RecordedVersion
    from huggingnersc.domain.versions.disclosure import Disclosure
    from huggingnersc.domain.versions.snapshot_options import SnapshotOptions
    from huggingnersc.domain.versions.version import Version
    from huggingnersc.fixes import Option


def continued(
    options: SnapshotOptions, former: Version | None, *, had_no_sample: bool
) -> tuple[SnapshotOptions, tuple[str, ...]]:
    """Return options that publish no more than the latest version, and what they keep back.

    A snapshot may be repeated every night by a command that does not name what was chosen once.
    Tables that were published in whole are published again.

    Args:
        options: what the command says; that goes first.
        former: the latest version; None where there is none.
        had_no_sample: whether it was made without a sample although one could be made.
    """
    if former is None:
        return options, ()
    kept: dict[str, tuple[str, bool]] = {}
    if options.manifest is None and MANIFEST_FILE not in former.published:
        kept["manifest"] = "the list of files", False
    is_private = STATISTICS_FILE in former.documents.keys() - set(former.published)
    if options.statistics is not False and options.private_statistics is None and is_private:
        kept["private_statistics"] = "the statistics", True
    if options.sample is None and had_no_sample:
        kept["sample"] = "a sample", False
    chosen: dict[str, Any] = {name: value for name, (_, value) in kept.items()}
    tables = options.publish_parquet or (_has_tables(former) and options.sample is not False)
    return (
        replace(options, **chosen, publish_parquet=tables),
        tuple(words for words, _ in kept.values()),
    )


def without_effect(
    options: SnapshotOptions,
    disclosure: Disclosure,
    former: Version,
    recorded: RecordedVersion,
    *,
    had_no_sample: bool,
) -> tuple[Option, ...]:
    """Return the options by which a version of unchanged data would differ from the latest one.

    Args:
        options: what the command says.
        disclosure: what would become public.
        former: the latest version.
        recorded: the same, with the labels and the message that it has now.
        had_no_sample: whether it was made without a sample although one could be made.
    """
    manifest = (disclosure.manifest is Publication.PUBLIC) != (MANIFEST_FILE in former.published)
    statistics = disclosure.statistics is not _statistics(former)
    sample = disclosure.sample is had_no_sample
    differs = {
        Field.MESSAGE: options.message != recorded.message,
        Field.LABEL: not {*options.labels} <= {*recorded.labels},
        Field.PARENT: options.parent_of(former.nickname) != former.parent,
        Field.PRIVATE: (manifest and options.manifest)
        or (statistics and options.statistics)
        or (sample and options.sample),
        Field.MANIFEST: manifest,
        Field.STATISTICS: statistics,
        Field.PRIVATE_STATISTICS: statistics,
        Field.SAMPLE: sample,
        Field.SAMPLE_ROWS: disclosure.sample,
        Field.PUBLISH_PARQUET: disclosure.sample and not _has_tables(former),
        # These allow a version, and change nothing of it.
        Field.ALLOW_UNREADABLE: False,
        Field.ALLOW_SECRET: False,
    }
    return tuple(option for option in options.chosen if differs[Field(option.name)])


def _statistics(version: Version) -> Publication:
    if STATISTICS_FILE in version.published:
        return Publication.PUBLIC
    return Publication.PRIVATE if STATISTICS_FILE in version.documents else Publication.NONE


def _has_tables(version: Version) -> bool:
    return any(path.startswith(f"{TABLES_DIR}/") for path in version.published)
