"""The front page, the lists and the page of a namespace."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from huggingnersc.adapters.loopback.access import seen_namespaces
from huggingnersc.adapters.loopback.faults import Fault
from huggingnersc.adapters.loopback.pages.visits import reader_of, repo_row
from huggingnersc.adapters.loopback.searching import Search, count, search, tag_counts
from huggingnersc.domain.hub.pages.addresses import list_address
from huggingnersc.domain.hub.pages.chips import chip_of, split_tag
from huggingnersc.domain.hub.pages.values import (
    Choice,
    Facet,
    HomePage,
    ListPage,
    OwnerPage,
    Pager,
    Shelf,
)
from huggingnersc.domain.hub.repo_names import RepoKind

if TYPE_CHECKING:
    from starlette.requests import Request

    from huggingnersc.adapters.loopback.accounts import User
    from huggingnersc.adapters.loopback.hub import HubState
    from huggingnersc.adapters.loopback.registry import Registry

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
        ("Task", "task_categories:"),
        ("Size", "size_categories:"),
        ("License", "license:"),
        ("Language", "language:"),
        ("Tag", ""),
    ),
    RepoKind.MODEL: (
        ("License", "license:"),
        ("Dataset", "dataset:"),
        ("Task or tag", ""),
    ),
}


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

    def wanted(self, user: User | None, limit: int = PAGE_LENGTH) -> Search:
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


def list_page(hub: HubState, request: Request, kind: RepoKind) -> ListPage:
    """Assemble the list of repositories of `kind` that the request's address describes."""
    query, user = _query(request, kind), reader_of(hub, request)
    wanted = query.wanted(user)
    found = search(hub.registry, wanted)
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
            replace(chip_of(tag, kind), href=query.toggled(tag).address()) for tag in query.filters
        ),
        facets=_facets(hub.registry, query, wanted),
        sorts=tuple(
            Choice(label, replace(query, sort=key, cursor="").address(), key == query.sort)
            for key, label in _SORTS.items()
        ),
        rows=tuple(repo_row(record) for record in found.records),
        total=count(hub.registry, wanted),
        pager=Pager(0, newer, older, "First page"),
        clear=_Query(kind, author=query.author).address(),
    )


def home_page(hub: HubState, request: Request) -> HomePage:
    """Assemble the front page."""
    return HomePage(_shelves(hub, reader_of(hub, request), ""))


def owner_page(hub: HubState, request: Request, namespace: str) -> OwnerPage:
    """Assemble the page of a namespace. Raises: Fault: 404 when nobody has that name."""
    owner = hub.accounts.organization(namespace) or hub.accounts.user(namespace)
    if owner is None:
        raise Fault(404, f"Nobody here is called {namespace}")
    shelves = _shelves(hub, reader_of(hub, request), owner.name)
    return OwnerPage(owner.name, owner.fullname, shelves)


def _query(request: Request, kind: RepoKind) -> _Query:
    asked = request.query_params
    sort = asked.get("sort", "")
    return _Query(
        kind=kind,
        search=" ".join(asked.getlist("search")).strip()[:_TEXT_LIMIT],
        filters=tuple(
            dict.fromkeys(tag[:_TEXT_LIMIT] for tag in asked.getlist("filter")[:_FILTER_LIMIT])
        ),
        sort=sort if sort in _SORTS else "lastModified",
        author=asked.get("author", "")[:_TEXT_LIMIT],
        cursor=asked.get("cursor", "")[:_TEXT_LIMIT],
    )


def _facets(registry: Registry, query: _Query, wanted: Search) -> tuple[Facet, ...]:
    chosen = {tag.lower() for tag in query.filters}
    made = []
    for title, prefix in _FACETS[query.kind]:
        counts = tag_counts(registry, wanted, prefix)
        free = prefix == ""
        shown = [(t, n) for t, n in counts if not free or split_tag(t)[0] in {"", "pipeline_tag"}]
        options = tuple(
            Choice(split_tag(tag)[1], query.toggled(tag).address(), tag.lower() in chosen, number)
            for tag, number in shown[:OPTIONS_SHOWN]
        )
        made.append(Facet(title, options))
    return tuple(made)


def _shelves(hub: HubState, user: User | None, author: str) -> tuple[Shelf, ...]:
    return tuple(
        _shelf(hub, _Query(kind, author=author), user)
        for kind in (RepoKind.DATASET, RepoKind.MODEL)
    )


def _shelf(hub: HubState, query: _Query, user: User | None) -> Shelf:
    wanted = query.wanted(user, SHELF_LENGTH)
    rows = tuple(repo_row(record) for record in search(hub.registry, wanted).records)
    return Shelf(query.kind, rows, count(hub.registry, wanted), query.address())
