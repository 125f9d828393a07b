"""List and search repositories, page by page, from the registry alone."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from huggingnersc.hub_server.http_error import bad_request
from huggingnersc.hub_server.protocol.cursor import read_cursor, write_cursor
from huggingnersc.hub_server.storage.registry import record_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from huggingnersc.domain.repo_names import RepoKind
    from huggingnersc.hub_server.storage.registry import Registry, RepositoryRecord

SORT_COLUMNS = {
    "lastModified": "modified_ms",
    "last_modified": "modified_ms",
    "createdAt": "created_ms",
    "created_at": "created_ms",
    "downloads": "downloads",
    "likes": "likes",
    "likes7d": "likes",
    "trendingScore": "downloads",
    "trending_score": "downloads",
}


@dataclass(frozen=True, slots=True)
class Search:
    """What to list.

    Attributes:
        kind: models or datasets.
        namespaces: where the asking user may see private repositories, in lower case.
        author: only this namespace.
        words: each must be part of the full name or title, case ignored.
        among: only these permanent ids; None for all.
        in_cards: words are also looked for in the tags and the text of the card.
        tags: each must be a tag, case ignored.
        any_of: of each of these, one must be a tag, case ignored.
        gated: only gated (True) or only open ones (False).
        sort: one of `SORT_COLUMNS`.
        ascending: smallest or oldest first.
        limit: how many on a page, at most 1000.
        cursor: from the previous page.
    """

    kind: RepoKind
    namespaces: tuple[str, ...] = ()
    author: str | None = None
    words: tuple[str, ...] = ()
    in_cards: bool = False
    among: tuple[str, ...] | None = None
    tags: tuple[str, ...] = ()
    any_of: tuple[tuple[str, ...], ...] = ()
    gated: bool | None = None
    sort: str = "lastModified"
    ascending: bool = False
    limit: int = 100
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of repositories; `cursor` asks for the next one, None at the end."""

    records: tuple[RepositoryRecord, ...]
    cursor: str | None


@dataclass(slots=True)
class _Conditions:
    texts: list[str] = field(default_factory=list)
    values: list[object] = field(default_factory=list)

    def add(self, text: str, *values: object) -> None:
        self.texts.append(text)
        self.values.extend(values)


def search(registry: Registry, query: Search) -> Page:
    """Return one page. Raises: HttpError: 400 for an unknown sort key or a made-up cursor."""
    column = SORT_COLUMNS.get(query.sort)
    if column is None:
        raise bad_request(f"Cannot sort by {query.sort[:40]!r}")
    limit = max(1, min(query.limit, 1000))
    conditions = _conditions(query)
    if query.cursor is not None:
        _continue_after(conditions, column, query)
    order = "ASC" if query.ascending else "DESC"
    rows = registry.database.rows(
        f"SELECT * FROM repositories r WHERE {' AND '.join(conditions.texts)} "  # noqa: S608
        f"ORDER BY r.{column} {order}, r.id LIMIT ?",
        [*conditions.values, limit + 1],
    )
    records = tuple(record_of(row) for row in rows[:limit])
    more = len(rows) > limit
    return Page(
        records, write_cursor(rows[limit - 1][column], rows[limit - 1]["id"]) if more else None
    )


def looked_up(registry: Registry, query: Search) -> Search:
    """Return a search that finds the same without reading the cards for its words again."""
    if not query.words:
        return query
    conditions = _conditions(replace(query, tags=(), any_of=()))
    rows = registry.database.rows(
        f"SELECT r.id FROM repositories r WHERE {' AND '.join(conditions.texts)}",  # noqa: S608
        conditions.values,
    )
    return replace(query, words=(), among=tuple(row["id"] for row in rows))


def count(registry: Registry, query: Search) -> int:
    """Return how many repositories the whole search finds."""
    conditions = _conditions(query)
    row = registry.database.row(
        f"SELECT count(*) FROM repositories r WHERE {' AND '.join(conditions.texts)}",  # noqa: S608
        conditions.values,
    )
    return int(row[0]) if row is not None else 0


def tag_counts(registry: Registry, query: Search, limit: int = 2000) -> list[tuple[str, int]]:
    """Return the `limit` commonest tags in the whole search and how many carry each."""
    conditions = _conditions(query)
    rows = registry.database.rows(
        "SELECT t.tag AS tag, count(*) AS found FROM tags t "  # noqa: S608
        "JOIN repositories r ON r.id = t.repository "
        f"WHERE {' AND '.join(conditions.texts)} "
        "GROUP BY t.tag ORDER BY found DESC, t.tag LIMIT ?",
        [*conditions.values, limit],
    )
    return [(row["tag"], row["found"]) for row in rows]


def _conditions(query: Search) -> _Conditions:
    made = _Conditions()
    made.add("r.kind = ?", query.kind)
    _add_visibility(made, query.namespaces)
    if query.author is not None:
        made.add("r.owner = ?", query.author.lower())
    for word in query.words:
        _add_word(made, word, in_cards=query.in_cards)
    if query.among is not None:
        made.add("r.id IN (SELECT value FROM json_each(?))", json.dumps(query.among))
    for tags in (*((tag,) for tag in query.tags), *query.any_of):
        marks = ",".join("?" * len(tags))
        made.add(
            f"EXISTS (SELECT 1 FROM tags t WHERE t.repository = r.id AND t.tag IN ({marks}))",  # noqa: S608
            *tags,
        )
    if query.gated is not None:
        made.add("r.gated != ''" if query.gated else "r.gated = ''")
    return made


def _add_word(made: _Conditions, word: str, *, in_cards: bool) -> None:
    places = "instr(lower(r.namespace || '/' || r.name), ?) > 0 OR instr(lower(r.title), ?) > 0"
    if not in_cards:
        made.add(f"({places})", *[word.lower()] * 2)
        return
    card = "SELECT 1 FROM card_texts c WHERE c.repository = r.id AND instr(c.words, ?) > 0"
    made.add(f"({places} OR EXISTS ({card}))", *[word.lower()] * 2, word.casefold())


def _add_visibility(made: _Conditions, namespaces: Sequence[str]) -> None:
    marks = ",".join("?" * len(namespaces))
    made.add(f"(r.private = 0 OR r.owner IN ({marks}))", *namespaces)


def _continue_after(made: _Conditions, column: str, query: Search) -> None:
    position = read_cursor(query.cursor or "", int, str)
    if position is None:
        raise bad_request("This cursor was not issued by this Hub")
    compare = ">" if query.ascending else "<"
    made.add(f"(r.{column} {compare} ? OR (r.{column} = ? AND r.id > ?))",
             position[0], position[0], position[1])  # fmt: skip
