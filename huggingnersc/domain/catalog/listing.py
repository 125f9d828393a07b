"""The datasets of a catalog as rows: what each is, and which of them match a query."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.catalog.hub_tags import hub_tags
from huggingnersc.domain.loading.upload import SHARDS_SUFFIX
from huggingnersc.domain.loading.upload_card import shards_title
from huggingnersc.domain.text.outline import outline
from huggingnersc.problems import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.catalog.remote import RemoteDataset


@dataclass(frozen=True, slots=True)
class ListedDataset:
    """One row of the list.

    Attributes:
        official_name: the title; from the Hub the card's pretty name, else the nickname.
        size_category: how many examples, such as `1K<n<10K`; None where nothing says it.
        catalog_dir: its catalog folder; None for a row from the Hub.
        removed_at: when it was removed, `YYYYMMDDTHHMMSSZ` in UTC; None where it was not.
        data_path: where the data is stored; None where it is not known.
        portal_link: the data's address; None where nothing says it.
        other_info: the other metadata; empty in a row from the Hub, whose cards do not list it.
        about: the description, Markdown; empty in a row from the Hub and where there is none.
    """

    nickname: str
    official_name: str
    size_category: str | None
    license: str | None
    task_categories: tuple[str, ...]
    languages: tuple[str, ...]
    tags: tuple[str, ...]
    private: bool
    hub_url: str
    catalog_dir: PurePosixPath | None = None
    removed_at: str | None = None
    data_path: PurePosixPath | None = None
    portal_link: str | None = None
    other_info: Mapping[str, Any] = field(default_factory=dict)
    about: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for; case does not matter, and empty values match everything.

    Attributes:
        text: words that must all stand in the nickname, the title, the tags, the description or
            `other_info`.
        tags: all of them.
        tasks: all of them.
        languages: all of them.
        sizes: one of them; a dataset has one size.
        licenses: one of them; a dataset has one license.
    """

    text: str = ""
    tags: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    licenses: tuple[str, ...] = ()

    def matches(self, dataset: ListedDataset) -> bool:
        """Return whether a dataset matches every part of the query."""
        return (
            self._is_in_text(dataset)
            and _folded(self.tags) <= _folded(dataset.tags)
            and _folded(self.tasks) <= _folded(dataset.task_categories)
            and _folded(self.languages) <= _folded(dataset.languages)
            and _is_one_of(dataset.size_category, self.sizes)
            and _is_one_of(dataset.license, self.licenses)
        )

    def _is_in_text(self, dataset: ListedDataset) -> bool:
        words = self.text.casefold().split()
        if not words:
            return True
        info = {key: value for key, value in dataset.other_info.items() if key != "nickname"}
        texts = (line.text for line in outline(info))
        names = (dataset.nickname, dataset.official_name)
        searched = [*names, *dataset.tags, dataset.about, *texts]
        joined = "\n".join(searched).casefold()
        return all(word in joined for word in words)

    def unknown_values(self, datasets: Iterable[ListedDataset]) -> Iterator[str]:
        """Say of each value looked for that no dataset has it, and which nearest one they have."""
        rows = list(datasets)
        for name, asked, has in (
            ("tag", self.tags, [tag for row in rows for tag in row.tags]),
            ("task", self.tasks, [task for row in rows for task in row.task_categories]),
            ("language", self.languages, [word for row in rows for word in row.languages]),
            ("size", self.sizes, [row.size_category or "" for row in rows]),
            ("license", self.licenses, [row.license or "" for row in rows]),
        ):
            for value in asked:
                if not _folded([value]) <= _folded(has):
                    close = nearest(value, set(has) - {""})
                    hint = f'; nearest: "{close[0]}"' if close else ""
                    yield f'no dataset has the {name} "{value}"{hint}'


def row_of_record(record: Record) -> ListedDataset:
    """Make the row of a cataloged dataset."""
    parts = ("datacard_tags", "other_info")
    metadata = {part: _mapping(record.metadata.get(part)) for part in parts}
    return ListedDataset(
        nickname=record.nickname,
        official_name=record.official_name,
        private=record.private,
        hub_url=record.hub_url,
        catalog_dir=record.catalog_dir,
        data_path=record.data_path,
        portal_link=record.portal_link,
        other_info=metadata["other_info"],
        about=record.about,
        **_tags(hub_tags(metadata)),
    )


def row_of_remote(dataset: RemoteDataset, *, hub_url: str) -> ListedDataset:
    """Make the row of a repository on the Hub, from its card."""
    nickname = dataset.repo_id.rpartition("/")[2]
    title = dataset.card.get("pretty_name")
    return ListedDataset(
        nickname=nickname,
        official_name=title if isinstance(title, str) else nickname,
        private=dataset.private,
        hub_url=hub_url,
        **_tags(dataset.card),
    )


def without_shards(rows: Iterable[ListedDataset]) -> list[ListedDataset]:
    """Return rows from the Hub without the repositories that hold the shards of a listed dataset.

    One is told by its name and by the title on its card, so that a dataset whose own name ends
    like theirs is listed.
    """
    found = list(rows)
    shards = {(f"{row.nickname}{SHARDS_SUFFIX}", shards_title(row.official_name)) for row in found}
    return [row for row in found if (row.nickname, row.official_name) not in shards]


def _tags(card: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "size_category": _first(card.get("size_categories")),
        "license": _first(card.get("license")),
        "task_categories": _texts(card.get("task_categories")),
        "languages": _texts(card.get("language")),
        "tags": _texts(card.get("tags")),
    }


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _texts(value: Any) -> tuple[str, ...]:
    """Return a card's value as texts; in one written by hand a text may stand for a list."""
    values = value if isinstance(value, list) else [value]
    return tuple(text for text in values if isinstance(text, str))


def _first(value: Any) -> str | None:
    return next(iter(_texts(value)), None)


def _is_one_of(value: str | None, allowed: tuple[str, ...]) -> bool:
    return not allowed or not _folded([value]).isdisjoint(_folded(allowed))


def _folded(values: Iterable[str | None]) -> set[str]:
    return {value.casefold() for value in values if value is not None}
