"""The notebook that loads a dataset, assembled and validated with nbformat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from huggingnersc.domain.render import Render


def notebook_bytes(
    render: Render, values: Mapping[str, Any], kernel_name: str, kernel_display_name: str
) -> bytes:
    """Return the notebook as JSON; cell ids are fixed, so the same values give the same bytes.

    Args:
        render: fills the templates in `templates/notebook/`.
        values: what the templates use.
        kernel_name: the kernel to run it with.
        kernel_display_name: the kernel's name for people.
    """
    from nbformat.v4 import new_code_cell, new_markdown_cell

    def source(template: str) -> str:
        return render(f"notebook/{template}", **values).rstrip("\n")

    is_python = values["loader"]["language"] == "python"
    loader = source("loader.py.j2" if is_python else "loader.md.j2")
    cells = [
        new_markdown_cell(source("title.md.j2"), id="title"),
        new_code_cell(source("data_path.py.j2"), id="data-path"),
        new_code_cell(loader, id="loader")
        if is_python
        else new_markdown_cell(loader, id="loader"),
        new_markdown_cell(source("links.md.j2"), id="links"),
    ]
    return written(cells, kernel_name, kernel_display_name)


def written(cells: list[Any], kernel_name: str, kernel_display_name: str) -> bytes:
    """Return a notebook of these cells as JSON, validated."""
    import nbformat
    from nbformat.v4 import new_notebook

    notebook = new_notebook(
        cells=cells,
        metadata={
            "kernelspec": {
                "name": kernel_name,
                "display_name": kernel_display_name,
                "language": "python",
            },
            "language_info": {"name": "python"},
        },
    )
    nbformat.validate(notebook)
    text: str = nbformat.writes(notebook)
    return f"{text}\n".encode()
