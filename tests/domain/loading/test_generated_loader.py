"""The text of `load_<nickname>.py`, made from values that try to break out of it."""

from __future__ import annotations

import ast
import hashlib
import json
import subprocess
import sys
from dataclasses import asdict, fields, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.adapters.templates import render
from huggingnersc.api.catalog.scan import scan_files
from huggingnersc.domain.catalog.plan import make_plan
from huggingnersc.domain.catalog.scripts import Script
from huggingnersc.domain.catalog.version_history import VersionHistory
from huggingnersc.domain.draft.file_type import FileType
from huggingnersc.domain.draft.layout import (
    ArraySplit,
    Column,
    ExampleUnit,
    FileLayout,
    ImageKey,
    ImageLayout,
    LabelTables,
)
from huggingnersc.domain.draft.table import MISSING as MISSING_IN_DRAFTS
from huggingnersc.domain.loading.file_layout import USUAL_IMAGES, USUAL_LAYOUT, USUAL_SPLIT
from huggingnersc.domain.loading.generated_loader import (
    FILE_TYPES,
    MISSING,
    LoadedDataset,
    generated_loader,
    has_script,
)
from huggingnersc.domain.loading.loading import Loading, Source
from huggingnersc.domain.loading.script_name import is_script_name
from huggingnersc.domain.loading.shards_script import script_shards, shards_loader
from huggingnersc.domain.loading.upload import Upload, UploadBucket, UploadForm
from tests.builders import make_entry, make_site, make_version, write_tree
from tests.conftest import ROOT
from tests.domain.loading.test_upload import UPLOAD
from tests.odd_texts import ODD, few

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

DIGEST = hashlib.sha256(b"").hexdigest()
TABLES = LabelTables(
    (PurePosixPath("labels.csv"),), "utf-8", ",", True, "file", ImageKey.PATH,
    (Column("file", "str"), Column("kind", "int")),
)  # fmt: skip
NO_PORTAL = "file:///data/iris"
HUB = "https://huggingface.co/datasets/NERSC/iris"


def as_json(layout: FileLayout) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(json.dumps(asdict(layout), default=str))
    return content


def source(file_type: str, layout: FileLayout, **changes: Any) -> Source:
    plain = Source(
        file_type=file_type,
        suffixes=(".csv", ".tsv"),
        layout=as_json(layout),
        manifest_sha256=DIGEST,
    )
    return replace(plain, **changes)


def dataset(of: Source, **changes: Any) -> LoadedDataset:
    values: dict[str, Any] = {
        "nickname": "iris",
        "title": "Iris",
        "version": "v1",
        "data_path": "/data/iris",
        "portal_link": "https://portal.nersc.gov/iris",
        "site": "NERSC",
        "catalog_dir": "/catalog/iris",
        "hub_url": HUB,
        "source": of,
    }
    return LoadedDataset(**{**values, **changes})


def code(of: Source, **changes: Any) -> str:
    return generated_loader(dataset(of, **changes), render).content.decode()


def layout_of(*names: str, **changes: Any) -> FileLayout:
    columns = tuple(Column(name, "float") for name in names)
    return replace(
        FileLayout(columns=columns, arrays=names, dimension="time", parent="", prefix="event_"),
        **changes,
    )


def forms() -> Iterator[tuple[str, FileLayout]]:
    plain = layout_of("x", "y")
    for kind in ("csv", "jsonl", "txt", "parquet"):
        yield kind, plain
    for unit in ExampleUnit:
        split = ArraySplit("train", {"x": "train/x"}, "train")
        yield "hdf5", replace(plain, unit=unit)
        yield "hdf5", replace(plain, unit=unit, parent="events")
        if unit is not ExampleUnit.FILE:
            yield "hdf5", replace(plain, unit=unit, texts=("x",), splits=(split,))
    for unit in (ExampleUnit.ROW, ExampleUnit.FILE):
        yield "netcdf", replace(plain, unit=unit)
        yield "netcdf", replace(plain, unit=unit, coordinates=("lat",), times=("x",), texts=("y",))
    yield "netcdf", replace(plain, times=("x",), is_by_time=True)
    yield "netcdf", layout_of("group/x")
    yield "zarr", plain
    yield "zarr", replace(plain, is_array=True)
    yield "zarr", replace(plain, splits=(ArraySplit("test", {"x": "test/x"}),))
    for images in (
        ImageLayout(),
        ImageLayout(classes=("cat", "dog")),
        ImageLayout(tables=TABLES),
        ImageLayout(tables=replace(TABLES, key=ImageKey.STEM, has_header=False)),
    ):
        yield "images", FileLayout(images=images)


def uploads() -> Iterator[Upload]:
    bucket = UploadBucket(address="s3://shards/iris", endpoint="https://s3.example.org")
    tars = tuple(replace(one, path=one.path.replace(".parquet", ".tar")) for one in UPLOAD.shards)
    for upload in (UPLOAD, replace(UPLOAD, form=UploadForm.WEBDATASET, shards=tars, version="")):
        for place in (None, bucket, replace(bucket, is_public=True)):
            yield replace(upload, bucket=place)


def constant(text: str, name: str) -> Any:
    (value,) = (
        node.value
        for node in ast.parse(text).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name
    )
    return ast.literal_eval(value)


def test_every_form_is_clean_python_as_ruff_would_format_it(tmp_path: Path) -> None:
    pytest.importorskip("ruff", reason="ruff is not installed: pip install -e '.[dev]'")
    more: tuple[Mapping[str, Any], ...] = (
        {},
        {"only": "a.csv"},
        {"splits": {"train": "train/*", "test": "test/*"}, "left_out": ("labels.csv",)},
        {"suffixes": (".csv.gz",)},
    )
    texts = {
        f"{number}_{place}_{link[:4]}.py": code(
            source(*form, **changes), portal_link=link, hub_url=HUB if place else ""
        )
        for number, form in enumerate(forms())
        for place, changes in enumerate(more)
        for link in ("https://portal.nersc.gov/iris", NO_PORTAL)
    }
    for number, upload in enumerate(uploads()):
        shards = script_shards(upload, "NERSC/iris")
        only = shards_loader("iris", "Iris", shards, (), render).content.decode()
        texts[f"{number}_shards.py"] = only
        for link in ("https://portal.nersc.gov/iris", NO_PORTAL):
            both = code(source("txt", layout_of("x")), portal_link=link, shards=shards)
            texts[f"{number}_both_{link[:4]}.py"] = both
    write_tree(tmp_path, texts)
    may = "--ignore=D,T201,S,INP,B905,N999"  # as drafted loaders may; a number is no module's name
    for command in (["check", may], ["format", "--diff"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--config", ROOT / "pyproject.toml", "-q",
             "--no-cache", "."],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("kind", sorted(FILE_TYPES))
@given(text=ODD)
@few
def test_whatever_is_put_into_a_script_is_read_back_by_python(kind: str, text: str) -> None:
    images = ImageLayout(classes=(text, "other")) if kind == "images" else None
    layout = layout_of(text, images=images, dimension=text, coordinates=(text,), times=(text,))
    of = source(kind, layout, splits={text: text, "test": text}, left_out=(text,))
    written = code(of, title=text, data_path=text, site=text, catalog_dir=text, hub_url=text)
    assert constant(written, "CENTER") == text
    assert constant(written, "SPLITS") == {text: text, "test": text}
    assert constant(written, "LEFT_OUT") == {text}
    assert constant(written, "MANIFESTS")[1] == f"{text}/versions/v1/manifest.tsv"


@given(link=st.one_of(ODD, ODD.map("https://portal/{}".format)))
@few
def test_a_portal_is_an_address(link: str) -> None:
    of = dataset(source("csv", layout_of("x")), portal_link=link)
    assert of.portal == "" or (of.portal.startswith("http") and of.portal.isascii())
    ast.parse(generated_loader(of, render).content)


@pytest.mark.parametrize(
    ("nickname", "taken", "module"),
    [
        ("iris", (), "load_iris"),
        ("jet-class_2.0", (), "load_jet_class_2_0"),
        ("2026", (), "load_2026"),
        ("iris", ("Load_Iris.py",), "load_iris_2"),
        ("iris", ("load_iris.py", "load_iris_2.py"), "load_iris_3"),
        ("iris", ("load_iris.R",), "load_iris"),
    ],
)
def test_the_name_can_be_imported_and_is_no_other_files(
    nickname: str, taken: tuple[str, ...], module: str
) -> None:
    of = dataset(source("csv", layout_of("x")), nickname=nickname, taken=taken)
    assert of.module == module
    assert of.module.isidentifier()


def test_every_type_of_files_has_a_script() -> None:
    assert {one.value for one in FileType} == FILE_TYPES


def test_what_is_usual_is_what_a_draft_takes_for_usual() -> None:
    drafted = {one.name: one.default for one in fields(FileLayout)}
    assert dict(USUAL_LAYOUT) == {name: drafted[name] for name in USUAL_LAYOUT}
    images = {one.name: one.default for one in fields(ImageLayout)}
    assert dict(USUAL_IMAGES) == {name: images[name] for name in USUAL_IMAGES}
    assert set(USUAL_SPLIT) == {one.name for one in fields(ArraySplit)}
    assert MISSING == MISSING_IN_DRAFTS


def test_a_layout_without_what_is_usual_gives_the_same_script() -> None:
    whole = source("csv", layout_of("x", dimension=None, prefix=""))
    short = replace(whole, layout={"columns": [{"name": "x", "type": "float"}], "arrays": ["x"]})
    assert code(short) == code(whole)


_TABLES = {"paths": ["a.csv"], "encoding": "", "delimiter": ",", "has_header": True}


@pytest.mark.parametrize(
    "layout",
    [
        {"columns": 3},
        {"columns": [3]},
        {"columns": [{"name": "x", "type": "__import__('os')"}]},
        {"columns": [{"name": 1, "type": "int"}]},
        {"arrays": [1]},
        {"block": 0},
        {"block": True},
        {"examples_at_once": "1"},
        {"splits": [{}]},
        {"splits": [{"name": "train", "paths": 3}]},
        {"images": []},
        {"images": {"classes": [1]}},
        {"images": {"tables": {**_TABLES, "key": "x"}}},
        {"images": {"tables": {**_TABLES, "key": "stem", "columns": [{"name": "a"}]}}},
    ],
)
def test_a_layout_that_someone_changed_gives_no_script(layout: dict[str, Any]) -> None:
    of = replace(source("csv", FileLayout()), layout=layout)
    assert not has_script(of)
    history = VersionHistory((make_version(),), "", Loading(source=of))
    plan = make_plan(make_entry(history=history), make_site(), render)
    assert "load_iris.py" not in {file.path for file in plan.hub_files}


@pytest.mark.parametrize(
    "change", [{"file_type": "../csv"}, {"file_type": "images"}, {"manifest_sha256": ""}]
)
def test_files_that_are_not_known_give_no_script(change: dict[str, Any]) -> None:
    assert has_script(source("csv", layout_of("x")))
    assert not has_script(replace(source("csv", layout_of("x")), **change))


def test_the_script_is_in_the_repository_and_in_the_catalog_folder() -> None:
    loading = Loading(source=source("csv", layout_of("x")))
    history = VersionHistory((make_version(), make_version("v2")), "", loading)
    entry = make_entry(history=history, loader=Script("load_iris.py", "print('hello')\n"))
    plan = make_plan(entry, make_site(), render)
    (script,) = (file for file in plan.hub_files if file.path == "load_iris_2.py")
    assert script in plan.catalog_files
    assert "load_iris_2.py" in {file.path for file in plan.record.hub_files}
    text = script.content.decode()
    assert constant(text, "VERSION") == "v2"
    assert constant(text, "MANIFEST_SHA256") == DIGEST
    assert constant(text, "MANIFESTS") == [
        "version/manifest.tsv",
        "/catalog/iris/versions/v2/manifest.tsv",
        "https://huggingface.co/datasets/NERSC/iris/resolve/v2/version/manifest.tsv",
    ]
    assert plan == make_plan(entry, make_site(), render)
    assert not scan_files(plan.hub_files).problems  # a hash is no secret


@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize("upload", [*uploads()])
def test_the_script_and_the_card_follow_an_upload(upload: Upload, listed: bool) -> None:
    loading = Loading(source=source("csv", layout_of("x")) if listed else None)
    entry = make_entry(history=VersionHistory((make_version(),), "", loading), upload=upload)
    files = {file.path: file for file in make_plan(entry, make_site(), render).hub_files}
    text = files["load_iris.py"].content.decode()
    words: dict[str, Any] = {}
    (shards,) = (
        node
        for node in ast.parse(text).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "SHARDS"
    )
    exec(ast.unparse(shards), words)  # noqa: S102 - names that are made by a loop
    assert words["SHARDS"] == {one.name: [*one.paths] for one in upload.splits}
    assert ("def find_files" in text) is listed
    where = "bucket" if upload.bucket else "hub"
    assert f'load(where="{where}")' in files["README.md"].content.decode()


@pytest.mark.parametrize(
    ("links", "said"),
    [(0, ""), (1, "One data file is a symbolic link: it is"),
     (1200, "1,200 data files are symbolic links: they are")],
)  # fmt: skip
def test_a_card_says_which_files_are_links(links: int, said: str) -> None:
    of = source("csv", layout_of("x"), links=links)
    entry = make_entry(history=VersionHistory((make_version(),), "", Loading(source=of)))
    (card,) = (
        file.content.decode()
        for file in make_plan(entry, make_site(), render).hub_files
        if file.path == "README.md"
    )
    assert ("symbolic link" in card) is bool(links)
    assert said in card


@pytest.mark.parametrize(
    "link", ["file:///global/cfs/iris", "https://app.globus.org/file-manager?origin_id=1"]
)
def test_data_on_no_portal_is_promised_nowhere_but_at_the_center(link: str) -> None:
    of = source("csv", layout_of("x"), manifest=f"a.csv\t{DIGEST}\t5\t0\n")
    entry = make_entry(history=VersionHistory((make_version(),), "", Loading(source=of)))
    texts = {
        one: {
            file.path: file.content.decode()
            for file in make_plan(
                replace(entry, portal_link=one), make_site(), render
            ).catalog_files
        }
        for one in (link, entry.portal_link)
    }
    for name, promise in (
        ("README.md", " and elsewhere: [load\\_iris.py]"),
        ("README.md", "data_files=urls"),
        (".huggingface.yaml", "config_name: portal"),
        ("iris_dataloader.ipynb", "elsewhere from its portal"),
        ("load_iris.py", "def download"),
    ):
        assert promise in texts[entry.portal_link][name]
        assert promise not in texts[link][name]
    assert "it is on no portal" in texts[link]["load_iris.py"]


@pytest.mark.parametrize(
    ("path", "is_name"),
    [
        ("load_my_data.py", True),
        ("load_my_data_2.py", True),
        ("load_my_data_x.py", False),
        ("load_my_data2.py", False),
        ("load_iris.py", False),
        ("my-data_loader.py", False),
        ("load_my_data.txt", False),
    ],
)
def test_a_script_is_known_by_its_name(path: str, is_name: bool) -> None:
    assert is_script_name(path, "my-data") is is_name
