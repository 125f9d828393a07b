"""From a request to its page: one function for each kind of page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse, Response

from huggingnersc.adapters.loopback.faults import Fault
from huggingnersc.adapters.loopback.pages.cards import card_page
from huggingnersc.adapters.loopback.pages.files import file_page, notebook_figure, tree_page
from huggingnersc.adapters.loopback.pages.histories import commit_page, history_page
from huggingnersc.adapters.loopback.pages.lists import home_page, list_page, owner_page
from huggingnersc.adapters.loopback.pages.rendering import (
    SECURITY_HEADERS,
    page_answer,
    static_answer,
)
from huggingnersc.adapters.loopback.pages.visits import visit, visit_files
from huggingnersc.domain.hub.repo_names import RepoKind

if TYPE_CHECKING:
    from huggingnersc.adapters.loopback.call import Call

MOST_PAGES = 1_000_000


def static(call: Call) -> Response:
    """Give the stylesheet or the mark."""
    try:
        return static_answer(call.parts["file"], call)
    except KeyError as error:
        raise Fault(404, "There is no such file") from error


def home(call: Call) -> Response:
    """Show the front page."""
    return page_answer("home.html", home_page(call), call)


def datasets(call: Call) -> Response:
    """Show the list of datasets."""
    return page_answer("list.html", list_page(call, RepoKind.DATASET), call)


def models(call: Call) -> Response:
    """Show the list of models."""
    return page_answer("list.html", list_page(call, RepoKind.MODEL), call)


def owner(call: Call) -> Response:
    """Show what a namespace holds."""
    return page_answer("owner.html", owner_page(call, call.parts["ns"]), call)


def card(call: Call) -> Response:
    """Show a repository; under a former name, or another case, lead to its name of today."""
    opened = visit(call)
    if opened.record.name.repo_id != f"{call.parts['ns']}/{call.parts['name']}":
        return RedirectResponse(opened.pages.card, 307, headers=SECURITY_HEADERS)
    return page_answer("card.html", card_page(opened), call)


def tree(call: Call) -> Response:
    """Show a folder."""
    return page_answer("tree.html", tree_page(visit(call)), call)


def blob(call: Call) -> Response:
    """Show a file; with `?plain=1`, its source."""
    page = file_page(visit_files(call), plain=call.flag("plain"))
    return page_answer("file.html", page, call)


def commits(call: Call) -> Response:
    """Show the history."""
    page = history_page(visit(call), call.number("page", 1, MOST_PAGES))
    return page_answer("history.html", page, call)


def commit(call: Call) -> Response:
    """Show what one commit changed."""
    return page_answer("commit.html", commit_page(visit_files(call)), call)


def figure(call: Call) -> Response:
    """Give a picture that a notebook carries, by the numbers of its cell and output from 0."""
    cell, output = _place(call, "cell"), _place(call, "output")
    media_type, data = notebook_figure(visit_files(call), cell=cell, output=output)
    headers = {**SECURITY_HEADERS, "Cache-Control": "private, max-age=300"}
    return Response(data, media_type=media_type, headers=headers)


def _place(call: Call, key: str) -> int:
    text = call.query(key) or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1
