"""Folders and files."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from huggingnersc.hub_server.protocol.card import split_front_matter
from huggingnersc.hub_server.storage.errors import EntryMissingError
from huggingnersc.hub_server.web.file_view import (
    LINES_SHOWN,
    TEXT_LIMIT,
    View,
    read_text,
    view_of,
)
from huggingnersc.hub_server.web.highlight import highlight_lines, language_of_file
from huggingnersc.hub_server.web.markdown import MARKDOWN_LIMIT, Origin, render_markdown
from huggingnersc.hub_server.web.notebook import notebook_picture, read_notebook
from huggingnersc.hub_server.web.parquet import parquet_head
from huggingnersc.hub_server.web.rendered import rendered_once
from huggingnersc.hub_server.web.repo_files import big_file, read_entry, stored_file
from huggingnersc.hub_server.web.repo_values import CommitRow, FilePage, TreePage, TreeRow
from huggingnersc.hub_server.web.tables import csv_head
from huggingnersc.hub_server.web.values import Choice

if TYPE_CHECKING:
    from collections.abc import Callable

    from markupsafe import Markup

    from huggingnersc.hub_server.storage.values import Commit, TreeEntry
    from huggingnersc.hub_server.web.notebook import Notebook
    from huggingnersc.hub_server.web.repo_view import RepoView
    from huggingnersc.hub_server.web.tables import TableHead

T = TypeVar("T")

ENTRY_LIMIT = 1_000
NOTEBOOK_LIMIT = 8 * TEXT_LIMIT


def tree_page(view: RepoView) -> TreePage:
    """Assemble the listing of a folder. Raises: HttpError: 404."""
    commit, folder = view.commit(), view.path
    entries = list(islice(view.git.walk(commit, folder), ENTRY_LIMIT))
    place = view.git.find(commit, folder)
    in_all = len(view.git.objects.tree(place.oid)) if place else len(entries)
    touched = view.git.last_commits(commit, folder)
    newest = max(touched.values(), key=lambda one: one.time_s, default=commit)
    entries.sort(key=lambda entry: (not entry.is_folder, entry.name.lower()))
    revision = view.revision
    return TreePage(
        header=view.header("files"),
        crumbs=crumbs(view),
        revisions=view.revisions(lambda name: view.pages.tree(name, folder)),
        entries=tuple(_entry(view, entry, revision, touched) for entry in entries),
        latest=view.row(newest),
        left_out=in_all - len(entries),
    )


def file_page(view: RepoView, *, plain: bool) -> FilePage:
    """Assemble the view of a file.

    Args:
        view: what is asked for.
        plain: show the source even where a rendered view exists.

    Raises:
        HttpError: 404.
    """
    entry = _file(view)
    sample = read_entry(view, entry, 8000)
    shown_as = view_of(entry.path, size_bytes=entry.size_bytes, sample=sample)
    has_two = shown_as in {View.MARKDOWN, View.NOTEBOOK, View.CSV}
    page = FilePage(
        header=view.header("files"),
        crumbs=crumbs(view),
        revisions=view.revisions(lambda name: view.pages.blob(name, entry.path)),
        latest=_latest(view, entry),
        raw=view.pages.raw(view.revision, entry.path),
        size_bytes=entry.size_bytes,
        download=view.pages.resolve(view.revision, entry.path),
        sha256=entry.lfs.oid if entry.lfs else "",
    )
    if not has_two:
        return _SHOWN[shown_as](view, entry, page)
    here = view.pages.blob(view.revision, entry.path)
    if plain:
        return replace(_text(view, entry, page), source=here, source_label="Rendered")
    shown = _SHOWN[shown_as](view, entry, page)
    return replace(shown, source=f"{here}?plain=1", source_label="Source")


def notebook_figure(view: RepoView, *, cell: int, output: int) -> tuple[str, bytes]:
    """Return the media type and bytes of a picture in a notebook. Raises: HttpError: 404."""
    entry = _file(view)
    data = read_entry(view, entry, NOTEBOOK_LIMIT)
    found = notebook_picture(data, cell=cell, output=output)
    if found is None:
        raise EntryMissingError(entry.path)
    return found


def crumbs(view: RepoView) -> tuple[Choice, ...]:
    """Return the way from the repository's root to what is shown."""
    parts = view.path.split("/") if view.path else []
    revision, pages = view.revision, view.pages
    steps = [Choice(pages.repo.name, pages.tree(revision), not parts)]
    for number, part in enumerate(parts, start=1):
        folder = "/".join(parts[:number])
        steps.append(Choice(part, pages.tree(revision, folder), number == len(parts)))
    return tuple(steps)


def _latest(view: RepoView, entry: TreeEntry) -> CommitRow | None:
    """Return the newest commit that changed a file; None where it is too long ago to be found."""
    folder = entry.path.rpartition("/")[0]
    found = view.git.last_commits(view.commit(), folder).get(entry.name)
    return view.row(found) if found else None


def _file(view: RepoView) -> TreeEntry:
    return view.git.file(view.commit(), view.path)


def _entry(view: RepoView, entry: TreeEntry, revision: str, touched: dict[str, Commit]) -> TreeRow:
    commit = touched.get(entry.name)
    address = view.pages.tree if entry.is_folder else view.pages.blob
    return TreeRow(
        name=entry.name,
        href=address(revision, entry.path),
        is_folder=entry.is_folder,
        size_bytes=None if entry.is_folder else entry.size_bytes,
        is_lfs=entry.lfs is not None,
        commit=view.row(commit) if commit else None,
    )


def _text(view: RepoView, entry: TreeEntry, page: FilePage) -> FilePage:
    lines, note, is_cut = _once(view, entry, "text", lambda: _lines(view, entry))
    return replace(page, lines=lines, note=note, is_cut=is_cut)


def _lines(view: RepoView, entry: TreeEntry) -> tuple[tuple[Markup, ...], str, bool]:
    text, remark = read_text(read_entry(view, entry, TEXT_LIMIT))
    whole = text.removesuffix("\n")
    shown = "\n".join(whole.split("\n", LINES_SHOWN)[:LINES_SHOWN])
    lines = highlight_lines(shown, language_of_file(entry.path))
    count = f"{len(lines):,} {'line' if len(lines) == 1 else 'lines'}"
    cut = "only the first MiB is shown" if entry.size_bytes > TEXT_LIMIT else ""
    if len(shown) < len(whole):
        count, cut = f"only the first {count} are shown", ""
    is_cut = len(shown) < len(whole) or entry.size_bytes > TEXT_LIMIT
    return lines, ", ".join(part for part in (count, cut, remark) if part), is_cut


def _once(view: RepoView, entry: TreeEntry, view_name: str, make: Callable[[], T]) -> T:
    """Return what `make` gives, kept by the content and the place of a file.

    Only for what the user may read: a big file must be linked to the repository.
    """
    if entry.lfs is not None:
        big_file(view, entry, entry.lfs)
    content = entry.lfs.oid if entry.lfs else entry.oid
    return rendered_once(make, view_name, content, entry.path, view.pages, view.revision)


def _markdown(view: RepoView, entry: TreeEntry, page: FilePage) -> FilePage:
    if entry.size_bytes > MARKDOWN_LIMIT:
        return _text(view, entry, page)

    def render() -> tuple[Markup, str]:
        text, remark = read_text(read_entry(view, entry, TEXT_LIMIT))
        return render_markdown(split_front_matter(text)[1], _origin(view, entry)), remark

    rendered, remark = _once(view, entry, "markdown", render)
    return replace(page, rendered=rendered, note=remark)


def _notebook(view: RepoView, entry: TreeEntry, page: FilePage) -> FilePage:
    def read() -> Notebook | None:
        return read_notebook(read_entry(view, entry, NOTEBOOK_LIMIT), _origin(view, entry))

    notebook = _once(view, entry, "notebook", read)
    if notebook is None:
        return _text(view, entry, page)
    figures = view.pages.figures(view.revision, entry.path)
    return replace(page, notebook=notebook, figures=figures, note="a notebook, read-only")


def _csv(view: RepoView, entry: TreeEntry, page: FilePage) -> FilePage:
    def read() -> tuple[TableHead | None, str]:
        data = read_entry(view, entry, TEXT_LIMIT)
        text, remark = read_text(data)
        return csv_head(text, whole=len(data) == entry.size_bytes), remark

    table, remark = _once(view, entry, "csv", read)
    return replace(page, table=table, note=remark) if table else _text(view, entry, page)


def _parquet(view: RepoView, entry: TreeEntry, page: FilePage) -> FilePage:
    def read() -> tuple[TableHead | None, str]:
        return parquet_head(stored_file(view, entry))

    table, reason = _once(view, entry, "parquet", read)
    return replace(page, table=table, reason=reason)


def _origin(view: RepoView, entry: TreeEntry) -> Origin:
    return Origin(view.pages, view.revision, entry.path.rpartition("/")[0])


def _picture(view: RepoView, entry: TreeEntry, page: FilePage) -> FilePage:
    return replace(page, picture=view.pages.resolve(view.revision, entry.path))


def _binary(_: RepoView, __: TreeEntry, page: FilePage) -> FilePage:
    return replace(page, reason="This file is not text. Download it to look inside.")


_SHOWN: dict[View, Callable[[RepoView, TreeEntry, FilePage], FilePage]] = {
    View.MARKDOWN: _markdown,
    View.NOTEBOOK: _notebook,
    View.CSV: _csv,
    View.PARQUET: _parquet,
    View.PICTURE: _picture,
    View.TEXT: _text,
    View.BINARY: _binary,
}
