"""The statistics of a folder of files, as a snapshot makes them."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import jsonschema

from huggingnersc.adapters.statistics.describe import describe
from huggingnersc.adapters.statistics.limits import DescribingLimits
from huggingnersc.assets import schema_file
from huggingnersc.domain.versions.manifest import ManifestEntry
from huggingnersc.domain.versions.statistics import STATISTICS_SCHEMA, statistics_bytes
from tests.builders import write_tree

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.domain.versions.statistics import (
        ArrayStatistics,
        MemberStatistics,
        Statistics,
    )


FAST = DescribingLimits(part_seconds=60, seconds=120)
DIGEST = b"0" * 64


def entry(path: bytes, size_bytes: int, digest: bytes = DIGEST) -> ManifestEntry:
    return ManifestEntry(path, digest, size_bytes, 0)


def described(
    root: Path, *entries: ManifestEntry, limits: DescribingLimits | None = None
) -> Statistics:
    found = describe(root, sorted(entries, key=lambda one: one.path), limits or DescribingLimits())
    schema = json.loads(schema_file(STATISTICS_SCHEMA).read_bytes())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(statistics_bytes(found)), schema)
    return found


def statistics(root: Path, files: dict[str, bytes], limits: DescribingLimits = FAST) -> Statistics:
    write_tree(root, files)
    entries = [entry(os.fsencode(name), len(content)) for name, content in files.items()]
    return described(root, *entries, limits=limits)


def messages(found: Statistics) -> list[tuple[str, str]]:
    return [(one["file"], one["message"]) for one in found["problems"]]


def described_tree(root: Path, limits: DescribingLimits | None = None) -> Statistics:
    files = (path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    entries = (
        ManifestEntry(os.fsencode(path.relative_to(root)), b"0" * 64, path.stat().st_size, 0)
        for path in files
    )
    return describe(root, sorted(entries, key=lambda one: one.path), limits or DescribingLimits())


def members_of(entry: ArrayStatistics) -> dict[str, MemberStatistics]:
    return {member["path"]: member for member in entry["members"]}
