"""Tags as badges: their labels, and the filter they link to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.hub_server.protocol.hub_values import task_ids
from huggingnersc.hub_server.web.addresses import list_address

if TYPE_CHECKING:
    from collections.abc import Iterable

    from huggingnersc.domain.repo_names import RepoKind

GROUP_TITLES = {
    "task_categories": "Task",
    "pipeline_tag": "Task",
    "size_categories": "Size",
    "license": "License",
    "language": "Language",
    "arxiv": "Paper",
    "doi": "DOI",
    "dataset": "Dataset",
    "base_model": "Base model",
    "task_ids": "Subtask",
    "annotations_creators": "Annotated by",
    "language_creators": "Language by",
    "multilinguality": "Multilinguality",
    "source_datasets": "Source",
    "": "Tag",
}

_ORDER = {group: place for place, group in enumerate(GROUP_TITLES)}


@dataclass(frozen=True, slots=True)
class Badge:
    """One tag.

    Attributes:
        tag: the tag as the Hub writes it, such as `license:mit`.
        title: the kind of tag in a reader's words, such as `License`.
        label: the value.
        href: the list of all repositories that carry it.
        group: the part before the colon, `""` for free tags; the page colors by it.
    """

    tag: str
    title: str
    label: str
    href: str
    group: str


def badge_of(tag: str, kind: RepoKind) -> Badge:
    """Turn one tag of a repository of `kind` into its badge."""
    group, value = split_tag(tag)
    href = list_address(f"/{kind.plural}", filter=(tag,))
    return Badge(tag, GROUP_TITLES[group], value, href, group)


def badges_of(tags: Iterable[str], kind: RepoKind) -> tuple[Badge, ...]:
    """Turn tags into badges: tasks first, then size, license, language, papers, and free tags."""
    badges = (badge_of(tag, kind) for tag in tags)
    return tuple(sorted(badges, key=lambda badge: _ORDER[badge.group]))


def split_tag(tag: str) -> tuple[str, str]:
    """Split `license:mit`; a tag of no known group is free: `("", tag)`."""
    group, _, value = tag.partition(":")
    if group and value and group in GROUP_TITLES:
        return group, value
    # Models carry their task as a free tag.
    return ("pipeline_tag", tag) if tag in task_ids() else ("", tag)
