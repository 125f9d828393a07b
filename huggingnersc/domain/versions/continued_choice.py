"""What a command asks of a version, compared with the latest one.

What the latest version does not publish the next one does not either, until a command asks for it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.site import Publication
from huggingnersc.domain.versions.snapshot_options import MOST_SAMPLE_ROWS
from huggingnersc.domain.versions.version import (
    MANIFEST_FILE,
    STATISTICS_FILE,
    TABLES_DIR,
)

if TYPE_CHECKING:
    from huggingnersc.domain.catalog.version_history import RecordedVersion
    from huggingnersc.domain.loading.loading import Loading
    from huggingnersc.domain.versions.disclosure import Disclosure
    from huggingnersc.domain.versions.snapshot_options import SnapshotOptions
    from huggingnersc.domain.versions.version import Version
    from huggingnersc.fixes import Option


def continued(
    options: SnapshotOptions, former: Version | None, loading: Loading
) -> tuple[SnapshotOptions, tuple[str, ...]]:
    """Return options that publish no more than the latest version, and what they keep back.

    A snapshot may be repeated every night by a command that does not name what was chosen once.
    Tables that were published in whole are published again, and a sample has as many rows again.

    Args:
        options: what the command says; that goes first.
        former: the latest version; None where there is none.
        loading: how that one is loaded.
    """
    if former is None:
        return options, ()
    kept: dict[str, tuple[str, bool]] = {}
    if options.manifest is None and MANIFEST_FILE not in former.published:
        kept["manifest"] = "the list of files", False
    is_private = STATISTICS_FILE in former.documents.keys() - set(former.published)
    if options.statistics is not False and options.private_statistics is None and is_private:
        kept["private_statistics"] = "the statistics", True
    if options.sample is None and loading.no_sample:
        kept["sample"] = "a sample", False
    chosen: dict[str, Any] = {name: value for name, (_, value) in kept.items()}
    tables = options.publish_parquet or (_has_tables(former) and options.sample is not False)
    if options.sample_rows is None and 1 <= loading.sample_rows <= MOST_SAMPLE_ROWS:
        chosen["sample_rows"] = loading.sample_rows if options.sample is not False else None
    return (
        replace(options, **chosen, publish_parquet=tables),
        tuple(words for words, _ in kept.values()),
    )


def without_effect(
    options: SnapshotOptions,
    disclosure: Disclosure,
    former: Version,
    recorded: RecordedVersion,
    loading: Loading,
) -> tuple[Option, ...]:
    """Return the options by which a version of unchanged data would differ from the latest one.

    Args:
        options: what the command says.
        disclosure: what would become public.
        former: the latest version.
        recorded: the same, with the labels and the message that it has now.
        loading: how the latest version is loaded.
    """
    manifest = (disclosure.manifest is Publication.PUBLIC) != (MANIFEST_FILE in former.published)
    statistics = disclosure.statistics is not _statistics(former)
    sample = disclosure.sample is bool(loading.no_sample)
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
        Field.SAMPLE_ROWS: disclosure.sample and options.sample_rows != loading.sample_rows,
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
