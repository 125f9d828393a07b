"""Read how the data of a version is loaded, and make sure that it is what was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.domain.catalog.remote import VERSION_FOLDER
from huggingnersc.domain.loading.loading import (
    LOADING_FILE,
    MAX_LOADING_BYTES,
    NO_LOADING,
    Loading,
    parse_loading,
)
from huggingnersc.domain.text.shell import shown
from huggingnersc.domain.versions.version import MANIFEST_FILE, digest_of
from huggingnersc.errors import VersionDamagedError

if TYPE_CHECKING:
    from huggingnersc.adapters.version_store import VersionStore
    from huggingnersc.domain.versions.version import Version


def public_loading(version: Version, store: VersionStore) -> Loading:
    """Return how a version is loaded, as far as that is public.

    Raises:
        VersionDamagedError: it cannot be read, or is not as it was made.
        DatasetError: the file system refuses to read it.
    """
    document = version.documents.get(LOADING_FILE)
    if document is None:
        return NO_LOADING
    data = store.read_bytes(version.name, LOADING_FILE, most=MAX_LOADING_BYTES + 1)
    if digest_of(data) != document.sha256:
        raise _damaged(version, store, "it is not as it was made")
    try:
        return published_loading(parse_loading(data), version.published)
    except ValueError as error:
        raise _damaged(version, store, str(error)) from error


def published_loading(loading: Loading, published: tuple[str, ...]) -> Loading:
    """Return what of it may be known to everyone.

    Args:
        loading: how a version is loaded.
        published: the paths in the version of what is published of it.
    """
    paths = {f"{VERSION_FOLDER}{path}" for path in published}
    return loading.public_part(paths, is_listed=MANIFEST_FILE in published)


def _damaged(version: Version, store: VersionStore, reason: str) -> VersionDamagedError:
    return VersionDamagedError(
        f"{shown(store.path / version.name / LOADING_FILE)} is damaged: {reason}.",
        hint="Bring the folder back from a snapshot of the file system.",
    )
