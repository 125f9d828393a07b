"""What the pages of one repository show: frozen values, filled in by the routes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from markupsafe import Markup

    from huggingnersc.hub_server.web.addresses import RepoPages
    from huggingnersc.hub_server.web.badges import Badge
    from huggingnersc.hub_server.web.card_outline import Place
    from huggingnersc.hub_server.web.notebook import Notebook
    from huggingnersc.hub_server.web.snippets import Snippet
    from huggingnersc.hub_server.web.tables import TableHead
    from huggingnersc.hub_server.web.values import Choice, Pager


@dataclass(frozen=True, slots=True)
class RepoHeader:
    """The head of every page of a repository, with its tabs."""

    pages: RepoPages
    title: str
    badges: tuple[Badge, ...]
    updated: datetime | None
    downloads: int
    revision: str
    tab: str
    is_private: bool = False
    is_gated: bool = False
    open_discussions: int = 0
    has_data: bool = False


@dataclass(frozen=True, slots=True)
class CommitRow:
    """One commit in a list: all texts as they were written, the moment with its time zone."""

    oid: str
    title: str
    author: str
    moment: datetime
    href: str


@dataclass(frozen=True, slots=True)
class TrustStrip:
    """What a reader wants to know before using the data; a text is empty where it is not known.

    Attributes:
        size: of the data, in words; `files` and `examples` likewise.
        version: its name.
        version_href: the repository at that version.
        as_of: the day on which every file was listed and hashed.
        unread: how many files could not be, in words.
        licenses: each with the list of what has the same.
        warning: what may happen to the data, such as that it is purged.
        citation: how to cite it.
    """

    size: str = ""
    files: str = ""
    examples: str = ""
    version: str = ""
    version_href: str = ""
    as_of: str = ""
    unread: str = ""
    licenses: tuple[Badge, ...] = ()
    warning: str = ""
    citation: str = ""


@dataclass(frozen=True, slots=True)
class CardPage:
    """The front page of a repository.

    Attributes:
        card: the card as safe HTML, `None` when the repository has none.
        problem: why the card's front matter could not be read, `""` when it could.
        is_in_place: whether the data is elsewhere, and it is known where.
        has_sample: whether the repository holds a sample of it.
        places: where the data is: paths and links.
        ways: how to load it.
        downloads: how to get the files of the repository.
        files: how many files there are, in words.
        size_bytes: how large they are in all.
        json_ld: the dataset for search engines, as safe JSON; None where there is none.
        trust: how far the data can be relied upon; None for what is no dataset.
    """

    header: RepoHeader
    card: Markup | None
    problem: str
    is_in_place: bool
    has_sample: bool
    places: tuple[Place, ...]
    ways: tuple[Snippet, ...]
    downloads: tuple[Snippet, ...]
    files: str
    size_bytes: int
    latest: CommitRow | None
    json_ld: Markup | None = None
    trust: TrustStrip | None = None


@dataclass(frozen=True, slots=True)
class TreeRow:
    """A file or folder in a listing."""

    name: str
    href: str
    is_folder: bool
    size_bytes: int | None = None
    is_lfs: bool = False
    commit: CommitRow | None = None


@dataclass(frozen=True, slots=True)
class TreePage:
    """A folder. `crumbs` lead from the root to it; `left_out` entries are not shown."""

    header: RepoHeader
    crumbs: tuple[Choice, ...]
    revisions: tuple[Choice, ...]
    entries: tuple[TreeRow, ...]
    latest: CommitRow | None
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class FilePage:
    """A file: exactly one of `lines`, `table`, `notebook`, `picture`, `rendered` or `reason`.

    Attributes:
        latest: the commit that changed it last, None when that is too long ago to be found.
        raw: the address of the file as git has it; of a big file, that of its pointer.
        lines: safe HTML, one piece for each line.
        is_cut: whether `lines` are only the beginning of the file.
        picture: the address of the picture.
        rendered: Markdown as safe HTML.
        reason: why there is nothing to see, as one sentence.
        note: one sentence about what is shown, such as a cut.
        sha256: the checksum of a file kept outside git, `""` otherwise.
        source: the address of the other view (source of a rendered file, or back), `""` if none.
    """

    header: RepoHeader
    crumbs: tuple[Choice, ...]
    revisions: tuple[Choice, ...]
    latest: CommitRow | None
    raw: str
    size_bytes: int
    download: str
    lines: tuple[Markup, ...] | None = None
    is_cut: bool = False
    table: TableHead | None = None
    notebook: Notebook | None = None
    figures: str = ""
    picture: str = ""
    rendered: Markup | None = None
    reason: str = ""
    note: str = ""
    sha256: str = ""
    source: str = ""
    source_label: str = ""


@dataclass(frozen=True, slots=True)
class HistoryDay:
    """The commits of one day (UTC), newest first."""

    day: str
    commits: tuple[CommitRow, ...]


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """The history of a revision, one page of it."""

    header: RepoHeader
    revisions: tuple[Choice, ...]
    days: tuple[HistoryDay, ...]
    pager: Pager


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """What was done to one file.

    Attributes:
        path: its path; `old_path` is the one before a rename, `""` otherwise.
        verb: added, changed, deleted or renamed.
        href: the file, or the one that was deleted.
        rows: the rows of the table of differences as safe HTML; without any, `note` says why.
        added: how many lines; `removed` likewise.
    """

    path: str
    old_path: str
    verb: str
    href: str
    rows: Markup | None = None
    added: int = 0
    removed: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between two commits.

    Attributes:
        files: how many files, in words.
        shown: the first of them with their differences.
        named: those after them, without.
        are_more: whether there are still more.
    """

    files: str
    shown: tuple[ChangedFile, ...]
    named: tuple[ChangedFile, ...]
    are_more: bool


@dataclass(frozen=True, slots=True)
class CommitPage:
    """What one commit changed; `body` is its message after the first line."""

    header: RepoHeader
    commit: CommitRow
    body: str
    parents: tuple[Choice, ...]
    changes: Changes
