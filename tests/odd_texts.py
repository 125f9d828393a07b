"""Texts that try to break out of wherever they are put, and a reader of what a page shows."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import settings
from hypothesis import strategies as st

from tests.desk import examples

_MARKUP = r"""
` `` ``` ~~~ * ** _ __ ~~ [ ] [x] ( ) < > <b> </b> <!-- --> <script> & &amp; &#35; | \ \\ $ $$ # ##
! ![ - + 1. 12) = === --- ... > : ; , . / ' " ''' \""" % %% %YAML { } {{ }} {% %} {# a Z 0 é 漢 🦆
https://a.b/ www.a.b javascript: coding:utf-7 coding=latin-1 #! #!/bin/sh #SBATCH EOF $(id) `id`
"""
_SPACES = [" ", "  ", "\t", "\n", "\r\n", "\r", "\n\n", "\n---\n", "\x0b", "\x0c", "\x85"]
_CONTROLS = ["\u2028", "\u2029", "\u202e", "\u2066", "\xa0", "\ufeff", "\0", "\x1b[31m", "\x9b"]

PIECES = st.sampled_from(_MARKUP.split() + _SPACES + _CONTROLS)
ODD = st.one_of(st.lists(PIECES, max_size=14).map("".join), st.text(max_size=40))
many = settings(deadline=None, max_examples=examples(200))
some = settings(deadline=None, max_examples=examples(40))
few = settings(deadline=None, max_examples=20)


class ShownHtml(HTMLParser):
    """What a browser makes of a page: its text, its tags and the addresses of its links."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.tags: list[str] = []
        self.hrefs: list[str | None] = []
        self.feed(page)
        self.close()

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.hrefs.extend(value for name, value in attrs if name == "href")
