"""The ids of runs, which are names of folders."""

from __future__ import annotations

import re
from hashlib import sha256

from huggingnersc.domain.text.terminal import visible
from huggingnersc.errors import RunUnknownError
from huggingnersc.fixes import Fix, Message, Verb

_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,199}")
_DIGITS = 8


def run_id_of(verb: Verb, name: str, *parts: object) -> str:
    """Return the id of a run, such as `snapshot-iris-1a2b3c4d`.

    Args:
        verb: what it is a part of.
        name: a word to know it by, such as a nickname.
        parts: what distinguishes it from other runs of this verb and name; the same parts make
            the same id.
    """
    content = "\0".join(map(str, parts)).encode(errors="surrogateescape")
    return f"{verb.partition('_')[0]}-{name}-{sha256(content).hexdigest()[:_DIGITS]}"


def is_run_id(name: str) -> bool:
    """Return whether a name of a folder may be the id of a run."""
    return _PATTERN.fullmatch(name) is not None


def require_run_id(run_id: str) -> str:
    """Return an id that is a name of a folder.

    Raises:
        RunUnknownError: it is none.
    """
    if is_run_id(run_id):
        return run_id
    raise RunUnknownError(
        f'"{visible(run_id)}" is not the id of a run.',
        hint=Message("See which there are: ", Fix(Verb.STATUS_RUN)),
    )
