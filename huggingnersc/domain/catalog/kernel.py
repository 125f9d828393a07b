"""The Jupyter kernel of a notebook, by what its loader needs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from huggingnersc.domain.catalog.python_arguments import imported_modules
from huggingnersc.domain.scan.python_code import syntax_tree

if TYPE_CHECKING:
    from collections.abc import Iterable

    from huggingnersc.domain.catalog.run_command import RunCommand
    from huggingnersc.domain.catalog.scripts import Script, Scripts
    from huggingnersc.domain.site import JupyterSettings

PYTHON = "python"
_LANGUAGES = {"julia": "julia", "r": "R"}  # and how a kernel names them
# Modules that import another one.
_BRINGS = {
    "torch": {"torchvision", "torchaudio", "torch_geometric", "lightning", "pytorch_lightning"},
    "tensorflow": {"keras", "tensorflow_datasets", "tensorflow_io"},
}


@dataclass(frozen=True, slots=True)
class Kernel:
    """The kernel of a notebook.

    Attributes:
        name: as `jupyter kernelspec list` shows it.
        display_name: the name in the kernel menu.
        language: what it runs, as Jupyter names it: `python`, `julia` or `R`.
    """

    name: str
    display_name: str
    language: str = PYTHON


def python_kernel(jupyter: JupyterSettings) -> Kernel:
    """Return the Python kernel of a site."""
    return Kernel(jupyter.kernel_name, jupyter.kernel_display_name)


def notebook_kernel(
    scripts: Scripts[Script], run: RunCommand, stated: str, jupyter: JupyterSettings
) -> Kernel:
    """Return the kernel that runs a loader.

    A loader in Julia or R has a kernel of its language where one is stated or known at the site;
    any other one is run by Python, as a command where it is not Python.

    Args:
        scripts: the loader and its companions.
        run: how the loader is run.
        stated: the kernel that the steward named; empty for the one that fits.
        jupyter: the kernels of the site.
    """
    is_runnable = run.is_plain or not run.words
    language = _LANGUAGES.get(scripts.loader.language) if is_runnable else None
    pythons = {jupyter.kernel_name} | {
        kernel.name for key, kernel in jupyter.kernels.items() if key not in _LANGUAGES
    }
    if stated:
        kind = language if language and stated not in pythons else PYTHON
        return Kernel(stated, _display_name(stated, jupyter), kind)
    needs = (scripts.loader.language,) if language else needed_modules(scripts)
    for key, kernel in jupyter.kernels.items():
        if key in needs:
            name = kernel.display_name or kernel.name
            return Kernel(kernel.name, name, _LANGUAGES.get(key, PYTHON))
    return python_kernel(jupyter)


def lacking_modules(
    scripts: Scripts[Script], run: RunCommand, stated: str, jupyter: JupyterSettings
) -> tuple[str, ...]:
    """Return the modules that a loader imports and its kernel is known not to have."""
    if notebook_kernel(scripts, run, stated, jupyter) != python_kernel(jupyter):
        return ()
    return tuple(sorted(set(jupyter.kernel_lacks) & needed_modules(scripts)))


@lru_cache(maxsize=8)  # one plan asks several times
def needed_modules(scripts: Scripts[Script]) -> frozenset[str]:
    """Return the first part of the name of every module that the Python scripts import."""
    found = set(_imports((scripts.loader, *scripts.includes)))
    return frozenset(found | {name for name, others in _BRINGS.items() if others & found})


def _imports(scripts: Iterable[Script]) -> Iterable[str]:
    for script in scripts:
        tree = syntax_tree(script.text) if script.language == "python" else None
        if tree is not None:
            yield from imported_modules(tree)


def _display_name(name: str, jupyter: JupyterSettings) -> str:
    known = {kernel.name: kernel.display_name for kernel in jupyter.kernels.values()}
    known[jupyter.kernel_name] = jupyter.kernel_display_name
    return known.get(name) or name
