"""What the notebook shows of the data, whatever a loader returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.data_files import TORCH_EXTRA
from tests.notebooks.test_python_loaders import run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.notebooks.conftest import SharedKernel

# By the library that is called `lib`: values, and texts that are shown for them.
SHOWN: dict[str, dict[str, list[str]]] = {
    "types": {
        "({'x': i} for i in range(3))": ["generator", "x: 0"],
        "b'x' * 10**8": ["b'xxx"],
        "'x' * 10**7": ["'xxx"],
        "[list(range(10**6))]": ["list of length 1000000", "[0, 1, 2"],
        "None": ["None"],
        "{'train': [1, 2], 'test': [3]}": ["train: list of length 2", "test: list of length 1"],
        "lib.SimpleNamespace(x=1)": ["namespace(x=1)"],
        "[type('Odd', (), {'__repr__': lambda self: 1 / 0})()]": ["Odd"],
    },
    "numpy": {
        "lib.arange(12.0).reshape(3, 4)": ["ndarray of shape (3, 4), float64", "[0., 1., 2., 3.]"],
        "lib.zeros((0, 4))": ["shape (0, 4)", "There is no example."],
        "lib.array(1.5)": ["array(1.5)"],
        "lib.zeros((100, 9999))": ["shape (100, 9999)", "..."],
        "{'x': lib.zeros((3, 2)), 'y': [0, 1, 2]}": ["x: ndarray of shape (3, 2)", "[0, 1, 2]"],
        "[(lib.ones(3), 7)]": ["[0] ndarray of shape (3,)", "[1] 7"],
    },
    "pandas": {
        "lib.DataFrame({'x': range(100), 'y': 1.5})": [
            "DataFrame of 100 rows and 2 columns", "0  0  1.5", "4  4  1.5"
        ],
        "lib.Series(range(100))": ["Series of shape (100,), int64", "4    4"],
    },
    "pyarrow": {
        "lib.table({'x': [1, 2], 'y': ['a', 'b']})": [
            "Table of 2 rows and 2 columns", "x: 1", "y: 'a'"
        ],
    },
    "torch": {
        "lib.zeros(3, 4)": ["Tensor of shape (3, 4), torch.float32", "tensor(["],
        "lib.utils.data.DataLoader([lib.ones(2), lib.ones(2)], batch_size=2)": [
            "DataLoader of length 1", "Tensor of shape (2, 2)"
        ],
        "type('Rows', (lib.utils.data.IterableDataset,), "
        "{'__iter__': lambda self: iter([1, 2])})()": ["Rows", "  1"],
    },
}  # fmt: skip


@pytest.mark.parametrize("library", SHOWN)
def test_first_example_is_shown_with_its_size_and_never_much(
    kernel: SharedKernel, tmp_path: Path, library: str
) -> None:
    pytest.importorskip(library, reason=TORCH_EXTRA)
    cells = [f"show_first_example({value})" for value in SHOWN[library]]
    loader = f"import {library} as lib\ndef load(path): return 'a text'\n"
    shown = run(kernel, tmp_path, loader, more=cells)
    assert shown.error == ""
    for cell, texts in zip(cells, SHOWN[library].values(), strict=True):
        text = shown.cells[cell]
        assert [one for one in texts if one not in text] == [], text
        assert len(text) < 2500
