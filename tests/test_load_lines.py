"""The lines of Python on a card are pasted and run, with the real `datasets` and a real portal."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc.adapters.hub.client_settings import uploads_by_lfs
from huggingnersc.adapters.loading.prepare import prepare_loading
from huggingnersc.adapters.templates import render
from huggingnersc.domain.catalog.plan import make_plan
from huggingnersc.domain.catalog.version_history import VersionHistory
from huggingnersc.domain.site import PortalRule
from tests.adapters.loading.works import loading_work
from tests.builders import IRIS, make_entry, make_site, make_version, write_tree
from tests.portal_server import needs_nginx, portal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.domain.site import Site
    from huggingnersc.hub_server import RunningHub

pytestmark = [
    needs_nginx,
    pytest.mark.system("nginx"),
    pytest.mark.skipif(
        not all(map(find_spec, ("requests", "aiohttp", "pyarrow", "h5py", "PIL", "netCDF4"))),
        reason='pip install -e ".[test,data]"',
    ),
]

SCRIPT = """
import json, sys, functools
import datasets

datasets.disable_progress_bars()
original = datasets.load_dataset

def rows(value):
    if isinstance(value, dict):
        return {split: rows(one) for split, one in value.items()}
    found = [*value]
    first = {key: str(one)[:60] for key, one in found[0].items()} if found else {}
    return {"rows": len(found), "first": first}

for line in sys.stdin:
    case = json.loads(line)
    streaming = case["streaming"]
    datasets.load_dataset = functools.partial(original, streaming=True) if streaming else original
    names = {}
    try:
        exec(case["code"], names)
        loaded = {name: rows(names[name]) for name in ("sample", "files", "data") if name in names}
        answer = {"loaded": loaded}
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
"""
FENCE = re.compile(r"^```python\n(from datasets import .*?)^```$", re.MULTILINE | re.DOTALL)
ODD = ("train [1]/a b.tsv", "train [1]/c*d%20.tsv", "test #2/e?&.tsv.gz", "test #2/ü/f.tsv",
       "test #2/__g__.tsv")  # fmt: skip


def write_data(folder: Path) -> dict[str, Path]:
    """Write datasets of every kind that `datasets` reads, and one that it does not."""
    import h5py
    import netCDF4
    import numpy as np
    import pyarrow
    import pyarrow.parquet
    from PIL import Image

    table = "x\ty\n1\ta\n2\tb\n"
    write_tree(folder, {"iris/iris.csv": (IRIS / "data/iris.csv").read_bytes()})
    for name in ODD:
        content = gzip.compress(table.encode(), mtime=0) if name.endswith(".gz") else table
        write_tree(folder, {f"odd/{name}": content})
    write_tree(folder, {"bare/table.csv": "1;2.5;a\n2;3.5;b\n", "bare/README.txt": "what it is\n"})
    lines = "".join(f'{{"n": {n}, "word": "w{n}"}}\n' for n in range(5))
    write_tree(folder, {"lines/train.jsonl": lines, "lines/test.jsonl": lines[:22]})
    write_tree(folder, {"words/a.txt": "one\ntwo\nthree\n"})
    (folder / "rows").mkdir()
    pyarrow.parquet.write_table(pyarrow.table({"n": [1, 2, 3]}), folder / "rows/a.parquet")
    (folder / "arrays").mkdir()
    with h5py.File(folder / "arrays/a.h5", "w") as file:
        file["x"], file["y"] = np.zeros((6, 2)), np.arange(6)
    (folder / "climate").mkdir()
    with netCDF4.Dataset(folder / "climate/a.nc", "w") as file:
        file.createDimension("time", None)
        file.createVariable("t", "f4", ("time",))[:] = np.arange(4)
    for n, place in enumerate(("train/cat", "train/dog", "test/cat", "test/dog")):
        (folder / "pics" / place).mkdir(parents=True)
        Image.new("RGB", (4 + n, 3)).save(folder / "pics" / place / f"{n} [é].png")
    for n in range(1000):
        of_class = folder / "album" / ("test" if n < 200 else "train") / ("cat", "dog")[n % 2]
        of_class.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 8), (n % 256, n // 256, n % 2)).save(of_class / f"{n}.png")
    return {path.name: path for path in sorted(folder.iterdir())}


@dataclass(frozen=True)
class Lab:
    """Datasets on a Hub, in a catalog folder and on a portal, and a Python with `datasets`."""

    cards: dict[str, str]
    catalog: Path
    python: subprocess.Popen[str]

    def run(self, code: str, *, streaming: bool = False) -> dict[str, Any]:
        assert self.python.stdin
        assert self.python.stdout
        self.python.stdin.write(json.dumps({"code": code, "streaming": streaming}) + "\n")
        self.python.stdin.flush()
        answer: dict[str, Any] = json.loads(self.python.stdout.readline())
        return answer

    def lines(self, name: str) -> dict[str, str]:
        """The code on a card by where it works."""
        return {
            "site" if str(self.catalog) in code else "anywhere": code
            for code in FENCE.findall(self.cards[name])
        }


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A center with a Hub, a portal and a catalog folder."""
    from huggingnersc.hub_server import running_hub

    folder = tmp_path_factory.mktemp("lab")
    data = write_data(folder / "www/project/set")
    (folder / "nginx").mkdir()
    with ExitStack() as stack:
        hub = stack.enter_context(running_hub(folder / "hub", organizations=["NERSC"]))
        served = portal(folder / "nginx", folder / "www")
        address, certificate = stack.enter_context(served)
        site = site_of(hub, folder / "catalog", address)
        cards = {
            name: catalog(name, path, f"{address}/project/set/{name}", folder, site, hub)
            for name, path in data.items()
        }
        environ = os.environ | {
            "HF_ENDPOINT": hub.endpoint,
            "HF_TOKEN": hub.token,
            "HF_HOME": str(folder / "cache"),
            "HF_HUB_DISABLE_XET": "1",
            "SSL_CERT_FILE": str(certificate),
        }
        python = stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-c", SCRIPT],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=environ,
                text=True,
            )
        )
        stack.callback(python.kill)
        yield Lab(cards, folder / "catalog", python)


def site_of(hub: RunningHub, catalog: Path, address: str) -> Site:
    site = make_site(catalog_root=PurePosixPath(catalog), endpoint=hub.endpoint)
    rule = PortalRule(f"{address}/{{project}}/{{rest}}", "/{project}/{rest}")
    return replace(site, profile=replace(site.profile, portal=rule))


def catalog(name: str, data: Path, link: str, folder: Path, site: Site, hub: RunningHub) -> str:
    """Publish a dataset and its version; return its card."""
    from huggingface_hub import CommitOperationAdd, HfApi

    work = loading_work(
        data, folder / "work" / name, portal_link=link, tables=name in {"rows", "bare"}
    )
    made = prepare_loading(work)
    assert not made.problems or name == "climate"
    history = VersionHistory((make_version("v1"),), "", made.loading)
    entry = make_entry(
        nickname=name, data_path=PurePosixPath(data), portal_link=link, history=history
    )
    plan = make_plan(entry, site, render)
    write_tree(folder / "catalog" / name, {one.path: one.content for one in plan.catalog_files})
    version = {path: file.read_bytes() for path, file in made.files.items()}
    write_tree(folder / "catalog" / name / "versions/v1", version)
    operations = [CommitOperationAdd(one.path, one.content) for one in plan.hub_files]
    operations += [CommitOperationAdd(f"version/{path}", one) for path, one in made.files.items()]
    api = HfApi(endpoint=hub.endpoint, token=hub.token)
    api.create_repo(f"NERSC/{name}", repo_type="dataset")
    with uploads_by_lfs():
        api.create_commit(f"NERSC/{name}", operations, commit_message="x", repo_type="dataset")
    (card,) = (one.content.decode() for one in plan.hub_files if one.path == "README.md")
    return card


# The rows of `data` by split, from anywhere and at the site; None where the card has no such line.
ROWS: dict[str, tuple[dict[str, int] | None, dict[str, int] | None]] = {
    "iris": ({"train": 150}, {"train": 150}),
    "odd": ({"train": 4, "test": 6}, {"train": 4, "test": 6}),
    "bare": ({"train": 2}, {"train": 2}),
    "lines": ({"train": 5, "test": 1}, {"train": 5, "test": 1}),
    "words": ({"train": 3}, {"train": 3}),
    "rows": ({"train": 3}, {"train": 3}),
    "arrays": (None, {"train": 6}),
    "climate": (None, None),
    "pics": ({"train": 2, "test": 2}, {"train": 2, "test": 2}),
}


def counted(loaded: dict[str, Any]) -> dict[str, int]:
    return {split: one["rows"] for split, one in loaded.items()}


@pytest.mark.parametrize("streaming", [False, True])
@pytest.mark.parametrize("name", ROWS)
def test_every_line_on_a_card_loads_what_it_says(lab: Lab, name: str, streaming: bool) -> None:
    expected, lines = dict(zip(("anywhere", "site"), ROWS[name], strict=True)), lab.lines(name)
    for place, code in lines.items():
        answer = lab.run(code, streaming=streaming)
        if name == "words" and place == "anywhere" and streaming:
            assert answer["error"].startswith("FileNotFoundError")  # as the card says
            continue
        assert "error" not in answer, (place, code, answer)
        loaded = answer["loaded"]
        found = counted(loaded["data"]) if "data" in loaded else None
        assert found == expected[place], (place, code, loaded)
        if place == "anywhere":
            assert loaded["files"]["first"]["url"].startswith("https://127.0.0.1:")
    assert ("site" in lines) is (expected["site"] is not None)


def test_the_bare_name_of_a_dataset_answers_with_the_names_to_choose_from(lab: Lab) -> None:
    code = "from datasets import load_dataset\ndata = load_dataset('NERSC/pics')"
    answer = lab.run(code)
    assert answer["error"].startswith("ValueError: Config name is missing")
    assert all(name in answer["error"] for name in ("'files'", "'portal'", "'nersc'"))


@pytest.mark.parametrize("streaming", [False, True])
def test_images_in_place_are_loaded_from_the_repository_too(lab: Lab, streaming: bool) -> None:
    code = "from datasets import load_dataset\ndata = load_dataset('NERSC/pics', 'nersc')"
    loaded = lab.run(code, streaming=streaming)["loaded"]["data"]
    assert counted(loaded) == {"train": 2, "test": 2}
    assert "PngImageFile" in loaded["train"]["first"]["image"]


ALBUM = """
from datasets import load_dataset

def number(one):
    return int(one["file"].rpartition("/")[2].removesuffix(".png"))

def is_right(one):
    pixel = one["image"].getpixel((7, 7))
    return pixel == (number(one) % 256, number(one) // 256, number(one) % 2)

album, data = load_dataset("NERSC/album", "portal"), {}
for split, rows in album.items():
    names = rows.features["label"].names
    known = rows.select_columns(["file", "label"])
    data[split] = [one for one in known if names[one["label"]] == ("cat", "dog")[number(one) % 2]]
    some = rows.select(range(0, len(rows), 10)) if hasattr(rows, "select") else rows
    assert all(map(is_right, some))
"""


@pytest.mark.parametrize("streaming", [False, True])
def test_a_thousand_images_come_from_the_portal_with_their_classes(
    lab: Lab, streaming: bool
) -> None:
    answer = lab.run(ALBUM, streaming=streaming)
    assert "error" not in answer, answer
    assert counted(answer["loaded"]["data"]) == {"train": 800, "test": 200}


@pytest.mark.parametrize("streaming", [False, True])
def test_a_portal_that_is_cut_off_is_an_error_that_names_the_address(
    lab: Lab, streaming: bool
) -> None:
    address = re.search(r"https://127[.]0[.]0[.]1:\d+", lab.cards["iris"])
    assert address
    code = lab.lines("iris")["anywhere"].replace(address[0], "https://127.0.0.1:9")
    answer = lab.run(code, streaming=streaming)
    assert "https://127.0.0.1:9/project/set/iris/iris.csv" in answer["error"]
