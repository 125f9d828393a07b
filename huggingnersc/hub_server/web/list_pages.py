"""The front page, the lists and the page of a namespace."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from huggingnersc.domain.repo_names import RepoKind
from huggingnersc.hub_server.http_error import HttpError
from huggingnersc.hub_server.protocol.card_text import shared
from huggingnersc.hub_server.services.search import count, looked_up, search
from huggingnersc.hub_server.web.badges import badge_of
from huggingnersc.hub_server.web.facets import facets_of
from huggingnersc.hub_server.web.list_query import NEWEST, SORTS, ListQuery, read_query
from huggingnersc.hub_server.web.repo_view import repo_row
from huggingnersc.hub_server.web.values import (
    Choice,
    HomePage,
    ListPage,
    OwnerPage,
    Pager,
    Section,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from huggingnersc.hub_server.context import RequestContext
    from huggingnersc.hub_server.storage.registry import Registry, RepositoryRecord
    from huggingnersc.hub_server.web.values import RepoRow

PAGE_LENGTH = 24
SHELF_LENGTH = 6


def list_page(context: RequestContext, kind: RepoKind) -> ListPage:
    """Assemble the list of repositories of `kind` that the address describes."""
    query = read_query(context, kind)
    asked = looked_up(context.hub.registry, query.to_search(context.user, PAGE_LENGTH))
    found = search(context.hub.registry, asked)
    hidden = [("filter", tag) for tag in query.filters]
    hidden += [("sort", query.sort)] if query.sort != NEWEST else []
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
        facets=facets_of(context.hub.registry, query, asked),
        sorts=tuple(
            Choice(label, replace(query, sort=key, cursor="").address(), key == query.sort)
            for key, label in SORTS.items()
        ),
        rows=_rows(context.hub.registry, found.records),
        total=count(context.hub.registry, asked),
        pager=Pager(0, newer, older, "First page"),
        clear=ListQuery(kind, author=query.author).address(),
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


def _sections(context: RequestContext, author: str) -> tuple[Section, ...]:
    """Return a section of each kind; spaces are not run here, so without any nothing is said."""
    kinds = (RepoKind.DATASET, RepoKind.MODEL, RepoKind.SPACE)
    found = (_section(context, ListQuery(kind, author=author)) for kind in kinds)
    return tuple(one for one in found if one.total or one.kind is not RepoKind.SPACE)


def _section(context: RequestContext, query: ListQuery) -> Section:
    asked = query.to_search(context.user, SHELF_LENGTH)
    rows = _rows(context.hub.registry, search(context.hub.registry, asked).records)
    return Section(query.kind, rows, count(context.hub.registry, asked), query.address())


def _rows(registry: Registry, records: Sequence[RepositoryRecord]) -> tuple[RepoRow, ...]:
    """Return lines of a list; a summary that several repositories share is left out."""
    summaries = registry.summaries([record.storage_id for record in records])
    common = shared(summaries.values())
    found = {key: text for key, text in summaries.items() if text not in common}
    return tuple(repo_row(record, found.get(record.storage_id, "")) for record in records)
