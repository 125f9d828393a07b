"""A pack on disk that is finished: its description, and whether its shards are there."""

from __future__ import annotations

import hashlib
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.adapters.files.open_folder import OpenFolder
from huggingnersc.adapters.packing.pack_folder import PackFolder
from huggingnersc.domain.packing.pack import MAX_PACK_BYTES, PACK_FILE, Pack, parse_pack
from huggingnersc.domain.text.shell import shown
from huggingnersc.errors import PackDamagedError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class PackOnDisk:
    """A pack on disk.

    Attributes:
        folder: where it is.
        pack: its description.
        sha256: the SHA-256 of its `pack.json`.
    """

    folder: Path
    pack: Pack
    sha256: str

    def sizes(self) -> dict[str, int | None]:
        """Return the size of each shard by path; None where there is no such regular file."""
        return {shard.path: _size(self.folder / shard.path) for shard in self.pack.shards}


def pack_on_disk(folder: Path) -> PackOnDisk:
    """Read the description of a pack.

    Raises:
        PackDamagedError: there is none, or it cannot be read; a pack without it is not finished.
    """
    try:
        with OpenFolder.at(folder) as opened:
            content = opened.read(PACK_FILE, most=MAX_PACK_BYTES + 1)[0]
        pack = parse_pack(content)
    except FileNotFoundError as error:
        raise PackFolder(folder).no_pack("Name the folder that pack-dataset wrote.") from error
    except (OSError, ValueError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or error
        raise PackDamagedError(f"The pack {shown(folder)} cannot be read: {reason}.") from error
    return PackOnDisk(folder, pack, hashlib.sha256(content).hexdigest())


def _size(path: Path) -> int | None:
    try:
        status = path.lstat()
    except OSError:
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None
