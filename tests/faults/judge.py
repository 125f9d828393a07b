"""Judge what a fault leaves behind: right after it, and after the same command again.

A state is what `World.state` returns: the catalog's files by path, `hub` (nothing, private or
public) and the Hub's files as `hub:PATH`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.faults.world import Run

State = dict[str, str]

MOST_WAITED_S = 60.0
_STAGED = ".staged"  # of hidden folders; the next run replaces them
_SITE, _SITE_BEFORE, _BESIDE_SITE = "site:site/", "site:.site.before/", "site:."
_PACK, _BUCKET = "site:pack/", "bucket:iris/v1/"
_RUN = "run:"
_FRESH = {"hub:.gitattributes"}  # what a new repository holds


def unexplained(run: Run) -> str:
    """Return what a user misses in how a command ended; empty when it explained itself."""
    if "Traceback" in run.err or run.code not in {0, 3}:
        return f"exit {run.code}: {run.err[-2500:]}"
    if run.code == 0:
        return "" if run.out else "done, and no result"
    lines = run.err.splitlines()
    errors = [line for line in lines if line.startswith("error: ")]
    hints = [line for line in lines if line.startswith("hint: ")]
    if run.out or len(errors) != 1 or len(hints) != 1:
        return f"not one sentence and one next step: {run.out!r} {run.err!r}"
    if run.waited_s > MOST_WAITED_S:
        return f"waits {run.waited_s:.0f} s"
    return ""


def unequal(state: Mapping[str, str], expected: Mapping[str, str]) -> str:
    """Return the keys in which two states differ; empty when they are equal."""
    return ", ".join(sorted({key for key, _ in state.items() ^ expected.items()}))


def done_again(
    before: Mapping[str, str], after: Mapping[str, str], *, old: Mapping[str, str]
) -> str:
    """Return what the first run finished and the second one replaced; empty when nothing.

    Args:
        before: what `World.finished` returned before the second run.
        after: the same after it.
        old: the same before the first one. It may be of another repository.
    """
    found = sorted(
        name for name, mark in before.items() if name not in old and after.get(name, mark) != mark
    )
    return f"done again: {', '.join(found)}" if found else ""


def without_remains(state: State) -> State:
    """Return a state without what could not be removed when all was done; the next run does it."""
    remains = _BESIDE_SITE, _RUN
    return {path: look for path, look in state.items() if not path.startswith(remains)}


def premature(state: State, start: State, end: State) -> str:
    """Return what a state halfway breaks; empty when it keeps the order of the transaction.

    The record goes last: a new record implies that everything it describes is new. The Hub shows
    the public nothing but what the old or the new record describes as public.

    Args:
        state: what the disturbed run left.
        start: the state before it.
        end: the state after an undisturbed run.
    """
    found = [each(state, start, end) for each in (_half_done, _exposed, _half_exchanged)]
    found += [_half_packed(place, state, end) for place in (_PACK, _BUCKET)]
    return "; ".join(filter(None, found))


def _half_done(state: State, start: State, end: State) -> str:
    records, old, new = (_records(each) for each in (state, start, end))
    if records == new != old:
        differing = unequal(_visible(state), _visible(end))
        return f"the record is new, but not: {differing}" if differing else ""
    if records != old:
        return f"neither the old nor the new records: {sorted(records)}"
    torn = [
        path
        for path, look in _visible(state).items()
        # The mode of a folder is set after it was made, and again by the next run.
        if path.partition(":")[0] not in {"hub", "site", "beside", "bucket"}
        and not look.endswith(" folder")
        and look not in (start.get(path), end.get(path))
    ]
    return f"neither old nor new: {', '.join(torn)}" if torn else ""


def _exposed(state: State, start: State, end: State) -> str:
    found, before, after = (_on_hub(each) for each in (state, start, end))
    allowed = [before, after]
    allowed += [("private", files) for seen, files in (before, after) if seen != "nothing"]
    allowed += [(after[0], files) for files in _tagged(end)]  # its history is made again in order
    if before[0] == "nothing" and found[1].keys() <= _FRESH:
        allowed.append((after[0], found[1]))
    return "" if found in allowed else f"{found[0]} on the Hub: {', '.join(sorted(found[1]))}"


def _tagged(state: State) -> list[State]:
    """Return the files of each version of a state."""
    tags = (json.loads(look) for key, look in state.items() if key.startswith("tag:"))
    return [{f"hub:{path}": oid for path, oid in files.items()} for files in tags]


def _half_exchanged(state: State, start: State, end: State) -> str:
    """Return what is wrong with an exported site: it is the old or the new one, all of it.

    It may be nowhere for a moment, while the old one is kept beside it for the next run.
    """
    found, old, new = (_below(_SITE, each) for each in (state, start, end))
    is_kept = not found and _below(_SITE_BEFORE, state) == old
    return (
        "" if found in (old, new) or is_kept else f"a part of a site: {', '.join(sorted(found))}"
    )


def _half_packed(place: str, state: State, end: State) -> str:
    """Return what is wrong with a pack: each file is whole, and `pack.json` is the last."""
    found, new = _below(place, state), _below(place, end)
    whole = {path: look for path, look in found.items() if "/." not in f"/{path}"}
    if torn := sorted(path for path, look in whole.items() if new.get(path) != look):
        return f"not a whole file of the pack: {', '.join(torn)}"
    return "pack.json came too early" if "pack.json" in whole and whole != new else ""


def _below(folder: str, state: State) -> State:
    return {
        path.removeprefix(folder): look for path, look in state.items() if path.startswith(folder)
    }


def _visible(state: State) -> State:
    """Return a state without what the next run removes."""
    return {
        path: look
        for path, look in state.items()
        if not _is_staged(path) and not path.startswith(_RUN)
    }


def _is_staged(path: str) -> bool:
    return any(name.startswith(".") and name.endswith(_STAGED) for name in path.split("/"))


def _records(state: State) -> State:
    return {path: look for path, look in _visible(state).items() if path.endswith("_info.json")}


def _on_hub(state: State) -> tuple[str, State]:
    return state["hub"], {key: oid for key, oid in state.items() if key.startswith("hub:")}
