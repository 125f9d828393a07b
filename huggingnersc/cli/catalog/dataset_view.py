"""How `inspect-dataset` shows a dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.cli.diffs import MAX_SHOWN_CHARS
from huggingnersc.cli.facts import facts, heading
from huggingnersc.cli.markup import escape
from huggingnersc.domain.catalog.card_versions import card_version
from huggingnersc.domain.text.formatting import plural
from huggingnersc.domain.text.outline import outline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.catalog.inspect_dataset import Inspected, RepositoryStatus


_SHOWN_LINES = 4  # of a description
_AS_RECORDED = {
    True: "as they were cataloged",
    False: "changed on the Hub since",
    None: "not known: the record is of the first HuggingNERSC",
}


def inspected(result: Inspected) -> Iterator[str]:
    """Show where everything is, how the Hub stands, and the metadata."""
    yield heading(result.official_name, f"({result.nickname})")
    yield from facts(
        [
            ("Hub", result.hub_url),
            ("Repository", result.repo_id),
            ("Data", result.data_path),
            ("Uploaded", result.uploaded),
            ("Portal", result.portal_link),
            ("Catalog folder", result.catalog_dir),
            ("Notebook", result.notebook),
            ("Notebook link", result.notebook_link),
            ("Job notebook", result.job_notebook),
            ("Job notebook link", result.job_notebook_link),
            ("Loader", result.loader),
            ("Batch script", result.batch_script),
            ("Companions", ", ".join(result.includes) or None),
            ("Distributed", "yes" if result.distributed else "no"),
            ("Metadata schema", result.schema or None),
            ("Version", _version(result)),
        ]
    )
    yield from _description(result.about)
    yield "[bold]On the Hub[/bold]"
    yield from facts(_hub_facts(result.hub))
    yield "[bold]Metadata[/bold]"
    parts = (result.metadata.get(part) for part in ("datacard_tags", "other_info"))
    yield from facts(
        (f"{'  ' * line.depth}{line.key}", line.text)
        for part in parts
        if isinstance(part, dict)  # a record may have been edited by hand
        for line in outline(part)
    )


def _version(result: Inspected) -> str | None:
    """Return the current version, and how many there are."""
    if result.version is None:
        return None
    shown, count = card_version(result.version), plural(result.version_count, "version")
    marks = f" ({', '.join(shown.marks)})" if shown.marks else ""
    return f"{shown.name}{marks}, {shown.day}: {shown.amount} ({count})"


def _description(about: str) -> Iterator[str]:
    """Show the first lines of a description, and how many follow."""
    lines = [line for line in about.split("\n") if line.strip()]
    if lines:
        yield "[bold]Description[/bold]"
        yield from (f"  {escape(line[:MAX_SHOWN_CHARS])}" for line in lines[:_SHOWN_LINES])
    if rest := len(lines[_SHOWN_LINES:]):
        yield f"  [dim]({plural(rest, 'more line')}; all of them: --json)[/dim]"


def _hub_facts(state: RepositoryStatus) -> Iterator[tuple[str, object]]:
    if not state.reachable:
        yield "State", f"not reachable: {state.note}"
    elif not state.exists:
        yield "State", state.note
    else:
        yield "State", "private" if state.private else "public"
        yield "Commit", state.commit
        yield "Last modified", state.last_modified
        yield "Files", _AS_RECORDED[state.as_recorded]
