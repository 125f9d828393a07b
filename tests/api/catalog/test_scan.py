"""Nothing that should stay private, or would not run, becomes public."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc import catalog_new_dataset
from huggingnersc.errors import MetadataInvalidError, RequestInvalidError
from tests.builders import IRIS, IRIS_LINK, make_metadata, write_tree

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "hf_" + "Ab3dEf6hIj9kLm2oPq5sTu8wXy1zBc4eFg"


def catalog(**changes: Any) -> Any:
    given: dict[str, Any] = {
        "official_name": "Iris",
        "nickname": "iris",
        "loader_script": IRIS / "iris_loader.py",
        "portal_link": IRIS_LINK,
        "metadata_json": IRIS / "iris_metadata.json",
        "dry_run": True,
        "site": "local",
    }
    return catalog_new_dataset(**(given | changes))


def problems(**changes: Any) -> list[str]:
    with pytest.raises((RequestInvalidError, MetadataInvalidError)) as caught:
        catalog(**changes)
    return [str(problem) for problem in caught.value.problems]


def test_secrets_in_every_file_are_reported_at_once_and_never_shown(
    tmp_path: Path, clean_env: Path
) -> None:
    metadata = make_metadata(other_info={"papers": [f"https://example.org/?token={TOKEN}"]})
    write_tree(
        tmp_path,
        {
            "load.py": f'import os\ntoken = "{TOKEN}"\n',
            "job.sh": "#!/bin/bash\n#SBATCH -N 1\nexport PASSWORD='Tr0ub4dor'\n",
            "key.pem": "-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----\n",
            "meta.json": json.dumps(metadata, indent=1),
        },
    )
    found = problems(
        loader_script=tmp_path / "load.py",
        batch_script=tmp_path / "job.sh",
        include=[tmp_path / "key.pem"],
        metadata_json=tmp_path / "meta.json",
    )
    assert [line.split(": ")[0] for line in found] == [
        "load.py:2",
        "job.sh:3",
        "key.pem:1",
        "meta.json:9",
    ]
    assert TOKEN not in "".join(found)
    assert "Tr0ub4dor" not in "".join(found)
    assert not (clean_env / ".local").exists()


def test_line_that_is_no_secret_is_let_through_by_its_hash(tmp_path: Path) -> None:
    write_tree(tmp_path, {"load.py": f'token = "{TOKEN}"\n'})
    (problem,) = problems(loader_script=tmp_path / "load.py")
    found = re.search(r"allow_secret='(\w{12})'$", problem)
    assert found is not None
    result = catalog(loader_script=tmp_path / "load.py", allow_secret=[found[1]])
    assert result.outcome == "planned"


def test_hash_that_no_line_has_is_reported() -> None:
    assert any("0123456789ab" in str(w) for w in catalog(allow_secret=["0123456789ab"]).warnings)


def test_secret_in_an_argument_is_reported_under_its_name() -> None:
    (problem,) = problems(portal_link=f"{IRIS_LINK}?token={TOKEN}", data_path="/tmp")  # noqa: S108
    assert problem.startswith("portal_link: holds what looks like a Hugging Face token")


def test_code_that_would_not_run_is_reported_with_its_line(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            "load.py": "def f(:\n",
            "job": "#!/bin/bash -l\n#SBATCH --nodes\nif true\n",
            "more.py": "x = 1\nx =\n",
        },
    )
    found = problems(
        loader_script=tmp_path / "load.py",
        batch_script=tmp_path / "job",
        include=[tmp_path / "more.py"],
    )
    assert [line.split(": ")[0] for line in found] == ["load.py:1", "job:4", "job:2", "more.py:2"]


def test_batch_lines_that_are_ignored_are_a_warning(tmp_path: Path) -> None:
    write_tree(tmp_path, {"job.sh": "#!/bin/bash\necho\n#SBATCH -N 1\n"})
    result = catalog(batch_script=tmp_path / "job.sh")
    assert any(w.startswith("job.sh:3: sbatch ignores") for w in result.warnings)


@pytest.mark.parametrize("first", ["#!/usr/bin/env -S python3 -u", "#! /usr/bin/env python3"])
@pytest.mark.parametrize("name", ["job", "job.sh", "job.slurm"])
def test_python_batch_script_is_read_as_python(tmp_path: Path, name: str, first: str) -> None:
    write_tree(tmp_path, {name: f"{first}\n#SBATCH -N 1\nx = {{\n"})
    (problem,) = problems(batch_script=tmp_path / name)
    assert problem.startswith(f"{name}:3: is not valid Python")


@pytest.mark.parametrize("first", ["#! /usr/bin/env python3", "#!/bin/sh", "#!"])
def test_first_line_keeps_no_python_loader_from_being_compiled(tmp_path: Path, first: str) -> None:
    write_tree(tmp_path, {"load.py": f"{first}\nprint((\n"})
    (problem,) = problems(loader_script=tmp_path / "load.py")
    assert problem.startswith("load.py:2: is not valid Python")


def test_script_of_a_language_that_is_not_read_is_let_through(tmp_path: Path) -> None:
    write_tree(tmp_path, {"job.sh": "#!/usr/bin/env node\n#SBATCH -N 1\nlet x = {a: (1)}\n"})
    assert catalog(batch_script=tmp_path / "job.sh").outcome == "planned"


def test_link_out_of_its_folder_is_refused_and_one_within_is_taken(tmp_path: Path) -> None:
    write_tree(tmp_path, {"private/key.py": "x = 1\n", "given/real.py": "x = 1\n"})
    (tmp_path / "given/load.py").symlink_to(tmp_path / "private/key.py")
    (tmp_path / "given/within.py").symlink_to("real.py")
    (problem,) = problems(loader_script=tmp_path / "given/load.py")
    assert "out of its folder" in problem
    assert catalog(loader_script=tmp_path / "given/within.py").outcome == "planned"


def test_binary_is_refused(tmp_path: Path) -> None:
    write_tree(tmp_path, {"load.py": b"\x7fELF\x02\x01\x01\0\0"})
    (problem,) = problems(loader_script=tmp_path / "load.py")
    assert "is a binary" in problem
