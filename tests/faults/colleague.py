"""A second user of the catalog's group, who puts links where the steward's command works.

Acts as another user id, which only root can take; a process of the colleague does each deed, and
the steward's command goes on after it.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.domain.planned_file import git_blob_id

if TYPE_CHECKING:
    from collections.abc import Iterator

USER_ID, GROUP_ID = 40_001, 40_002
DIARY = b"The steward's diary, which nobody else may read.\n"
DIARY_OID = git_blob_id(DIARY)
_ASIDE = ".theirs"


@dataclass(frozen=True, slots=True)
class Swap:
    """A name in the catalog that is replaced by a link, and where the link leads."""

    name: str
    to_diary: bool = False

    def __str__(self) -> str:
        return f"link {self.name}"


SWAPS = (
    Swap(".locks"),
    Swap(".removed"),
    Swap(".iris.staged"),
    Swap("iris"),
    Swap(".locks/iris.lock", to_diary=True),
    Swap("iris/README.md", to_diary=True),
    Swap("iris/iris_info.json", to_diary=True),
    Swap(".iris.staged/iris_info.json", to_diary=True),
)


def can_act() -> bool:
    """Whether this process may become another user: root that is not of one id only."""
    if os.geteuid() != 0:
        return False
    mapped = Path("/proc/self/uid_map").read_text(encoding="ascii").split()
    return int(mapped[2]) > USER_ID


def make_private(folder: Path) -> dict[str, tuple[object, ...]]:
    """Make the steward's folder with a diary in it, in place of an older one; returns its look."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(0o700)
    diary = folder / "diary"
    diary.write_bytes(DIARY)
    diary.chmod(0o600)
    return look(folder)


def look(folder: Path) -> dict[str, tuple[object, ...]]:
    """Return modes, owners and content of the steward's folder, which nothing may change."""
    return {
        str(path): (*_status(path), path.read_bytes() if path.is_file() else b"")
        for path in (folder, *sorted(folder.rglob("*")))
    }


def _status(path: Path) -> tuple[int, int, int]:
    status = path.lstat()
    return status.st_mode, status.st_uid, status.st_gid


def put_link(catalog: Path, private: Path, swap: Swap) -> None:
    """Let the colleague put a link in place, where the catalog's modes let him."""
    child = os.fork()
    if child == 0:
        with suppress(OSError):
            os.setgroups([GROUP_ID])
            os.setgid(GROUP_ID)
            os.setuid(USER_ID)
            _replace(catalog / swap.name, private / "diary" if swap.to_diary else private)
        os._exit(0)
    os.waitpid(child, 0)


def _replace(name: Path, target: Path) -> None:
    with suppress(FileNotFoundError):
        name.rename(f"{name}{_ASIDE}")
    name.symlink_to(target)


def undo(catalog: Path) -> None:
    """Take the links away, and put back what was in their places."""
    for link in [path for path in _all(catalog) if path.is_symlink()]:
        link.unlink()
    for aside in [path for path in _all(catalog) if path.name.endswith(_ASIDE)]:
        place = aside.with_name(aside.name.removesuffix(_ASIDE))
        if not place.exists():
            aside.rename(place)
        elif aside.is_dir():
            shutil.rmtree(aside)
        else:
            aside.unlink()


def _all(catalog: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(catalog):
        yield from (Path(folder, name) for name in (*folders, *files))


def exposes_diary(catalog: Path) -> bool:
    """Whether the diary stands in a file of the catalog."""
    files = (path for path in _all(catalog) if path.is_file() and not path.is_symlink())
    return any(DIARY.strip() in path.read_bytes() for path in files)
