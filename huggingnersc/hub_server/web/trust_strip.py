"""How far the data can be relied upon: how much there is, of when, and what may happen to it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from huggingnersc.domain.text.formatting import day, plural, size_words
from huggingnersc.domain.versions.version import (
    MAX_VERSION_BYTES,
    VERSION_FILE,
    Version,
    parse_version,
)
from huggingnersc.hub_server.storage.cache import Memory
from huggingnersc.hub_server.web.badges import badge_of
from huggingnersc.hub_server.web.data_configs import DATA_FOLDER
from huggingnersc.hub_server.web.repo_values import TrustStrip

if TYPE_CHECKING:
    from huggingnersc.hub_server.storage.values import Commit
    from huggingnersc.hub_server.web.card_outline import CardOutline
    from huggingnersc.hub_server.web.repo_view import RepoView

_LARGEST = 10**18
_LONGEST = 100
_VERSIONS: Memory[str, tuple[Version | None]] = Memory(512)


def trust_strip(view: RepoView, commit: Commit, outline: CardOutline) -> TrustStrip | None:
    """Return what is known of the data of a revision; None where that is nothing.

    What the repository's files say is for those who may read them.
    """
    version = version_of(view, commit) if view.may_read_files else None
    kind = view.record.name.kind
    licenses = (tag for tag in view.record.tags if tag.startswith("license:"))
    said = TrustStrip(
        licenses=tuple(badge_of(tag, kind) for tag in licenses),
        warning=outline.warning,
        citation=outline.citation,
    )
    if version is None:
        return said if said != TrustStrip() else None
    return TrustStrip(
        size=size_words(min(version.size_bytes, _LARGEST)),
        files=plural(min(version.files, _LARGEST), "file"),
        examples=_examples(version),
        version=version.name[:_LONGEST],
        version_href=_version_href(view, version.name),
        as_of=day_of(version),
        unread=plural(min(version.unreadable, _LARGEST), "file") if version.unreadable > 0 else "",
        licenses=said.licenses,
        warning=said.warning,
        citation=said.citation,
    )


def version_of(view: RepoView, commit: Commit) -> Version | None:
    """Return the version whose documents a revision holds; None where none can be read."""
    entry = view.git.find(commit, f"{DATA_FOLDER}/{VERSION_FILE}")
    if entry is None or entry.is_folder or entry.lfs or entry.size_bytes > MAX_VERSION_BYTES:
        return None
    (found,) = _VERSIONS.get(entry.oid, lambda: (_parsed(view.git.objects.blob(entry.oid)),))
    return found


def day_of(version: Version) -> str:
    """Return the day on which a version was made, empty where it says none."""
    try:
        return day(datetime.fromisoformat(version.created_at))
    except ValueError:
        return ""


def _parsed(data: bytes) -> Version | None:
    try:
        return parse_version(data)
    except (ValueError, RecursionError):
        return None


def _examples(version: Version) -> str:
    count = version.examples
    return "" if count is None or count < 0 else f"{min(count, _LARGEST):,}"


def _version_href(view: RepoView, name: str) -> str:
    """Return the data at the tag of a version, where there is such a tag."""
    return view.pages.data(name) if f"refs/tags/{name}" in view.git.refs.all() else ""
