from __future__ import annotations

from huggingnersc.domain.repo_names import RepoKind
from huggingnersc.hub_server.protocol.card import parse_card
from huggingnersc.hub_server.protocol.tags import derive_tags

CARD = """---
license: cc-by-4.0
language: [en, de]
task_categories: [tabular-classification]
size_categories: [n<1K]
tags: [physics, "physics", 3]
library_name: torch
pipeline_tag: text-generation
datasets: [NERSC/iris]
base_model: a/b
doi: 10.1234/abc
---
See https://arxiv.org/abs/2101.00001v2 and https://arxiv.org/pdf/hep-ph/9905221.
Also https://huggingface.co/papers/2101.00001 again.
"""


def test_a_dataset_card_becomes_the_tags_of_the_real_hub() -> None:
    assert derive_tags(RepoKind.DATASET, parse_card(CARD)) == (
        "task_categories:tabular-classification",
        "language:en",
        "language:de",
        "license:cc-by-4.0",
        "size_categories:n<1K",
        "physics",
        "3",
        "arxiv:2101.00001",
        "arxiv:hep-ph/9905221",
        "doi:10.1234/abc",
    )


def test_a_model_card_carries_its_library_task_and_origin() -> None:
    tags = derive_tags(RepoKind.MODEL, parse_card(CARD))
    assert tags[:2] == ("torch", "physics")
    assert {"text-generation", "en", "dataset:NERSC/iris", "base_model:a/b"} <= set(tags)
    assert "license:cc-by-4.0" in tags


def test_odd_values_make_no_tags() -> None:
    card = parse_card("---\nlicense: {a: b}\ntags: [[x], null, '']\nlanguage: null\n---\n")
    assert derive_tags(RepoKind.DATASET, card) == ()
