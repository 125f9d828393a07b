from __future__ import annotations

import pytest

from huggingnersc.domain.catalog.kernel import (
    Kernel,
    lacking_modules,
    needed_modules,
    notebook_kernel,
)
from huggingnersc.domain.catalog.run_command import run_command
from huggingnersc.domain.catalog.scripts import Script, Scripts
from huggingnersc.domain.site import JupyterSettings, KernelSettings

CENTER = JupyterSettings(
    kernel_name="python3",
    kernel_display_name="NERSC Python",
    kernel_lacks=("tensorflow", "torch"),
    kernels={
        "torch": KernelSettings("pytorch-2", "PyTorch 2"),
        "julia": KernelSettings("julia-1.11"),
    },
)
PLAIN = Kernel("python3", "NERSC Python")
TORCH = Kernel("pytorch-2", "PyTorch 2")


def scripts(text: str, name: str = "load.py", include: str = "") -> Scripts[Script]:
    includes = (Script("helpers.py", include),) if include else ()
    return Scripts(Script(name, text), includes=includes)


def kernel(of: Scripts[Script], stated: str = "") -> Kernel:
    return notebook_kernel(of, run_command(of.loader), stated, CENTER)


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        (scripts("import csv\n"), PLAIN),
        (scripts("import torch.utils.data\n"), TORCH),
        (scripts("def load():\n    from torch import nn\n"), TORCH),
        (scripts("import torchvision\n"), TORCH),
        (scripts("import helpers\n", include="import torch\n"), TORCH),
        (scripts("from .torch import x\n"), PLAIN),
        (scripts("# import torch\n"), PLAIN),
        (scripts("import torch\n", "load.sh"), PLAIN),
        (scripts("println(1)\n", "load.jl"), Kernel("julia-1.11", "julia-1.11", "julia")),
        (scripts("print(1)\n", "load.R"), PLAIN),
    ],
)
def test_the_kernel_is_chosen_by_imports_and_language(
    of: Scripts[Script], expected: Kernel
) -> None:
    assert kernel(of) == expected


@pytest.mark.parametrize(
    ("of", "stated", "expected"),
    [
        (scripts("import torch\n"), "my-env", Kernel("my-env", "my-env")),
        (scripts("import csv\n"), "pytorch-2", TORCH),
        (scripts("import torch\n"), "python3", PLAIN),
        (scripts("print(1)\n", "load.R"), "ir", Kernel("ir", "ir", "R")),
        (scripts("print(1)\n", "load.R"), "pytorch-2", TORCH),
        (scripts("echo\n", "load.sh"), "bash", Kernel("bash", "bash")),
    ],
)
def test_a_stated_kernel_is_used(of: Scripts[Script], stated: str, expected: Kernel) -> None:
    assert kernel(of, stated) == expected


@pytest.mark.parametrize(
    ("text", "stated", "lacking"),
    [
        ("import torch\n", "", ()),
        ("import torch\n", "python3", ("torch",)),
        ("import keras\n", "", ("tensorflow",)),
        ("import keras\n", "my-env", ()),
        ("import numpy\n", "", ()),
    ],
)
def test_modules_that_the_kernel_lacks_are_named(
    text: str, stated: str, lacking: tuple[str, ...]
) -> None:
    of = scripts(text)
    assert lacking_modules(of, run_command(of.loader), stated, CENTER) == lacking


def test_the_same_scripts_are_read_once() -> None:
    assert needed_modules(scripts("import torch\n")) is needed_modules(scripts("import torch\n"))
