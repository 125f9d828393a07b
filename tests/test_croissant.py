"""What mlcroissant makes of `croissant.json`: valid, and rows of the data from a portal."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from dataclasses import asdict, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc.domain.catalog.describe_dataset import described
from huggingnersc.domain.draft.layout import Column
from huggingnersc.domain.draft.table import read_table
from huggingnersc.domain.loading.croissant import CROISSANT_FILE, croissant_bytes
from huggingnersc.domain.site import EMBEDDED
from tests.builders import IRIS, make_metadata, make_site, write_tree
from tests.croissants import TABLE, entry_with, make_source
from tests.portal_server import needs_nginx, portal

if TYPE_CHECKING:
    from huggingnersc.domain.loading.loading import Source

pytestmark = pytest.mark.skipif(
    find_spec("mlcroissant") is None,
    reason="mlcroissant is not installed: pip install -e '.[croissant]'",
)
SCRIPT = """
import json, sys
import mlcroissant

for file in sys.argv[1:]:
    found = {"problems": None, "rows": {}}
    try:
        dataset = mlcroissant.Dataset(jsonld=file)
        found["report"] = dataset.metadata.ctx.issues.report()
        for records in dataset.metadata.record_sets:
            rows = found["rows"][records.name] = []
            for row in dataset.records(records.name):
                plain = {key.rpartition("/")[2]: value for key, value in row.items()}
                rows.append({k: v.decode() if isinstance(v, bytes) else v
                             for k, v in plain.items()})
    except Exception as error:
        found["problems"] = f"{error!r} {error.__cause__!r}"
    print(json.dumps(found, default=str))
"""
ROWS = [{"name": "a", "value": 1}, {"name": "b", "value": 2}]
JSON_LINES = b'{"name": "a", "value": 1}\n{"name": "b", "value": 2}\n'
TAB = {"delimiter": "\t"}


def read_by_mlcroissant(
    sources: dict[str, Source],
    root: Path,
    *,
    portal_link: str = "",
    certificate: Path | None = None,
) -> dict[str, dict[str, Any]]:
    """What a fresh Python finds in each description; that named "here" has a Hub that is."""
    files = {}
    for number, (name, source) in enumerate(sources.items()):
        entry = entry_with(source, portal_link=portal_link or "https://portal.nersc.gov/cfs/a/b")
        site = make_site(endpoint=EMBEDDED) if name == "here" else make_site()
        content = croissant_bytes(described(entry, site), source)
        write_tree(root / str(number), {CROISSANT_FILE: content})
        files[name] = str(root / str(number) / CROISSANT_FILE)
    environ = os.environ | {"CROISSANT_CACHE": str(root / "cache")}
    if certificate:
        environ["REQUESTS_CA_BUNDLE"] = str(certificate)
    command = [sys.executable, "-c", SCRIPT, *files.values()]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    found = map(json.loads, done.stdout.splitlines())
    return dict(zip(files, found, strict=True))


def iris() -> Source:
    text = (IRIS / "data/iris.csv").read_text(encoding="utf-8")
    layout = json.loads(json.dumps(asdict(read_table(text, "utf-8-sig"))))
    return replace(make_source({"iris.csv": text.encode()}, only="iris.csv"), layout=layout)


def parquet(folder: Path) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = folder / "table.parquet"
    pq.write_table(pa.table({"name": ["a", "b"], "value": [1, 2]}), file)
    return file.read_bytes()


@needs_nginx
def test_the_records_come_from_the_portal(tmp_path: Path) -> None:
    columns = {"columns": (Column("name", "string"), Column("value", "int64"))}
    tables = {
        "a b/ü.csv": TABLE,
        "data.csv.gz": gzip.compress(TABLE, mtime=0),
        "data.tsv": TABLE.replace(b",", b"\t"),
        "lines.jsonl": JSON_LINES,
        "table.parquet": parquet(tmp_path),
        "changed.csv": TABLE,
    }
    types = {".jsonl": "jsonl", ".parquet": "parquet"}
    sources = {
        name: make_source(
            {name: content},
            file_type=types.get(Path(name).suffix, "csv"),
            suffixes=(Path(name).suffix, ".csv.gz"),
            layout=columns | (TAB if name.endswith(".tsv") else {}),
        )
        for name, content in tables.items()
    }
    halves = {"train.csv": TABLE, "test.csv": TABLE}
    splits = make_source(halves, splits={"train": "train*", "test": "test*"})
    served = write_tree(tmp_path / "served", {**tables, **halves, "changed.csv": TABLE + b"c,3\n"})
    write_tree(served, {"iris.csv": (IRIS / "data/iris.csv").read_bytes()})
    own = tmp_path / "portal"
    own.mkdir()
    with portal(own, served) as (address, certificate):
        found = read_by_mlcroissant(
            {**sources, "splits": splits, "iris": iris()},
            tmp_path / "read",
            portal_link=address,
            certificate=certificate,
        )
    changed, flowers = found.pop("changed.csv"), found.pop("iris")
    assert "is not identical with the reference" in changed["problems"]
    assert found.pop("splits")["rows"] == {"train": ROWS, "test": ROWS}
    assert {name: one["rows"] for name, one in found.items()} == {
        name: {"default": ROWS} for name in found
    }
    assert flowers["problems"] is None
    assert len(flowers["rows"]["default"]) == 150
    assert flowers["rows"]["default"][0] == {
        "sepal_length": 5.1,
        "sepal_width": 3.5,
        "petal_length": 1.4,
        "petal_width": 0.2,
        "species": "setosa",
    }


def test_every_form_is_valid(tmp_path: Path) -> None:
    def files(suffix: str) -> dict[str, bytes]:
        return dict.fromkeys((f"train/a{suffix}", f"test/b{suffix}"), b"x")

    splits = {"train": "train/*", "test": "test/*"}
    arrays = {
        kind: make_source(files(suffix), file_type=kind, suffixes=(suffix,), splits=splits)
        for kind, suffix in (("hdf5", ".h5"), ("netcdf", ".nc"), ("images", ".png"))
    }
    many = make_source(manifest="", file_type="hdf5", suffixes=(".h5",), left_out=("bad.h5",))
    names = ["a b.h5", "sc:x.h5", "@id.h5", 'q"?#%.h5', "ü/漢.h5", b"\xff.h5"]
    odd = make_source(dict.fromkeys(names, b"x"), file_type="hdf5", suffixes=(".h5",))
    none = make_source(manifest="", manifest_sha256="", suffixes=())
    of_splits = replace(many, splits=splits)
    found = read_by_mlcroissant(
        {**arrays, "many": many, "splits": of_splits, "odd": odd, "none": none, "here": of_splits},
        tmp_path,
    )
    assert {name: one["problems"] for name, one in found.items()} == dict.fromkeys(found)
    assert {name: one["rows"] for name, one in found.items()} == {name: {} for name in found}


def test_the_command_of_mlcroissant_says_that_iris_is_valid(tmp_path: Path) -> None:
    metadata = make_metadata(license="cc-by-4.0", other_info={"citation": "@misc{iris}"})
    entry = entry_with(iris(), metadata=metadata)
    content = croissant_bytes(described(entry, make_site()), iris())
    file = write_tree(tmp_path, {CROISSANT_FILE: content}) / CROISSANT_FILE
    command = str(Path(sys.executable).parent / "mlcroissant")
    done = subprocess.run(
        [command, "validate", "--jsonld", str(file)], capture_output=True, text=True, check=True
    )
    assert "Done" in done.stdout + done.stderr
    assert "warning" not in (done.stdout + done.stderr).lower()
