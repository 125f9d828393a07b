"""The notebook that runs a dataset's batch script, assembled and validated with nbformat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from huggingnersc.domain.catalog.notebook import written

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from huggingnersc.domain.catalog.kernel import Kernel
    from huggingnersc.domain.planned_file import PlannedFile
    from huggingnersc.domain.render import Render

_CELLS = (
    "title.md",
    "settings.py",
    *("files.md", "files.py", "tools.py"),
    *("submit.md", "submit.py"),
    *("follow.md", "follow.py"),
    *("output.md", "output.py"),
    *("cancel.md", "cancel.py"),
)
# `parameters` is where papermill puts values; long cells that no one changes are folded.
_METADATA: Mapping[str, Mapping[str, Any]] = {
    "settings": {"tags": ["parameters"]},
    "files": {"jupyter": {"source_hidden": True}},
    "tools": {"jupyter": {"source_hidden": True}},
}


def job_notebook_bytes(
    render: Render,
    values: Mapping[str, Any],
    files: Iterable[PlannedFile],
    kernel: Kernel,
) -> bytes:
    """Return the notebook as JSON; cell ids are fixed, so the same values give the same bytes.

    Args:
        render: fills the templates in `templates/notebook/`.
        values: what the templates use.
        files: UTF-8 texts that the job needs, the batch script among them; the notebook holds
            them line by line as Python literals and writes the same bytes.
        kernel: the Python kernel to run it with.
    """
    from nbformat.v4 import new_code_cell, new_markdown_cell

    job_files = [
        {"name": file.path, "lines": file.content.decode().splitlines(keepends=True) or [""]}
        for file in files
    ]
    cells = []
    for cell in (*_CELLS, "links.md"):
        name, _, kind = cell.partition(".")
        template = cell if name == "links" else f"job_{cell}"
        source = render(f"notebook/{template}.j2", **values, job_files=job_files).rstrip("\n")
        if kind == "py":
            cells.append(new_code_cell(source, id=name, metadata=dict(_METADATA.get(name, {}))))
        else:
            cells.append(new_markdown_cell(source, id=f"about-{name}"))
    return written(cells, kernel)
