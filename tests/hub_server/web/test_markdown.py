from __future__ import annotations

import re

import pytest

from huggingnersc.domain.repo_names import RepoKind, RepoName
from huggingnersc.hub_server.web.addresses import RepoPages
from huggingnersc.hub_server.web.markdown import (
    AUTOLINK_LIMIT,
    EXPANDED_LIMIT,
    MARKDOWN_LIMIT,
    RAW_TAG_LIMIT,
    Origin,
    render_markdown,
)
from huggingnersc.hub_server.web.slugs import Slugs

PAGES = RepoPages(RepoName(RepoKind.DATASET, "NERSC", "iris"))
ROOT = Origin(PAGES, "main")


def render(text: str, origin: Origin = ROOT) -> str:
    return str(render_markdown(text, origin))


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("loader.py", "/datasets/NERSC/iris/blob/main/loader.py"),
        ("./data/a b.csv", None),
        ("data/a%20b.csv", "/datasets/NERSC/iris/blob/main/data/a%20b.csv"),
        ("loader.py#L3", "/datasets/NERSC/iris/blob/main/loader.py#L3"),
        ("data/", "/datasets/NERSC/iris/tree/main/data"),
        ("../../../etc/passwd", "/datasets/NERSC/iris/tree/main"),
        ("#papers", "#in-card-papers"),
        ("https://portal.nersc.gov/x", "https://portal.nersc.gov/x"),
        ("/models", "/models"),
    ],
)
def test_a_link_leads_where_a_reader_expects(link: str, address: str | None) -> None:
    html = render(f"[x]({link})")
    assert (f'href="{address}"' in html) if address else ("href" not in html)


def test_links_are_read_from_the_folder_of_the_text() -> None:
    html = render("[x](a.py) [y](../b.py)", Origin(PAGES, "dev/x", "docs"))
    assert "/blob/dev%2Fx/docs/a.py" in html
    assert "/blob/dev%2Fx/b.py" in html


def test_pictures_come_from_the_repository() -> None:
    html = render("![A square](pictures/square.png)")
    assert 'src="/datasets/NERSC/iris/resolve/main/pictures/square.png" alt="A square"' in html


@pytest.mark.parametrize(
    "picture",
    [
        "![p](https://evil.example/p.png)",
        "![p](//evil.example/p.png)",
        '<img src="https://evil.example/p.png">',
        '<img src="//evil.example/p.png">',
        '<img src="/\\evil.example/p.png">',
        "<img src='\\\\evil.example/p.png'>",
        "![p](</api/whoami-v2>)",
        "![p](../../../../api/whoami-v2)",
        '<img srcset="https://evil.example/p.png 2x">',
    ],
)
def test_no_picture_is_loaded_from_elsewhere(picture: str) -> None:
    html = render(picture)
    assert "src=" not in html
    assert "evil.example/" not in html


def test_a_picture_from_elsewhere_leaves_its_words() -> None:
    assert ">build passing</span>" in render("[![build passing](https://ci.example/b.svg)](x.md)")


def test_headings_go_down_one_level_and_can_be_linked_to() -> None:
    html = render("# The *data*\n\n###### Deep\n\n# The data")
    assert '<h2 dir="auto" id="in-card-the-data">The <em>data</em> ' in html
    assert '<h6 dir="auto" id="in-card-deep">' in html
    assert '<h2 dir="auto" id="in-card-the-data-1">' in html
    assert html.count('<a class="anchor" href="#in-card-') == 3
    assert 'href="#in-card-the-data-1" aria-label="Link to this heading"' in html


def test_a_heading_is_named_by_the_words_a_reader_sees() -> None:
    html = render("# _All_ of [the data](x.md), `a_b` and ![no picture](p.png) <b>bold</b>")
    assert 'id="in-card-all-of-the-data-a_b-and--bold"' in html


def test_a_link_into_another_text_finds_its_heading() -> None:
    html = render("[x](docs/use.md#the-data) [y](a.py#L3)")
    assert "/blob/main/docs/use.md#in-card-the-data" in html
    assert "/blob/main/a.py#L3" in html


def test_texts_on_one_page_keep_their_headings_apart() -> None:
    first, second = (
        render("# A\n\n[up](#a)", Origin(PAGES, "main", id_prefix=f"in-{number}-"))
        for number in range(2)
    )
    assert 'id="in-0-a"' in first
    assert first.replace("in-0-", "in-1-") == second
    slugs = Slugs()
    third, fourth = (str(render_markdown("# A", ROOT, slugs=slugs)) for _ in range(2))
    assert ('id="in-card-a"' in third, 'id="in-card-a-1"' in fourth) == (True, True)


def test_a_task_list_shows_what_is_done() -> None:
    html = render("- [x] Read\n- [ ] Write [x](y.md)\n- other\n\n1. [X] Loose\n\n2. b")
    done = '<li class="task"><span class="task-box" title="Done">\u2611</span> '
    assert html.count(done) == 2
    assert '<span class="task-box" title="To do">\u2610</span> Write <a' in html
    assert html.count("<li>") == 2
    assert "<input" not in html


@pytest.mark.parametrize("kind", ["NOTE", "tip", "Important", "WARNING", "CAUTION"])
def test_an_alert_is_marked_by_its_kind(kind: str) -> None:
    html = render(f"> [!{kind}]\n> Mind the **gap**.")
    assert f'<div class="markdown-alert markdown-alert-{kind.lower()}">' in html
    assert f'<p class="markdown-alert-title">{kind.capitalize()}</p>' in html
    assert "<strong>gap</strong>" in html


def test_what_is_no_alert_is_a_quotation() -> None:
    html = render("> [!SECRET]\n> text")
    assert "<blockquote>" in html
    assert "markdown-alert" not in html


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("see https://portal.nersc.gov/cfs/x_y.", "https://portal.nersc.gov/cfs/x_y"),
        ("(http://a.example/b?c=1&d=2)", "http://a.example/b?c=1&amp;d=2"),
        ("at www.nersc.gov today", "http://www.nersc.gov"),
        ("mail ada@example.org", "mailto:ada@example.org"),
        ("| a |\n|---|\n| https://a.example/t |", "https://a.example/t"),
        ("- [ ] https://a.example/l", "https://a.example/l"),
    ],
)
def test_a_bare_address_becomes_a_link(text: str, address: str) -> None:
    assert f'<a href="{address}" class="bare"' in render(text)


@pytest.mark.parametrize(
    "text",
    ["`https://a.example`", "```\nhttps://a.example\n```", "javascript:alert(1)",
     "ftp://a.example", "a.example", "12:30 and a@b"],
)  # fmt: skip
def test_what_is_no_address_or_is_code_stays_text(text: str) -> None:
    assert "href=" not in render(text)


def test_text_from_right_to_left_is_set_so() -> None:
    html = render("# \u0645\n\n\u0645\n\n- \u0645\n\n| \u0645 |\n|---|\n| \u0645 |")
    for tag in ("h2", "p", "ul", "th", "td"):
        assert f'<{tag} dir="auto"' in html


def test_neither_mathematics_nor_emoji_codes_are_replaced() -> None:
    assert "$x^2$ :smile:" in render("$x^2$ :smile:")


def test_tables_are_aligned_without_style_attributes() -> None:
    html = render("| a | b |\n|:-:|--:|\n| 1 | 2 |")
    assert '<td dir="auto" class="to-middle">1</td>' in html
    assert '<td dir="auto" class="to-right">2</td>' in html
    assert '<div class="table-frame" tabindex="0">' in html
    assert "style" not in html


def test_every_markdown_construct_is_kept() -> None:
    html = render(
        "a  \nb **b** *e* ~~s~~ `c` <https://a.example>\n\n- u\n\n1. o\n\n> q\n\n***\n\n    code\n"
    )
    tags = "p br strong em s code a ul ol li blockquote hr pre"
    assert [tag for tag in tags.split() if not re.search(rf"<{tag}[ >]", html)] == []


def test_code_in_a_known_language_is_colored() -> None:
    html = render("```python\nimport csv  # rows\n```")
    assert '<span class="hl-k">import</span>' in html
    assert '<span class="hl-c"># rows</span>' in html


def test_code_cannot_break_out_of_its_fence() -> None:
    html = render("```python\n</code></pre><script>alert(1)</script>\n```")
    assert "<script" not in html
    assert html.count("</pre>") == 1


def test_a_text_with_very_many_tags_of_its_own_shows_them_as_text() -> None:
    html = render("<br>" * (RAW_TAG_LIMIT + 1))
    assert "<br>" not in html
    assert "&lt;br&gt;" in html


@pytest.mark.attack("expensive pages")
@pytest.mark.parametrize(
    "text",
    [
        "[r]: /" + "u" * 2_000 + "\n\n" + "[r] " * 2_000,
        "[r]: / '" + "t" * 2_000 + "'\n\n" + "![r] " * 2_000,
        "[" * 50_000,
        "![[]()" * 20_000,
        "*a **a " * 20_000,
        "> " * 50_000,
        "- " * 50_000,
        "<b>" * 1_900 + "\n\na" * 40_000,
        "|" + "a|" * 2_000 + "\n|" + "-|" * 2_000 + "\n" + "|x\n" * 20_000,
        "`" * 50_000 + "a",
        "<!--" * 30_000,
        ":" * 120_000,
        "@" * 120_000,
        ":\n" * 60_000,
        "a:" * 60_000,
        "a@" * 60_000,
        "a@b.c " * 20_000,
        "www." * 30_000,
        "www.a" + "(" * 50_000 + ")" * 60_000,
        "https://a" + "&amp;" * 20_000 + ")" * 20_000,
        "https://" * 15_000,
        "https://a.b/ " * 9_000,
        "# a\n" * 30_000,
        "- [x] a\n" * 15_000,
        "> [!NOTE]\n" * 12_000,
    ],
    ids=[
        "references",
        "titles",
        "brackets",
        "pictures",
        "stars",
        "quotes",
        "lists",
        "bold",
        "table",
        "ticks",
        "comments",
        *(f"addresses-{number}" for number in range(11)),
        "headings",
        "tasks",
        "alerts",
    ],
)  # fmt: skip
def test_texts_made_to_be_slow_stay_small(text: str) -> None:
    short = text[: MARKDOWN_LIMIT // 8]
    assert len(render(short)) < 60 * len(short)


@pytest.mark.attack("expensive pages")
def test_a_text_whose_addresses_take_long_to_find_has_none() -> None:
    line = "https://a.example/ " + "a:" * 100
    often = AUTOLINK_LIMIT // (len(line) * line.count(":"))
    assert "href=" in render("\n\n".join([line] * often))
    assert "href=" not in render("\n\n".join([line] * (often + 1)))


@pytest.mark.attack("expensive pages")
def test_a_text_that_repeats_a_long_address_is_shown_as_its_source() -> None:
    used = EXPANDED_LIMIT // 2_000
    text = "[r]: /" + "u" * 2_000 + "\n\n" + "[r] " * (used + 1)
    assert render(text) == f"<pre>{text}</pre>"
    assert render(text[: -4 * (used // 2)]).count("<a ") > used // 3


def test_no_more_than_the_limit_is_read() -> None:
    assert "END" not in render("a " * (MARKDOWN_LIMIT // 2) + "END")
