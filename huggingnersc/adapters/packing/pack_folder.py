"""The folder of a pack: what is there before, and what is written last."""

from __future__ import annotations

import os
import re
import shutil
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.adapters.files.open_folder import OpenFolder
from huggingnersc.adapters.files.whole_file import write_whole
from huggingnersc.domain.packing.pack import (
    DATA_DIR,
    MANIFESTS_DIR,
    MAX_PACK_BYTES,
    PACK_FILE,
    pack_bytes,
    parse_pack,
)
from huggingnersc.domain.text.formatting import size_words
from huggingnersc.domain.text.shell import shown
from huggingnersc.errors import PackDamagedError, PackExistsError, PackingError
from huggingnersc.new_folder import make_folder

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.domain.packing.pack import Pack

_NAME = r"[\w.]+-\d{5,}-of-\d{5,}\.(?:tar|tar\.gz|tar\.zst|parquet|tsv)"
_OURS = re.compile(_NAME)
_LEFT = re.compile(rf"\.{_NAME}\.")  # of a process that was killed
_SPARE = 0.05
_FOLDER_MODE = 0o777  # which the umask narrows: a pack is the user's to share


@dataclass(frozen=True, slots=True)
class PackFolder:
    """The folder of a pack, which may not exist yet."""

    path: Path

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it, or no such folder.

        Raises:
            PackExistsError: it is a file, or cannot be listed.
        """
        try:
            return not any(self.path.iterdir())
        except FileNotFoundError:
            return True
        except OSError as error:
            raise PackExistsError(
                f"{shown(self.path)} cannot hold a pack: {error.strerror}.",
                hint="Name a folder that is empty or not there.",
            ) from error

    @property
    def has_pack(self) -> bool:
        """Whether there is a finished pack."""
        return (self.path / PACK_FILE).is_file()

    @property
    def has_shards(self) -> bool:
        """Whether there are shards, also such as are being written, of any pack."""
        with suppress(OSError):
            names = (file.name for file in (self.path / DATA_DIR).iterdir())
            return any(_OURS.fullmatch(name) or _LEFT.match(name) for name in names)
        return False

    def require_pack(self) -> None:
        """Make sure that there is a finished pack.

        Raises:
            PackDamagedError: there is not; the sentence says what is there.
        """
        if not self.has_pack:
            raise self.no_pack(
                "Name the folder that pack-dataset wrote; a dataset has no slash in its name."
            )

    def no_pack(self, hint: str) -> PackDamagedError:
        """Return the error where there is no finished pack; it says what is there.

        Args:
            hint: the next step where nothing of a pack is there.
        """
        if self.has_shards:
            return PackDamagedError(
                f"{shown(self.path)} is no finished pack: it has no {PACK_FILE}.",
                hint="Finish it with the pack-dataset that began it.",
            )
        what = "is no pack" if os.path.lexists(self.path) else "does not exist"
        return PackDamagedError(f"{shown(self.path)} {what}.", hint=hint)

    def read(self) -> Pack:
        """Return what is in the finished pack.

        Raises:
            PackDamagedError: its `pack.json` cannot be read.
        """
        file = self.path / PACK_FILE
        try:
            with file.open("rb") as stream:
                return parse_pack(stream.read(MAX_PACK_BYTES + 1))
        except (OSError, ValueError) as error:
            reason = (isinstance(error, OSError) and error.strerror) or str(error)
            raise PackDamagedError(
                f"{shown(file)} cannot be read: {reason}.",
                hint="Pack the source again into another folder.",
            ) from error

    def finished_ns(self) -> int:
        """Return when the pack was finished.

        Raises:
            OSError: there is none.
        """
        return (self.path / PACK_FILE).stat().st_mtime_ns

    def has_shard(self, path: str, size_bytes: int) -> bool:
        """Return whether a shard is there with its size."""
        with suppress(FileNotFoundError):
            return (self.path / path).stat().st_size == size_bytes
        return False

    def make(self) -> None:
        """Make the folder.

        Raises:
            OSError: it cannot be made.
        """
        for folder in (self.path, self.path / DATA_DIR, self.path / MANIFESTS_DIR):
            make_folder(folder, _FOLDER_MODE)

    def require_space(self, size_bytes: int) -> None:
        """Make sure that there is room for the shards that are not written yet.

        Args:
            size_bytes: of all shards.

        Raises:
            PackingError: there is not.
        """
        size_bytes -= self._written_bytes()
        free = shutil.disk_usage(self._existing()).free
        if size_bytes * (1 + _SPARE) > free:
            raise PackingError(
                f"The shards take about {size_words(size_bytes)}, and there are "
                f"{size_words(free)} free for {shown(self.path)}.",
                hint="Make room, or name a folder of another file system.",
            )

    def _written_bytes(self) -> int:
        with suppress(OSError):
            files = (self.path / DATA_DIR).iterdir()
            return sum(file.stat().st_size for file in files if _OURS.fullmatch(file.name))
        return 0

    def _existing(self) -> Path:
        return next(one for one in (self.path, *self.path.parents) if one.exists())

    def write(self, pack: Pack) -> None:
        """Remove what is left of other attempts, and write `pack.json`, which finishes the pack.

        Raises:
            OSError: it cannot be written.
        """
        kept = {shard.path for shard in pack.shards}
        kept |= {shard.manifest_path for shard in pack.shards}
        for folder in (DATA_DIR, MANIFESTS_DIR):
            for file in (self.path / folder).iterdir():
                is_kept = f"{folder}/{file.name}" in kept
                if _LEFT.match(file.name) or (_OURS.fullmatch(file.name) and not is_kept):
                    file.unlink(missing_ok=True)
            _sync(self.path / folder)
        for file in self.path.glob(f".{PACK_FILE}.*"):  # of a process that was killed
            file.unlink(missing_ok=True)
        write_whole(self.path / PACK_FILE, pack_bytes(pack), is_synced=True)
        _sync(self.path)


def _sync(path: Path) -> None:
    """Bring the names in a folder to the disk, as the shards are."""
    with OpenFolder.at(path) as folder:
        folder.sync()
