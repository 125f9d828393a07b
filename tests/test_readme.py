"""What README.md and docs/api.md show is what happens: their commands and examples are run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.site_profiles import read_profile
from huggingnersc.api.schema import read_named_schema
from huggingnersc.domain.site import SchemaName
from tests.builders import write_tree
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.hub_server import RunningHub

README = (ROOT / "README.md").read_text(encoding="utf-8")
METADATA = (ROOT / "docs/metadata.md").read_text(encoding="utf-8")
SITES = (ROOT / "docs/sites.md").read_text(encoding="utf-8")
REPOSITORY = "https://github.com/jbbutler/huggingnersc"
# `make check` runs the tests, so this one command is not run inside them.
RUN_BY_MAKE_CHECK = {"make test"}
# The server of its block runs while the block after it is tested.
SERVER = "python main.py serve-hub --port 8017"


def blocks(text: str, language: str) -> list[str]:
    """The fenced code blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone with this environment in place of its own, as `make` would have set it up."""
    folder = tmp_path_factory.mktemp("with a space")
    git = ["git", "-c", "protocol.file.allow=always"]
    subprocess.run([*git, "clone", "-q", ROOT, folder / "huggingnersc"], check=True)
    clone = folder / "huggingnersc"
    for name in _changed_files():  # what is not committed yet is tested as well
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        (clone / name).write_bytes((ROOT / name).read_bytes())
    python = f'#!/bin/sh\nexec "{sys.executable}" "$@"\n'
    write_tree(clone / ".venv", {"bin/python": python, ".made": "", ".run": ""})
    (clone / ".venv/bin/python").chmod(0o755)
    return clone


@pytest.fixture
def shell(checkout: Path, clean_env: Path, tmp_path: Path) -> dict[str, str]:
    """The environment a reader has: conda and a login are stand-ins, all else is real."""
    stubs = write_tree(
        tmp_path / "stubs",
        {
            "conda": '#!/bin/sh\n[ "$1" != env ] || test -f "$4"\n',
            "git": f'#!/bin/sh\n[ "$1 $2" = "clone {REPOSITORY}" ] && '
            f'exec ln -sfn "{checkout}" huggingnersc\nexit 1\n',
        },
    )
    for stub in stubs.iterdir():
        stub.chmod(0o755)
    python = Path(sys.executable).parent
    return {
        **os.environ,
        "HOME": str(clean_env),
        "PATH": f"{stubs}:{python}:/usr/bin:/bin",
        "HF_HUB_DISABLE_UPDATE_CHECK": "1",
    }


def test_readme_commands_work_in_their_order(
    shell: dict[str, str], tmp_path: Path, clean_env: Path
) -> None:
    commands = "\n".join(_without_servers(blocks(README, "sh")))
    login = "hf auth login"
    assert login in commands  # asks on a terminal and calls the real Hub; here a token is set
    script = commands.replace(login, ":").replace("git clone", f'cd "{tmp_path}" && git clone')
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env=shell,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    catalog = clean_env / ".local/share/huggingnersc/catalog"
    assert sorted(path.name for path in catalog.glob("[!.]*")) == ["iris", "jetclass"]
    assert "Nothing left this machine" in done.stderr


def test_readme_commands_for_the_embedded_hub_work(
    shell: dict[str, str], tmp_path: Path, served: RunningHub
) -> None:
    (script,) = [block for block in blocks(README, "sh") if "HF_ENDPOINT" in block]
    done = subprocess.run(
        [
            "bash",
            "-euo",
            "pipefail",
            "-c",
            script.replace("http://127.0.0.1:8017", served.endpoint),
        ],
        cwd=tmp_path,
        env=shell,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def served(tmp_path: Path, run_demo: None) -> Iterator[RunningHub]:
    """The embedded Hub of the user, served as the README says."""
    from huggingnersc.hub_server import running_hub

    home = Path(os.environ["HOME"])
    with running_hub(home / ".local/share/huggingnersc/hub", organizations=["NERSC"]) as running:
        yield running


@pytest.fixture
def run_demo() -> None:
    """Iris on the embedded Hub."""
    from huggingnersc import catalog_new_dataset
    from tests.builders import IRIS, IRIS_LINK

    catalog_new_dataset(
        "Iris", "iris", IRIS / "iris_loader.py", IRIS_LINK, IRIS / "iris_metadata.json"
    )


def test_metadata_of_the_reference_is_valid() -> None:
    default, wide = map(json.loads, blocks(METADATA, "json"))
    assert read_named_schema(SchemaName.DEFAULT).problems(default, name="metadata.md") == ()
    assert read_named_schema(SchemaName.WIDE).problems(wide, name="metadata.md") == ()


def test_reference_has_every_key_of_the_wide_schema() -> None:
    parts = read_named_schema(SchemaName.WIDE).content["properties"]
    keys = [key for part in parts.values() for key in part["properties"]]
    assert [key for key in keys if f"`{key}`" not in METADATA] == []


def test_site_profiles_of_the_reference_are_valid_and_show_every_key(tmp_path: Path) -> None:
    team, center = blocks(SITES, "toml")
    write_tree(tmp_path, {"team.toml": team, "site.toml": center})
    assert read_profile(tmp_path / "team.toml").name == "myteam"
    assert read_profile(tmp_path / "site.toml").name == "mycenter"
    shown = {
        (table, key) for table, value in tomllib.loads(center).items() for key in _keys(value)
    }
    ours = tomllib.loads((ROOT / "huggingnersc/sites/nersc.toml").read_text(encoding="utf-8"))
    assert {(table, key) for table, value in ours.items() for key in _keys(value)} <= shown


def test_reference_names_every_allowed_value_of_the_schema() -> None:
    tags = read_named_schema(SchemaName.DEFAULT).content["properties"]["datacard_tags"]
    for name, rule in tags["properties"].items():
        for value in rule.get("enum", rule.get("items", {}).get("enum", ())):
            assert f"`{value}`" in METADATA, f"{name}: {value}"


def test_python_examples_run(checkout: Path, clean_env: Path, tmp_path: Path) -> None:
    api = (ROOT / "docs/api.md").read_text(encoding="utf-8")
    loader, *examples = blocks(README, "python")
    script = "\n".join([*blocks(api, "python"), *examples])
    write_tree(tmp_path, {"data/obs.csv": "a,b\n1,2\n3,4\n", "loader.py": loader})
    ran = subprocess.run(
        [sys.executable, tmp_path / "loader.py", tmp_path / "data"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout == "2 rows\n", ran.stderr
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=checkout,
        env={**os.environ, "HOME": str(clean_env)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def _without_servers(commands: list[str]) -> Iterator[str]:
    for block in commands:
        is_run_elsewhere = block.strip() in RUN_BY_MAKE_CHECK or "HF_ENDPOINT" in block
        if not is_run_elsewhere and block.strip() != SERVER:
            yield block


def _changed_files() -> list[str]:
    listing = subprocess.run(
        ["git", "ls-files", "-m", "-o", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [name for name in listing.stdout.splitlines() if (ROOT / name).is_file()]


def _keys(value: object) -> list[str]:
    return list(value) if isinstance(value, dict) else [""]


def test_demo_ends_with_a_command_that_finds_its_catalog_from_anywhere() -> None:
    done = subprocess.run(
        ["make", "--no-print-directory", "-n", "demo"],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith("MAKE")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert f'XDG_DATA_HOME="{ROOT}/.demo" ' in done.stdout.splitlines()[-1]
