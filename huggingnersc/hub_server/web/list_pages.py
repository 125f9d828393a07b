"""The front page, the lists and the page of a namespace."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from huggingnersc.domain.repo_names import RepoKind
from huggingnersc.hub_server.http_error import HttpError
from huggingnersc.hub_server.services.access import seen_namespaces
from huggingnersc.hub_server.services.search import Search, count, search, tag_counts
from huggingnersc.hub_server.web.addresses import list_address
from huggingnersc.hub_server.web.badges import badge_of, split_tag
from huggingnersc.hub_server.web.repo_view import repo_row
from huggingnersc.hub_server.web.values import (
    Choice,
    Facet,
    HomePage,
    ListPage,
    OwnerPage,
    Pager,
    Section,
)

if TYPE_CHECKING:
    from huggingnersc.hub_server.accounts import User
    from huggingnersc.hub_server.context import RequestContext
    from huggingnersc.hub_server.storage.registry import Registry

PAGE_LENGTH = 24
SHELF_LENGTH = 6
OPTIONS_SHOWN = 30
_FILTER_LIMIT = 20
_TEXT_LIMIT = 200

_SORTS = {
    "lastModified": "Recently changed",
    "downloads": "Most downloads",
    "createdAt": "Newest",
}
_FACETS = {
    RepoKind.DATASET: (
        ("Task", ("task_categories",)),
        ("Size", ("size_categories",)),
        ("License", ("license",)),
        ("Language", ("language",)),
        ("Tag", ("", "pipeline_tag")),
    ),
    RepoKind.MODEL: (
        ("Task", ("pipeline_tag",)),
        ("License", ("license",)),
        ("Dataset", ("dataset",)),
        ("Tag", ("",)),
    ),
}
"""For each kind: what a filter is called, and the groups of tags (see `badges`) it offers."""


@dataclass(frozen=True, slots=True)
class _Query:
    """What the address of a list says."""

    kind: RepoKind
    search: str = ""
    filters: tuple[str, ...] = ()
    sort: str = "lastModified"
    author: str = ""
    cursor: str = ""

    @property
    def root(self) -> str:
        return f"/{self.kind.plural}"

    def address(self) -> str:
        sort = "" if self.sort == "lastModified" else self.sort
        return list_address(
            self.root,
            search=self.search,
            filter=self.filters,
            author=self.author,
            sort=sort,
            cursor=self.cursor,
        )

    def toggled(self, tag: str) -> _Query:
        kept = tuple(one for one in self.filters if one.lower() != tag.lower())
        filters = kept if len(kept) < len(self.filters) else (*kept, tag)
        return replace(self, filters=filters, cursor="")

    def to_search(self, user: User | None, limit: int = PAGE_LENGTH) -> Search:
        return Search(
            kind=self.kind,
            namespaces=seen_namespaces(user),
            author=self.author or None,
            words=tuple(self.search.split()[:8]),
            tags=self.filters,
            sort=self.sort,
            limit=limit,
            cursor=self.cursor or None,
        )


def list_page(context: RequestContext, kind: RepoKind) -> ListPage:
    """Assemble the list of repositories of `kind` that the address describes."""
    query = _query(context, kind)
    asked = query.to_search(context.user)
    found = search(context.hub.registry, asked)
    hidden = [("filter", tag) for tag in query.filters]
    hidden += [("sort", query.sort)] if query.sort != "lastModified" else []
    older = replace(query, cursor=found.cursor).address() if found.cursor else ""
    newer = replace(query, cursor="").address() if query.cursor else ""
    return ListPage(
        kind=kind,
        action=query.root,
        namespace=query.author,
        search=query.search,
        kept=tuple(hidden + ([("author", query.author)] if query.author else [])),
        chosen=tuple(
            replace(badge_of(tag, kind), href=query.toggled(tag).address())
            for tag in query.filters
        ),
        facets=_facets(context.hub.registry, query, asked),
        sorts=tuple(
            Choice(label, replace(query, sort=key, cursor="").address(), key == query.sort)
            for key, label in _SORTS.items()
        ),
        rows=tuple(repo_row(record) for record in found.records),
        total=count(context.hub.registry, asked),
        pager=Pager(0, newer, older, "First page"),
        clear=_Query(kind, author=query.author).address(),
    )


def home_page(context: RequestContext) -> HomePage:
    """Assemble the front page."""
    return HomePage(_sections(context, ""))


def owner_page(context: RequestContext, namespace: str) -> OwnerPage:
    """Assemble the page of a namespace. Raises: HttpError: 404 when no one has that name."""
    owner = context.hub.accounts.organization(namespace) or context.hub.accounts.user(namespace)
    if owner is None:
        raise HttpError(404, f"No one here is called {namespace}")
    sections = _sections(context, owner.name)
    return OwnerPage(owner.name, owner.fullname, sections)


def _query(context: RequestContext, kind: RepoKind) -> _Query:
    sort = context.query("sort") or ""
    return _Query(
        kind=kind,
        search=" ".join(context.query_all("search")).strip()[:_TEXT_LIMIT],
        filters=tuple(
            dict.fromkeys(tag[:_TEXT_LIMIT] for tag in context.query_all("filter")[:_FILTER_LIMIT])
        ),
        sort=sort if sort in _SORTS else "lastModified",
        author=(context.query("author") or "")[:_TEXT_LIMIT],
        cursor=(context.query("cursor") or "")[:_TEXT_LIMIT],
    )


def _facets(registry: Registry, query: _Query, asked: Search) -> tuple[Facet, ...]:
    counts = [(tag, number, split_tag(tag)) for tag, number in tag_counts(registry, asked)]
    chosen = {tag.lower() for tag in query.filters}
    made = []
    for title, groups in _FACETS[query.kind]:
        offered = [(t, n, label) for t, n, (group, label) in counts if group in groups]
        options = tuple(
            Choice(label, query.toggled(tag).address(), tag.lower() in chosen, number)
            for tag, number, label in offered[:OPTIONS_SHOWN]
        )
        made.append(Facet(title, options))
    return tuple(made)


def _sections(context: RequestContext, author: str) -> tuple[Section, ...]:
    return tuple(
        _section(context, _Query(kind, author=author))
        for kind in (RepoKind.DATASET, RepoKind.MODEL)
    )


def _section(context: RequestContext, query: _Query) -> Section:
    asked = query.to_search(context.user, SHELF_LENGTH)
    rows = tuple(repo_row(record) for record in search(context.hub.registry, asked).records)
    return Section(query.kind, rows, count(context.hub.registry, asked), query.address())
