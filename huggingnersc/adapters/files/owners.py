"""Whose a file in a shared folder is, and whether it may be someone's private file."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache


def doubt(file: os.stat_result, keepers: Keepers) -> str | None:
    """Return why a file should be reviewed before it is published; None where it need not be."""
    if file.st_nlink > 1:
        return "has several names (hard links), so it may be someone's private file"
    if keepers.include(file.st_uid):
        return None
    names = " or ".join(map(group_name, keepers.groups))
    return f"belongs to {user_name(file.st_uid)}, who is not in the catalog's group ({names})"


@dataclass(frozen=True, slots=True)
class Keepers:
    """Who may keep files in a dataset's folder: the caller, root, an owner, a group's members."""

    owner: int
    groups: tuple[int, ...]

    @classmethod
    def of(cls, folder: os.stat_result, root: os.stat_result) -> Keepers:
        """Return the keepers of a dataset's folder in the catalog folder `root`.

        The folder's own group counts where one of the catalog's keepers made the folder.
        """
        keepers = cls(root.st_uid, (root.st_gid,))
        if folder.st_gid == root.st_gid or not keepers.include(folder.st_uid):
            return keepers
        return cls(root.st_uid, (root.st_gid, folder.st_gid))

    def include(self, user: int) -> bool:
        """Return whether a user is one of them; a user whom the system does not know is not."""
        if user in {os.geteuid(), self.owner, 0}:
            return True
        return not _groups(user).isdisjoint(self.groups)


@cache
def user_name(number: int) -> str:
    """Return the name of a user, or the number of one of another machine."""
    import pwd

    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def group_name(number: int) -> str:
    """Return the name of a group, or the number of one of another machine."""
    import grp

    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)


def _groups(user: int) -> frozenset[int]:
    import pwd

    try:
        entry = pwd.getpwuid(user)
    except KeyError:
        return frozenset()
    return frozenset(os.getgrouplist(entry.pw_name, entry.pw_gid))
