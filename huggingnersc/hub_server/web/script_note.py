"""What the comment on top of a cataloged script says: where its data is, and how it runs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from huggingnersc.domain.catalog.scripts import SHELL_SUFFIXES, Script
from huggingnersc.domain.packing.published_upload import published_upload
from huggingnersc.domain.text.terminal import visible

SCRIPT_SUFFIXES = (*SHELL_SUFFIXES, ".py", ".jl", ".r", ".ksh", ".zsh", ".csh", ".pl", ".rb")
MAX_VALUE = 400

_LINES_READ = 30
_FIELD = re.compile(r"#\s*(Data|Portal|Run):\s*(\S.*)")
_LOAD = re.compile(r"^def load\((?!\s*\))", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ScriptNote:
    """What is known of a script.

    Attributes:
        name: its file name.
        data: where its data is stored, `""` when it does not say.
        portal: the address of the data, `""` when it does not say.
        run: the command that runs it, `""` when it does not say.
        program: what runs it, such as `python`; `""` when that is not known.
        is_batch: whether it is submitted as a batch job.
        has_load: whether another Python program can call its function `load(path)`.
        loads_shards: whether it is one that was generated to load shards of uploaded data.
    """

    name: str
    data: str = ""
    portal: str = ""
    run: str = ""
    program: str = ""
    is_batch: bool = False
    has_load: bool = False
    loads_shards: bool = False

    @property
    def module(self) -> str:
        """The name to import it by, `""` when it has none."""
        stem, suffix = self.name[:-3], self.name[-3:]
        return stem if suffix == ".py" and stem.isidentifier() and stem.isascii() else ""


def is_script(path: str) -> bool:
    """Return whether a file in the root of a repository is a script, by its name."""
    return "/" not in path and PurePosixPath(path).suffix.lower() in SCRIPT_SUFFIXES


def read_note(name: str, text: str) -> ScriptNote:
    """Read what `text`, the script `name`, says of itself.

    A value that would be shown other than it is copied is left out.
    """
    head = text.split("\n", _LINES_READ)[:_LINES_READ]
    found = [match for line in head if (match := _FIELD.match(line))]
    values = {one[1].lower(): one[2].strip() for one in reversed(found) if _is_plain(one[2])}
    batch = values.get("run", "").startswith("sbatch ") or any(
        line.startswith("#SBATCH") for line in head
    )
    return ScriptNote(
        name,
        **values,
        program=Script(name, text).command or "",
        is_batch=batch,
        has_load=_LOAD.search(text) is not None,
        loads_shards=published_upload(text.encode()) is not None,
    )


def _is_plain(value: str) -> bool:
    return len(value) <= MAX_VALUE and visible(value) == value
