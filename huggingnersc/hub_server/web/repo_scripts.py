"""What the scripts of a repository say of its data."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from huggingnersc.domain.catalog.scripts import MAX_SCRIPT_BYTES
from huggingnersc.hub_server.storage.cache import Memory
from huggingnersc.hub_server.web.script_note import ScriptNote, is_script, read_note

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.hub_server.storage.values import Commit
    from huggingnersc.hub_server.web.repo_view import RepoView

SCRIPTS_READ = 8

_NOTES: Memory[tuple[str, str], tuple[ScriptNote, ...]] = Memory(512)


def script_notes(view: RepoView, commit: Commit | None) -> tuple[ScriptNote, ...]:
    """Return what the scripts in the root say, to a user who may read the files."""
    if commit is None or not view.may_read_files:
        return ()
    return _NOTES.get((view.record.storage_id, commit.tree), lambda: tuple(_read(view, commit)))


def _read(view: RepoView, commit: Commit) -> Iterator[ScriptNote]:
    entries = (
        entry
        for entry in view.git.walk(commit)
        if not entry.is_folder and entry.lfs is None and is_script(entry.path)
    )
    for entry in islice(entries, SCRIPTS_READ):
        if entry.size_bytes <= MAX_SCRIPT_BYTES:
            text = view.git.objects.blob(entry.oid).decode(errors="replace")
            yield read_note(entry.name, text.removeprefix("\ufeff"))
