"""The headers that a file from a repository is sent with."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import quote

_IMAGES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".bmp": "image/bmp",
    ".svg": "image/svg+xml",
    ".ico": "image/x-icon",
}
_TEXTS = (
    ".txt .md .csv .tsv .json .jsonl .yaml .yml .toml .ini .cfg .py .sh .r .c .h .cpp .js .css "
    ".html .htm .xml .rst .ipynb .sbatch .slurm .tex .log .gitattributes .gitignore"
)

SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"


def media_type(path: str) -> str:
    """Return the type a file is served with: images as such, all text as plain text.

    Nothing from a repository is served as HTML or script: it would run in the name of this Hub.
    """
    name = PurePosixPath(path)
    suffix = (name.suffix or name.name).lower()
    if suffix in _IMAGES:
        return _IMAGES[suffix]
    return "text/plain; charset=utf-8" if suffix in _TEXTS.split() else "application/octet-stream"


def plain_type(data: bytes) -> str:
    """Return the type in which any file may be read as text; what is not UTF-8 is only bytes."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return "application/octet-stream"
    return "application/octet-stream" if "\0" in text else "text/plain; charset=utf-8"


def disposition(path: str, *, download: bool) -> str:
    """Return the `Content-Disposition` that names the file for any path."""
    name = path.rsplit("/", 1)[-1]
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\' else "_" for c in name)
    kind = "attachment" if download else "inline"
    return f"{kind}; filename*=UTF-8''{quote(name, safe='')}; filename=\"{plain}\";"
