"""How the shards of a pack are made, as decided by looking at its samples."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class PackLayout:
    """What is the same for all shards of a pack.

    Attributes:
        settings: what the writer of the form needs beside the samples: JSON values.
        features: the columns, as `dataset_info` in a card writes them; none where readers have to
            look into the files.
        warnings: what a user should know, a sentence each.
    """

    settings: dict[str, Any]
    features: list[dict[str, Any]] = field(default_factory=list)
    warnings: tuple[str, ...] = ()
