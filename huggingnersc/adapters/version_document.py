"""Read a document of a version, and make sure that it is the one that was made."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from huggingnersc.domain.text.shell import shown
from huggingnersc.domain.versions.version import digest_of
from huggingnersc.errors import VersionDamagedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from huggingnersc.adapters.version_store import VersionStore
    from huggingnersc.domain.versions.version import Version

_T = TypeVar("_T")


def read_document(
    version: Version, store: VersionStore, path: str, parse: Callable[[bytes], _T], *, most: int
) -> _T | None:
    """Return what a document says; None where the version was made without it.

    Args:
        version: what is recorded.
        store: holds its files.
        path: of the document in the version.
        parse: reads its bytes, and raises ValueError where they are of another form.
        most: how many bytes a document of this kind may have.

    Raises:
        VersionDamagedError: it cannot be read, or is not as it was made.
        DatasetError: the file system refuses to read it.
    """
    document = version.documents.get(path)
    if document is None:
        return None
    data = store.read_bytes(version.name, path, most=most + 1)
    try:
        if digest_of(data) != document.sha256:
            raise ValueError("it is not as it was made")
        return parse(data)
    except ValueError as error:
        raise VersionDamagedError(
            f"{shown(store.path / version.name / path)} is damaged: {error}.",
            hint="Bring the folder back from a snapshot of the file system.",
        ) from error
