"""Files made from values that try to break out of them."""

from __future__ import annotations

import ast
import shlex
import subprocess
import sys
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.adapters.templates import render
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.draft.data_layout import DataLayout, ExampleCount
from huggingnersc.domain.draft.file_type import FileType
from huggingnersc.domain.draft.layout import (
    Column,
    FileLayout,
    ImageKey,
    ImageLayout,
    LabelTables,
)
from huggingnersc.domain.draft.plan import Draft, make_files, next_steps
from huggingnersc.domain.draft.split import Split
from huggingnersc.domain.draft.table import column_names
from huggingnersc.domain.text.code_literals import docstring, literal
from huggingnersc.domain.text.markdown import one_line
from huggingnersc.fixes import Option, Verb
from tests.builders import make_site, write_tree
from tests.conftest import ROOT
from tests.odd_texts import ODD, few, many, some

if TYPE_CHECKING:
    from collections.abc import Sequence

SPLITS = (Split("train", "train/*", ()), Split("test", "test/*", ()))
FORMS = [(file_type, distributed) for file_type in FileType for distributed in (False, True)]

CONSTANTS = {
    FileType.CSV: "COLUMNS",
    FileType.IMAGES: "CLASSES",
    FileType.NETCDF: "VARIABLES",
    FileType.PARQUET: "COLUMNS",
}


def make_draft(
    file_type: FileType,
    distributed: bool,
    *,
    title: str = "Iris",
    nickname: str = "iris",
    names: Sequence[str] = ("x", "y"),
    path: str = "/global/cfs/cdirs/dasrepo/www/iris",
    left_out: tuple[str, ...] = (),
    splits: tuple[Split, ...] = (),
    images: ImageLayout | None = None,
    is_file: bool = False,
) -> Draft:
    if file_type is FileType.IMAGES:
        images = images or ImageLayout(8, 8, "L", classes=tuple(names))
    columns = tuple(Column(name, "float") for name in column_names(names))
    data = DataLayout(
        path=PurePosixPath(path),
        name=nickname,
        file_types=(file_type,),
        members=(),
        left_out=left_out,
        suffixes=(".csv",),
        file=FileLayout(
            columns=columns,
            arrays=tuple(names),
            numeric=tuple(names),
            dimension=title,
            images=images,
        ),
        count=ExampleCount(150),
        splits=splits,
        is_file=is_file,
    )
    document = {"datacard_tags": {"pretty_name": title}, "other_info": {"nickname": nickname}}
    return Draft(data, document, distributed)


def texts(draft: Draft) -> dict[str, str]:
    files = make_files(draft, make_site(), render)
    return {file.path: file.content.decode() for file in files}


def values(code: str) -> dict[str, Any]:
    """The constants of a module and the defaults of `main`, read by Python's own parser."""
    found: dict[str, Any] = {}
    for node in ast.parse(code).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            if isinstance(node.value, ast.Dict):
                found[node.targets[0].id] = [
                    ast.literal_eval(key) for key in node.value.keys if key
                ]
            elif not isinstance(node.value, ast.Subscript):
                found[node.targets[0].id] = ast.literal_eval(node.value)
        if isinstance(node, ast.FunctionDef) and node.name == "main" and node.args.defaults:
            found["DATA_PATH"] = ast.literal_eval(node.args.defaults[0])
    return found


paths = ODD.map(lambda text: text.replace("\0", "").encode("utf-8", "ignore").decode())


@pytest.mark.parametrize(("file_type", "distributed"), FORMS)
@given(title=ODD, path=paths, names=st.lists(ODD, min_size=1, max_size=3, unique=True))
@few
def test_whatever_is_put_into_a_loader_is_read_back_by_python(
    file_type: FileType, distributed: bool, title: str, path: str, names: list[str]
) -> None:
    data_path = str(PurePosixPath("/data") / path.lstrip("/"))
    draft = make_draft(
        file_type, distributed, title=title, names=names, path=data_path, left_out=(path,)
    )
    code = texts(draft)["iris_loader.py"]
    read = values(code)
    assert read["DATA_PATH"] == data_path
    assert read["LEFT_OUT"] == [path]
    if file_type not in {FileType.TEXT, FileType.JSON_LINES}:
        key = CONSTANTS.get(file_type, "ARRAYS")
        is_table = file_type is FileType.CSV or (key == "COLUMNS" and not distributed)
        assert read[key] == (column_names(names) if is_table else names)
    assert one_line(title) in (ast.get_docstring(ast.parse(code), clean=False) or "")


def tables(key: ImageKey, names: Sequence[str] = ("image", "kind")) -> ImageLayout:
    """Images labeled by a table, whose first column names them."""
    columns = tuple(Column(name, "int") for name in column_names(names))
    paths = (PurePosixPath(names[-1].replace("\0", "") or "x"),)
    labels = LabelTables(paths, "utf-8-sig", ",", True, columns[0].name, key, columns)
    return ImageLayout(8, 8, "RGBA", tables=labels)


LABELS = [tables(ImageKey.PATH), tables(ImageKey.STEM), ImageLayout(8, 8, "P")]


@given(names=st.lists(ODD, min_size=2, max_size=3, unique=True), key=st.sampled_from(ImageKey))
@few
def test_whatever_a_table_of_labels_is_called_is_read_back_by_python(
    names: list[str], key: ImageKey
) -> None:
    for distributed in (False, True):
        images = tables(key, names)
        code = texts(make_draft(FileType.IMAGES, distributed, images=images))["iris_loader.py"]
        assert images.tables is not None
        read = values(code)
        assert read["LABELS"] == [str(path) for path in images.tables.paths]
        assert read["COLUMNS"] == column_names(names)


@pytest.mark.parametrize(
    ("file_type", "distributed", "images"),
    [
        *((*form, None) for form in FORMS),
        *((FileType.IMAGES, distributed, one) for distributed in (False, True) for one in LABELS),
    ],
)
@pytest.mark.parametrize(
    ("left_out", "splits", "is_file"),
    [
        ((), (), False),
        ((), (), True),
        (("labels.csv",), (), False),
        (("labels.csv",), SPLITS, False),
    ],
)
def test_loader_is_clean_python_as_ruff_would_format_it(
    file_type: FileType,
    distributed: bool,
    images: ImageLayout | None,
    left_out: tuple[str, ...],
    splits: tuple[Split, ...],
    is_file: bool,
    tmp_path: Path,
) -> None:
    pytest.importorskip("ruff", reason="ruff is not installed: pip install -e '.[dev]'")
    draft = make_draft(
        file_type,
        distributed,
        left_out=left_out,
        splits=splits,
        images=images,
        is_file=is_file and file_type is not FileType.ZARR,
    )
    write_tree(tmp_path, {"loader.py": texts(draft)["iris_loader.py"]})
    may = "--ignore=D,T201,S,INP,B905"  # as examples/ may, and zip without strict
    for command in (["check", may], ["format", "--diff"]):
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "ruff",
                *command,
                "--config",
                ROOT / "pyproject.toml",
                "-q",
                ".",
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(("file_type", "distributed"), FORMS)
@given(name=ODD, pattern=ODD)
@few
def test_whatever_a_split_is_called_is_read_back_by_python(
    file_type: FileType, distributed: bool, name: str, pattern: str
) -> None:
    splits = (Split(name, pattern, ()), Split("test", "test/*", ()))
    code = texts(make_draft(file_type, distributed, splits=splits))["iris_loader.py"]
    (given,) = (
        node.value
        for node in ast.parse(code).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "SPLITS"
    )
    assert ast.literal_eval(given) == {name: pattern} | {"test": "test/*"}
    assert f"split: str = {literal(name)}" in code


@given(text=ODD)
@many
def test_literal_is_the_text_again(text: str) -> None:
    assert ast.literal_eval(literal(text)) == text
    assert ast.literal_eval(literal([text, "x"])) == [text, "x"]
    assert ast.literal_eval(f'"""x {docstring(text)} x"""') == f"x {one_line(text)} x"


@given(title=ODD, path=paths)
@some
def test_bash_reads_the_path_back_and_slurm_the_options_of_the_site_only(
    title: str, path: str
) -> None:
    data_path = str(PurePosixPath("/data") / path.lstrip("/"))
    script = texts(make_draft(FileType.CSV, True, title=title, path=data_path))["iris_batch.sh"]
    (given,) = _lines_from(script, "DEFAULT_PATH=")
    assert shlex.split(given) == [data_path]
    head = script[: script.index("\nset -e\n")]
    options = [line for line in head.split("\n") if line.startswith("#SBATCH")]
    assert options == [
        "#SBATCH --job-name=iris",
        *(f"#SBATCH {option}" for option in make_site().profile.batch.options),
        "#SBATCH --output=iris-%j.out",
    ]
    assert all(line.startswith("#") for line in head.split("\n"))


def test_bash_takes_the_path_as_one_word_whatever_is_in_it() -> None:
    path = '/data/it\'s "$(id)" `id`\\\n#SBATCH --x \n*'
    script = texts(make_draft(FileType.CSV, True, path=path))["iris_batch.sh"]
    start, end = script.index("DEFAULT_PATH="), script.index("\n\neval")
    shown = subprocess.run(
        ["bash", "-euc", f'{script[start:end]}\nprintf %s "$DATA_PATH"'],
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout == path


@pytest.mark.parametrize("nickname", ["iris", "no", "1e5", "2020.10", "null", "0x1F", "a-b_c.d"])
def test_environment_has_the_nickname_as_its_name(nickname: str) -> None:
    files = texts(make_draft(FileType.HDF5, True, nickname=nickname))
    (name,) = [name for name in files if name.endswith("_environment.yml")]
    environment = yaml.safe_load(files[name])
    assert environment["name"] == nickname
    assert "h5py>=3.12" in environment["dependencies"]
    (script,) = [text for name, text in files.items() if name.endswith(".sh")]
    assert f"\nconda activate {nickname}\n" in script


def test_same_dataset_gives_the_same_bytes() -> None:
    assert texts(make_draft(FileType.CSV, True)) == texts(make_draft(FileType.CSV, True))


def test_next_steps_name_the_portal_link_where_the_portal_serves_the_data() -> None:
    steps = next_steps(make_draft(FileType.CSV, False), make_site(), PurePosixPath("iris"))
    assert [step.fix.verb for step in steps] == [
        Verb.VALIDATE_METADATA,
        Verb.PREVIEW_DATASET,
        Verb.CATALOG_NEW_DATASET,
    ]
    assert steps[2].fix.arguments == (
        "Iris",
        "iris",
        "iris/iris_loader.py",
        "https://portal.nersc.gov/cfs/dasrepo/iris",
        "iris/metadata.json",
    )


def test_next_steps_have_a_placeholder_and_the_path_elsewhere() -> None:
    draft = make_draft(FileType.CSV, True, path="/home/me/x", title="-odd")
    fix = next_steps(draft, make_site(), PurePosixPath("d"))[2].fix
    assert fix.options == (
        Option(Field.DATA_PATH, "/home/me/x"),
        Option(Field.INCLUDE, "d/iris_environment.yml"),
    )
    assert fix.arguments == (
        "-odd",
        "iris",
        "d/iris_loader.py",
        "PORTAL_LINK",
        "d/metadata.json",
        "d/iris_batch.sh",
        "True",
    )


def _lines_from(script: str, start: str) -> list[str]:
    """The quoted value after `start`; it may go over several lines."""
    begin = script.index(start) + len(start)
    return [script[begin : script.index("\nDATA_PATH=", begin)]]
