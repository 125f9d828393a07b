"""Whose a file in a shared folder is, and whether it may be someone's private file."""

from __future__ import annotations

import os
from functools import cache


def doubt(file: os.stat_result, root: os.stat_result) -> str | None:
    """Return why a file should be reviewed before it is published; None where it need not be.

    Args:
        file: the file's status.
        root: the status of the catalog folder; its owner and its group may keep files in it.
    """
    if file.st_nlink > 1:
        return "has several names (hard links), so it may be someone's private file"
    if file.st_uid in {os.geteuid(), root.st_uid, 0} or _is_member(file.st_uid, root.st_gid):
        return None
    group = group_name(root.st_gid)
    return f"belongs to {user_name(file.st_uid)}, who is not in the catalog folder's group {group}"


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


def _is_member(user: int, group: int) -> bool:
    import pwd

    try:
        entry = pwd.getpwuid(user)
    except KeyError:
        return False
    return group in os.getgrouplist(entry.pw_name, entry.pw_gid)
