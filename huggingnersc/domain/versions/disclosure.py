"""What of a version becomes public."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.domain.loading.loading import (
    FILES_TABLE,
    FOLDERS_FILE,
    LOADING_FILE,
    is_index,
)
from huggingnersc.domain.site import Publication
from huggingnersc.domain.versions.version import (
    MANIFEST_FILE,
    PICTURES_DIR,
    SAMPLE_DIR,
    STATISTICS_FILE,
    TABLES_DIR,
    VERSION_FILE,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from huggingnersc.domain.site import VersionSettings
    from huggingnersc.domain.versions.snapshot_options import SnapshotOptions

# What names the files of the data, as the manifest does.
LISTS = frozenset({LOADING_FILE, FILES_TABLE, FOLDERS_FILE})


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What becomes of the manifest and of the statistics of a version.

    Attributes:
        manifest: public or private; a version is never without one.
        statistics: public, private or none.
        sample: whether samples, and tables in whole, are made and published.
    """

    manifest: Publication
    statistics: Publication
    sample: bool = False

    def publishes(self, path: str) -> bool:
        """Return whether a file of the version goes to the Hub.

        Its `version.json`, which counts files and bytes, always does.
        """
        if path == VERSION_FILE:
            return True
        if path.startswith((f"{SAMPLE_DIR}/", f"{TABLES_DIR}/")):
            return self.sample
        if path == MANIFEST_FILE or path in LISTS or is_index(path):
            return self.manifest is Publication.PUBLIC
        is_statistics = path == STATISTICS_FILE or path.startswith(f"{PICTURES_DIR}/")
        return is_statistics and self.statistics is Publication.PUBLIC

    def published(self, paths: Iterable[str]) -> tuple[str, ...]:
        """Return those of the files that go to the Hub, sorted."""
        return tuple(sorted(filter(self.publishes, paths)))


def choose_disclosure(
    options: SnapshotOptions, settings: VersionSettings, *, closed: str
) -> Disclosure:
    """Decide what becomes public.

    What the command says goes before the site's settings. Where not everyone may read the data,
    neither names and hashes of files nor values in them become public, whatever was said. A sample
    shows more than statistics, so where these are not public there is one only on request.

    Args:
        options: what the command says.
        settings: what holds where it says nothing.
        closed: a path that not everyone may read; empty where all of the data is open.
    """
    manifest, statistics = _manifest(options, settings), _statistics(options, settings)
    if closed:
        return Disclosure(_not_public(manifest), _not_public(statistics))
    is_open = settings.sample and statistics is Publication.PUBLIC
    sample = is_open if options.sample is None else options.sample
    return Disclosure(manifest, statistics, sample)


def _manifest(options: SnapshotOptions, settings: VersionSettings) -> Publication:
    if options.manifest is None:
        return settings.manifest
    return Publication.PUBLIC if options.manifest else Publication.PRIVATE


def _statistics(options: SnapshotOptions, settings: VersionSettings) -> Publication:
    if options.statistics is False:
        return Publication.NONE
    if options.private_statistics is not None:
        return Publication.PRIVATE if options.private_statistics else Publication.PUBLIC
    if options.statistics and settings.statistics is Publication.NONE:
        return Publication.PUBLIC
    return settings.statistics


def _not_public(choice: Publication) -> Publication:
    return Publication.PRIVATE if choice is Publication.PUBLIC else choice
