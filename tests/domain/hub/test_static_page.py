from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from huggingnersc.domain.hub.static_page import links_of, rewritten

TEXTS = st.text(alphabet="ab<>&\"'/= \n\u2028é", max_size=20)


def test_addresses_on_the_hub_are_rewritten_and_others_stay() -> None:
    html = (
        '<a class="x" href="/a?b=1&amp;c">A</a> <a href="https://x.org/">B</a> <a href="#i">C</a>'
    )
    asked = []

    def new(address: str) -> str:
        asked.append(address)
        return 'd/"e"'

    assert rewritten(html, new) == html.replace("/a?b=1&amp;c", "d/&quot;e&quot;")
    assert asked == ["/a?b=1&c"]


def test_text_that_looks_like_a_link_is_text() -> None:
    html = (
        '<pre>href="/a" &lt;a href="/b"&gt;</pre><!-- <a href="/d"> -->'
        "<script>x = '<a href=\"/c\">'</script>"
    )
    assert rewritten(html, lambda _: None) == html


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ('<a href="/x">text</a>', "<a>text</a>"),
        ('a<form action="/x"><p>in <b>it</b></p><input name="q"></form>b', "ab"),
        ('a<img src="/x" alt="">b', "ab"),
        ("a<p data-live>x<br><b>y</b><svg><path/></svg></p>b", "ab"),
        ('<ul><li>1</li><li data-live><a href="/x">2</a></li><li>3</li></ul>',
         "<ul><li>1</li><li>3</li></ul>"),
        ("<p data-live>a</p >b", "b"),
        ("<p data-live>never closed", ""),
        ('<p title=" data-live">kept</p>', '<p title=" data-live">kept</p>'),
        ('<p title="a > b" data-live>a</p>b', "b"),
    ],
)  # fmt: skip
def test_what_has_no_address_or_is_live_is_left_out(html: str, left: str) -> None:
    assert rewritten(html, lambda _: None) == left


def test_the_links_of_a_page_are_each_named_once_without_fragments() -> None:
    html = (
        '<a href="/a#x">1</a><a href="/a">2</a><img src="/b"><a href="?c=1">3</a>'
        '<p data-live><a href="/d">4</a></p>'
    )
    assert links_of(html) == ["/a", "/b", "?c=1"]


@given(st.lists(TEXTS, min_size=2, max_size=6))
def test_all_other_text_stays_as_it_is(texts: list[str]) -> None:
    body = Markup("<br>").join(escape(text) for text in texts)
    title = escape(texts[0])
    html = f'<div title="{title}"><a href="/x">{body}</a></div>\n<img src="/y" alt="{title}">'
    expected = html.replace('"/x"', '"new"').replace('"/y"', '"new"')
    if '"/' not in f"{title}{body}":
        assert rewritten(html, lambda _: "new") == expected
