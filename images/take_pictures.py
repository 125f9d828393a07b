"""Take the pictures of the README: datasets cataloged by the real command, pages as they are.

    pip install -e '.[browser,data,test]'        (and Debian's chromium)
    python -m images.take_pictures

Writes images/dataset_page.png and images/hub_datasets.png. The catalog is in a folder of the run's
own; the pictures name its folders as they are called at NERSC.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.realistic_data import write_penguins

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "images"
PORTAL = "https://portal.nersc.gov/cfs/dasrepo/"
AT_NERSC = {
    "catalog": "/global/cfs/cdirs/dasrepo/ai_ready_datasets",
    "data": "/global/cfs/cdirs/dasrepo/www",
}
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PORT = 8017
PROFILE = """extends = "nersc"
name = "pictures"
[hub]
endpoint = "embedded"
[catalog]
root = "{root}"
metadata_schema = "wide"
"""
LOADER = '''"""Load the penguins: one table of pandas per split."""

import sys
from pathlib import Path

import pandas as pd


def load(folder, split="train"):
    """Return the rows of a split, train or test."""
    files = sorted(Path(folder, split).glob("*.csv"))
    return pd.concat(map(pd.read_csv, files), ignore_index=True)


if __name__ == "__main__":
    print(load(*sys.argv[1:]).describe())
'''
ABOUT = """Bills and weights of penguins of three species on three islands, measured by hand.

| split | rows | species |
|---|---|---|
| `train` | 120 | Adelie, chinstrap, gentoo |
| `test` | 30 | the same, other birds |

Lengths are in millimeters, weights in grams. A missing value is an empty field.
"""
# Nickname, title, size category, license, task, modality, tags, description.
Described = tuple[str, str, str, str, str, str, list[str], str]
DATASETS: tuple[Described, ...] = (
    ("jet-images", "Images of simulated jets", "1M<n<10M", "cc-by-4.0", "image-classification",
     "image", ["hdf5", "particle physics"],
     "Calorimeter images of simulated jets, 64 x 64 pixels, of ten kinds."),
    ("halos", "Halo catalogs of 2,000 N-body simulations", "10M<n<100M", "cc0-1.0",
     "tabular-regression", "tabular", ["hdf5", "cosmology"],
     "Positions, masses and spins of dark-matter halos at five redshifts."),
    ("shear-maps", "Cosmic shear maps of simulated surveys", "10K<n<100K", "cc-by-4.0",
     "image-feature-extraction", "image", ["zarr", "cosmology"],
     "Convergence and shear on the sphere for 400 cosmologies, with masks."),
    ("surface-temperature", "Daily surface temperature, 2019 to 2021", "1K<n<10K", "cc-by-4.0",
     "time-series-forecasting", "time-series", ["netcdf", "weather/climate"],
     "Daily temperature at 2 m on a grid of one degree, one file a year."),
    ("precipitation", "Precipitation extremes in regional climate runs", "100K<n<1M",
     "odc-by", "time-series-forecasting", "geospatial", ["netcdf", "weather/climate"],
     "Hourly extremes in 60 regional runs, with the boundary conditions."),
    ("micrographs", "Micrographs of crystals, dendrites and spheres", "1K<n<10K", "cc-by-sa-4.0",
     "image-segmentation", "image", ["png", "materials"],
     "Gray images of 256 x 256 pixels with the kind and the magnification."),
    ("electrolytes", "Formation energies of battery electrolytes", "100K<n<1M", "cc-by-4.0",
     "graph-ml", "tabular", ["parquet", "chemistry"],
     "Molecular graphs with formation energies from two levels of theory."),
    ("water-dynamics", "Molecular dynamics of water at interfaces", "1M<n<10M", "bsd-3-clause",
     "tabular-regression", "3d", ["zarr", "chemistry"],
     "Trajectories of water between graphene sheets, a frame a picosecond."),
    ("soil-microbes", "Microbial assemblies of 12 watersheds", "10M<n<100M", "cc0-1.0",
     "feature-extraction", "text", ["fasta", "biology"],
     "Assembled contigs with the place, depth and date of each sample."),
    ("beamline-logs", "Log books of a beamline, 2015 to 2024", "100K<n<1M", "cc-by-nc-4.0",
     "text-classification", "text", ["txt", "operations"],
     "Entries of the operators, with the state of the beam beside each."),
)  # fmt: skip


def main() -> None:
    """Catalog, serve, and take both pictures."""
    from playwright.sync_api import sync_playwright

    from huggingnersc.hub_server import running_hub

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = Path(folder)
        hub_root = _cataloged(home)
        with running_hub(hub_root, port=PORT, organizations=["NERSC"]) as hub:
            chromium = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=ARGUMENTS
            )
            page = _page(chromium, f"{hub.endpoint}/datasets", 1280, 1010, home)
            page.screenshot(path=IMAGES / "hub_datasets.png")
            _upload_run_notebook(home, hub.endpoint, hub.token)
            _dataset_page(chromium, hub.endpoint, home)
            chromium.close()


def _cataloged(home: Path) -> Path:
    """Catalog all datasets and return the folder of the embedded Hub."""
    profile = home / "pictures.toml"
    profile.write_text(PROFILE.format(root=home / "catalog"), encoding="utf-8")
    for nickname, title, size, license_id, task, modality, tags, about in DATASETS:
        metadata = _described(nickname, title, size, license_id, task, modality, tags)
        _catalog(home, title, nickname, metadata, about)
    data = write_penguins(home / "data/penguins")
    penguins = _described(
        "penguins", "Penguins of three islands", "n<1K", "cc0-1.0", "tabular-classification",
        "tabular", ["csv", "biology"],
    )  # fmt: skip
    penguins["other_info"] |= {
        "authors": [{"name": "Josiah Carberry", "orcid": "0000-0002-1825-0097"}],
        "papers": ["https://doi.org/10.1371/journal.pone.0090081"],
        "version": "1.0",
    }
    title = "Penguins of three islands"
    _catalog(home, title, "penguins", penguins, ABOUT, "--data-path", str(data))
    return home / "share/huggingnersc/hub"


def _described(
    nickname: str,
    title: str,
    size: str,
    license_id: str,
    task: str,
    modality: str,
    tags: list[str],
) -> dict[str, Any]:
    card = {"pretty_name": title, "size_categories": size, "license": license_id, "tags": tags}
    lists = {"task_categories": [task], "modalities": [modality], "language": ["en"]}
    return {"datacard_tags": card | lists, "other_info": {"nickname": nickname}}


def _catalog(home: Path, title: str, nickname: str, metadata: Any, about: str, *more: str) -> None:
    (home / "about.md").write_text(about, encoding="utf-8")
    (home / "loader.py").write_text(LOADER, encoding="utf-8")
    (home / "metadata.json").write_text(json.dumps(metadata), encoding="utf-8")
    files = [str(home / "loader.py"), PORTAL + nickname, str(home / "metadata.json")]
    words = ["catalog-new-dataset", title, nickname, *files, *more]
    words += ["--about", str(home / "about.md"), "--quiet"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    subprocess.run(
        [sys.executable, "main.py", *words, "--site", str(home / "pictures.toml")],
        cwd=ROOT,
        env={**kept, "HOME": str(home), "XDG_DATA_HOME": str(home / "share")},
        stderr=subprocess.DEVNULL,  # the data of most is not on this machine
        check=True,
    )


def _upload_run_notebook(home: Path, endpoint: str, token: str) -> None:
    """Run the notebook that was made for the penguins, and put it where a page shows it."""
    import nbformat
    from huggingface_hub import HfApi
    from nbclient import NotebookClient

    file = home / "catalog/penguins/penguins_dataloader.ipynb"
    notebook = nbformat.read(file, as_version=4)
    NotebookClient(notebook, kernel_name="python3").execute()
    api = HfApi(endpoint, token=token)
    api.create_repo("NERSC/run", repo_type="dataset")
    api.upload_file(
        path_or_fileobj=nbformat.writes(notebook).encode(),
        path_in_repo="penguins.ipynb",
        repo_id="NERSC/run",
        repo_type="dataset",
    )


def _dataset_page(chromium: Browser, endpoint: str, home: Path) -> None:
    """Put the dataset's page and the output of its notebook side by side."""
    page = _page(chromium, f"{endpoint}/datasets/NERSC/penguins", 1180, 1120, home)
    left = _data_address(page.screenshot())
    run = _page(
        chromium, f"{endpoint}/datasets/NERSC/run/blob/main/penguins.ipynb", 900, 900, home
    )
    right = _data_address(_output(run).screenshot())
    style = """body {margin: 0; background: #fff; color: #1a2233;
      font: 600 19px Inter, 'Liberation Sans', sans-serif}
      img {display: block} div {position: absolute; background: #fffefb; border-radius: 12px;
      border: 1px solid #b9b3a2; box-shadow: 0 10px 40px #0005} p {margin: 14px 18px 10px}"""
    document = f"""<style>{style}</style>
      <div style="left:20px; top:16px; overflow:hidden"><img width="1180" src="{left}"></div>
      <div style="right:20px; top:880px; padding-bottom:8px"><p>Its notebook, run at the center</p>
      <img width="470" src="{right}"></div>"""
    drawn = chromium.new_page(viewport={"width": 1280, "height": 1160})
    drawn.set_content(document)
    drawn.screenshot(path=IMAGES / "dataset_page.png")


def _output(page: Page) -> Locator:
    """Return the last table of the notebook's page."""
    return page.locator("table").last


def _page(chromium: Browser, address: str, width: int, height: int, home: Path) -> Page:
    page = chromium.new_page(viewport={"width": width, "height": height})
    page.goto(address)
    page.evaluate(
        """names => {
          const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
          while (texts.nextNode()) {
            const node = texts.currentNode
            for (const [own, theirs] of names)
              node.nodeValue = node.nodeValue.replaceAll(own, theirs)
          }
        }""",
        [[f"{home}/{name}", path] for name, path in AT_NERSC.items()],
    )
    return page


def _data_address(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


if __name__ == "__main__":
    main()
