"""Make the statistics of a version, and keep them in the run until the data changes."""

from __future__ import annotations

import json
import shutil
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, cast

from huggingnersc.adapters.files.whole_file import write_whole
from huggingnersc.adapters.statistics.data_folders import DataFolders
from huggingnersc.adapters.statistics.describe import describe
from huggingnersc.adapters.statistics.limits import DescribingLimits
from huggingnersc.adapters.statistics.pictures import with_pictures
from huggingnersc.domain.text.terminal import visible
from huggingnersc.domain.versions.manifest import entry_of, escaped
from huggingnersc.domain.versions.statistics import statistics_bytes
from huggingnersc.domain.versions.version import STATISTICS_FILE
from huggingnersc.errors import DataChangingError
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from huggingnersc.domain.versions.manifest import ManifestEntry
    from huggingnersc.domain.versions.statistics import Statistics

_OF_FILE = "of"  # what the statistics are of
_LIBRARIES = ("duckdb", "pyarrow", "h5py", "netCDF4", "zarr", "PIL", "matplotlib")


def describe_version(
    data: Path,
    manifest: Path,
    digest: str,
    folder: Path,
    *,
    seconds: float | None,
    progress: Callable[[int, int], None],
) -> Statistics:
    """Return the statistics of data; those that were made of the same files are used again.

    Args:
        data: the root of the data.
        manifest: its manifest.
        digest: the SHA-256 of the manifest.
        folder: receives `statistics.json` and the pictures.
        seconds: the most time that this machine allows; None for the usual limit.
        progress: called with the number of parts that are done, and of all.

    Raises:
        DataChangingError: names in a folder of the data changed meanwhile, so that other files
            may have been described.
    """
    of = _work(digest)
    if kept := _kept(folder, of):
        return kept
    limits = (
        DescribingLimits()
        if seconds is None
        else DescribingLimits(seconds=min(seconds, DescribingLimits().seconds))
    )
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    with unchanged_folders(data, manifest, "was described"):
        statistics = describe(data, _entries(manifest), limits, progress)
    statistics = with_pictures(statistics, folder, limits)
    write_whole(folder / STATISTICS_FILE, statistics_bytes(statistics))
    write_whole(folder / _OF_FILE, of)
    return statistics


@contextmanager
def unchanged_folders(data: Path, manifest: Path, what: str) -> Iterator[None]:
    """Make sure that the names in the folders of the data are the same when the block ends.

    Raises:
        DataChangingError: they changed, so that other files may have been read.
    """
    folders = DataFolders(data, _entries(manifest))
    yield
    if (place := folders.exchanged()) is not None:
        raise DataChangingError(
            f"Names in the data changed while it {what}; no version was made.",
            problems=[Problem(visible(escaped(place).decode()), "was changed or exchanged")],
            hint="Run it again when nothing writes to the data; what has been read is kept.",
        )


def _work(digest: str) -> bytes:
    """Return what decides the statistics: the files, and what can be read here."""
    libraries = [name for name in _LIBRARIES if find_spec(name)]
    return " ".join([digest, *libraries]).encode()


def _kept(folder: Path, of: bytes) -> Statistics | None:
    with suppress(OSError, ValueError):
        if (folder / _OF_FILE).read_bytes() == of:
            return cast("Statistics", json.loads((folder / STATISTICS_FILE).read_bytes()))
    return None


def _entries(manifest: Path) -> Iterator[ManifestEntry]:
    with manifest.open("rb") as lines:
        yield from map(entry_of, lines)
