from __future__ import annotations

import ast
from pathlib import PurePosixPath

import nbformat
import pytest
from hypothesis import given

from huggingnersc.domain.catalog.dataset_spec import DatasetSpec
from huggingnersc.domain.catalog.scripts import Script
from huggingnersc.domain.text.markdown import encoded_url
from tests.builders import make_entry
from tests.odd_entries import ENTRIES, READER, file_of, plan_of
from tests.odd_texts import some

CELLS = ["title", "data-path", "tools", "loader", "show", "links"]


@some
@given(ENTRIES.filter(lambda entry: not entry.distributed))
def test_the_notebook_holds_the_loader_and_is_valid(entry: DatasetSpec) -> None:
    text = file_of(plan_of(entry), "iris_dataloader.ipynb")
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    assert [cell.id for cell in notebook.cells] == CELLS
    title, data_path, _, loader, _, links = notebook.cells
    magic, _, code = loader.source.partition("\n")
    assert magic.startswith("%%loader ")
    assert code == entry.scripts.loader.code.rstrip("\n")
    where = [node for node in ast.parse(data_path.source).body if isinstance(node, ast.Assign)]
    names = {ast.unparse(one.targets[0]): one.value for one in where}
    assert ast.literal_eval(names["DATA_PATH"]) == str(entry.data_path)
    assert ast.literal_eval(names["FOLDER"]) == "/catalog/iris"
    assert ast.unparse(names["LOADER"]) == f"os.path.abspath({entry.scripts.loader.name!r})"
    shown = READER.parse(title.source)
    assert shown[0].tag == "h1"
    assert (
        "".join(c.content for c in shown[1].children or ()).split() == entry.official_name.split()
    )
    assert not any(token.type.endswith("list_open") for token in shown)
    hrefs = [
        child.attrs["href"]
        for token in READER.parse(links.source)
        for child in token.children or ()
        if child.type == "link_open"
    ]
    assert hrefs == [
        "https://huggingface.co/datasets/NERSC/iris",
        READER.normalizeLink(encoded_url(entry.portal_link)),
    ]


@pytest.mark.parametrize(
    ("name", "language"), [("load.R", "r"), ("load.sh", "bash"), ("load.txt", "")]
)
def test_a_loader_in_another_language_is_shown_and_run_as_a_file(name: str, language: str) -> None:
    entry = make_entry(loader=Script(name, "# ```\nx <- 1\n"))
    notebook = nbformat.reads(
        file_of(plan_of(entry), "iris_dataloader.ipynb"), as_version=nbformat.NO_CONVERT
    )
    assert [cell.id for cell in notebook.cells] == ["title", "data-path", "loader", "run", "links"]
    (shown,) = [token for token in READER.parse(notebook.cells[2].source) if token.type == "fence"]
    assert (shown.info, shown.content) == (language, "# ```\nx <- 1\n")


def test_the_kernel_is_the_site_s() -> None:
    notebook = nbformat.reads(
        file_of(plan_of(make_entry()), "iris_dataloader.ipynb"), as_version=4
    )
    assert notebook.metadata.kernelspec == {
        "name": "python3",
        "display_name": "NERSC Python",
        "language": "python",
    }


def test_the_path_is_a_python_literal_whatever_it_holds() -> None:
    path = PurePosixPath('/a\'\n"""\\')
    cell = nbformat.reads(
        file_of(plan_of(make_entry(data_path=path)), "iris_dataloader.ipynb"), as_version=4
    ).cells[1]
    assigned = [node for node in ast.parse(cell.source).body if isinstance(node, ast.Assign)]
    values = {ast.unparse(node.targets[0]): node.value for node in assigned}
    assert ast.literal_eval(values["DATA_PATH"]) == str(path)
    assert ast.unparse(values["sys.argv"]) == "[LOADER]"
