from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.domain.repo_names import RepoKind, RepoName
from huggingnersc.domain.text.formatting import at_most, count_words, day, plural, size_words
from huggingnersc.hub_server.web.addresses import is_outside, list_address, repository_path
from huggingnersc.hub_server.web.badges import badge_of, badges_of
from huggingnersc.hub_server.web.error_pages import error_page
from huggingnersc.hub_server.web.file_view import PICTURE_LIMIT, View, read_text, view_of
from huggingnersc.hub_server.web.snippets import holds_data, snippets_of
from huggingnersc.hub_server.web.spectrum import LINES, WIDTH, spectrum_of


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1000, "1 kB"), (4551, "4.55 kB"),
     (999_499, "999 kB"), (999_600, "1 MB"), (2_147_483_648, "2.15 GB"), (10**18, "1000 PB")],
)  # fmt: skip
def test_sizes_are_said_with_three_figures(size: int, words: str) -> None:
    assert size_words(size) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0"), (999, "999"), (1000, "1k"), (1234, "1.2k"), (99_600, "100k"), (4_100_000, "4.1M")],
)
def test_counts_are_said_shortly(count: int, words: str) -> None:
    assert count_words(count) == words


def test_plurals_and_days_are_said_as_people_do() -> None:
    assert [plural(n, "file") for n in (0, 1, 1200)] == ["0 files", "1 file", "1,200 files"]
    assert plural(2, "entry", "entries") == "2 entries"
    assert at_most(3, 3, "file") == "3 files"
    assert at_most(4, 3, "file") == "more than 3 files"
    assert day(datetime(2026, 11, 20, tzinfo=UTC)) == "20 Nov 2026"


def test_a_chip_leads_to_the_list_of_its_tag() -> None:
    badge = badge_of("size_categories:n<1K", RepoKind.DATASET)
    assert (badge.title, badge.label) == ("Size", "n<1K")
    assert badge.href == "/datasets?filter=size_categories%3An%3C1K"


@pytest.mark.parametrize(
    ("tag", "group"),
    [("image-to-image", "pipeline_tag"), ("any-to-any", "pipeline_tag"), ("image", "")],
)
def test_a_free_tag_that_is_a_task_is_shown_as_a_task(tag: str, group: str) -> None:
    assert badge_of(tag, RepoKind.MODEL).group == group


def test_chips_stand_in_a_fixed_order_and_unknown_groups_are_free_tags() -> None:
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


@given(st.text())
def test_every_name_has_its_own_lines_inside_the_band(name: str) -> None:
    lines = spectrum_of(name)
    assert len(lines) == LINES
    assert all(line.x >= 0 and line.x + line.width <= WIDTH for line in lines)
    assert lines == spectrum_of(name)


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


@pytest.mark.parametrize(
    ("path", "sample", "view"),
    [
        ("README.md", b"# a", View.MARKDOWN),
        ("a.ipynb", b"{}", View.NOTEBOOK),
        ("a.CSV", b"a,b", View.CSV),
        ("a.csv", b"a\0b", View.BINARY),
        ("a.parquet", b"PAR1\0", View.PARQUET),
        ("a.png", b"\x89PNG\0", View.PICTURE),
        ("a.svg", b"<svg>", View.TEXT),
        ("a.html", b"<p>", View.TEXT),
        ("LICENSE", b"MIT", View.TEXT),
        ("a.bin", b"\0", View.BINARY),
    ],
)
def test_a_file_is_shown_by_its_name_and_first_bytes(path: str, sample: bytes, view: View) -> None:
    assert view_of(path, size_bytes=len(sample), sample=sample) is view


def test_what_is_too_large_is_shown_in_a_cheaper_way() -> None:
    assert view_of("a.png", size_bytes=PICTURE_LIMIT + 1, sample=b"") is View.BINARY
    assert view_of("a.ipynb", size_bytes=10**9, sample=b"{") is View.TEXT


def test_text_cut_inside_a_character_is_no_broken_text() -> None:
    assert read_text("né".encode()[:-1]) == ("n", "")
    assert read_text(b"a\xffb") == ("a\ufffdb", "not UTF-8: some characters are replaced")


def test_addresses_leave_empty_values_out() -> None:
    assert list_address("/x", search="", filter=("a", "b"), page=0) == "/x?filter=a&filter=b"


@pytest.mark.parametrize(
    ("folder", "link", "path"),
    [("", "a.md", "a.md"), ("d", "../a.md", "a.md"), ("d", "./b/c", "d/b/c"), ("", "..", None),
     ("d", "../../a", None), ("", ".", None), ("d/e", "../..", None)],
)  # fmt: skip
def test_a_relative_link_stays_in_the_repository(folder: str, link: str, path: str | None) -> None:
    assert repository_path(folder, link) == path


@pytest.mark.parametrize("url", ["//a", "\\\\a", "/\\a", "https:a", "mailto:a", "http://[x"])
def test_addresses_that_leave_the_site_are_known(url: str) -> None:
    assert is_outside(url)


def test_a_hidden_repository_looks_like_a_missing_one() -> None:
    assert error_page(401, "x", code="RepoNotFound") == error_page(404, "x", code="RepoNotFound")
    assert error_page(418, "Odd").message == "Odd."
