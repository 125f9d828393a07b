from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.packing.listing import SourceRoot
from huggingnersc.adapters.packing.source_kind import inspect_source
from huggingnersc.domain.packing.options import PackOptions, SourceKind
from tests.builders import write_tree

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.adapters.packing.source_kind import InspectedSource


def _inspected(folder: Path, names: str, **options: str) -> InspectedSource:
    source = write_tree(folder / "in", dict.fromkeys(names.split(), "a"))
    return inspect_source(
        SourceRoot(path=source, scratch=folder),
        PackOptions(form=options.get("form", ""), group_by=options.get("group_by", "")),
    )


@pytest.mark.parametrize(
    ("names", "cause"),
    [
        ("a.csv b.csv notes.txt", "notes.txt"),
        ("a.csv notes.txt", "notes.txt"),
        ("a.csv b.jsonl", "several types"),
        ("a.h5 b.h5 c/x.png", "c/x.png"),
    ],
)
def test_what_keeps_tables_from_being_read_as_rows_is_named(
    tmp_path: Path, names: str, cause: str
) -> None:
    inspected = _inspected(tmp_path, names)
    assert inspected.kind is SourceKind.FILES
    (warning,) = inspected.warnings
    assert cause in warning
    assert names.split()[0] in warning


@pytest.mark.parametrize(
    ("names", "options"),
    [
        ("a.csv b.tsv README.md .hidden.txt", {}),
        ("a.csv b.csv notes.txt", {"form": "webdataset"}),
        ("a.csv b.csv notes.txt", {"group_by": "file"}),
        ("1.png 2.png labels.csv", {}),
        ("1.png metadata.csv", {}),
        ("1.txt 2.txt", {}),
    ],
)
def test_nothing_is_said_where_files_are_meant_or_tables_are_few(
    tmp_path: Path, names: str, options: dict[str, str]
) -> None:
    assert _inspected(tmp_path, names, **options).warnings == ()
