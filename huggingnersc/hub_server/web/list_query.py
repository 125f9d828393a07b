"""What the address of a list asks for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from huggingnersc.hub_server.services.access import seen_namespaces
from huggingnersc.hub_server.services.search import Search
from huggingnersc.hub_server.web.addresses import list_address
from huggingnersc.hub_server.web.badges import split_tag

if TYPE_CHECKING:
    from huggingnersc.domain.repo_names import RepoKind
    from huggingnersc.hub_server.accounts import User
    from huggingnersc.hub_server.context import RequestContext

NEWEST = "lastModified"
SORTS = {
    NEWEST: "Recently changed",
    "downloads": "Most downloads",
    "createdAt": "Newest",
}
ONE_OF = ("license", "size_categories")
"""Groups of which a repository has one value, so that a second choice widens the list."""

_FILTER_LIMIT = 20
_TEXT_LIMIT = 200
_WORD_LIMIT = 8


@dataclass(frozen=True, slots=True)
class ListQuery:
    """A list: its words, filters, order and position."""

    kind: RepoKind
    search: str = ""
    filters: tuple[str, ...] = ()
    sort: str = NEWEST
    author: str = ""
    cursor: str = ""

    @property
    def root(self) -> str:
        """The address of the list of everything."""
        return f"/{self.kind.plural}"

    def address(self) -> str:
        """Return the address that asks for this."""
        sort = "" if self.sort == NEWEST else self.sort
        return list_address(
            self.root,
            search=self.search,
            filter=self.filters,
            author=self.author,
            sort=sort,
            cursor=self.cursor,
        )

    def toggled(self, tag: str) -> ListQuery:
        """Return the query with `tag` as one more filter, or without it."""
        kept = tuple(one for one in self.filters if one.lower() != tag.lower())
        filters = kept if len(kept) < len(self.filters) else (*kept, tag)
        return replace(self, filters=filters, cursor="")

    def without(self, groups: tuple[str, ...]) -> ListQuery:
        """Return the query without its filters of these groups of tags (see `badges`)."""
        kept = tuple(tag for tag in self.filters if split_tag(tag)[0] not in groups)
        return replace(self, filters=kept, cursor="")

    def to_search(self, user: User | None, limit: int) -> Search:
        """Return what to look for as `user`, in names, titles and cards."""
        found = Search(
            kind=self.kind,
            namespaces=seen_namespaces(user),
            author=self.author or None,
            words=tuple(self.search.split()[:_WORD_LIMIT]),
            in_cards=True,
            sort=self.sort,
            limit=limit,
            cursor=self.cursor or None,
        )
        return self.filtered(found)

    def filtered(self, search: Search) -> Search:
        """Return `search` with the filters of this query in place of its own."""
        alike = [[t for t in self.filters if split_tag(t)[0] == group] for group in ONE_OF]
        return replace(
            search,
            tags=tuple(tag for tag in self.filters if split_tag(tag)[0] not in ONE_OF),
            any_of=tuple(tuple(tags) for tags in alike if tags),
        )


def read_query(context: RequestContext, kind: RepoKind) -> ListQuery:
    """Read the address of a list of `kind`; what is too long is cut."""
    sort = context.query("sort") or ""
    filters = (tag[:_TEXT_LIMIT] for tag in context.query_all("filter")[:_FILTER_LIMIT])
    return ListQuery(
        kind=kind,
        search=" ".join(context.query_all("search")).strip()[:_TEXT_LIMIT],
        filters=tuple(dict.fromkeys(filters)),
        sort=sort if sort in SORTS else NEWEST,
        author=(context.query("author") or "")[:_TEXT_LIMIT],
        cursor=(context.query("cursor") or "")[:_TEXT_LIMIT],
    )
