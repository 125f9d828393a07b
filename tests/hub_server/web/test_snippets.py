from __future__ import annotations

import shlex

import pytest

from huggingnersc.domain.repo_names import RepoKind, RepoName
from huggingnersc.hub_server.web.snippets import holds_data, snippets_of


def test_snippets_name_the_server_and_the_kind() -> None:
    made = snippets_of(RepoName(RepoKind.DATASET, "N", "x"), "http://h:1", loads=True)
    texts = {snippet.title: snippet.text for snippet in made}
    assert texts["Load in Python"].endswith('load_dataset("N/x")')
    assert "HF_ENDPOINT=http://h:1\nhf download N/x --repo-type dataset" in texts["Download"]
    assert texts["Clone"] == "git clone http://h:1/datasets/N/x"
    model = snippets_of(RepoName(RepoKind.MODEL, "N", "x"), "http://h:1", loads=False)
    assert [snippet.title for snippet in model] == ["Download", "Clone"]
    assert "--repo-type" not in model[0].text


def test_load_dataset_is_offered_where_it_finds_data() -> None:
    assert holds_data(["README.md", "data/x.PARQUET"])
    assert not holds_data(["README.md", "loader.py", "record.yaml", "info.json"])


@pytest.mark.parametrize("kind", list(RepoKind))
def test_every_snippet_is_a_command_or_a_program_that_can_be_pasted(kind: RepoKind) -> None:
    for made in snippets_of(RepoName(kind, "N", "x-1.b"), "http://h:1", loads=True):
        if made.title == "Load in Python":
            compile(made.text, "snippet", "exec")
        else:
            assert all(shlex.split(line) for line in made.text.splitlines())


def test_the_html_of_a_snippet_has_the_words_of_its_text() -> None:
    for made in snippets_of(RepoName(RepoKind.DATASET, "N", "x"), "http://h:1", loads=True):
        assert made.html.striptags().split() == made.text.split()
        assert "<script" not in made.html


def test_no_data_is_found_in_an_empty_repository_or_in_a_folder_named_like_data() -> None:
    assert not holds_data([])
    assert not holds_data(["x.csv/README.md", ".csv"])
