"""The front page of a repository."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from huggingnersc.domain.text.formatting import at_most
from huggingnersc.hub_server.protocol.card import MAX_CARD_BYTES, Card, parse_card
from huggingnersc.hub_server.storage.cache import Memory
from huggingnersc.hub_server.storage.errors import RevisionMissingError
from huggingnersc.hub_server.web.markdown import MARKDOWN_LIMIT, Origin, render_markdown
from huggingnersc.hub_server.web.rendered import rendered_once
from huggingnersc.hub_server.web.repo_values import CardPage
from huggingnersc.hub_server.web.snippets import holds_data, snippets_of

if TYPE_CHECKING:
    from markupsafe import Markup

    from huggingnersc.hub_server.storage.values import Commit
    from huggingnersc.hub_server.web.repo_view import RepoView

README = "README.md"
FILES_COUNTED = 10_000

_PATHS: Memory[tuple[str, str], tuple[str, ...]] = Memory(128)


def card_page(view: RepoView) -> CardPage:
    """Assemble the front page; a repository without commits has one too."""
    commit = _commit_or_none(view)
    card, problem = _card(view, commit) if commit else (None, "")
    paths = _file_paths(view, commit) if commit else ()
    record = view.record
    return CardPage(
        header=view.header("card"),
        card=card,
        problem=problem,
        snippets=snippets_of(record.name, view.context.origin, loads=holds_data(paths)),
        files=at_most(len(paths), FILES_COUNTED, "file"),
        size_bytes=record.size_bytes,
        latest=view.row(commit) if commit else None,
    )


def _commit_or_none(view: RepoView) -> Commit | None:
    try:
        return view.commit()
    except RevisionMissingError:
        return None


def _card(view: RepoView, commit: Commit) -> tuple[Markup | None, str]:
    entry = view.git.find(commit, README)
    if entry is None or entry.is_folder:
        return None, ""
    if entry.lfs is not None or entry.size_bytes > MAX_CARD_BYTES:
        return None, f"{README} is too large to be shown"
    origin = Origin(view.pages, view.revision)
    return rendered_once(
        lambda: _render(view.git.objects.blob(entry.oid), origin), "card", entry.oid, origin
    )


def _render(data: bytes, origin: Origin) -> tuple[Markup, str]:
    card: Card = parse_card(data.decode(errors="replace"))
    problem = f"The front matter cannot be read: {card.problem}" if card.problem else ""
    if len(card.body) > MARKDOWN_LIMIT:
        problem = f"{problem} Only the first {MARKDOWN_LIMIT:,} characters are shown.".strip()
    return render_markdown(card.body, origin), problem


def _file_paths(view: RepoView, commit: Commit) -> tuple[str, ...]:
    """Return the paths of the files, at most `FILES_COUNTED` and one more."""

    def walk() -> tuple[str, ...]:
        entries = view.git.walk(commit, recursive=True)
        files = (entry.path for entry in entries if not entry.is_folder)
        return tuple(islice(files, FILES_COUNTED + 1))

    return _PATHS.get((view.record.storage_id, commit.tree), walk)
