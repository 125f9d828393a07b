"""Names proposed for a dataset, from the name of its folder or file."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from huggingnersc.domain.draft.file_type import FileType, data_suffix
from huggingnersc.domain.repo_names import MAX_NAME_LENGTH, name_problem
from huggingnersc.domain.text.markdown import one_line

if TYPE_CHECKING:
    from pathlib import PurePosixPath

# Folders that hold a dataset without naming it, and those of a machine that hold everything.
_GENERIC = frozenset({
    "cdirs", "cfs", "csv", "data", "dataset", "datasets", "files", "global", "h5", "hdf5", "home",
    "jsonl", "nc", "netcdf", "parquet", "processed", "pscratch", "public", "raw", "release",
    "scratch", "test", "text", "tmp", "train", "training", "tsv", "txt", "val", "valid",
    "validation", "www", "zarr",
})  # fmt: skip
_FOREIGN = re.compile(r"[^A-Za-z0-9._-]+")
_RUNS = re.compile(r"-{2,}|\.{2,}")
_SEPARATORS = re.compile(r"[\s_-]|(?<![0-9])\.|\.(?![0-9])")
_NOT_IDENTIFIER = re.compile(r"[^a-z0-9_]+")


def dataset_name(path: PurePosixPath, *, is_file: bool) -> str:
    """Return the part of a path that names the dataset: the last one that is not `data` and such.

    That is the folder's own name, or that of the nearest folder above it.
    """
    is_store = path.suffix.lower() in FileType.ZARR.suffixes
    name = path.name.removesuffix(data_suffix(path)) if is_file or is_store else path.name
    names = [name, *(parent.name for parent in path.parents)]
    return next((name for name in names if name and name.lower() not in _GENERIC), "")


def propose_nickname(name: str) -> str | None:
    """Return a nickname that the Hub takes, made from a folder's name; None where nothing is left.

    A letter with marks, such as `Ü`, becomes the letter.
    """
    marked = unicodedata.normalize("NFKD", name)
    plain = "".join(char for char in marked if not unicodedata.combining(char))
    kept = _RUNS.sub("-", _FOREIGN.sub("-", plain))[:MAX_NAME_LENGTH]
    kept = re.sub(r"(\.git|\.ipynb)$", "", kept.strip("-.")).strip("-.")
    return kept if name_problem(kept) is None and re.search(r"[A-Za-z0-9]", kept) else None


def propose_title(name: str) -> str | None:
    """Return a title made from a folder's name; None where it holds no letter.

    Words with a capital or a digit stay as they are.
    """
    words = _SEPARATORS.sub(" ", one_line(name)).split()
    title = " ".join(
        word.capitalize() if word.isalpha() and word.islower() else word for word in words
    )
    return title if re.search(r"[^\W\d_]", title) else None


def file_stem(nickname: str) -> str:
    """Return the start of file names: a nickname that Python can import, in lower case."""
    stem = _NOT_IDENTIFIER.sub("_", nickname.lower())
    return f"_{stem}" if stem[:1].isdigit() else stem
