"""Read how the data of a version is loaded, and what of it everyone may know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.adapters.version_document import read_document
from huggingnersc.domain.catalog.remote import VERSION_FOLDER
from huggingnersc.domain.loading.loading import (
    LOADING_FILE,
    MAX_LOADING_BYTES,
    NO_LOADING,
    Loading,
    parse_loading,
)
from huggingnersc.domain.versions.version import MANIFEST_FILE

if TYPE_CHECKING:
    from huggingnersc.adapters.version_store import VersionStore
    from huggingnersc.domain.versions.version import Version


def public_loading(version: Version, store: VersionStore) -> Loading:
    """Return how a version is loaded, as far as that is public.

    Raises:
        The errors of `read_document`.
    """
    loading = read_document(version, store, LOADING_FILE, parse_loading, most=MAX_LOADING_BYTES)
    return published_loading(loading or NO_LOADING, version.published)


def published_loading(loading: Loading, published: tuple[str, ...]) -> Loading:
    """Return what of it may be known to everyone.

    Args:
        loading: how a version is loaded.
        published: the paths in the version of what is published of it.
    """
    paths = {f"{VERSION_FOLDER}{path}" for path in published}
    return loading.public_part(paths, is_listed=MANIFEST_FILE in published)
