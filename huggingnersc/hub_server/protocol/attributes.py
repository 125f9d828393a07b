"""What `.gitattributes` and `.gitignore` decide about an upload."""

from __future__ import annotations

import time
from functools import partial
from math import comb
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable

LFS_THRESHOLD_BYTES = 10_000_000
MAX_RULES = 2_000
MAX_RULES_BYTES = 100_000
MAX_STARS = 6
MAX_STEPS = 50_000_000
"""In the worst case a pattern of k stars tries a path of n bytes in n over k ways."""

TIME_LIMIT_S = 10.0
"""Of CPU time, for all paths of a request. Matching holds the interpreter, so all clients wait."""

_COMMON = (
    "*.7z *.arrow *.bin *.bin.* *.bz2 *.ckpt *.ftz *.gz *.h5 *.joblib *.lfs.* *.model *.msgpack "
    "*.npy *.npz *.onnx *.ot *.parquet *.pb *.pickle *.pkl *.pt *.pth *.rar *.safetensors "
    "saved_model/**/* *.tar.* *.tar *.tflite *.tgz *.wasm *.xz *.zip *.zst *tfevents*"
)
_DATASET_ONLY = (
    "*.lz4 *.mds *.hdf5 *.nc *.zarr.zip *.root *.pcm *.sam *.raw *.aac *.flac *.mp3 *.ogg *.wav "
    "*.bmp *.gif *.png *.tiff *.jpg *.jpeg *.webp *.mp4 *.webm"
)


class RulesTooSlowError(ValueError):
    """The rules of a `.gitignore` or `.gitattributes` would take too long to apply."""


def default_attributes(*, for_dataset: bool) -> str:
    """Return the `.gitattributes` of a new repository: the formats stored in LFS by name."""
    patterns = _COMMON.split() + (_DATASET_ONLY.split() if for_dataset else [])
    return "".join(f"{pattern} filter=lfs diff=lfs merge=lfs -text\n" for pattern in patterns)


def lfs_rule(attributes: bytes) -> Callable[[str], bool | None]:
    """Return the function that says whether a path is LFS by name; None where no line decides.

    Both raise RulesTooSlowError.
    """
    import io

    from dulwich.attrs import compile_gitattributes_patterns, match_path, parse_git_attributes

    lines = io.BytesIO(_tame(attributes))
    compiled = compile_gitattributes_patterns(parse_git_attributes(lines))
    until = time.thread_time() + TIME_LIMIT_S
    rules = [(cast("Any", _Bounded(pattern, until)), values) for pattern, values in compiled]

    def decide(path: str) -> bool | None:
        value = match_path(rules, path.encode(errors="replace")).get(b"filter")
        return None if value is None else value == b"lfs"

    return decide


def goes_to_lfs(by_name: bool | None, *, size_bytes: int, sample: bytes) -> bool:
    """Decide how one file is stored: by its name, else by its size and a look at its beginning."""
    if by_name is not None:
        return by_name
    return size_bytes > LFS_THRESHOLD_BYTES or b"\0" in sample


def ignore_rule(patterns: bytes) -> Callable[[str], bool]:
    """Return the function that says whether `.gitignore` text `patterns` leaves a path out.

    Both raise RulesTooSlowError.
    """
    import io

    from dulwich.ignore import IgnoreFilter, read_ignore_patterns

    rules = IgnoreFilter(read_ignore_patterns(io.BytesIO(_tame(patterns))))
    until = time.thread_time() + TIME_LIMIT_S
    rules.patterns[:] = [cast("Any", _Bounded(one, until)) for one in rules.patterns]
    return lambda path: bool(rules.is_ignored(path))


def _tame(text: bytes) -> bytes:
    # A pattern becomes a regular expression; many stars in one make matching explode.
    lines = text[:MAX_RULES_BYTES].splitlines()
    if len(lines) > MAX_RULES:
        raise RulesTooSlowError(f"There are more than {MAX_RULES:,} rules for files")
    return b"\n".join(line for line in lines if line.count(b"*") <= MAX_STARS) + b"\n"


class _Bounded:
    """A pattern that refuses a match which could take very long."""

    def __init__(self, pattern: Any, until: float) -> None:
        self._pattern = pattern
        self._until = until
        self._stars = pattern.pattern.replace(b"**", b"*").count(b"*")

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._pattern, name)
        return partial(self._checked, value) if name in {"match", "matches"} else value

    def _checked(self, matches: Callable[..., bool], path: bytes, *rest: bool) -> bool:
        slow = self._stars > 1 and comb(len(path), self._stars) > MAX_STEPS
        if slow or time.thread_time() > self._until:
            raise RulesTooSlowError("The rules for files have too many stars for so long paths")
        return matches(path, *rest)
