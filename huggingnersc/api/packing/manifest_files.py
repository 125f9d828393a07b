"""The regular files of a manifest, as a transfer wants them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.adapters.transfer.wanted_file import WantedFile
from huggingnersc.domain.text.escaped_names import unescaped
from huggingnersc.errors import VersionDamagedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from huggingnersc.adapters.manifest_file import ManifestFile

_DIGEST_LENGTH = 64


@dataclass(slots=True)
class ManifestFiles:
    """The regular files of a manifest that are asked for; they may be read several times.

    Attributes:
        manifest: of a version.
        takes: returns whether the file of a path is asked for.
        title: what messages call the version.
        left_out: how many entries are no regular files, or could not be read when the version
            was made; known after the files were read.
    """

    manifest: ManifestFile
    takes: Callable[[bytes], bool]
    title: str
    left_out: int = 0

    def __iter__(self) -> Iterator[WantedFile]:
        """Yield the files in the order of their escaped paths.

        Raises:
            VersionDamagedError: it is not the manifest of the version; that is known after its
                last line.
        """
        self.left_out, previous = 0, b""
        for line in self.manifest.lines():
            try:
                listed, digest, size_bytes, _ = line.split(b"\t")
                size = int(size_bytes)
            except ValueError:
                self.manifest.require_order()
                raise self._damaged() from None
            if listed <= previous:
                self.manifest.require_order()
                raise self._damaged()
            previous, path = listed, unescaped(listed) if b"\\" in listed else listed
            if not self.takes(path):
                continue
            if len(digest) != _DIGEST_LENGTH or digest.startswith(b"link:"):
                self.left_out += 1
                continue
            yield WantedFile(path, size, digest.decode())
        self.manifest.require_digest()

    def _damaged(self) -> VersionDamagedError:
        return VersionDamagedError(
            f"The list of the files of {self.title} is damaged.",
            hint="Bring the folder of the version back from a snapshot of the file system.",
        )
