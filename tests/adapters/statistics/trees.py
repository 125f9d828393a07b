"""The statistics of a folder of files, as a snapshot makes them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from huggingnersc.adapters.statistics.describe import describe
from huggingnersc.adapters.statistics.limits import DescribingLimits
from huggingnersc.domain.versions.manifest import ManifestEntry

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.domain.versions.statistics import (
        ArrayStatistics,
        MemberStatistics,
        Statistics,
    )


def described_tree(root: Path, limits: DescribingLimits | None = None) -> Statistics:
    files = (path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    entries = (
        ManifestEntry(os.fsencode(path.relative_to(root)), b"0" * 64, path.stat().st_size, 0)
        for path in files
    )
    return describe(root, sorted(entries, key=lambda one: one.path), limits or DescribingLimits())


def members_of(entry: ArrayStatistics) -> dict[str, MemberStatistics]:
    return {member["path"]: member for member in entry["members"]}
