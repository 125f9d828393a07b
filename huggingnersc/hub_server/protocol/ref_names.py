"""Names of branches, tags and other refs, and what a revision may look like."""

from __future__ import annotations

import re

MAX_REF_LENGTH = 200
MAIN = "main"

_FORBIDDEN = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//")
_SHORT_SHA = re.compile(r"[0-9a-f]{7,40}")
_FULL_SHA = re.compile(r"[0-9a-f]{40}")


def ref_name_problem(name: str) -> str | None:
    """Say why `name` cannot be a branch or tag; None when it can.

    These are the rules of `git check-ref-format`, plus: no leading `-`, not `HEAD`, nothing that
    could be taken for a full ref or a commit id, at most 200 characters.
    """
    parts = name.split("/")
    rules = (
        (not name or name == "@", "is empty or '@'"),
        (len(name) > MAX_REF_LENGTH, f"is longer than {MAX_REF_LENGTH} characters"),
        (bool(_FORBIDDEN.search(name)), "holds a character or sequence git forbids"),
        (any(ord(c) >= 0xD800 and ord(c) <= 0xDFFF for c in name), "is not valid Unicode"),
        (name.startswith(("/", "-")) or name.endswith(("/", ".")), "starts or ends badly"),
        (any(p.startswith(".") or p.endswith(".lock") for p in parts), "has a part git forbids"),
        (name == "HEAD" or parts[0] == "refs", "is reserved"),
        (is_full_sha(name), "looks like a commit id"),
    )
    return next((reason for broken, reason in rules if broken), None)


def is_full_sha(text: str) -> bool:
    """Return whether `text` is a complete commit id (40 lower-case hexadecimal digits)."""
    return _FULL_SHA.fullmatch(text) is not None


def is_short_sha(text: str) -> bool:
    """Return whether `text` may be the beginning of a commit id (7 digits or more)."""
    return _SHORT_SHA.fullmatch(text) is not None


def full_ref_candidates(revision: str) -> tuple[str, ...]:
    """Return the refs that `revision` may mean, the preferred one first; empty when it is none."""
    if revision == "HEAD":
        return ("HEAD",)
    if revision.startswith(("refs/pr/", "refs/convert/", "refs/heads/", "refs/tags/")):
        _, kind, name = revision.split("/", 2)
        return () if ref_name_problem(name) else (f"refs/{kind}/{name}",)
    if ref_name_problem(revision):
        return ()
    return (f"refs/heads/{revision}", f"refs/tags/{revision}")
