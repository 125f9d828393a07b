"""How statistics name files, and in which split each is."""

from __future__ import annotations

import re
from os.path import commonprefix
from typing import TYPE_CHECKING

from huggingnersc.adapters.statistics.part import shown_path
from huggingnersc.domain.draft.split import splits_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path, PurePosixPath

    from huggingnersc.domain.draft.survey import DataFile
    from huggingnersc.domain.versions.statistics import FileProblem

_DIGITS_AT_END, _DIGITS_AT_START = re.compile(r"\d+$"), re.compile(r"^\d+")


def pattern_of(paths: Sequence[PurePosixPath]) -> str:
    """Return the path of one file, or what the paths of several have in common: `a/x-*.csv`."""
    return common_pattern([shown_path(str(path)) for path in paths])


def common_pattern(names: Sequence[str]) -> str:
    """Return what several texts have in common at their ends, with `*` between; one as it is."""
    first, *others = names
    if not others:
        return first
    prefix = _DIGITS_AT_END.sub("", _common([*names]))
    suffix = _common([name[len(prefix) :][::-1] for name in names])[::-1]
    return f"{prefix}*{_DIGITS_AT_START.sub('', suffix)}"


def _common(texts: list[str]) -> str:
    return commonprefix(texts)  # noqa: RUF071 - of texts, not of folders


def split_of_files(files: Sequence[DataFile]) -> Mapping[DataFile, str]:
    """Return the split of each file that is in one."""
    return {file: split.name for split in splits_of(files) for file in split.files}


def file_problem(root: Path, path: PurePosixPath, error: Exception) -> FileProblem:
    """Return the problem with a file; the message calls it "it" in place of its whole path."""
    message = str(error).replace(str(root / path), "it").rstrip(".")
    return {"file": shown_path(str(path)), "message": shown_path(message)}
