"""Versions of a dataset that is not cataloged yet; cataloging takes them along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.adapters.loading_file import public_loading
from huggingnersc.adapters.version_store import VersionStore
from huggingnersc.api.versions.data_place import require_reachable
from huggingnersc.api.versions.snapshot_target import SnapshotTarget
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.catalog.version_history import VersionHistory
from huggingnersc.domain.loading.loading import NO_LOADING
from huggingnersc.domain.text.shell import shown
from huggingnersc.domain.versions.recorded import recorded_version
from huggingnersc.errors import DatasetError
from huggingnersc.fixes import Message, Option, Placeholder

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.api.versions.snapshot_run import ReadyVersion

_GIVE_DATA = Message("Give the folder of the data: ", Option(Field.DATA_PATH, Placeholder.DIR))


def draft_target(nickname: str, draft: Path, data: Path) -> SnapshotTarget:
    """Return a dataset that is not cataloged yet; its versions are kept beside its metadata.

    Raises:
        DatasetError: there is no such folder, or its data is not here.
        VersionDamagedError: one of its versions cannot be read.
    """
    if not draft.is_dir():
        raise DatasetError(
            f"{shown(draft)} is not a folder.",
            hint=Message(
                "Give the folder of the metadata: ", Option(Field.DRAFT, Placeholder.DIR)
            ),
        )
    data = data.absolute()
    require_reachable(data, _GIVE_DATA)
    store = VersionStore(draft)
    versions = store.versions()
    loading = public_loading(versions[-1], store) if versions else NO_LOADING
    return SnapshotTarget(
        nickname=nickname,
        place=draft.absolute(),
        data=data,
        store=store,
        history=VersionHistory(tuple(map(recorded_version, versions)), loading=loading),
    )


def keep_in_draft(target: SnapshotTarget, ready: ReadyVersion) -> None:
    """Put a version into the folder of a draft: whole, by one rename.

    Raises:
        DatasetError: it cannot be written, or someone else made this version meanwhile.
    """
    store = target.store
    store.promote(ready.version, store.stage(ready.version, ready.files))
    store.keep_known_hashes(ready.known_hashes)
