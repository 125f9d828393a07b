"""The front page of a repository."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING

from huggingnersc.domain.repo_names import RepoKind
from huggingnersc.domain.text.formatting import at_most
from huggingnersc.hub_server.protocol.card import MAX_CARD_BYTES, Card, parse_card
from huggingnersc.hub_server.storage.cache import Memory
from huggingnersc.hub_server.storage.errors import RevisionMissingError
from huggingnersc.hub_server.web.card_outline import CardOutline, outline_of
from huggingnersc.hub_server.web.data_access import (
    DataAccess,
    access_of,
    generated_module,
    holds_data,
    holds_sample,
)
from huggingnersc.hub_server.web.data_configs import SampleFile, config_to_name, sample_files
from huggingnersc.hub_server.web.data_upload import UploadOnCard, upload_on_card
from huggingnersc.hub_server.web.json_ld import card_json_ld, croissant_json_ld
from huggingnersc.hub_server.web.markdown import MARKDOWN_LIMIT, Origin, render_markdown
from huggingnersc.hub_server.web.rendered import rendered_once
from huggingnersc.hub_server.web.repo_scripts import script_notes
from huggingnersc.hub_server.web.repo_values import CardPage
from huggingnersc.hub_server.web.snippets import (
    REAL_HUB,
    Server,
    data_snippets,
    repository_snippets,
)
from huggingnersc.hub_server.web.trust_strip import trust_strip

if TYPE_CHECKING:
    from markupsafe import Markup

    from huggingnersc.hub_server.storage.values import Commit
    from huggingnersc.hub_server.web.repo_view import RepoView

README = "README.md"
FILES_COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class ShownCard:
    """A card as a page shows it.

    Attributes:
        html: its text without its title, `None` when there is no card.
        problem: why part of it could not be read, `""` when all could.
        outline: its title, and what it says of the data.
        samples: the files of the repository that hold a part of the data.
        uploaded: what it says of data that was uploaded.
    """

    html: Markup | None = None
    problem: str = ""
    outline: CardOutline = field(default_factory=CardOutline)
    samples: tuple[SampleFile, ...] = ()
    uploaded: UploadOnCard = field(default_factory=UploadOnCard)


_PATHS: Memory[tuple[str, str], tuple[str, ...]] = Memory(128)


def card_page(view: RepoView) -> CardPage:
    """Assemble the front page; a repository without commits has one too."""
    commit = _commit_or_none(view)
    shown = shown_card(view, commit) if commit else ShownCard()
    paths = _file_paths(view, commit) if commit else ()
    record, server = view.record, _server(view)
    is_dataset = record.name.kind is RepoKind.DATASET
    access = data_access(view, commit, shown) if commit and is_dataset else DataAccess()
    header = view.header("card")
    return CardPage(
        header=replace(header, title=shown.outline.title or header.title),
        card=shown.html,
        problem=shown.problem,
        is_in_place=access.is_in_place,
        has_sample=access.has_sample,
        places=access.places,
        ways=data_snippets(record.name, server, access) if server else (),
        downloads=repository_snippets(record.name, server) if server else (),
        files=at_most(len(paths), FILES_COUNTED, "file"),
        size_bytes=record.size_bytes,
        latest=view.row(commit) if commit else None,
        trust=trust_strip(view, commit, shown.outline) if commit and is_dataset else None,
        json_ld=_json_ld(view, commit, access) if commit and is_dataset else None,
    )


def _json_ld(view: RepoView, commit: Commit, access: DataAccess) -> Markup:
    """Return the dataset for search engines, by its `croissant.json`, else by its card."""
    if view.may_read_files and (found := croissant_json_ld(view, commit)):
        return found
    origin = view.context.shown_origin
    return card_json_ld(view, access.portal, f"{origin}{view.pages.card}" if origin else "")


def _server(view: RepoView) -> Server | None:
    """Return this Hub, for the commands on a page; None where the page is exported without one.

    A Hub of one local user refuses every token but its own, and needs none for what is open.
    Where it needs one, a visitor may still have the variables of the page of an open repository.
    """
    if not (origin := view.context.shown_origin):
        return None
    is_open = not (view.record.private or view.record.gated)
    is_local = view.context.hub.accounts.is_local and origin != REAL_HUB
    return Server(origin, keeps_token=is_open if is_local else None)


def _commit_or_none(view: RepoView) -> Commit | None:
    try:
        return view.commit()
    except RevisionMissingError:
        return None


def data_access(view: RepoView, commit: Commit, shown: ShownCard) -> DataAccess:
    """Return how a visitor gets the data of a dataset."""
    paths, card = _file_paths(view, commit), view.record.card
    loads = holds_data(paths, card)
    notes = script_notes(view, commit)
    access = access_of(notes, shown.outline, loads=loads)
    has_sample, module = holds_sample(paths, card), generated_module(paths, view.record.name.name)
    has_shards = any(note.loads_shards for note in notes if note.module == module)
    return replace(
        access,
        config=config_to_name(card),
        has_sample=has_sample,
        module=module if has_sample or has_shards else "",
    )


def shown_card(view: RepoView, commit: Commit) -> ShownCard:
    """Return the card of a revision."""
    entry = view.git.find(commit, README)
    if entry is None or entry.is_folder:
        return ShownCard()
    if entry.lfs is not None or entry.size_bytes > MAX_CARD_BYTES:
        return ShownCard(problem=f"{README} is too large to be shown")
    origin = Origin(view.pages, view.revision)
    return rendered_once(
        lambda: _render(view.git.objects.blob(entry.oid), origin), "card", entry.oid, origin
    )


def _render(data: bytes, origin: Origin) -> ShownCard:
    card: Card = parse_card(data.decode(errors="replace"))
    problem = f"The front matter cannot be read: {card.problem}" if card.problem else ""
    if len(card.body) > MARKDOWN_LIMIT:
        problem = f"{problem} Only the first {MARKDOWN_LIMIT:,} characters are shown.".strip()
    outline = outline_of(card.body)
    html = render_markdown(outline.text, origin, deepen=outline.deepen)
    samples = sample_files(card.metadata)
    uploaded = upload_on_card(card.metadata)
    return ShownCard(html, problem, replace(outline, text=""), samples, uploaded)


def _file_paths(view: RepoView, commit: Commit) -> tuple[str, ...]:
    """Return the paths of the files, at most `FILES_COUNTED` and one more."""

    def walk() -> tuple[str, ...]:
        entries = view.git.walk(commit, recursive=True)
        files = (entry.path for entry in entries if not entry.is_folder)
        return tuple(islice(files, FILES_COUNTED + 1))

    return _PATHS.get((view.record.storage_id, commit.tree), walk)
