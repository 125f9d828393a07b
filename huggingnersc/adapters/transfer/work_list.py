"""The work list of a transfer: which files, as the items of the shards of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from huggingnersc.adapters.transfer.wanted_file import WantedFile
from huggingnersc.domain.text.escaped_names import escaped, unescaped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from huggingnersc.adapters.engines.run_folder import RunFolder

_MOST_FILES, _MOST_BYTES = 256, 64 << 20  # of a shard; how far a run is, is known by shards
_REPLACED = b"replace"


class FetchItem(NamedTuple):
    """A file of a work list.

    Attributes:
        file: which.
        replaces: whether an older one, which a transfer brought, is in its place.
    """

    file: WantedFile
    replaces: bool


def add_files(run: RunFolder, files: Iterable[FetchItem]) -> None:
    """Make the work list of a run, and seal it."""
    lines: list[bytes] = []
    size_bytes = 0
    for listed in files:
        if lines and (len(lines) >= _MOST_FILES or size_bytes >= _MOST_BYTES):
            run.add_shard(b"".join(lines), files=len(lines), size_bytes=size_bytes)
            lines, size_bytes = [], 0
        lines.append(_line(listed))
        size_bytes += listed.file.size_bytes
    if lines:
        run.add_shard(b"".join(lines), files=len(lines), size_bytes=size_bytes)
    run.seal()


def items_of(run: RunFolder, number: int) -> Iterator[FetchItem]:
    """Yield the files of a shard."""
    for line in run.shard(number).splitlines():
        path, size_bytes, digest, mark = line.split(b"\t")
        file = WantedFile(unescaped(path), int(size_bytes), digest.decode())
        yield FetchItem(file, mark == _REPLACED)


def _line(listed: FetchItem) -> bytes:
    file, mark = listed.file, _REPLACED if listed.replaces else b""
    return b"%b\t%d\t%b\t%b\n" % (escaped(file.path), file.size_bytes, file.digest.encode(), mark)
