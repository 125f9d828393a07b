from __future__ import annotations

import pytest

from huggingnersc.domain.repo_names import RepoKind
from huggingnersc.hub_server.web.badges import badge_of, badges_of, split_tag


def test_a_badge_leads_to_the_list_of_its_tag() -> None:
    badge = badge_of("size_categories:n<1K", RepoKind.DATASET)
    assert (badge.title, badge.label) == ("Size", "n<1K")
    assert badge.href == "/datasets?filter=size_categories%3An%3C1K"


@pytest.mark.parametrize(
    ("tag", "group"),
    [("image-to-image", "pipeline_tag"), ("any-to-any", "pipeline_tag"), ("image", "")],
)
def test_a_free_tag_that_is_a_task_is_shown_as_a_task(tag: str, group: str) -> None:
    assert badge_of(tag, RepoKind.MODEL).group == group


def test_badges_have_a_fixed_order_and_unknown_groups_are_free_tags() -> None:
    tags = ["biology", "odd:one", "license:mit", "task_categories:robotics", "modality:"]
    labels = [(badge.group, badge.label) for badge in badges_of(tags, RepoKind.DATASET)]
    assert labels == [
        ("task_categories", "robotics"),
        ("license", "mit"),
        ("", "biology"),
        ("", "odd:one"),
        ("", "modality:"),
    ]


def test_a_model_s_task_is_known_without_a_prefix() -> None:
    assert badge_of("tabular-classification", RepoKind.MODEL).title == "Task"


@pytest.mark.parametrize(
    ("tag", "parts"),
    [
        ("license:mit", ("license", "mit")),
        ("arxiv:2101.00001", ("arxiv", "2101.00001")),
        ("base_model:finetune:a/b", ("base_model", "finetune:a/b")),
        ("license:", ("", "license:")),
        (":mit", ("", ":mit")),
        ("pipeline_tag:", ("", "pipeline_tag:")),
        ("License:mit", ("", "License:mit")),
    ],
)
def test_a_tag_is_split_at_its_first_colon_when_its_group_is_known(
    tag: str, parts: tuple[str, str]
) -> None:
    assert split_tag(tag) == parts


def test_a_badge_of_a_model_leads_to_models() -> None:
    assert badge_of("license:mit", RepoKind.MODEL).href == "/models?filter=license%3Amit"


def test_badges_of_one_group_keep_the_order_of_their_tags() -> None:
    found = badges_of(["zebra", "license:mit", "ant"], RepoKind.DATASET)
    assert [badge.label for badge in found] == ["mit", "zebra", "ant"]
