"""What can go wrong in the storage; `error_mapping` decides how a client hears of it."""

from __future__ import annotations


class StorageError(Exception):
    """The storage cannot do what it was asked; the message is one sentence for the client."""


class RevisionMissingError(StorageError):
    """No branch, tag, ref or commit has this name."""

    def __init__(self, revision: str) -> None:
        super().__init__(f"Invalid rev id: {revision}")


class EntryMissingError(StorageError):
    """There is no such file or folder; `commit` is where it was looked for, None when unknown."""

    def __init__(self, path: str, *, commit: str | None = None) -> None:
        super().__init__(f"Entry not found: {path}")
        self.commit = commit


class RefMovedError(StorageError):
    """The branch is not where the client last saw it."""

    def __init__(self) -> None:
        super().__init__(
            "The branch was updated since you opened this page. Please refresh and try again."
        )


class RefConflictError(StorageError):
    """The name is in use, or is a folder of other refs."""


class FolderInTheWayError(StorageError):
    """A file cannot be stored where a folder stays."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} is a folder; delete it before putting a file there")


class RepositoryBusyError(StorageError):
    """Another writer holds the repository for too long."""


class InvalidOidError(StorageError):
    """The id of a big file is not a sha256 in lower-case hex."""

    def __init__(self) -> None:
        super().__init__("An LFS object id is 64 lower-case hexadecimal digits")


class ContentMismatchError(StorageError):
    """The bytes of a big file are not the ones that were announced."""

    def __init__(
        self, message: str = "The uploaded bytes do not match the announced sha256 and size"
    ) -> None:
        super().__init__(message)


class PushRefusedError(StorageError):
    """What was pushed is malformed, or more than this Hub unpacks."""


class TreeTooLargeError(StorageError):
    """A tree is deeper, or has more paths, than this Hub walks."""


class HistoryTooLongError(StorageError):
    """A history has more commits than one request reads."""

    def __init__(self, most: int) -> None:
        super().__init__(f"This Hub looks through {most} commits at once; clone to read more")


class ObjectDamagedError(StorageError, KeyError):
    """A git object is missing or cannot be read; also a KeyError, as a missing key is."""

    def __init__(self, oid: str = "") -> None:
        which = f"The git object {oid}" if oid else "A git object"
        super().__init__(f"{which} of this repository is missing or damaged")

    __str__ = StorageError.__str__  # a KeyError would show its message in quotes


class QuarantinedError(StorageError):
    """The repository is damaged or hostile, so the server leaves it alone."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"This repository is quarantined: {reason}. "
            "The operator of this Hub finds more with `huggingnersc serve-hub --check`."
        )
