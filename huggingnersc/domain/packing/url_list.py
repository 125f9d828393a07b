r"""A list of addresses for curl or aria2c, with checksums, for machines without this program."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SHA256_LENGTH = 64
_CURL_ESCAPES = {
    b"\\": rb"\\", b'"': rb"\"", b"\n": rb"\n", b"\r": rb"\r", b"\t": rb"\t", b"\v": rb"\v",
}  # fmt: skip
_SUM_ESCAPES = {b"\\": rb"\\", b"\n": rb"\n", b"\r": rb"\r"}
_CURL_HEAD = b"""\
# Fetch these files into the current folder, then check them:
#   curl --config LIST
#   sed -n 's/^#sum //p' LIST | sha256sum --check --quiet
create-dirs
fail
globoff
location
parallel
remove-on-error
retry = 5
"""
_COMMAND = b"#   curl --config LIST\n"
_WITH_TOKEN = b"""\
#   curl --config LIST --oauth2-bearer TOKEN
# with a token for their server; curl sends it to no other one.
"""
_ARIA2C_HEAD = b"""\
# Fetch these files into the current folder; each is checked:
#   aria2c --input-file=LIST --continue --max-concurrent-downloads=8
"""


class UrlListForm(StrEnum):
    """The program that reads a list of addresses."""

    CURL = "curl"
    ARIA2C = "aria2c"


class ListedUrl(NamedTuple):
    """A file of a list: its address, its path, and its SHA-256 or another digest."""

    url: str
    path: bytes
    digest: str


def url_list(
    files: Iterable[ListedUrl], form: UrlListForm, *, needs_token: bool = False
) -> Iterator[bytes]:
    """Yield the lines of a list, the first of which say how it is used.

    Args:
        files: what is listed.
        form: the program that reads it.
        needs_token: whether curl has to be given a token, which is never in the list itself.

    Raises:
        ValueError: a path cannot be written in this form; the sentence names the other one.
    """
    head = _CURL_HEAD if form is UrlListForm.CURL else _ARIA2C_HEAD
    yield head.replace(_COMMAND, _WITH_TOKEN) if needs_token else head
    entry = _curl_entry if form is UrlListForm.CURL else _aria2c_entry
    yield from map(entry, files)


def _curl_entry(file: ListedUrl) -> bytes:
    path = b"./" + file.path if file.path.startswith(b"-") else file.path
    lines = b'url = "%b"\noutput = "%b"\n' % (file.url.encode(), _escaped(path, _CURL_ESCAPES))
    if len(file.digest) != _SHA256_LENGTH:
        return lines
    name = _escaped(path, _SUM_ESCAPES)
    mark = b"\\" if name != path else b""
    return b"%b#sum %b%b  %b\n" % (lines, mark, file.digest.encode(), name)


def _aria2c_entry(file: ListedUrl) -> bytes:
    path = file.path
    if path != path.strip() or any(byte < 0x20 for byte in path):
        shown = path.decode("utf-8", "backslashreplace")
        raise ValueError(f"aria2c cannot be told the name {shown!r}; make a list for curl")
    checksum = f"  checksum=sha-256={file.digest}\n" if len(file.digest) == _SHA256_LENGTH else ""
    return b"%b\n  out=%b\n%b" % (file.url.encode(), path, checksum.encode())


def _escaped(path: bytes, escapes: dict[bytes, bytes]) -> bytes:
    return b"".join(escapes.get(path[at : at + 1], path[at : at + 1]) for at in range(len(path)))
