"""What a dataset's catalog folder holds, and what of it should be reviewed first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class FolderContent:
    """The files of a dataset's catalog folder.

    Attributes:
        files: the content of every regular file by name.
        doubts: why a file must not be published as it is, by name: it is a link, has several
            names, or belongs to a stranger.
    """

    files: Mapping[str, bytes] = field(default_factory=dict)
    doubts: Mapping[str, str] = field(default_factory=dict)
