"""Check that the data of a dataset exists and has the permissions it should have."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.files.path_status import exists
from huggingnersc.adapters.files.permissions import read_tree
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.check.findings import Finding, Level, note, problem, unchecked
from huggingnersc.domain.check.permissions import Tree, closed_findings, open_finding
from huggingnersc.domain.site import link_of_path
from huggingnersc.domain.text.shell import shown
from huggingnersc.fixes import Option, Placeholder, update_fix

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import PurePosixPath

    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.site import Site


def data_findings(record: Record, site: Site, closed_because: str | None) -> Iterator[Finding]:
    """Yield what is wrong with the existence and the permissions of the data.

    Args:
        record: what is known of the dataset.
        site: where it is cataloged.
        closed_because: why the data should not be open, such as "the card is private"; None for
            public data.
    """
    path = record.data_path
    if path is None:
        yield unchecked("data", "the record has no data path")
        return
    yield from _notes(path, site)
    if not is_of_this_machine(path):
        yield unchecked("data", f"{path}: this machine has no /{path.parts[1]}")
        return
    try:
        tree = read_tree(Path(path))
    except PermissionError as error:
        yield problem(
            "data", f"{path} cannot be reached: you have no access to {shown(error.filename)}"
        )
        return
    if tree.entries[0].mode is None:
        fix = update_fix(record.nickname, Option(Field.DATA_PATH, Placeholder.DIR))
        yield problem("data", f"{path} does not exist", fix)
        return
    yield from _openness(tree, path, site, closed_because)
    yield from _bounds(tree)


def _openness(
    tree: Tree, path: PurePosixPath, site: Site, closed_because: str | None
) -> Iterator[Finding]:
    if closed_because:
        if found := open_finding(tree, closed_because):
            yield found
        return
    rule = site.profile.portal
    is_served = rule is not None and link_of_path(rule, path) is not None
    if is_served:
        yield from closed_findings(
            tree, Level.PROBLEM, "the portal serves only files that others can read"
        )
    else:
        yield from closed_findings(tree, Level.WARNING, "the card is public")


def _bounds(tree: Tree) -> Iterator[Finding]:
    if not tree.is_whole:
        count = f"{len(tree.entries):,}"
        yield note("data", f"only the first {count} files and folders were checked, top down")
    for folder in tree.unread:
        yield unchecked("data", f"{shown(folder)} cannot be listed")


def _notes(path: PurePosixPath, site: Site) -> Iterator[Finding]:
    for one in site.profile.notes:
        if path.is_relative_to(one.path):
            yield Finding(Level(one.level.value), "data", f"{path} is in {one.path}: {one.text}")


def is_of_this_machine(path: PurePosixPath) -> bool:
    """Return whether its file system is here; else the check must run at the computing center."""
    return len(path.parts) > 1 and exists(Path("/", path.parts[1]))
