"""The folder of a Hub is for its owner alone: it holds private repositories and a secret."""

from __future__ import annotations

import logging
import os
import stat
from shlex import quote
from typing import TYPE_CHECKING

from huggingnersc.errors import SettingsError
from huggingnersc.fixes import Message, Option, Placeholder, ShellCommand
from huggingnersc.new_folder import make_folder

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)

_HUB_FILES = frozenset({"incoming", "lfs", "locks", "repos", "secret", "token"})
_UNFINISHED = (".secret.", ".token.")  # left by a server that was killed


def prepare_root(root: Path) -> None:
    """Create the folder with mode 0700, or take the rights of others away from one's own.

    `root` itself may be a link.

    Raises:
        SettingsError: it cannot be made or opened; it holds other files than a Hub's, such as
            a user's data; it belongs to another user; or others could have changed what is in
            it. Nothing was changed.
    """
    try:
        make_folder(root, 0o700)
        descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise SettingsError(
            f"{root} cannot be the folder of a Hub: {error.strerror}.",
            hint=Message("Choose a folder of your own: ", Option("root", Placeholder.DIR)),
        ) from error
    try:
        names = sorted(os.listdir(descriptor))  # noqa: PTH208 - of what was opened
        _require_hub_folder(root, names)
        _require_own(root, os.fstat(descriptor), holds_files=bool(names))
        mode = stat.S_IMODE(os.fstat(descriptor).st_mode)
        if mode & 0o077:
            os.fchmod(descriptor, mode & ~0o077)
            log.warning(
                "%s was open to other users (mode %04o); now it is yours alone", root, mode
            )
    finally:
        os.close(descriptor)


def _require_hub_folder(root: Path, names: list[str]) -> None:
    others = [n for n in names if n not in _HUB_FILES and not n.startswith(_UNFINISHED)]
    if others and "hub.sqlite3" not in names:
        raise SettingsError(
            f"{root} contains other files ({others[0]}) and no Hub; nothing was changed.",
            hint=Message("Choose a new or empty folder: ", Option("root", Placeholder.DIR)),
        )


def _require_own(root: Path, found: os.stat_result, *, holds_files: bool) -> None:
    mode = stat.S_IMODE(found.st_mode)
    if found.st_uid != os.geteuid():
        raise SettingsError(
            f"{root} belongs to another user, who can read and change all that a Hub keeps in it.",
            hint=Message("Choose a folder of your own: ", Option("root", Placeholder.DIR)),
        )
    if mode & 0o022 and holds_files:
        raise SettingsError(
            f"Others may write to {root} (mode {mode:04o}), so they may have changed the Hub.",
            hint=Message(
                "If you trust what is in it, take their rights away and serve it again: ",
                ShellCommand(f"chmod go-rwx {quote(str(root))}"),
            ),
        )
