"""What `datasets.load_dataset` makes of a cataloged repository: never rows of a side file.

The data stays at the centre, so the right answer is the plain error that there are no data files.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.domain.catalog.dataset_spec import DatasetSpec
from huggingnersc.domain.catalog.request_checks import loader_name
from huggingnersc.domain.catalog.scripts import Script
from tests.builders import make_entry, write_tree
from tests.croissants import entry_with, make_source
from tests.odd_entries import iris_entry, jetclass_entry, plan_of

if TYPE_CHECKING:
    from huggingnersc.hub_server import RunningHub

SIDE_FILES = {
    "environment.yml": "name: x\n",
    "environment.yaml": "name: x\n",
    "files.json": '[{"a": 1}]\n',
    "files.jsonl": '{"a": 1}\n',
    "train.csv": "a,b\n1,2\n",
    "test.tsv": "a\tb\n1\t2\n",
    "data.txt": "a line\n",
    "requirements.txt": "numpy\n",
    "NOTES.md": "# Notes\n",
    "task.toml": "[task]\n",
    "pyproject.toml": "[project]\n",
    "instruction.md": "# Do it\n",
    "page.xml": "<a><b>1</b></a>\n",
    "seq.fasta": ">a\nACGT\n",
    "train": "no suffix\n",
    "data": "no suffix\n",
    "metadata.jsonl": '{"file_name": "x.png"}\n',
    "metadata.csv": "file_name\nx.png\n",
    "run.eval": "x\n",
}


def with_includes(entry: DatasetSpec, *names: str) -> DatasetSpec:
    includes = tuple(Script(name, SIDE_FILES[name]) for name in names)
    return replace(entry, scripts=replace(entry.scripts, includes=includes))


def with_loader(name: str, text: str = "x\n") -> DatasetSpec:
    return make_entry(loader=Script(loader_name(name, "iris"), text))


ENTRIES = {
    "iris": iris_entry(),
    "jetclass": jetclass_entry(),
    "a loader called as the dataset": with_loader("iris.py"),
    "R": with_loader("load.R"),
    "Julia": with_loader("load.jl"),
    "a shell script": with_loader("load.sh"),
    "a notebook": with_loader("load.ipynb", "{}"),
    "a JSON loader": with_loader("load.json", '{"a": 1}'),
    "described for machines": entry_with(make_source()),
    "all side files": with_includes(make_entry(), *SIDE_FILES),
    **{name: with_includes(make_entry(), name) for name in SIDE_FILES},
}
ANSWER = "DataFilesNotFoundError: No (supported) data files found in "
SCRIPT = """
import sys
import datasets

def answer(*words, **options):
    try:
        found = datasets.load_dataset(*words, **options)
        return f"ROWS: {found}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"

datasets.disable_progress_bars()
for place in sys.argv[1:]:
    for options in ({}, {"split": "train"}, {"name": "default"}):
        for streaming in (False, True):
            said = answer(place, streaming=streaming, **options)
            print(place, options, streaming, said.replace("\\n", " "), sep="|")
"""


def answers(places: list[str], cache: Path, endpoint: str, token: str) -> dict[str, set[str]]:
    """What a fresh Python answers for each place, asked in six ways."""
    environ = os.environ | {"HF_ENDPOINT": endpoint, "HF_TOKEN": token, "HF_HOME": str(cache)}
    command = [sys.executable, "-c", SCRIPT, *places]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    found: dict[str, set[str]] = {place: set() for place in places}
    lines = [line.split("|", 3) for line in done.stdout.splitlines()]
    for place, _options, _streaming, said in lines:
        found[place].add(said)
    assert len(lines) == 6 * len(places)
    return found


def test_a_folder_of_the_repository_s_files_gives_no_rows(tmp_path: Path) -> None:
    for number, entry in enumerate(ENTRIES.values()):
        files = {file.path: file.content for file in plan_of(entry).hub_files}
        write_tree(tmp_path / "repos" / str(number), files)
    places = [str(tmp_path / "repos" / str(number)) for number in range(len(ENTRIES))]
    found = answers(places, tmp_path / "cache", "http://127.0.0.1:9", "")
    said = dict(zip(ENTRIES, found.values(), strict=True))
    assert {name: answer for name, answer in said.items() if not is_plain(answer)} == {}


def test_without_the_configs_entry_a_side_file_would_be_taken_for_data(tmp_path: Path) -> None:
    entry = with_includes(make_entry(), "train.csv")
    files = {file.path: file.content for file in plan_of(entry).hub_files}
    card = files["README.md"].split(b"configs:")[0] + b"---\n"
    place = write_tree(tmp_path / "repo", {**files, "README.md": card})
    found = answers([str(place)], tmp_path / "cache", "http://127.0.0.1:9", "")
    assert any(answer.startswith("ROWS") for answer in found[str(place)])


def test_a_repository_on_the_hub_gives_no_rows(tmp_path: Path, hub: RunningHub) -> None:
    from huggingface_hub import CommitOperationAdd, HfApi

    api = HfApi(endpoint=hub.endpoint, token=hub.token)
    shown = [
        "iris",
        "jetclass",
        "a loader called as the dataset",
        "R",
        "all side files",
        "train.csv",
    ]
    for number, name in enumerate(shown):
        repo_id = "NERSC/iris" if "called" in name else f"NERSC/repo-{number}"
        files = plan_of(ENTRIES[name]).hub_files
        operations = [CommitOperationAdd(file.path, file.content) for file in files]
        api.create_repo(repo_id, repo_type="dataset")
        api.create_commit(repo_id, operations, commit_message="x", repo_type="dataset")
    ids = [info.id for info in api.list_datasets(author="NERSC")]
    assert len(ids) == len(shown)
    found = answers(ids, tmp_path / "cache", hub.endpoint, hub.token)
    assert {place: answer for place, answer in found.items() if not is_plain(answer)} == {}


def is_plain(sentences: set[str]) -> bool:
    return all(said.startswith(ANSWER) for said in sentences)


def test_under_its_own_name_the_loader_would_make_load_dataset_refuse(tmp_path: Path) -> None:
    files = {file.path: file.content for file in plan_of(make_entry()).hub_files}
    places = {
        name: str(write_tree(tmp_path / name / "iris", {**files, name: "x = 1\n"}))
        for name in ("iris.py", "IRIS.py")
    }
    found = answers(list(places.values()), tmp_path / "cache", "http://127.0.0.1:9", "")
    refusal = {"RuntimeError: Dataset scripts are no longer supported, but found iris.py"}
    assert found[places["iris.py"]] == refusal
    assert found[places["IRIS.py"]] != refusal
