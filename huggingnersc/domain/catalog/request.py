"""A request to catalog a dataset, before it is validated."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.catalog.fields import DatasetFacts
from huggingnersc.domain.catalog.scripts import Script, Scripts
from huggingnersc.domain.catalog.version_history import NO_VERSIONS, VersionHistory

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from os import PathLike

    from huggingnersc.domain.loading.upload import Upload


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(DatasetFacts):
    """What to catalog: files as they were named, or what a record holds.

    `about_file` is read in place of `about`.
    """

    scripts: Scripts[Path | Script]
    portal_link: str
    metadata: Path | Mapping[str, Any]
    data_path: Path | None = None
    allow_secret: tuple[str, ...] = ()
    job_notebook: bool = False
    about_file: Path | None = None
    history: VersionHistory = NO_VERSIONS
    upload: Upload | None = None


def script_files(
    loader: str | PathLike[str],
    batch: str | PathLike[str] | None,
    includes: Iterable[str | PathLike[str]],
) -> Scripts[Path | Script]:
    """Return the files of a request by their paths."""
    files: Scripts[Path | Script] = Scripts(
        loader=Path(loader),
        batch=None if batch is None else Path(batch),
        includes=tuple(map(Path, includes)),
    )
    return files
