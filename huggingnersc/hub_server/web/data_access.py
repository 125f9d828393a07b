"""How a visitor gets the data of a repository: what its scripts and its card say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from huggingnersc.domain.loading.script_name import is_script_name
from huggingnersc.hub_server.web.card_outline import CardOutline, Place
from huggingnersc.hub_server.web.data_configs import SAMPLE_FOLDER, data_files, is_description
from huggingnersc.hub_server.web.script_note import ScriptNote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_MOST = 20  # patterns of a card
_DATA_SUFFIXES = frozenset(
    {".csv", ".tsv", ".parquet", ".arrow", ".jsonl", ".ndjson", ".tar", ".h5", ".hdf5", ".zip"}
)


@dataclass(frozen=True, slots=True)
class DataAccess:
    """How a visitor gets the data.

    Attributes:
        loads: whether `load_dataset` finds data in the repository.
        config: the configuration that it must be told; empty where it needs none.
        path: where the data is stored, as a path.
        portal: where it is, as an address.
        notebook: a notebook to open.
        loader: the script that loads the data.
        batch: the batch job that does so.
        has_sample: whether `load_dataset` finds a sample of it in the repository.
        module: the generated module that loads it wherever it is; empty without one.
    """

    loads: bool = False
    path: Place | None = None
    portal: Place | None = None
    notebook: Place | None = None
    loader: ScriptNote | None = None
    batch: ScriptNote | None = None
    config: str = ""
    has_sample: bool = False
    module: str = ""

    @property
    def is_in_place(self) -> bool:
        """Whether the data is not in the repository, and it is known where it is."""
        return not self.loads and bool(self.path or self.portal or self.loader)

    @property
    def places(self) -> tuple[Place, ...]:
        """Where the data is, and the notebook that opens it."""
        return tuple(one for one in (self.path, self.portal, self.notebook) if one)


def access_of(
    notes: Sequence[ScriptNote], outline: CardOutline, *, loads: bool = False
) -> DataAccess:
    """Combine what the scripts and the card say; the scripts' own comments count first."""
    batch = next((note for note in notes if note.is_batch), None)
    if batch and outline.commands and outline.commands[-1].startswith("sbatch "):
        batch = replace(batch, run="\n".join(outline.commands))  # with what the job needs
    loader = _loader([note for note in notes if note is not batch], outline)
    said = next((note for note in (loader, batch, *notes) if note and note.data), None)
    return DataAccess(
        loads=loads,
        path=_path(said, outline),
        portal=_portal(said, outline),
        notebook=outline.notebook,
        loader=loader,
        batch=batch,
    )


def holds_data(paths: Iterable[str], card: Mapping[str, object]) -> bool:
    """Return whether `load_dataset` would find data among the files `paths`.

    A card may name the files that are data; no other file is then, whatever its suffix. What
    describes a version of data that is stored elsewhere is none, though it can be loaded.
    """
    if patterns := _patterns(card):
        return _match(paths, [one for one in patterns if not is_description(one)])
    return any(PurePosixPath(path).suffix.lower() in _DATA_SUFFIXES for path in paths)


def holds_sample(paths: Iterable[str], card: Mapping[str, object]) -> bool:
    """Return whether `load_dataset` finds a sample of data that is stored elsewhere."""
    return _match(paths, [one for one in _patterns(card) if one.startswith(SAMPLE_FOLDER)])


def generated_module(paths: Iterable[str], name: str) -> str:
    """Return the module that loads the data of a version wherever it is; empty without one."""
    scripts = [path for path in paths if is_script_name(path, name)]
    return max(scripts, default="").removesuffix(".py")


def _match(paths: Iterable[str], patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(path, pattern) for path in paths for pattern in patterns)


def _loader(notes: Sequence[ScriptNote], outline: CardOutline) -> ScriptNote | None:
    """Return the script that says how it runs, else the one the card links first."""
    said = next((note for note in notes if note.run), None)
    linked = [note for name in outline.files for note in notes if note.name == name]
    return said or next(iter(linked), None)


def _path(said: ScriptNote | None, outline: CardOutline) -> Place | None:
    if said is None:
        return outline.path
    if outline.path and outline.path.text.rstrip("/") == said.data.rstrip("/"):
        return outline.path
    return Place("Path", said.data)


def _portal(said: ScriptNote | None, outline: CardOutline) -> Place | None:
    address = said.portal if said else ""
    if not address.startswith(("https://", "http://")):
        return outline.portal
    return Place("Portal", address.partition("//")[2].rstrip("/"), address)


def _patterns(card: Mapping[str, object]) -> list[str]:
    """Return the `data_files` of a card's configurations, the first of them."""
    return [*islice((path for _, _, path in data_files(card)), _MOST)]
