"""The commands for visitors; tests/loaders/test_pasted_commands.py runs them."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

import pytest
from hypothesis import given

from huggingnersc.domain.catalog.dataset_spec import DatasetSpec
from huggingnersc.domain.catalog.scripts import Script
from huggingnersc.domain.catalog.visitor_commands import VisitorCommands, visitor_commands
from huggingnersc.domain.loading.upload import UploadForm
from huggingnersc.domain.site import BatchSettings
from tests.builders import make_entry, make_site
from tests.domain.loading.test_upload import UPLOAD
from tests.odd_entries import ENTRIES, jetclass_entry
from tests.odd_texts import some

DATA = "/global/cfs/cdirs/dasrepo/www/iris"


def commands(**changes: Any) -> VisitorCommands:
    return visitor_commands(make_entry(**changes), make_site())


def submitted(text: str, **changes: Any) -> str:
    return commands(batch_script=Script("my job.sh", f"#!/bin/bash\n{text}\n"), **changes).submit


def test_all_files_go_to_a_folder_of_the_nickname() -> None:
    assert commands().fetch == (
        "hf download NERSC/iris --repo-type dataset --local-dir iris",
        "cd iris",
    )


def test_another_hub_is_named_in_the_command_and_one_of_this_machine_gets_no_token() -> None:
    elsewhere = make_site(endpoint="https://hub.example.org")
    here = make_site(endpoint="embedded")
    assert (
        visitor_commands(make_entry(), elsewhere)
        .fetch[0]
        .startswith("HF_ENDPOINT=https://hub.example.org hf download ")
    )
    assert (
        visitor_commands(make_entry(), here)
        .fetch[0]
        .startswith("HF_ENDPOINT=${HF_ENDPOINT:?} HF_HUB_DISABLE_IMPLICIT_TOKEN=1 hf download ")
    )
    private = visitor_commands(make_entry(private=True), here)
    assert private.fetch[0].startswith(
        "HF_ENDPOINT=${HF_ENDPOINT:?} HF_TOKEN=${HF_TOKEN:?} HF_HUB_DISABLE_IMPLICIT_TOKEN=0 hf "
    )


def test_shards_are_not_fetched_with_the_code() -> None:
    line = "hf download NERSC/iris --repo-type dataset --exclude 'data/*' --local-dir iris"
    assert commands(upload=UPLOAD).fetch[0] == line
    beside = replace(UPLOAD, form=UploadForm.WEBDATASET)
    assert commands(upload=beside).fetch == commands().fetch


@some
@given(ENTRIES)
def test_each_command_is_words_of_a_shell_with_the_data_as_one_of_them(
    entry: DatasetSpec,
) -> None:
    shown = visitor_commands(entry, make_site())
    loader = replace(entry, scripts=replace(entry.scripts, loader=Script("a b.sh", "x\n")))
    run = visitor_commands(loader, make_site()).run
    assert shlex.split(run) == ["bash", "a b.sh", str(entry.data_path)]
    for line in (*shown.fetch, shown.run, shown.submit):
        assert line.isprintable()
        shlex.split(line)


@pytest.mark.parametrize(
    "text",
    ["python a.py", "D=${1:-/x}; ls $D", "awk '{print $1}' x", "# sbatch job.sh $1", "x=$10"],
)
def test_batch_script_that_expects_no_argument_gets_none(text: str) -> None:
    assert submitted(text) == "sbatch 'my job.sh'"


@pytest.mark.parametrize("text", ["python a.py $1", 'ls "${1}"', "D=${1:?no data}"])
def test_batch_script_that_expects_the_data_gets_its_path(text: str) -> None:
    assert submitted(text) == f"sbatch 'my job.sh' {DATA}"


def test_batch_script_that_passes_everything_on_gets_what_the_loader_expects() -> None:
    loader = Script("a.py", "import sys\n")
    run_command = "python {loader} --root {data}"
    assert submitted('srun python a.py "$@"', loader=loader, run_command=run_command) == (
        f"sbatch 'my job.sh' --root {DATA}"
    )
    assert submitted('srun python a.py "$@"', loader=loader) == "sbatch 'my job.sh'"


def test_environment_of_a_batch_job_is_made_before_it_is_submitted() -> None:
    profile = replace(make_site().profile, batch=BatchSettings(setup=("module load conda",)))
    shown = visitor_commands(jetclass_entry(), make_site(profile=profile))
    assert shown.prepare == (
        "module load conda",
        "conda env create -f jetclass_environment.yml",
    )
    assert commands(includes=(Script("columns.yml", "a: 1\n"),)).prepare == ()


def test_way_to_run_that_is_not_known_is_no_command() -> None:
    shown = commands(loader=Script("a.py", "import sys\nsys.argv[3]\n"))
    assert (shown.run, bool(shown.doubt)) == ("", True)
    path = PurePosixPath("/a")
    assert commands(loader=Script("a.f90", "end\n"), data_path=path).run == ""
