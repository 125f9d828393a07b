"""The loaders of files of arrays, in every form, made from names that try to break out of them."""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.adapters.templates import render
from huggingnersc.domain.draft.data_layout import DataLayout, ExampleCount
from huggingnersc.domain.draft.file_type import FileType
from huggingnersc.domain.draft.layout import ArraySplit, ExampleUnit, FileLayout
from huggingnersc.domain.draft.plan import Draft, make_files
from huggingnersc.domain.draft.split import Split
from tests.builders import make_site, write_tree
from tests.conftest import ROOT
from tests.odd_texts import ODD, few

if TYPE_CHECKING:
    from pathlib import Path

UNITS = {
    FileType.HDF5: tuple(ExampleUnit),
    FileType.NETCDF: (ExampleUnit.ROW, ExampleUnit.FILE),
}
FORMS = [
    (file_type, unit, distributed)
    for file_type, units in UNITS.items()
    for unit in units
    for distributed in ((False, True) if unit in {ExampleUnit.ROW, ExampleUnit.FILE} else (False,))
]


def loader(layout: FileLayout, file_type: FileType, *, distributed: bool) -> str:
    """Return the loader of a layout."""
    data = DataLayout(
        path=PurePosixPath("/data/jets"),
        name="jets",
        file_types=(file_type,),
        members=(),
        left_out=(),
        suffixes=(file_type.suffixes[0],),
        file=layout,
        count=ExampleCount(9),
        splits=tuple(Split(split.name, None, ()) for split in layout.splits),
    )
    document = {"datacard_tags": {"pretty_name": "Jets"}, "other_info": {"nickname": "jets"}}
    files = make_files(Draft(data, document, distributed), make_site(), render)
    return files[1].content.decode()


def layout_of(names: tuple[str, ...], unit: ExampleUnit) -> FileLayout:
    return FileLayout(
        arrays=names,
        numeric=names,
        texts=names[:1],
        unit=unit,
        dimension=names[0],
        parent=names[0],
        prefix=names[-1],
        coordinates=names[:1],
        times=names[-1:],
        is_by_time=unit is ExampleUnit.ROW,
    )


def with_splits(layout: FileLayout) -> FileLayout:
    paths = {name: f"x/{name}" for name in layout.arrays}
    splits = (ArraySplit("train", paths, "x"), ArraySplit(layout.parent, paths, layout.parent))
    return replace(layout, splits=splits)


def constants(code: str) -> dict[str, Any]:
    """Return the values of the constants that hold names."""
    known = {"ARRAYS", "VARIABLES", "GROUP", "GROUPS", "PREFIX", "COORDINATES", "TIMES", "TEXTS"}
    return {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in ast.parse(code).body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id in known
    }


@pytest.mark.parametrize(("file_type", "unit", "distributed"), FORMS)
@given(names=st.lists(ODD.filter(bool), min_size=1, max_size=3, unique=True).map(tuple))
@few
def test_names_of_arrays_and_groups_are_read_back_by_python(
    file_type: FileType, unit: ExampleUnit, distributed: bool, names: tuple[str, ...]
) -> None:
    read = constants(loader(layout_of(names, unit), file_type, distributed=distributed))
    expected = {
        "ARRAYS": [*names],
        "VARIABLES": [*names],
        "GROUP": names[0],
        "PREFIX": names[-1],
        "COORDINATES": [names[0]],
        "TEXTS": [names[0]],
        "TIMES": [names[-1]],
    }
    assert read
    assert all(read[key] == expected[key] for key in read)


@pytest.mark.parametrize("unit", [ExampleUnit.ROW, ExampleUnit.GROUP, ExampleUnit.ARRAY])
@given(names=st.lists(ODD.filter(bool), min_size=1, max_size=3, unique=True).map(tuple))
@few
def test_names_of_splits_within_a_file_are_read_back_by_python(
    unit: ExampleUnit, names: tuple[str, ...]
) -> None:
    layout = with_splits(layout_of(names, unit))
    read = constants(loader(layout, FileType.HDF5, distributed=False))
    if unit is ExampleUnit.ROW:
        assert read["ARRAYS"] == {split.name: split.paths for split in layout.splits}
    else:
        assert read["GROUPS"] == {split.name: split.parent for split in layout.splits}


@pytest.mark.parametrize("are_split", [False, True])
def test_every_form_is_clean_python_as_ruff_would_format_it(
    are_split: bool, tmp_path: Path
) -> None:
    pytest.importorskip("ruff", reason="ruff is not installed: pip install -e '.[dev]'")
    for number, (file_type, unit, distributed) in enumerate(FORMS):
        is_whole = file_type is FileType.NETCDF or unit is ExampleUnit.FILE
        layout = layout_of(("energy", "time"), unit)
        if are_split and is_whole:
            continue  # these have no splits within a file
        layout = with_splits(layout) if are_split else layout
        code = loader(layout, file_type, distributed=distributed)
        write_tree(tmp_path, {f"loader_{number}.py": code})
        bare = replace(layout, texts=(), times=(), coordinates=(), is_by_time=False, parent="")
        code = loader(bare, file_type, distributed=distributed)
        write_tree(tmp_path, {f"bare_{number}.py": code})
    may = "--ignore=D,T201,S,INP,B905,ARG001"
    for command in (["check", may], ["format", "--diff"]):
        config = ["--config", str(ROOT / "pyproject.toml"), "-q", "."]
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, *config],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout == ""
        assert done.returncode == 0
