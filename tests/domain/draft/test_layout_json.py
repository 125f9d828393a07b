import json
from pathlib import PurePosixPath
from typing import Any

import pytest

from huggingnersc.domain.draft.layout import (
    Array,
    ArraySplit,
    Column,
    ExampleUnit,
    FileLayout,
    ImageKey,
    ImageLayout,
    LabelTables,
)
from huggingnersc.domain.draft.layout_json import layout_json, read_layout

TABLES = LabelTables(
    (PurePosixPath("a/labels.csv"),),
    "utf-8",
    ",",
    has_header=True,
    column="file",
    key=ImageKey.STEM,
    columns=(Column("file", "str"), Column("kind", "int")),
    missing=3,
)
LAYOUTS = [
    FileLayout(),
    FileLayout("latin-1", ";", has_header=False, columns=(Column("ü", "float"),)),
    FileLayout(
        arrays=("jets/x",),
        whole=(Array("x", 3, 12, is_numeric=True, shape=(3, 1)),),
        unrelated=(Array("bins", 11, 88, is_numeric=True, dimension="bin"),),
        unit=ExampleUnit.GROUP,
        splits=(ArraySplit("train", {"x": "train/x"}, "train"),),
        is_by_time=True,
    ),
    FileLayout(images=ImageLayout(4, 6, "RGB", ("cat", "dog"))),
    FileLayout(images=ImageLayout(4, 6, "I;16", tables=TABLES)),
]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_is_written_is_read_again(layout: FileLayout) -> None:
    assert read_layout(json.loads(json.dumps(layout_json(layout)))) == layout


@pytest.mark.parametrize(
    "content",
    [
        {"unit": "comet"},
        {"columns": [{"name": "a"}]},
        {"columns": 3},
        {"images": {"tables": {"paths": []}}},
        {"comet": 1},
        {"images": "none"},
    ],
)
def test_what_others_wrote_is_refused(content: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="layout of a file"):
        read_layout(content)
