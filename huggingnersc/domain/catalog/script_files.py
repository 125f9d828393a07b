"""Whether a dataset has the files that its shell scripts need, and places for their logs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.domain.scan.log_folders import log_folders
from huggingnersc.domain.scan.needed_files import needed_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.domain.catalog.scripts import Script, Scripts

_SHELLS = frozenset({"bash", "zsh", "ksh"})


@dataclass(frozen=True, slots=True)
class MissingFile:
    """A file or folder that a script needs and a copy of the repository does not have.

    Attributes:
        script: the name of the script.
        line: of the script, where it is named.
        message: a clause that follows `where`.
        include: the file that would have to be included; None for a folder.
    """

    script: str
    line: int
    message: str
    include: str | None = None

    @property
    def where(self) -> str:
        """The script and the line."""
        return f"{self.script}:{self.line}"


def missing_files(scripts: Scripts[Script]) -> Iterator[MissingFile]:
    """Yield what the shell scripts of a dataset need and would not find where they run."""
    names = {script.name for script in scripts}
    for script in scripts:
        if script.language in _SHELLS:
            yield from _missing_files(script, names)
    if scripts.batch is not None:
        yield from _missing_folders(scripts.batch)


def _missing_files(script: Script, names: set[str]) -> Iterator[MissingFile]:
    for needed in needed_files(script.code):
        path = str(needed.path)
        if path in names:
            continue
        if needed.path.name == path:
            message = f"needs {path}, which is not among the files of the dataset"
        else:
            message = f"needs {path}, but a repository has no folders; include {needed.path.name}"
        yield MissingFile(script.name, needed.line, message, path)


def _missing_folders(batch: Script) -> Iterator[MissingFile]:
    for folder in log_folders(batch.code):
        if not folder.path.is_absolute():
            message = (
                f"writes the output of the job to the folder {folder.path}, which a copy of the "
                "repository does not have: Slurm creates no folders, and the job would fail"
            )
            yield MissingFile(batch.name, folder.line, message)
