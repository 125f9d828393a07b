"""The filters of a list: what can be chosen, in a sensible order, and what each choice finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.domain.repo_names import RepoKind
from huggingnersc.hub_server.services.search import tag_counts
from huggingnersc.hub_server.web.badges import split_tag
from huggingnersc.hub_server.web.list_query import ONE_OF
from huggingnersc.hub_server.web.values import Choice, Facet

if TYPE_CHECKING:
    from huggingnersc.hub_server.services.search import Search
    from huggingnersc.hub_server.storage.registry import Registry
    from huggingnersc.hub_server.web.list_query import ListQuery

OPTIONS_SHOWN = 30
SIZES = (
    "n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<10M", "10M<n<100M", "100M<n<1B",
    "1B<n<10B", "10B<n<100B", "100B<n<1T", "n>1T",
)  # fmt: skip

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
    RepoKind.SPACE: (
        ("License", ("license",)),
        ("Tag", ("",)),
    ),
}
"""For each kind: what a filter is called, and the groups of tags (see `badges`) it offers."""


def facets_of(registry: Registry, query: ListQuery, asked: Search) -> tuple[Facet, ...]:
    """Return the filters of a list; each offers what the list has without its own choices.

    Args:
        registry: where tags are counted.
        query: the list.
        asked: the search that `query` is.
    """
    now = dict(tag_counts(registry, asked))
    made = []
    for title, groups in _FACETS[query.kind]:
        freed = query.without(groups)
        open_counts = (
            now if freed.filters == query.filters
            else dict(tag_counts(registry, freed.filtered(asked)))
        )  # fmt: skip
        counts = open_counts if groups[0] in ONE_OF else _found(open_counts, now)
        offered = {tag: number for tag, number in counts.items() if split_tag(tag)[0] in groups}
        made.append(Facet(title, *_options(offered, query, groups)))
    return tuple(made)


def _found(offered: dict[str, int], now: dict[str, int]) -> dict[str, int]:
    """Return how many each of the offered tags would find beside the choices of now."""
    counts = {tag.lower(): number for tag, number in now.items()}
    return {tag: counts.get(tag.lower(), 0) for tag in offered}


def _options(
    counts: dict[str, int], query: ListQuery, groups: tuple[str, ...]
) -> tuple[tuple[Choice, ...], int]:
    """Return the choices that are shown, chosen ones always, and how many more there are."""
    chosen = {tag.lower(): tag for tag in query.filters if split_tag(tag)[0] in groups}
    known = {tag.lower() for tag in counts}
    absent = {tag: 0 for low, tag in chosen.items() if low not in known}
    everything = sorted(
        (counts | absent).items(),
        key=lambda option: (option[0].lower() not in chosen, -option[1], option[0].lower()),
    )
    shown = everything[:OPTIONS_SHOWN]
    choices = tuple(
        Choice(split_tag(tag)[1], query.toggled(tag).address(), tag.lower() in chosen, number)
        for tag, number in (sorted(shown, key=_by_size) if "size_categories" in groups else shown)
    )
    return choices, len(everything) - len(shown)


def _by_size(option: tuple[str, int]) -> tuple[int, str]:
    label = split_tag(option[0])[1]
    return SIZES.index(label) if label in SIZES else len(SIZES), label
