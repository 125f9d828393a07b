"""A version of a dataset's data: `versions/NAME/version.json`, which is never rewritten."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.metadata.json_document import read_document, validated
from huggingnersc.domain.repo_names import VERSION_NAME
from huggingnersc.type_adapter import type_adapter

if TYPE_CHECKING:
    from collections.abc import Iterable

FORMAT = 1
VERSIONS_DIR = "versions"  # in the catalog folder of a dataset, or in a draft
VERSION_FILE = "version.json"
MANIFEST_FILE = "manifest.tsv"
STATISTICS_FILE = "statistics.json"
PICTURES_DIR = "pictures"
SAMPLE_DIR = "sample"  # Parquet files with a few examples
TABLES_DIR = "tables"  # small tables in whole, as Parquet
KNOWN_HASHES_FILE = "known_hashes.tsv"  # beside the versions; a cache
MAX_VERSION_BYTES = 1 << 20
FIRST_VERSION = "v1"
_DOCUMENT = re.compile(
    r"(?!(?:version\.json|published\.sha256|published|pictures|sample|tables)\Z)"
    r"(?:(?:pictures|sample|tables)/)?[\w-][\w.-]*",
    re.ASCII,
)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LAST_NUMBER = re.compile(r"(.*?)(\d+)(\D*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class FileDigest:
    """A file of a version: its SHA-256, 64 hexadecimal digits, and its size."""

    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class VersionName:
    """A version of a dataset, written `iris@v1`."""

    nickname: str
    version: str

    def __str__(self) -> str:
        return f"{self.nickname}@{self.version}"


@dataclass(frozen=True, slots=True)
class ChangeCounts:
    """How many files differ between two versions, and their bytes."""

    added: int = 0
    removed: int = 0
    modified: int = 0
    renamed: int = 0
    added_bytes: int = 0
    removed_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version, as it was made.

    Attributes:
        nickname: the dataset's.
        name: such as `v1.2.0`.
        created_at: ISO 8601 in UTC, to the second.
        data_path: the root of the data, absolute.
        files: how many regular files there are.
        size_bytes: their size.
        links: how many symbolic links there are; they are not followed.
        others: how many FIFOs, sockets and devices there are.
        unreadable: how many files could not be read; allowed by their maker.
        manifest: the digest of `manifest.tsv`.
        documents: the digests of the other files of the version by path, such as
            `statistics.json` and `pictures/x.png`.
        published: the paths of what was published on the Hub, sorted.
        parent: the version it came from.
        changes: what differs from the parent; None without one.
        examples: how many examples were counted; None where that is not known.
        message: what its maker said of it.
    """

    nickname: str
    name: str
    created_at: str
    data_path: str
    files: int
    size_bytes: int
    manifest: FileDigest
    links: int = 0
    others: int = 0
    unreadable: int = 0
    documents: dict[str, FileDigest] = field(default_factory=dict)
    published: tuple[str, ...] = ()
    parent: VersionName | None = None
    changes: ChangeCounts | None = None
    examples: int | None = None
    message: str = ""

    @property
    def title(self) -> VersionName:
        """Its name with that of its dataset."""
        return VersionName(self.nickname, self.name)

    @property
    def digests(self) -> dict[str, FileDigest]:
        """The digest of every file but `version.json` itself, by path."""
        return {**self.documents, MANIFEST_FILE: self.manifest}


def version_bytes(version: Version) -> bytes:
    """Write a version as JSON: sorted keys, two spaces, UTF-8, a final newline."""
    return _json_bytes({"format": FORMAT, **asdict(version)})


def public_bytes(version: Version) -> bytes:
    """Write what everyone may see of a version: the same, without what describes private files.

    The size and the digest of a file that is not published are left out, as those of a short list
    of files can be guessed; the number of examples is left out where the statistics are private.
    """
    content = {"format": FORMAT, **asdict(version)}
    documents = content["documents"].items()
    content["documents"] = {path: one for path, one in documents if path in version.published}
    if MANIFEST_FILE not in version.published:
        del content["manifest"]
    if STATISTICS_FILE not in version.published:
        del content["examples"]
    return _json_bytes(content)


def _json_bytes(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def digest_of(content: bytes) -> str:
    """Return the SHA-256 of a content, 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def parse_version(data: bytes) -> Version:
    """Read the bytes of a `version.json`.

    Raises:
        ValueError: it is no JSON or no version; the sentence says which.
    """
    content = read_document(data, name=VERSION_FILE, limit=MAX_VERSION_BYTES, form=FORMAT)
    version: Version = validated(_version_type(), content)
    _require_plain(version)
    return version


@cache
def _version_type() -> Any:
    return type_adapter(Version)


def _require_plain(version: Version) -> None:
    """Make sure that names and digests are such as are written here.

    Raises:
        ValueError: one is not.
    """
    if not VERSION_NAME.fullmatch(version.name):
        raise ValueError(f"{version.name!r} cannot be the name of a version")
    for path, digest in version.digests.items():
        if not _DOCUMENT.fullmatch(path):
            raise ValueError(f"{path!r} cannot be a file of a version")
        if not _SHA256.fullmatch(digest.sha256) or digest.size_bytes < 0:
            raise ValueError(f"the digest of {path} is none")
    if unknown := set(version.published) - {VERSION_FILE, *version.digests}:
        raise ValueError(f"{min(unknown)!r} was published and is no file of it")


def next_name(names: Iterable[str]) -> str:
    """Return a name for the next version: the latest one with its last number increased.

    `v1` is followed by `v2`, `v1.2.0` by `v1.2.1`, `draft` by `draft-2`.

    Args:
        names: those of all versions, the latest last.
    """
    taken = list(names)
    name = taken[-1] if taken else ""
    while not name or name in taken:
        name = _increased(name) if name else FIRST_VERSION
    return name


def _increased(name: str) -> str:
    if found := _LAST_NUMBER.fullmatch(name):
        before, number, after = found.groups()
        return f"{before}{int(number) + 1}{after}"
    return f"{name}-2"


def parse_title(text: str) -> VersionName | None:
    """Return the version that `iris@v1` names; None where the text names none."""
    nickname, at, version = text.rpartition("@")
    is_name = bool(at and nickname and VERSION_NAME.fullmatch(version))
    return VersionName(nickname, version) if is_name else None
