"""What the pages about many repositories show: frozen values, filled in by the routes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from huggingnersc.domain.repo_names import RepoKind
    from huggingnersc.hub_server.web.addresses import RepoPages
    from huggingnersc.hub_server.web.badges import Badge


@dataclass(frozen=True, slots=True)
class HubSite:
    """What every page shows.

    Attributes:
        address: the server's own address without a final slash, such as `http://127.0.0.1:8000`.
    """

    address: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A link among others of its kind, such as a sort order or a branch."""

    label: str
    href: str
    is_current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to narrow a list.

    Attributes:
        title: what it is called.
        options: the values to choose from.
        left_out: how many more values there are.
    """

    title: str
    options: tuple[Choice, ...]
    left_out: int = 0

    @property
    def chosen(self) -> int:
        """How many values are chosen."""
        return sum(option.is_current for option in self.options)


@dataclass(frozen=True, slots=True)
class Pager:
    """The position in a long list; an address is `""` at the list's end."""

    page: int
    newer: str = ""
    older: str = ""
    newer_label: str = "Previous"


@dataclass(frozen=True, slots=True)
class RepoRow:
    """A repository in a list; `summary` is the first paragraph of its card."""

    pages: RepoPages
    title: str
    summary: str
    badges: tuple[Badge, ...]
    updated: datetime | None
    downloads: int
    is_private: bool = False
    is_gated: bool = False


@dataclass(frozen=True, slots=True)
class ListPage:
    """A list of repositories of one kind.

    Attributes:
        kind: what is listed.
        action: where the search form goes.
        namespace: the organization the list is of, `""` for all.
        search: the words searched for.
        kept: what the search form sends along: pairs of a name and a value.
        chosen: the filters in force; the address of each removes it.
        total: how many repositories match.
        clear: the address of the list without search and filters.
    """

    kind: RepoKind
    action: str
    namespace: str
    search: str
    kept: tuple[tuple[str, str], ...]
    chosen: tuple[Badge, ...]
    facets: tuple[Facet, ...]
    sorts: tuple[Choice, ...]
    rows: tuple[RepoRow, ...]
    total: int
    pager: Pager
    clear: str


@dataclass(frozen=True, slots=True)
class Section:
    """The newest repositories of one kind, and how many there are."""

    kind: RepoKind
    rows: tuple[RepoRow, ...]
    total: int
    href: str


@dataclass(frozen=True, slots=True)
class HomePage:
    """The front page: a section for each kind."""

    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class OwnerPage:
    """A namespace: its name, its full name, and what it holds."""

    name: str
    fullname: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """Something that cannot be shown: why, and what may help."""

    status: int
    title: str
    message: str
    hints: tuple[str, ...]
