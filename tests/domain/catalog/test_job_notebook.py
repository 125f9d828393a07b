from __future__ import annotations

import ast
import sys
from dataclasses import replace
from typing import Any

import nbformat
from hypothesis import given

from huggingnersc.domain.catalog.dataset_spec import DatasetSpec
from huggingnersc.domain.catalog.plan import Plan
from huggingnersc.domain.catalog.scripts import Script
from tests.builders import make_entry
from tests.odd_entries import ENTRIES, READER, file_of, jetclass_entry, plan_of
from tests.odd_texts import some

JOBS = ENTRIES.filter(lambda entry: entry.scripts.batch is not None).map(
    lambda entry: replace(entry, job_notebook=True)
)
PLAIN = make_entry(batch_script=Script("job.sh", "#!/bin/bash\n"), job_notebook=True)


def cells_of(plan: Plan) -> dict[str, nbformat.NotebookNode]:
    notebook = nbformat.reads(file_of(plan, "iris_job.ipynb"), as_version=4)
    nbformat.validate(notebook)
    return {cell.id: cell for cell in notebook.cells}


def code_of(plan: Plan) -> dict[str, str]:
    cells = cells_of(plan).items()
    return {name: cell.source for name, cell in cells if cell.cell_type == "code"}


def values_of(source: str) -> dict[str, Any]:
    """What the names of a cell that only assigns literals are set to."""
    assignments = [node for node in ast.parse(source).body if isinstance(node, ast.Assign)]
    return {ast.unparse(node.targets[0]): node.value for node in assignments}


@some
@given(JOBS)
def test_the_notebook_holds_every_file_of_the_job_to_the_byte(entry: DatasetSpec) -> None:
    plan = plan_of(entry)
    source = code_of(plan)["files"]
    assert all(isinstance(node, ast.Assign) for node in ast.parse(source).body)
    reported = {name: ast.literal_eval(value) for name, value in values_of(source).items()}
    files = {file.path: file.content for file in plan.hub_files if file.path != "README.md"}
    assert {name: text.encode() for name, text in reported.pop("FILES").items()} == files
    assert reported == {"BATCH_SCRIPT": "job.sh"}


@some
@given(JOBS)
def test_nothing_that_people_write_becomes_code(entry: DatasetSpec) -> None:
    ours, theirs = code_of(plan_of(PLAIN)), code_of(plan_of(entry))
    assert list(ours) == list(theirs)
    for name, source in theirs.items():
        compile(source, name, "exec")
    settings = theirs.pop("settings").splitlines()
    plain = ours.pop("settings").splitlines()
    changed = [line for line, same in zip(settings, plain, strict=True) if line != same]
    assert len(changed) <= 1
    for line in changed:
        assert ast.literal_eval(line.removeprefix("DATA_PATH = ")) == str(entry.data_path)
    del ours["files"], theirs["files"]  # literals alone: see above
    assert ours == theirs


@some
@given(JOBS)
def test_texts_between_the_cells_keep_their_form_whatever_they_hold(entry: DatasetSpec) -> None:
    ours, theirs = cells_of(plan_of(PLAIN)), cells_of(plan_of(entry))
    for name in (name for name, cell in ours.items() if cell.cell_type == "markdown"):
        forms = [[token.type for token in READER.parse(c[name].source)] for c in (ours, theirs)]
        assert forms[0] == forms[1]


def test_cells_import_the_standard_library_only() -> None:
    for source in code_of(plan_of(PLAIN)).values():
        for node in ast.walk(ast.parse(source)):
            assert not isinstance(node, ast.ImportFrom) or node.module in sys.stdlib_module_names
            if isinstance(node, ast.Import):
                assert {alias.name for alias in node.names} <= sys.stdlib_module_names


def test_the_settings_come_first_and_may_be_given_by_papermill() -> None:
    cells = cells_of(plan_of(PLAIN))
    assert list(cells)[:2] == ["about-title", "settings"]
    assert cells["settings"].metadata == {"tags": ["parameters"]}
    assert cells["files"].metadata == {"jupyter": {"source_hidden": True}}


def test_the_kernel_is_the_site_s() -> None:
    text = file_of(plan_of(PLAIN), "iris_job.ipynb")
    kernel = nbformat.reads(text, as_version=4).metadata.kernelspec
    assert (kernel.name, kernel.display_name) == ("python3", "NERSC Python")


def test_a_long_script_is_kept_whole() -> None:
    text = "#!/bin/bash\n" + 'echo "a\'b"\n' * 20_000
    plan = plan_of(make_entry(batch_script=Script("job.sh", text), job_notebook=True))
    files = ast.literal_eval(values_of(code_of(plan)["files"])["FILES"])
    assert files["job.sh"].endswith(text.removeprefix("#!/bin/bash\n"))


def test_the_companions_come_along() -> None:
    plan = plan_of(replace(jetclass_entry(), job_notebook=True))
    notebook = nbformat.reads(file_of(plan, "jetclass_job.ipynb"), as_version=4)
    (source,) = [cell.source for cell in notebook.cells if cell.id == "files"]
    files = ast.literal_eval(values_of(source)["FILES"])
    names = ["jetclass_batch.sh", "jetclass_environment.yml", "jetclass_loader.py"]
    assert sorted(files) == names
