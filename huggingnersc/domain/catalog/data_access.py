"""How a visitor gets the data: a command for the portal, a collection of Globus."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from huggingnersc.domain.loading.file_addresses import portal_base
from huggingnersc.domain.path_notes import NoteLevel
from huggingnersc.domain.site import path_of_link
from huggingnersc.domain.text.shell import shell_word

if TYPE_CHECKING:
    from huggingnersc.domain.site import Site

_FILE_MANAGER = "https://app.globus.org/file-manager"


@dataclass(frozen=True, slots=True)
class Download:
    """A command that fetches every file of the data from the portal.

    Attributes:
        command: one line of bash.
        folder: the folder that it makes; empty where it fills the one it is run in.
    """

    command: str
    folder: str


@dataclass(frozen=True, slots=True)
class GlobusPlace:
    """Where Globus finds the data.

    Attributes:
        link: opens its file manager there; None where the collection's UUID is not known.
    """

    collection: str
    path: str
    link: str | None


def download(site: Site, portal_link: str) -> Download | None:
    """Return how to fetch the data's folder; None where the portal is not known to list it.

    The address ends with a slash, else `-np` takes the folder above it for the top.
    """
    rule = site.profile.portal
    if rule is None or not rule.listing or path_of_link(rule, portal_link) is None:
        return None
    address = portal_base(portal_link)
    segments = [one for one in urlsplit(address).path.split("/") if one]
    cut = max(len(segments) - 1, 0)
    options = f"-r -l inf -np -nH --cut-dirs={cut} -R 'index.html*'"
    folder = unquote(segments[-1]) if segments else ""
    return Download(f"wget {options} {shell_word(address)}", folder)


def globus_place(site: Site, path: PurePosixPath) -> GlobusPlace | None:
    """Return the collection that reaches a path; None where none of the site's does."""
    for one in site.profile.globus:
        if any(path.is_relative_to(PurePosixPath(top)) for top in one.paths):
            where = quote(f"{path}/", safe="")
            link = f"{_FILE_MANAGER}?origin_id={one.id}&origin_path={where}" if one.id else None
            return GlobusPlace(one.collection, str(path), link)
    return None


def path_warnings(site: Site, path: PurePosixPath) -> tuple[str, ...]:
    """Return what the site warns of where the data is stored, such as that files are purged."""
    notes = (note for note in site.profile.notes if note.level is NoteLevel.WARNING)
    return tuple(note.text for note in notes if path.is_relative_to(note.path))
