"""The tags a Hub shows and filters by, derived from the card."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from huggingnersc.domain.repo_names import RepoKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from huggingnersc.hub_server.protocol.card import Card

MAX_TAGS = 500
MAX_TAG_LENGTH = 200

_DATASET_KEYS = (
    "task_categories",
    "task_ids",
    "annotations_creators",
    "language_creators",
    "multilinguality",
    "source_datasets",
    "language",
    "license",
    "size_categories",
)
_ARXIV = re.compile(
    r"(?:arxiv\.org/(?:abs|pdf)/|huggingface\.co/papers/|hf\.co/papers/)"
    r"(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})",
)
_DOI = re.compile(r"^10\.\d{4,9}/\S+$")


def derive_tags(kind: RepoKind, card: Card) -> tuple[str, ...]:
    """Return the tags of a repository, in the order of the real Hub and each once.

    Datasets carry `key:value` for the keys of their card, models their library, task, languages,
    `license:`, `dataset:` and `base_model:`, spaces their SDK and license; all carry free tags and
    `arxiv:` for every paper linked in the text.
    """
    found = dict.fromkeys([*_DERIVE[kind](card), *_paper_tags(card)])
    return tuple(tag for tag in found if 0 < len(tag) <= MAX_TAG_LENGTH)[:MAX_TAGS]


def texts(value: object) -> list[str]:
    """Return a card value that may be one text or a list of them as a list of texts."""
    items = value if isinstance(value, list) else [value]
    return [str(item) for item in items if isinstance(item, str | int | float) and item != ""]


def _dataset_tags(card: Card) -> Iterator[str]:
    for key in _DATASET_KEYS:
        yield from _keyed(key, card.metadata.get(key))
    yield from texts(card.metadata.get("tags"))


def _model_tags(card: Card) -> Iterator[str]:
    data = card.metadata
    yield from texts(data.get("library_name"))
    yield from texts(data.get("tags"))
    yield from texts(data.get("pipeline_tag"))
    yield from texts(data.get("language"))
    yield from _keyed("dataset", data.get("datasets"))
    yield from _keyed("base_model", data.get("base_model"))
    if "model-index" in data:
        yield "model-index"
    yield from _keyed("license", data.get("license"))


def _space_tags(card: Card) -> Iterator[str]:
    yield from texts(card.metadata.get("sdk"))
    yield from texts(card.metadata.get("tags"))
    yield from _keyed("license", card.metadata.get("license"))


_DERIVE: dict[RepoKind, Callable[[Card], Iterator[str]]] = {
    RepoKind.DATASET: _dataset_tags,
    RepoKind.MODEL: _model_tags,
    RepoKind.SPACE: _space_tags,
}


def _keyed(key: str, value: object) -> Iterable[str]:
    return (f"{key}:{item}" for item in texts(value))


def _paper_tags(card: Card) -> Iterator[str]:
    for found in _ARXIV.finditer(card.body):
        yield f"arxiv:{found[1]}"
    for doi in texts(card.metadata.get("doi")):
        if _DOI.match(doi):
            yield f"doi:{doi}"
