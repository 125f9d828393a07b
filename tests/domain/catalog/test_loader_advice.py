from __future__ import annotations

from typing import Any

import pytest

from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.catalog.loader_advice import loader_advice
from huggingnersc.domain.catalog.scripts import Script
from huggingnersc.domain.site import JupyterSettings
from huggingnersc.fixes import Option
from tests.builders import make_entry

LACKS = JupyterSettings(kernel_lacks=("torch",))
SEED = "import argparse\np = argparse.ArgumentParser()\np.add_argument('--seed', required=True)\n"


def fields(text: str, **changes: Any) -> list[str]:
    """The options that the advice names."""
    entry = make_entry(loader=Script("load.py", text), **changes)
    parts = [part for message in loader_advice(entry, LACKS) for part in message.parts]
    return [part.name for part in parts if isinstance(part, Option)]


def test_a_loader_whose_command_line_is_not_known_asks_for_the_command() -> None:
    assert fields(SEED) == [Field.RUN_COMMAND]
    assert fields(SEED, run_command="python {loader} --seed 1 {data}") == []
    assert fields(SEED, distributed=True) == []


def test_a_loader_that_the_kernel_cannot_run_asks_for_a_kernel() -> None:
    assert fields("import torch\n") == [Field.KERNEL]
    assert fields("import torch\n", kernel="my-env") == []
    assert fields("import torch\n", distributed=True) == []


@pytest.mark.parametrize("text", ["print(1)\n", "import sys\nprint(sys.argv[1])\n"])
def test_other_loaders_need_no_advice(text: str) -> None:
    assert fields(text) == []
