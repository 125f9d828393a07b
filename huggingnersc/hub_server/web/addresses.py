"""Addresses of the Hub's pages: build them, and resolve relative links."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urlsplit

if TYPE_CHECKING:
    from huggingnersc.domain.repo_names import RepoName


@dataclass(frozen=True, slots=True)
class RepoPages:
    """The pages of one repository, as paths from the site's root."""

    repo: RepoName

    @property
    def card(self) -> str:
        """The front page."""
        return f"/{quote(self.repo.url_path)}"

    def tree(self, revision: str, folder: str = "") -> str:
        """The listing of a folder; the repository's root by default."""
        return self._at("tree", revision, folder)

    def blob(self, revision: str, path: str) -> str:
        """The view of a file."""
        return self._at("blob", revision, path)

    def resolve(self, revision: str, path: str) -> str:
        """The bytes of a file."""
        return self._at("resolve", revision, path)

    def figures(self, revision: str, path: str) -> str:
        """The pictures a notebook carries; `?cell=` and `output=` say which one."""
        return self._at("figure", revision, path)

    def data(self, revision: str = "", table: int = 1) -> str:
        """What the data is: a sample, its variables, its files; of many tables one."""
        tail = str(table) if table > 1 else ""
        return self._at("data", revision, tail) if revision else f"{self.card}/data"

    def data_files(self, revision: str, **query: str) -> str:
        """The files of the data where it is stored, below a folder or with a name."""
        return list_address(self._at("data-files", revision, ""), **query)

    def thumbnail(self, revision: str, path: str, column: int, row: int) -> str:
        """A picture in a sample, by the numbers of its column and row from 0."""
        return self._at("thumbnail", revision, f"{column}-{row}/{path}")

    def commits(self, revision: str, page: int = 1) -> str:
        """The history."""
        return self._at("commits", revision, "") + (f"?page={page}" if page > 1 else "")

    def commit(self, oid: str) -> str:
        """What one commit changed."""
        return self._at("commit", oid, "")

    @property
    def discussions(self) -> str:
        """The discussions and pull requests."""
        return f"{self.card}/discussions"

    def discussion(self, number: int) -> str:
        """One of them; clients know this address too."""
        return f"{self.discussions}/{number}"

    def raw(self, revision: str, path: str) -> str:
        """A file as git has it, as plain text."""
        return self._at("raw", revision, path)

    def _at(self, view: str, revision: str, path: str) -> str:
        tail = f"/{quote(path)}" if path else ""
        return f"{self.card}/{view}/{quote(revision, safe='')}{tail}"


def list_address(root: str, **query: str | int | tuple[str, ...]) -> str:
    """Return `root` with `query`; empty values are left out, tuples repeat their key."""
    kept = {key: value for key, value in query.items() if value}
    return f"{root}?{urlencode(kept, doseq=True)}" if kept else root


def repository_path(folder: str, link: str) -> str | None:
    """Say which file of the repository a relative link means, or `None` when it means none.

    Args:
        folder: the folder of the text that holds the link, `""` for the root.
        link: the link's path, already percent-decoded.
    """
    joined = posixpath.normpath(posixpath.join("/", folder, link))
    escapes = posixpath.normpath(posixpath.join(folder, link)).startswith("..")
    return None if escapes or joined == "/" else joined.removeprefix("/")


def is_outside(url: str) -> bool:
    """Return whether a browser would leave this site for `url`."""
    flat = url.replace("\\", "/")
    try:
        parts = urlsplit(flat)
    except ValueError:
        return True
    return bool(parts.scheme or parts.netloc) or flat.startswith("//")
