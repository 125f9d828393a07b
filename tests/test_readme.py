"""What README.md and the pages in docs/ show is what happens: commands and examples are run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.site_profiles import read_profile
from huggingnersc.api.schema import read_named_schema
from huggingnersc.domain.site import SchemaName
from tests.builders import write_tree
from tests.conftest import ROOT
from tests.forked_python import forked_python

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.hub_server import RunningHub

README = (ROOT / "README.md").read_text(encoding="utf-8")
METADATA = (ROOT / "docs/metadata.md").read_text(encoding="utf-8")
SITES = (ROOT / "docs/sites.md").read_text(encoding="utf-8")
# `make check` runs the tests, so this one command is not run inside them.
RUN_BY_MAKE_CHECK = {"make test"}
# A server runs until it is stopped; another test uses it.
SERVER = "huggingnersc serve-hub --port 8017\n"


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
    python = f'#!/bin/sh\nexec "{forked_python()}" "$@"\n'
    write_tree(
        clone / ".venv", {"bin/python": python, "bin/activate": "", ".made": "", ".run": ""}
    )
    (clone / ".venv/bin/python").chmod(0o755)
    return clone


@pytest.fixture
def shell(checkout: Path, clean_env: Path, tmp_path: Path) -> dict[str, str]:
    """The environment a reader has: conda is a stand-in, and what starts has packages imported."""
    python = Path(sys.executable).parent
    stubs = {
        "conda": '[ "$1" != env ] || test -f "$4"',
        "huggingnersc": f'exec "{forked_python()}" "{python}/huggingnersc" "$@"',
        "python": f'exec "{forked_python()}" "$@"',
    }
    write_tree(tmp_path / "stubs", {name: f"#!/bin/sh\n{does}\n" for name, does in stubs.items()})
    for name in stubs:
        (tmp_path / "stubs" / name).chmod(0o755)
    return {
        **os.environ,
        "HOME": str(clean_env),
        "PATH": f"{tmp_path / 'stubs'}:{python}:/usr/bin:/bin",
        "HF_HUB_DISABLE_UPDATE_CHECK": "1",
    }


def test_readme_commands_work_in_their_order(
    shell: dict[str, str], checkout: Path, clean_env: Path
) -> None:
    commands = "\n".join(_without_servers(blocks(README, "sh")))
    login = "hf auth login"
    assert login in commands  # asks on a terminal and calls the real Hub; here a token is set
    maintain = "\n".join(_without_servers(blocks(_page("docs/maintain.md"), "sh")))
    # The folders of the tests are closed to others, which is a warning, or keeps data private.
    commands = commands.replace("--run --yes", "--run --yes || test $? = 1")
    commands = commands.replace("flowers pack --yes", "flowers pack --private --yes")
    if find_spec("pyarrow") is None:  # rows of tables need it
        commands = commands.replace("--split train=0.8,test=0.2", "--form webdataset")
    others = (_page(f"docs/{name}.md") for name in ("scripting", "troubleshooting"))
    more = "\n".join(block for page in others for block in blocks(page, "sh"))
    script = "\n".join([commands, maintain, more]).replace(login, ":")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=checkout,
        env=shell,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    catalog = clean_env / ".local/share/huggingnersc/catalog"
    names = sorted(path.name for path in catalog.glob("[!.]*"))
    assert names == ["flowers", "iris", "jetclass"]
    assert "Nothing left this machine" in done.stderr


def test_readme_is_short_and_links_to_what_exists() -> None:
    assert len(README.split()) <= 900
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    missing = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in pages
        for link in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / link).exists()
    ]
    assert missing == []


def test_every_page_of_the_documentation_is_in_the_index() -> None:
    pages = {page.name for page in (ROOT / "docs").glob("*.md")}
    assert {name for name in pages if f"(docs/{name})" not in README} == set()


def _page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_readme_commands_for_the_embedded_hub_work(
    shell: dict[str, str], tmp_path: Path, served: RunningHub
) -> None:
    (script,) = [b for b in blocks(_page("docs/serve-hub.md"), "sh") if "export HF_" in b]
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
    """The embedded Hub of the user, served as docs/serve-hub.md says."""
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
    loader = blocks(_page("docs/loaders.md"), "python")[0]
    pages = (_page(f"docs/{name}.md") for name in ("api", "scripting"))
    script = "\n".join(block for page in pages for block in blocks(page, "python"))
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
        if block.strip() not in RUN_BY_MAKE_CHECK:
            yield block.replace(SERVER, "")


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
