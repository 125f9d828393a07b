"""Commands that would help, as values; each front end writes them in its own way.

The Python API shows a call of the verb, the command line the command as the program was called.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import TypeAlias


class Verb(StrEnum):
    """A verb that a fix may call; the value is its name in the Python API."""

    CANCEL_RUN = "cancel_run"
    CATALOG_NEW_DATASET = "catalog_new_dataset"
    COMPARE_DATASETS = "compare_datasets"
    DOCTOR = "doctor"
    DOWNLOAD_DATASET = "download_dataset"
    INSPECT_DATASET = "inspect_dataset"
    LIST_DATASETS = "list_datasets"
    LIST_VERSIONS = "list_versions"
    PACK_DATASET = "pack_dataset"
    PREVIEW_DATASET = "preview_dataset"
    REMOVE_DATASET = "remove_dataset"
    RESTORE_DATASET = "restore_dataset"
    RESUME_RUN = "resume_run"
    SERVE_HUB = "serve_hub"
    SNAPSHOT_DATASET = "snapshot_dataset"
    STATUS_RUN = "status_run"
    UPDATE_DATASET = "update_dataset"
    UPDATE_VERSION = "update_version"
    UPLOAD_DATASET = "upload_dataset"
    VALIDATE_METADATA = "validate_metadata"
    VERIFY_DATASET = "verify_dataset"


class Placeholder(Enum):
    """A value that only the reader knows."""

    FILE = "FILE"
    DIR = "DIR"
    NAME = "NAME"
    URL = "URL"

    def __str__(self) -> str:
        return self.value


class Remove(Enum):
    """The type of `REMOVE`, which takes a part of a dataset away where None keeps it."""

    REMOVE = "REMOVE"

    def __str__(self) -> str:
        return self.value


REMOVE = Remove.REMOVE


@dataclass(frozen=True, slots=True)
class Option:
    """A named argument of a verb.

    Attributes:
        name: the keyword in the Python API; a `Field`.
        value: True and False switch it on and off.
    """

    name: str
    value: str | bool | Placeholder | Remove = True

    def __str__(self) -> str:
        value = str(self.value) if isinstance(self.value, Enum) else repr(self.value)
        return f"{self.name}={value}"


@dataclass(frozen=True, slots=True)
class Fix:
    """A call of a verb."""

    verb: Verb
    arguments: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()

    def __str__(self) -> str:
        return f"{self.verb}({', '.join([*map(repr, self.arguments), *map(str, self.options)])})"


@dataclass(frozen=True, slots=True)
class ShellCommand:
    """A command of the system, quoted for bash."""

    text: str

    def __str__(self) -> str:
        return self.text


Command: TypeAlias = Fix | ShellCommand


@dataclass(frozen=True, slots=True, init=False)
class Message:
    """Sentences with commands, options and fields in them, in the order they are read.

    A `Field` among the parts stands for its name in the front end.
    """

    parts: tuple[str | Command | Option | Message, ...]

    def __init__(self, *parts: str | Command | Option | Message) -> None:
        object.__setattr__(self, "parts", parts)

    def __str__(self) -> str:
        return "".join(map(str, self.parts))


Text: TypeAlias = str | Message


def update_fix(nickname: str, *options: Option) -> Fix:
    """Return the update of a dataset with these options."""
    return Fix(Verb.UPDATE_DATASET, (nickname,), options)
