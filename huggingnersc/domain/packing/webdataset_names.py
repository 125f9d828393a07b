"""The names of members in a WebDataset, and the columns that `datasets` makes of them.

A reader takes a name up to the first dot of its last part for the key of the sample, and the rest
for the column.
"""

from __future__ import annotations

from huggingnersc.domain.packing.grouping import GroupKind, extension_of

# Source: `datasets` 5.2, packaged_modules/webdataset; these columns it reads without our help.
_DTYPES = {
    "image": "apng bmp gif ico j2k jp2 jpe jpeg jpg pbm pgm png pnm ppm tga tif tiff webp",
    "audio": "aiff au caf flac mp3 ogg opus wav w64",
    "video": "avi mkv mov mp4",
    "string": "text transcript txt",
    "int64": "cls cls2 id index inx",
    "": "cbor json jsn mp msg npy npz pth tb ten gz bz2 xz zst lz4",  # seen only in the files
}
_DTYPE_OF = {word: dtype for dtype, words in _DTYPES.items() for word in words.split()}
ADDED_COLUMNS = frozenset({"__key__", "__url__"})  # by `datasets` itself
_TAKEN_AS_THEY_ARE = frozenset({"string", "binary"})


class MemberNames:
    """Makes the names of members.

    Args:
        group: how files were grouped, a `GroupKind`.
    """

    def __init__(self, group: str) -> None:
        self._kind = GroupKind(group)
        self._is_by_stem = self._kind in {GroupKind.FILE, GroupKind.STEM}

    def extension(self, key: bytes, path: bytes) -> bytes:
        """Return the extension of a file in a sample, see `extension_of`."""
        if self._is_by_stem and path.startswith(key):  # nearly all
            return path[len(key) + 1 :].lower()
        return extension_of(self._kind, path)

    def of(self, key: bytes, path: bytes) -> bytes:
        """Return the name of a file in a sample: the key, a dot, and the extension."""
        return b"%b.%b" % (key, self.extension(key, path))


def key_and_extension(name: bytes) -> tuple[bytes, bytes]:
    """Return the key and the extension that a reader takes the name of a member for."""
    folder, slash, last = name.rpartition(b"/")
    stem, _, extension = last.partition(b".")
    return folder + slash + stem, extension


def is_decoded(path: str) -> bool:
    """Return whether readers decode files of this name, so that an empty one is an error."""
    dtype = _DTYPE_OF.get(path.rpartition(".")[2].lower(), "binary")
    return dtype not in _TAKEN_AS_THEY_ARE


def member_key(name: bytes) -> bytes:
    """Return the key of the sample that a reader takes a member for a part of."""
    folder, slash, last = name.rpartition(b"/")
    return folder + slash + last.partition(b".")[0]


def columns_of(extensions: list[str]) -> list[dict[str, str]]:
    """Return the columns as `dataset_info` writes them; none where one is seen only in the files.

    Args:
        extensions: of the members of a sample, in their order.
    """
    dtypes = [_DTYPE_OF.get(one.rpartition(".")[2], "binary") for one in extensions]
    if not all(dtypes):
        return []
    columns = dict(zip(extensions, dtypes, strict=True))
    columns |= dict.fromkeys(sorted(ADDED_COLUMNS), "string")
    return [{"name": name, "dtype": str(dtype)} for name, dtype in columns.items()]
