"""From a request to its page: one function for each kind of page."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import PlainTextResponse, RedirectResponse, Response

from huggingnersc.domain.repo_names import RepoKind
from huggingnersc.hub_server.file_response import file_headers
from huggingnersc.hub_server.http_error import HttpError
from huggingnersc.hub_server.protocol.client_text import whole_number
from huggingnersc.hub_server.protocol.ranges import matches
from huggingnersc.hub_server.web.card_page import card_page
from huggingnersc.hub_server.web.data_page import (
    FilesQuery,
    data_files_page,
    data_page,
    sample_picture,
)
from huggingnersc.hub_server.web.discussion_pages import discussion_page, discussions_page
from huggingnersc.hub_server.web.file_pages import file_page, notebook_figure, tree_page
from huggingnersc.hub_server.web.history_pages import commit_page, history_page
from huggingnersc.hub_server.web.list_pages import home_page, list_page, owner_page
from huggingnersc.hub_server.web.rendering import (
    SECURITY_HEADERS,
    page_answer,
    static_answer,
)
from huggingnersc.hub_server.web.repo_view import open_files_view, open_view

if TYPE_CHECKING:
    from huggingnersc.hub_server.context import RequestContext

MOST_PAGES = 1_000_000
_ENDLESS = (
    *("blob", "commit", "commits", "data-files", "figure", "raw", "resolve", "thumbnail"),
    "tree",
)
_FORBIDDEN = ("/api/", "/*?", *(f"/*/{view}/" for view in _ENDLESS))
ROBOTS = "User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in _FORBIDDEN)


def static(context: RequestContext) -> Response:
    """Return the stylesheet or the mark."""
    try:
        return static_answer(context.path_params["file"], context)
    except KeyError as error:
        raise HttpError(404, "There is no such file") from error


def favicon(context: RequestContext) -> Response:
    """Return the mark, for browsers that look at something other than a page."""
    return static_answer("mark.svg", context)


def robots(_: RequestContext) -> Response:
    """Ask crawlers to keep to lists and cards: files, histories and searches have no end."""
    headers = {**SECURITY_HEADERS, "Cache-Control": "public, max-age=300"}
    return PlainTextResponse(ROBOTS, headers=headers)


def without_slash(context: RequestContext) -> Response:
    """Redirect an address that ends with a slash to the one without."""
    raw: bytes = context.request.scope["raw_path"]
    # One slash at the start, and no backslash: `//name` would lead to another server.
    address = "/" + quote(raw.strip(b"/"), safe="/%:@!$&'()*+,;=~")
    query = f"?{context.raw_query}" if context.raw_query else ""
    return RedirectResponse(address + query, 308, headers=SECURITY_HEADERS)


def home(context: RequestContext) -> Response:
    """Show the front page."""
    return page_answer("home.html", home_page(context), context)


def datasets(context: RequestContext) -> Response:
    """Show the list of datasets."""
    return page_answer("list.html", list_page(context, RepoKind.DATASET), context)


def models(context: RequestContext) -> Response:
    """Show the list of models."""
    return page_answer("list.html", list_page(context, RepoKind.MODEL), context)


def spaces(context: RequestContext) -> Response:
    """Show the list of spaces, whose files are kept and not run."""
    return page_answer("list.html", list_page(context, RepoKind.SPACE), context)


def owner(context: RequestContext) -> Response:
    """Show what a namespace holds."""
    return page_answer("owner.html", owner_page(context, context.path_params["ns"]), context)


def card(context: RequestContext) -> Response:
    """Show a repository; under a former name, or another case, redirect to its present name."""
    opened = open_view(context)
    if opened.record.name.repo_id != f"{context.path_params['ns']}/{context.path_params['name']}":
        return RedirectResponse(opened.pages.card, 307, headers=SECURITY_HEADERS)
    return page_answer("card.html", card_page(opened), context)


def tree(context: RequestContext) -> Response:
    """Show a folder."""
    return page_answer("tree.html", tree_page(open_view(context)), context)


def blob(context: RequestContext) -> Response:
    """Show a file; with `?plain=1`, its source."""
    page = file_page(open_files_view(context), plain=context.flag("plain"))
    return page_answer("file.html", page, context)


def data(context: RequestContext) -> Response:
    """Show what the data is: a sample, its variables, the beginning of its files."""
    table = whole_number(context.path_params.get("table", "1")) or 0
    return page_answer("data.html", data_page(open_files_view(context), table), context)


def data_files(context: RequestContext) -> Response:
    """Show files of the data where it is stored."""
    asked = FilesQuery(
        folder=context.query("folder") or "",
        after=context.query("after") or "",
        find=context.query("find") or "",
    )
    page = data_files_page(open_files_view(context), asked)
    return page_answer("data_files.html", page, context)


def thumbnail(context: RequestContext) -> Response:
    """Return a picture in a sample as it is there, by the numbers of its column and row."""
    column, _, row = context.path_params["place"].partition("-")
    view = open_files_view(context)
    found = sample_picture(view, whole_number(column), whole_number(row))
    etag = f'"{hashlib.sha256(found.content).hexdigest()[:20]}"'
    headers = {**file_headers(context, view.commit()), "ETag": etag}
    headers["X-Content-Type-Options"] = "nosniff"
    if matches(context.request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=headers)
    return Response(found.content, media_type=found.media_type, headers=headers)


def commits(context: RequestContext) -> Response:
    """Show the history."""
    page = history_page(open_view(context), context.number("page", 1, MOST_PAGES))
    return page_answer("history.html", page, context)


def commit(context: RequestContext) -> Response:
    """Show what one commit changed."""
    return page_answer("commit.html", commit_page(open_files_view(context)), context)


def discussions(context: RequestContext) -> Response:
    """Show the discussions and pull requests."""
    status, page = context.query("status") or "", context.number("page", 1, MOST_PAGES)
    shown = discussions_page(open_view(context), status, page)
    return page_answer("discussions.html", shown, context)


def discussion(context: RequestContext) -> Response:
    """Show one discussion or pull request."""
    number = whole_number(context.path_params["number"]) or 0
    page = context.number("page", 1, MOST_PAGES)
    shown = discussion_page(open_view(context), number, page)
    return page_answer("discussion.html", shown, context)


def figure(context: RequestContext) -> Response:
    """Return a picture that a notebook carries, by the numbers of its cell and output from 0."""
    cell, output = _place(context, "cell"), _place(context, "output")
    media_type, data = notebook_figure(open_files_view(context), cell=cell, output=output)
    headers = {**SECURITY_HEADERS, "Cache-Control": "private, max-age=300"}
    return Response(data, media_type=media_type, headers=headers)


def _place(context: RequestContext, key: str) -> int:
    number = whole_number(context.query(key) or "")
    return -1 if number is None else number
