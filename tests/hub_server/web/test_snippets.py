from __future__ import annotations

import shlex

import pytest

from huggingnersc.domain.repo_names import RepoKind, RepoName
from huggingnersc.hub_server.web.card_outline import Place
from huggingnersc.hub_server.web.data_access import DataAccess
from huggingnersc.hub_server.web.script_note import ScriptNote
from huggingnersc.hub_server.web.snippets import (
    REAL_HUB,
    Server,
    data_snippets,
    repository_snippets,
)

HERE = Server("http://h:1")
REPO = RepoName(RepoKind.DATASET, "N", "x")
PATH = Place("Path", "/data/my set")
LOADER = ScriptNote("load_it.py", program="python", has_load=True)


def ways(access: DataAccess, server: Server = HERE) -> dict[str, str]:
    return {one.title: one.text for one in data_snippets(REPO, server, access)}


def test_the_files_of_a_repository_are_fetched_from_this_server_and_by_their_kind() -> None:
    texts = {one.title: one.text for one in repository_snippets(REPO, HERE)}
    assert texts["Download"] == (
        "export HF_ENDPOINT=http://h:1\nhf download N/x --repo-type dataset"
    )
    assert texts["Clone"] == "git clone http://h:1/datasets/N/x"
    model = repository_snippets(RepoName(RepoKind.MODEL, "N", "x"), HERE)
    assert "--repo-type" not in model[0].text


def test_data_in_the_repository_is_loaded_from_this_server() -> None:
    text = ways(DataAccess(loads=True))["Load in Python"]
    assert text.splitlines() == [
        "import os",
        "",
        'os.environ["HF_ENDPOINT"] = "http://h:1"',
        "from datasets import load_dataset",
        "",
        'data = load_dataset("N/x")',
    ]


def test_a_sample_is_loaded_first_and_the_data_by_the_generated_script() -> None:
    access = DataAccess(
        has_sample=True, config="sample", module="load_x", path=PATH, loader=LOADER
    )
    texts = ways(access)
    assert list(texts) == ["Load a sample in Python", "Load in Python", "Run the loader"]
    assert texts["Load a sample in Python"].endswith('data = load_dataset("N/x", "sample")')
    assert texts["Load in Python"].endswith("from load_x import load\n\ndata = load()")


def test_the_real_hub_needs_no_endpoint() -> None:
    real = Server(REAL_HUB)
    made = [*data_snippets(REPO, real, DataAccess(loads=True, path=PATH, loader=LOADER))]
    made += repository_snippets(REPO, real)
    assert not any("HF_ENDPOINT" in one.text for one in made)


def test_a_loader_that_says_how_it_runs_is_run_so() -> None:
    loader = ScriptNote("load_it.py", run="python load_it.py --root '/data/my set'")
    text = ways(DataAccess(path=PATH, loader=loader))["Run the loader"]
    assert text.splitlines() == [
        "export HF_ENDPOINT=http://h:1",
        "hf download N/x --repo-type dataset --local-dir x",
        "cd x",
        "python load_it.py --root '/data/my set'",
    ]


def test_another_loader_gets_the_path_of_the_data() -> None:
    text = ways(DataAccess(path=PATH, loader=LOADER))["Run the loader"]
    assert text.splitlines()[-1] == "python load_it.py '/data/my set'"


def test_a_function_load_is_called_in_python_with_the_path() -> None:
    text = ways(DataAccess(path=PATH, loader=LOADER))["Load in Python"]
    assert text.splitlines()[-3:] == [
        "from load_it import load",
        "",
        'data = load("/data/my set")',
    ]
    for loader in (ScriptNote("load-it.py", has_load=True), ScriptNote("load_it.py")):
        assert "Load in Python" not in ways(DataAccess(path=PATH, loader=loader))
    assert "Load in Python" not in ways(DataAccess(loader=LOADER))


def test_a_batch_job_comes_after_a_loader_that_others_call_and_before_any_other() -> None:
    batch = ScriptNote("job.sh", run="sbatch job.sh /data", is_batch=True)
    text = ways(DataAccess(loader=LOADER, batch=batch))["Run as a batch job"]
    assert text.splitlines()[1:] == [
        "hf download N/x --repo-type dataset --local-dir x",
        "cd x",
        "sbatch job.sh /data",
    ]
    for loader, place in ((LOADER, 1), (ScriptNote("main.py"), 0), (None, 0)):
        titles = [*ways(DataAccess(loader=loader, batch=batch))]
        assert titles.index("Run as a batch job") == place


@pytest.mark.parametrize(("keeps_token", "said"), [(True, "1"), (False, "0")])
def test_a_token_of_another_hub_stays_at_home_where_it_would_be_refused(
    *, keeps_token: bool, said: str
) -> None:
    server = Server("http://127.0.0.1:8017", keeps_token=keeps_token)
    variable = "HF_HUB_DISABLE_IMPLICIT_TOKEN"
    made = ways(DataAccess(path=PATH, loader=LOADER), server)
    assert f"export {variable}={said}\nhf download" in made["Run the loader"]
    assert f'os.environ["{variable}"] = "{said}"\nfrom huggingface_hub' in made["Load in Python"]
    assert variable not in "".join(ways(EVERYTHING).values())


EVERYTHING = DataAccess(path=PATH, loader=LOADER, batch=ScriptNote("job.sh", is_batch=True))


@pytest.mark.parametrize("access", [EVERYTHING, DataAccess(loads=True)])
def test_every_snippet_is_a_command_or_a_program_that_can_be_pasted(access: DataAccess) -> None:
    for made in (*data_snippets(REPO, HERE, access), *repository_snippets(REPO, HERE)):
        if made.title.endswith("in Python"):
            compile(made.text, "snippet", "exec")
        else:
            assert all(shlex.split(line) for line in made.text.splitlines())


def test_the_html_of_a_snippet_has_the_words_of_its_text() -> None:
    for made in data_snippets(REPO, HERE, EVERYTHING):
        assert made.html.striptags().split() == made.text.split()
        assert "<script" not in made.html
