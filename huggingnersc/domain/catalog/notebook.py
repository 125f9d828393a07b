"""The notebook that loads a dataset, assembled and validated with nbformat."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.catalog.kernel import PYTHON
from huggingnersc.domain.catalog.python_arguments import DATA
from huggingnersc.domain.catalog.run_command import LOADER
from huggingnersc.domain.text.foreign_literals import julia_literal, r_literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from huggingnersc.domain.catalog.kernel import Kernel
    from huggingnersc.domain.catalog.run_command import RunCommand
    from huggingnersc.domain.render import Render

SCRIPT = "__main__"  # the `__name__` of a loader that is run as a script
_NAMES = {LOADER: "LOADER", DATA: "DATA_PATH"}
_PROGRAMS = {"python": "sys.executable", "python3": "sys.executable"}
# How each language writes a text, and several that are joined.
_WRITERS: Mapping[str, tuple[Callable[[str], str], str]] = {
    PYTHON: (repr, '"".join([{}])'),
    "julia": (julia_literal, "string({})"),
    "R": (r_literal, "paste0({})"),
}
_FOLDER = re.compile(rb'^[ \t]*"FOLDER (?:=|<-) ', re.MULTILINE)
_SUFFIXES = {"julia": "jl", "R": "r"}
_FOLDED: Mapping[str, Any] = {"jupyter": {"source_hidden": True}}  # long, and no one changes it


def notebook_bytes(
    render: Render, values: Mapping[str, Any], run: RunCommand, kernel: Kernel
) -> bytes:
    """Return the notebook as JSON; cell ids are fixed, so the same values give the same bytes.

    Where a script is generated that loads the data, Python uses it. Without one, a Python loader
    stands in a cell and is run there; any other loader is run as a file, by a kernel of its
    language or as a command.

    Args:
        render: fills the templates in `templates/notebook/`.
        values: what the templates use.
        run: how the loader is run.
        kernel: the kernel to run it with.
    """
    from nbformat.v4 import new_code_cell, new_markdown_cell

    language, cells = values["loader"]["language"], []
    known = {**values, "run": _run_values(language, values["loader"]["name"], run, kernel)}
    for name, template in _cells(language, run, kernel, has_script=values["load"] is not None):
        source = render(f"notebook/{template}.j2", **known).rstrip("\n")
        if template.endswith(".md"):
            cells.append(new_markdown_cell(source, id=name))
        else:
            metadata = dict(_FOLDED) if name == "tools" else {}
            cells.append(new_code_cell(source, id=name, metadata=metadata))
    return written(cells, kernel)


def _cells(
    language: str, run: RunCommand, kernel: Kernel, *, has_script: bool
) -> Iterator[tuple[str, str]]:
    """Yield the id and the template of each cell."""
    yield "title", "title.md"
    if kernel.language != PYTHON:
        suffix = _SUFFIXES[kernel.language]
        yield from [("data-path", f"data_path.{suffix}"), ("loader", "loader.md")]
        yield "run", f"run.{suffix}"
    elif has_script:
        yield from [("load-about", "load.md"), ("load", "load.py")]
        yield from [("rows", "first_rows.py"), ("plot", "plot.py")]
    elif _is_in_cell(language, run):
        yield from [("data-path", "data_path.py"), ("tools", "tools.py")]
        yield from [("loader", "loader.py"), ("show", "show.py")]
    else:
        yield from [("data-path", "data_path.py"), ("loader", "loader.md"), ("run", "run.py")]
    yield "links", "links.md"


def _is_in_cell(language: str, run: RunCommand) -> bool:
    """Return whether a loader can be run in a cell: by Python, and nothing else."""
    return language == PYTHON and (not run.words or (run.is_plain and run.words[0] in _PROGRAMS))


def _run_values(language: str, name: str, run: RunCommand, kernel: Kernel) -> dict[str, Any]:
    start = run.entry_point
    # What the steward states is run; `load` is called all the same, because it gives the data.
    is_called = start and (not run.is_stated or start.is_variable or start.name == "load")
    is_script = run.is_stated or start is None or start.is_variable
    arguments = run.words[2:] if run.words else (DATA,)
    return {
        "is_in_notebook": _is_in_cell(language, run),
        "module": SCRIPT if is_script else _module(name),
        "arguments": [_expression(word, kernel.language) for word in arguments],
        "command": [_PROGRAMS.get(word) or _expression(word, PYTHON) for word in run.words],
        "call": start.call if start and is_called else None,
    }


def _module(name: str) -> str:
    return re.sub(r"\W", "_", PurePosixPath(name).stem)


def _expression(word: str, language: str) -> str:
    """Return a word of a command as an expression of a language."""
    literal, joined = _WRITERS[language]
    parts = [part for part in re.split(r"(\{loader\}|\{data\})", word) if part]
    written_parts = [_NAMES.get(part) or literal(part) for part in parts] or [literal("")]
    return written_parts[0] if len(written_parts) == 1 else joined.format(", ".join(written_parts))


def uses_files(notebook: bytes) -> bool:
    """Return whether a notebook uses the files of the catalog folder; those of old do not."""
    return _FOLDER.search(notebook) is not None


def written(cells: list[Any], kernel: Kernel) -> bytes:
    """Return a notebook of these cells as JSON, validated."""
    import nbformat
    from nbformat.v4 import new_notebook

    notebook = new_notebook(
        cells=cells,
        metadata={
            "kernelspec": {
                "name": kernel.name,
                "display_name": kernel.display_name,
                "language": kernel.language,
            },
            "language_info": {"name": kernel.language},
        },
    )
    nbformat.validate(notebook)
    text: str = nbformat.writes(notebook)
    return f"{text}\n".encode()
