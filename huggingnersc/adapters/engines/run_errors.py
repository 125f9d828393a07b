"""Why a run cannot be used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from huggingnersc.domain.text.terminal import visible
from huggingnersc.errors import RunDamagedError, RunExistsError
from huggingnersc.fixes import Fix, Message, Option, Verb

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def damaged_run(path: Path, reason: str) -> RunDamagedError:
    """Return the error that the folder of a run is damaged."""
    return RunDamagedError(
        f"The run {visible(str(path))} cannot be used: {visible(reason)}.",
        hint=Message(
            "Remove it and begin again: ",
            Fix(Verb.CANCEL_RUN, (path.name,), (Option("delete"),)),
        ),
    )


def other_work(run_id: str, arguments: Mapping[str, Any]) -> RunExistsError:
    """Return the error that an unfinished run of an id does other work.

    Args:
        run_id: its id.
        arguments: of its verb; the source and the folder for the result are named.
    """
    named = {"of": arguments.get("root"), "into": arguments.get("out")}
    said = " ".join(f"{word} {visible(str(path))}" for word, path in named.items() if path)
    return RunExistsError(
        f"There is an unfinished run {run_id} that does other work{said and f': {said}'}.",
        hint=Message(
            "Complete it: ",
            Fix(Verb.RESUME_RUN, (run_id,)),
            "; or remove it: ",
            Fix(Verb.CANCEL_RUN, (run_id,), (Option("delete"),)),
        ),
    )
