"""What the latest version kept back stays so in the next one, until the command says otherwise."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.versions.version import (
    MANIFEST_FILE,
    STATISTICS_FILE,
    TABLES_DIR,
)

if TYPE_CHECKING:
    from huggingnersc.domain.versions.snapshot_options import SnapshotOptions
    from huggingnersc.domain.versions.version import Version


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
    has_tables = any(path.startswith(f"{TABLES_DIR}/") for path in former.published)
    chosen: dict[str, Any] = {name: value for name, (_, value) in kept.items()}
    tables = options.publish_parquet or (has_tables and options.sample is not False)
    return (
        replace(options, **chosen, publish_parquet=tables),
        tuple(words for words, _ in kept.values()),
    )
