"""One side of a comparison: a version, the data as it is now, a folder, or a manifest file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.manifest_file import ManifestFile
from huggingnersc.adapters.statistics_file import statistics_of
from huggingnersc.adapters.version_store import VersionStore
from huggingnersc.api.versions.data_place import reachable_data_of
from huggingnersc.api.versions.find_version import find_version, split_title
from huggingnersc.api.versions.recorded_files import recorded_manifest
from huggingnersc.domain.text.shell import is_path, shown
from huggingnersc.fixes import Verb

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import ExitStack

    from huggingnersc.adapters.engines.choice import EngineChoice, Report
    from huggingnersc.domain.site import Site
    from huggingnersc.domain.versions.statistics import Statistics


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedSide:
    """What is compared.

    Attributes:
        title: `iris@v1`, `iris (now)`, or a path.
        files: how many regular files there are; None for a manifest file.
        size_bytes: their size.
        unreadable: how many files were or are not readable, so that nothing is known of them.
    """

    title: str
    files: int | None = None
    size_bytes: int | None = None
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class SideSource:
    """A side with the manifest and the statistics that it is compared by."""

    side: ComparedSide
    manifest: ManifestFile
    statistics: Statistics | None = None


@dataclass(frozen=True, slots=True)
class SideReader:
    """Finds what the words of a command name.

    Attributes:
        site: where datasets are cataloged and runs are kept.
        choice: how files are read.
        report: called as this work advances.
        stack: ends the runs.
        request: the arguments of the verb, by which a run is completed later.
    """

    site: Site
    choice: EngineChoice
    report: Report
    stack: ExitStack
    request: Mapping[str, Any]

    def read(self, word: str, *, role: str, live: bool = False) -> SideSource:
        """Return the side that a word names.

        Args:
            word: a path, if it has a slash or is `.` or `..`; else a nickname or a version.
            role: tells the sides apart, such as "before".
            live: whether the data of the nickname is meant, as it is now.

        Raises:
            DatasetUnknownError, VersionUnknownError, VersionDamagedError: there is no such
                dataset or version, or it cannot be read.
            RunError, DatasetError: the data cannot be read.
        """
        if is_path(word):
            path = Path(word).expanduser()
            return self._file(path) if path.is_file() else self._live(path, word, word, role)
        if live:
            nickname = split_title(word)[0]
            record = CatalogFolder(Path(self.site.catalog_root)).record(nickname)
            return self._live(reachable_data_of(record), nickname, f"{nickname} (now)", role)
        return self._version(word)

    def _version(self, title: str) -> SideSource:
        catalog = CatalogFolder(Path(self.site.catalog_root))
        found = find_version(title, catalog)
        store = VersionStore(catalog.root, found.record.nickname)
        version, manifest = recorded_manifest(store, found.version)
        side = ComparedSide(
            title=str(found.title),
            files=version.files,
            size_bytes=version.size_bytes,
            unreadable=version.unreadable,
        )
        return SideSource(side, manifest, statistics_of(version, store))

    def _file(self, path: Path) -> SideSource:
        manifest = ManifestFile(lambda: path.open("rb"), shown(path))
        manifest.require_order()
        return SideSource(ComparedSide(title=str(path)), manifest)

    def _live(self, data: Path, word: str, title: str, role: str) -> SideSource:
        from huggingnersc.api.versions.live_inventory import inventory_of, inventory_run

        known = None
        name = "folder"
        if not is_path(word):
            known = VersionStore(Path(self.site.catalog_root), word).known_hashes
            name = word
        run = inventory_run(
            data.absolute(),
            Verb.COMPARE_DATASETS,
            name,
            choice=self.choice,
            site=self.site,
            request=dict(self.request) | {"role": role},
        )
        inventory = self.stack.enter_context(
            inventory_of(
                run, known=[known] if known else [], choice=self.choice, report=self.report
            )
        )
        side = ComparedSide(
            title=title,
            files=inventory.files,
            size_bytes=inventory.size_bytes,
            unreadable=inventory.unreadable_count + inventory.changed_count,
        )
        manifest = ManifestFile(lambda: inventory.manifest.open("rb"), shown(inventory.manifest))
        return SideSource(side, manifest)
