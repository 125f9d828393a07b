"""Find the files that hold the data, and how they are read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.loading.work import LoadingPart
from huggingnersc.adapters.statistics.describing_process import DescriptionError
from huggingnersc.domain.draft.file_type import file_type_of
from huggingnersc.domain.loading.data_members import DataMembers
from huggingnersc.domain.loading.generic_builder import generic_builder, unreadable_because
from huggingnersc.domain.loading.loading import MOST_LISTED_FILES, Source
from huggingnersc.domain.text.escaped_names import escaped
from huggingnersc.domain.text.formatting import first_names, plural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from huggingnersc.adapters.loading.work import LoadingWork
    from huggingnersc.adapters.statistics.describing_process import DescribingProcess

_SURVEY = "huggingnersc.adapters.loading.survey_source:survey_source"
_MOST_FILES = 10_000  # that are opened
_MOST_BYTES = 256 << 20  # that are read to count examples
_MOST_NAMED = 5  # links
_SURROGATE = re.compile("[\udc80-\udcff]")  # a byte of a name that is not UTF-8
_LINK, _EMPTY = b"\tlink:", b"\t0\t"  # in a line of a manifest


def find_source(
    work: LoadingWork, _source: Source | None, process: DescribingProcess
) -> LoadingPart:
    """Survey the data as a draft does; data that no loader can be written for has no source."""
    try:
        found = process.ask(
            _SURVEY,
            root=str(work.data.absolute()),
            most_files=_MOST_FILES,
            most_bytes=_MOST_BYTES,
        )
    except DescriptionError as error:
        return LoadingPart(problems=(f"How the data is loaded was not found: {error}",))
    if found is None:
        links, empty = _no_data(work.manifest, _is_named_like_data)
        of_links = (_links_problem(links),) if links.count else ()
        of_empty = (_nothing_problem(empty),) if empty.count else ()
        return LoadingPart(problems=(*of_links, *of_empty))
    if name := _first_odd_name(found):
        return LoadingPart(problems=(_odd_name_problem(name),))
    source = Source(**_tuples(found), manifest=_short_manifest(work.manifest))
    links, empty = _no_data(work.manifest, DataMembers(source).is_data)
    problems = (
        *((_links_problem(links),) if links.count else ()),
        *(_builder_problems(source, empty) if work.is_listed else ()),
    )
    source = replace(source, links=links.count, empty_files=empty.count)
    return LoadingPart(source=source, problems=problems)


def _first_odd_name(value: Any) -> str:
    """Return the first text in JSON values that UTF-8 cannot hold; empty where there is none."""
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    if isinstance(value, list):
        return next((name for one in value if (name := _first_odd_name(one))), "")
    return value if isinstance(value, str) and _SURROGATE.search(value) else ""


def _odd_name_problem(name: str) -> str:
    shown = escaped(name.encode("utf-8", "surrogateescape")).decode()
    return (
        f"{shown} is not UTF-8, and what is published of loading the data would have to name it: "
        "the version has no sample and no load_NICKNAME.py. Rename it, and make another version."
    )


def _builder_problems(source: Source, empty: _Named) -> Iterator[str]:
    """Yield why `datasets` cannot load the data, which the generated script can."""
    if reasons := unreadable_because(source):
        yield (
            f"load_dataset cannot read these HDF5 files, as {' and '.join(reasons)}; "
            "load_NICKNAME.py loads them."
        )
    if empty.count and not source.manifest and generic_builder(source):
        yield _empty_problem(empty)


@dataclass
class _Named:
    """Files, the first of them by their names."""

    count: int = 0
    names: list[str] = field(default_factory=list)

    def add(self, name: str) -> None:
        self.count += 1
        if self.count <= _MOST_NAMED:
            self.names.append(name)

    def __str__(self) -> str:
        return first_names(self.names, _MOST_NAMED, count=self.count)


def _no_data(manifest: Path, is_data: Callable[[str], bool]) -> tuple[_Named, _Named]:
    """Return the symbolic links, and the empty files, among what is named like data files."""
    links, empty = _Named(), _Named()
    with manifest.open("rb") as lines:
        for line in lines:
            if _LINK in line or _EMPTY in line:
                name = line.partition(b"\t")[0].decode()
                if is_data(name):
                    (links if _LINK in line else empty).add(name)
    return links, empty


def _is_named_like_data(name: str) -> bool:
    is_hidden = name.startswith(".") or "/." in name
    return not is_hidden and file_type_of(PurePosixPath(name)) is not None


def _counted(files: _Named, one: str, many: str) -> str:
    """Return a sentence that counts and names the data files of a kind."""
    return f"{plural(files.count, f'data file is {one}', f'data files are {many}')}: {files}."


def _links_problem(links: _Named) -> str:
    return (
        f"{_counted(links, 'a symbolic link', 'symbolic links')} A version records where a link "
        "leads, not what is there, so nothing of that is loaded, sampled or verified. To include "
        "it, replace the links by hard links or copies, or take the folder that they lead to as "
        "the data path."
    )


def _nothing_problem(empty: _Named) -> str:
    return (
        f"{_counted(empty, 'empty', 'empty')} There is no other file that a script could load, so "
        "the version has no sample and no load_NICKNAME.py."
    )


def _empty_problem(empty: _Named) -> str:
    return (
        f"{_counted(empty, 'empty', 'empty')} Of more than {MOST_LISTED_FILES:,} files datasets "
        "cannot leave out some, so the card has no line that loads the data at the site. Remove "
        "the empty files, or use load_NICKNAME.py."
    )


def _tuples(found: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(one) if isinstance(one, list) else one for key, one in found.items()}


def _short_manifest(manifest: Path) -> str:
    """Return a manifest of at most 1,000 lines; else nothing."""
    with manifest.open("rb") as file:
        lines = [*islice(file, MOST_LISTED_FILES + 1)]
    return b"".join(lines).decode() if len(lines) <= MOST_LISTED_FILES else ""
