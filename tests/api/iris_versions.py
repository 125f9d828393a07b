"""Versions of iris in the catalog of the centre, as snapshots would have made them."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.version_store import VersionStore
from huggingnersc.domain.catalog.record import record_bytes
from huggingnersc.domain.loading.loading import NO_LOADING
from huggingnersc.domain.planned_file import PlannedFile
from tests.api.iris import api
from tests.versions import made_version, recorded

if TYPE_CHECKING:
    from huggingnersc.domain.catalog.version_history import VersionHistory
    from huggingnersc.domain.versions.version import Version
    from tests.api.conftest import Centre


def add_version(centre: Centre, name: str = "v1", *, tag: bool = True, **changes: Any) -> Version:
    """Add a version to the record, the catalog folder and, with `tag`, the Hub."""
    in_record = {key: changes.pop(key) for key in ("labels", "retired") if key in changes}
    catalog = CatalogFolder(centre.catalog)
    store = VersionStore(centre.catalog, "iris")
    with tempfile.TemporaryDirectory() as folder:
        version, files = made_version(Path(folder), name, **changes)
        card = PlannedFile("README.md", b"# Iris\n")
        store.promote(version, store.stage(version, files, [card]))
    record = catalog.record("iris")
    history = record.history.with_version(recorded(version, **in_record), "", NO_LOADING)
    file = centre.catalog / "iris/iris_info.json"
    file.write_bytes(record_bytes(replace(record, history=history)))
    if tag:
        api(centre).create_tag("NERSC/iris", tag=name, repo_type="dataset")
    return version


def history_of(centre: Centre) -> VersionHistory:
    """The versions that the record of iris holds."""
    return CatalogFolder(centre.catalog).record("iris").history
