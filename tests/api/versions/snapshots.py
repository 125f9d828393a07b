"""Snapshots of iris, whole and cut off, and what they leave."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc import snapshot_dataset
from huggingnersc.adapters.catalog_folder import CatalogFolder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from huggingnersc.api.versions.snapshot_result import Snapshot
    from huggingnersc.domain.catalog.record import Record
    from tests.api.conftest import Centre

LISTS = ("files.parquet", "folders.tsv", "loading.json", "manifest.tsv")
PUBLIC = ["manifest.tsv", "statistics.json", "version.json"]


def snapshot(centre: Centre, nickname: str = "iris", **changes: Any) -> Snapshot:
    given: dict[str, Any] = {"statistics": False, "site": str(centre.profile)}
    return snapshot_dataset(nickname, **(given | changes))


def record(centre: Centre) -> Record:
    return CatalogFolder(centre.catalog).record("iris")


def paths(files: tuple[Any, ...]) -> list[str]:
    return [file.path for file in files]


def runs(home: Path) -> list[Path]:
    return [*(home / ".local/share/huggingnersc/runs").glob("*")]


@contextmanager
def cut_off_at(place: object, function: str) -> Iterator[None]:
    """End what is run here by Ctrl-C where it calls a function."""

    def cut_off(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(place, function, cut_off)
        with pytest.raises(KeyboardInterrupt):
            yield
