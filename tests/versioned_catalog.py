"""A catalog whose datasets have versions with the manifests of a test."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.version_store import VersionStore
from huggingnersc.domain.catalog.record import record_bytes
from huggingnersc.domain.catalog.version_history import VersionHistory
from huggingnersc.domain.versions.manifest import ManifestEntry
from huggingnersc.domain.versions.version import MANIFEST_FILE, STATISTICS_FILE
from tests.builders import record_of, write_tree
from tests.manifest_lines import line_of
from tests.versions import digest, made_version, recorded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from huggingnersc.domain.catalog.version_history import RecordedVersion
    from huggingnersc.domain.versions.version import Version


def entry(path: str, content: str = "1", size: int = 3, mtime: int = 1) -> ManifestEntry:
    """A regular file; `content` is the last digits of its digest."""
    return ManifestEntry(path.encode(), content.rjust(64, "0").encode(), size, mtime)


def manifest_of(entries: Iterable[ManifestEntry]) -> bytes:
    """The manifest of entries in any order."""
    return b"".join(sorted(map(line_of, entries)))


def manifest_of_folder(root: Path) -> bytes:
    """The manifest of a folder with regular files and links."""
    entries = []
    for path in root.rglob("*"):
        if not path.is_dir() or path.is_symlink():
            status = path.lstat()
            link = f"link:{path.readlink()}" if path.is_symlink() else ""
            digest_text = link or hashlib.sha256(path.read_bytes()).hexdigest()
            entries.append(
                ManifestEntry(
                    os.fsencode(path.relative_to(root)),
                    digest_text.encode(),
                    status.st_size,
                    status.st_mtime_ns,
                )
            )
    return manifest_of(entries)


class VersionedCatalog:
    """Datasets at `root`, each with the versions that were added."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._recorded: dict[str, list[RecordedVersion]] = {}

    def add(
        self,
        nickname: str,
        manifest: bytes,
        *,
        data_path: Path | None = None,
        statistics: bytes | None = None,
        **changes: Any,
    ) -> Version:
        """Add the next version of a dataset, which is cataloged if it is not."""
        own = self._recorded.setdefault(nickname, [])
        name = f"v{len(own) + 1}"
        scratch = self.root.parent / "made" / nickname / name
        version, files = made_version(scratch, name)
        documents = {MANIFEST_FILE: manifest} | (
            {} if statistics is None else {STATISTICS_FILE: statistics}
        )
        version = replace(
            version,
            nickname=nickname,
            manifest=digest(manifest),
            documents={} if statistics is None else {STATISTICS_FILE: digest(statistics)},
            files=manifest.count(b"\n"),
            published=(),
            **changes,
        )
        write_tree(scratch, documents)
        (self.root / nickname).mkdir(parents=True, exist_ok=True)
        store = VersionStore(self.root, nickname)
        store.promote(version, store.stage(version, {path: files[path] for path in documents}))
        own.append(recorded(version))
        self.record(nickname, {} if data_path is None else {"data_path": data_path})
        return version

    def record(self, nickname: str, changes: Mapping[str, Any]) -> None:
        """Write the record of a dataset with its versions."""
        paths = {key: PurePosixPath(value) for key, value in changes.items()}
        history = VersionHistory(tuple(self._recorded[nickname]))
        record = replace(record_of(nickname, **paths), history=history)
        file = f"{nickname}/{nickname}_info.json"
        write_tree(self.root, {file: record_bytes(record)})
