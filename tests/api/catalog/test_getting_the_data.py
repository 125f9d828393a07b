"""The card's command for visitors from elsewhere is pasted and run against a real portal."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.api.iris import catalog_iris, hub_text, tree
from tests.builders import write_tree
from tests.portal_server import needs_nginx, portal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.api.conftest import Centre

DATA = {
    "iris set/a.csv": "1\n",
    "iris set/b & c.csv": "2\n",
    "iris set/1/2/3/4/5/6/7/deep.csv": "3\n",
    "iris set/ü/x.csv": "4\n",
}
BESIDE = {"other/secret.csv": "not asked for\n", "iris set 2/x.csv": "not asked for\n"}


@needs_nginx
@pytest.mark.system("nginx")
@pytest.mark.parametrize("end", ["", "/"])
def test_the_command_on_the_card_fetches_all_files_and_no_others(
    centre: Centre, tmp_path: Path, end: str
) -> None:
    served = {f"cfs/dasrepo/{path}": text for path, text in (DATA | BESIDE).items()}
    write_tree(tmp_path / "www", served)
    own = tmp_path / "nginx"
    own.mkdir()
    with portal(own, tmp_path / "www") as (address, certificate):
        profile = centre.profile.read_text(encoding="utf-8")
        portal_url = f'{address}/cfs/{{project}}/{{rest}}"\nlisting = true'
        profile = re.sub(r'(?<=\[portal\]\nurl = ")[^"]*"', portal_url, profile)
        centre.profile.write_text(profile, encoding="utf-8")
        catalog_iris(centre, portal_link=f"{address}/cfs/dasrepo/iris%20set{end}")
        (command,) = re.findall(r"^```bash\n(wget .*)\n```$", hub_text(centre, "README.md"), re.M)
        fetched = paste(command, tmp_path / "empty", certificate)
    assert fetched == {path: text.encode() for path, text in DATA.items()}


def paste(command: str, folder: Path, certificate: Path) -> dict[str, bytes]:
    """Run a line of a card in bash in an empty folder; gives the files that are there then."""
    folder.mkdir()
    settings = write_tree(folder.parent, {"wgetrc": f"ca_certificate = {certificate}\n"})
    environment = {**os.environ, "WGETRC": str(settings / "wgetrc"), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return tree(folder)


def test_a_portal_that_is_not_known_to_list_folders_has_no_command(centre: Centre) -> None:
    catalog_iris(centre)
    assert "wget" not in hub_text(centre, "README.md")
