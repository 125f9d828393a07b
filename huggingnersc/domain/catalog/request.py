"""What `catalog-new-dataset` was asked, before it is checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from huggingnersc.domain.catalog.scripts import Script


@dataclass(frozen=True, slots=True)
class Request:
    """The arguments of `catalog-new-dataset`: files as they were given, or what a record holds."""

    official_name: str
    nickname: str
    loader_script: Path | Script
    portal_link: str
    metadata_json: Path | Mapping[str, Any]
    batch_script: Path | Script | None = None
    distributed: bool = False
    data_path: Path | None = None
    include: tuple[Path | Script, ...] = ()
    private: bool = False
    allow_secret: tuple[str, ...] = ()
    job_notebook: bool = False
