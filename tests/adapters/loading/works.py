"""What a step of loading is told, for a folder of data."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.loading.prepare import loading_process
from huggingnersc.adapters.loading.work import LoadingWork
from huggingnersc.domain.versions.manifest import ManifestEntry
from tests.manifest_lines import line_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from huggingnersc.adapters.loading.prepare import Step
    from huggingnersc.adapters.loading.work import LoadingPart
    from huggingnersc.domain.loading.loading import Source


def loading_work(data: Path, folder: Path, **changes: Any) -> LoadingWork:
    """Return the work for data; `folder` receives the manifest and what the steps make."""
    made = folder / "made"
    made.mkdir(parents=True)
    manifest = folder / "manifest.tsv"
    manifest.write_bytes(b"".join(sorted(map(line_of, _entries(data)))))
    known: dict[str, Any] = {
        "data": data,
        "manifest": manifest,
        "digest": hashlib.sha256(manifest.read_bytes()).hexdigest(),
        "folder": made,
        "portal_link": "",
        "site": "nersc",
        "sample_rows": 200,
        "tables": False,
        "statistics": None,
        "seconds": None,
    }
    return LoadingWork(**{**known, **changes})


def part_of(step: Step, work: LoadingWork, source: Source | None = None) -> LoadingPart:
    """Return what one step makes, in a process of its own."""
    with loading_process(work) as process:
        return step(work, source, process)


def _entries(data: Path) -> Iterator[ManifestEntry]:
    if data.is_file():
        yield _entry(data, b".")
    for path in data.rglob("*"):
        name = os.fsencode(path.relative_to(data))
        if path.is_symlink():
            target = os.fsencode(path.readlink())
            yield ManifestEntry(name, b"link:" + target, len(target), 0)
        elif path.is_file():
            yield _entry(path, name)


def _entry(path: Path, name: bytes) -> ManifestEntry:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    status = path.stat()
    return ManifestEntry(name, digest.encode(), status.st_size, status.st_mtime_ns)
