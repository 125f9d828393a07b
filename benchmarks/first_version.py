"""What the first HuggingNERSC did, straightforwardly: validate, render, and three Hub calls.

    python benchmarks/first_version.py NICKNAME CATALOG_FOLDER

Our own version of the steps in its README: the metadata is validated with jsonschema, the card
and the notebook are rendered with Jinja and nbformat, then create_repo, one upload_file for the
loader and one for the README. HF_ENDPOINT and HF_TOKEN say where.
"""

import json
import sys
from pathlib import Path

import jinja2
import jsonschema
import nbformat
import typer
import yaml
from huggingface_hub import HfApi

ROOT = Path(__file__).resolve().parent.parent
LOADER = ROOT / "examples/iris/iris_loader.py"
CARD = jinja2.Template(
    "---\n{{ tags }}---\n# {{ title }}\n\n{{ link }}\n\n```python\n{{ loader }}\n```\n"
)
TITLE = "Fisher's Iris Data"
LINK = "https://portal.nersc.gov/cfs/dasrepo/iris"


def main(nickname: str, catalog: Path) -> None:
    """Catalog iris."""
    metadata = json.loads((ROOT / "examples/iris/iris_metadata.json").read_text())
    jsonschema.validate(metadata, json.loads((ROOT / "metadata_schema.json").read_text()))
    loader = LOADER.read_text()
    tags = yaml.safe_dump(metadata["datacard_tags"])
    card = CARD.render(tags=tags, title=TITLE, link=LINK, loader=loader)
    folder = catalog / nickname
    folder.mkdir(parents=True)
    cells = [nbformat.v4.new_markdown_cell(TITLE), nbformat.v4.new_code_cell(loader)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / f"{nickname}_dataloader.ipynb")
    (folder / f"{nickname}_info.json").write_text(json.dumps({"metadata": metadata}))
    api, repo = HfApi(), f"NERSC/{nickname}"
    api.create_repo(repo, repo_type="dataset")
    for content, name in ((LOADER, LOADER.name), (card.encode(), "README.md")):
        api.upload_file(
            path_or_fileobj=content, path_in_repo=name, repo_id=repo, repo_type="dataset"
        )
    print(f"cataloged {sys.argv[1]}")


if __name__ == "__main__":
    typer.run(main)
