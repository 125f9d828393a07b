"""Which of several parameters is the path of the data, judged by their names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_USUAL = (
    "data_path", "data_dir", "data_root", "data_folder", "dataset_path", "dataset_dir",
    "path_to_data", "root", "root_dir", "data", "dataset", "path", "dir", "directory", "folder",
    "input", "input_dir", "input_path", "input_file", "file", "filename", "source", "src",
)  # fmt: skip
_LIKE_DATA = re.compile(r"data|path|dir|root|folder|input|file|src|source")
_NOT_DATA = re.compile(
    r"out|log|cache|save|result|check|ckpt|model|config|cfg|tmp|temp|work|plot|fig|weight|format"
    r"|loader|profile|size|type|name(?<!filename)|num"
)


def is_data_name(name: str) -> bool:
    """Return whether a parameter of this name takes the path of the data."""
    plain = name.lower().strip("_").replace("-", "_")
    if plain in _USUAL:
        return True
    return bool(_LIKE_DATA.search(plain)) and not _NOT_DATA.search(plain)


def data_name(names: Iterable[str]) -> str | None:
    """Return the name that fits best; None where none is like that of a path of data."""
    fitting = [name for name in names if is_data_name(name)]
    return min(fitting, key=_rank, default=None)


def _rank(name: str) -> int:
    plain = name.lower().strip("_").replace("-", "_")
    return _USUAL.index(plain) if plain in _USUAL else len(_USUAL)
