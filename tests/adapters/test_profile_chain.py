"""Profiles that extend others: what a file states itself goes before."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

import pytest

from huggingnersc.adapters.site_profiles import choose_site, read_profile
from huggingnersc.assets import site_file
from huggingnersc.domain.site import SchemaName, Site
from huggingnersc.domain.token_address import TokenRefusal
from huggingnersc.errors import SettingsError
from huggingnersc.settings import Settings
from tests.builders import write_tree

TEAM = 'name = "team"\nextends = "nersc"\n'
OWN_HUB = '[hub]\nendpoint = "https://hub.example.org"\n'


def site_of(tmp_path: Path, name: str = "team.toml", **environ: str) -> Site:
    settings = Settings.from_environment({"HOME": str(tmp_path), **environ})
    return choose_site(settings, option=str(tmp_path / name))


def refused(tmp_path: Path, **files: str) -> SettingsError:
    write_tree(tmp_path, {f"{name}.toml": text for name, text in files.items()})
    with pytest.raises(SettingsError) as caught:
        site_of(tmp_path)
    return caught.value


def test_one_line_is_changed_and_the_rest_is_nersc_s(tmp_path: Path) -> None:
    write_tree(tmp_path, {"team.toml": TEAM + '[catalog]\nmetadata_schema = "wide"\n'})
    site, shipped = site_of(tmp_path), site_file("nersc")
    assert shipped
    nersc = read_profile(shipped)
    assert site.metadata_schema is SchemaName.WIDE
    assert (site.profile.name, site.profile.title) == ("team", nersc.title)
    assert site.profile.catalog.root == nersc.catalog.root
    assert (site.profile.hub, site.profile.notes) == (nersc.hub, nersc.notes)
    assert site.extends == (PurePosixPath(shipped),)


def test_tables_are_merged_and_lists_are_replaced(tmp_path: Path) -> None:
    text = TEAM + '[batch]\nsetup = ["module load python"]\n[[notes]]\npath = "/x"\ntext = "y"\n'
    write_tree(tmp_path, {"team.toml": text})
    profile = site_of(tmp_path).profile
    assert profile.batch.setup == ("module load python",)
    assert "--constraint=gpu" in profile.batch.options
    assert [note.path for note in profile.notes] == ["/x"]


def test_a_chain_of_files_is_followed_and_the_nearest_goes_before(tmp_path: Path) -> None:
    group = 'name = "group"\nextends = "nersc"\ntitle = "Group"\n[catalog]\nroot = "/group"\n'
    team = 'name = "team"\nextends = "../group/g.toml"\n[catalog]\nroot = "/team"\n'
    write_tree(tmp_path, {"group/g.toml": group, "own/team.toml": team})
    site = site_of(tmp_path, "own/team.toml")
    assert site.profile.title == "Group"
    assert site.catalog_root == PurePosixPath("/team")
    assert [file.name for file in site.extends] == ["g.toml", "nersc.toml"]


def test_a_relative_path_starts_at_the_file_that_states_it(tmp_path: Path) -> None:
    group = 'name = "group"\nextends = "nersc"\n[catalog]\nmetadata_schema = "own.json"\n'
    team = 'name = "team"\nextends = "../group/g.toml"\n'
    write_tree(tmp_path, {"group/g.toml": group, "own/team.toml": team})
    schema = site_of(tmp_path, "own/team.toml").metadata_schema
    assert Path(str(schema)).resolve() == tmp_path / "group/own.json"


@pytest.mark.parametrize("word", ['"nresc"', '"none.toml"', '"."', "3", '["nersc"]', '""'])
def test_an_unknown_parent_is_reported(tmp_path: Path, word: str) -> None:
    error = refused(tmp_path, team=f'name = "team"\nextends = {word}\n')
    assert "team.toml" in str(error)
    if "nresc" in word:
        assert "nersc" in str(error.hint)


def test_a_profile_that_extends_itself_is_reported(tmp_path: Path) -> None:
    error = refused(tmp_path, team='name = "team"\nextends = "team.toml"\n')
    assert "itself" in str(error)
    error = refused(
        tmp_path,
        team='name = "team"\nextends = "b.toml"\n',
        b=f'name = "b"\nextends = "./../{tmp_path.name}/team.toml"\n',
    )
    assert "b.toml" in str(error)


def test_a_very_long_chain_is_reported(tmp_path: Path) -> None:
    files = {f"f{n}": f'name = "f{n}"\nextends = "f{n + 1}.toml"\n' for n in range(40)}
    assert "too many" in str(refused(tmp_path, team=TEAM.replace("nersc", "f0.toml"), **files))


@pytest.mark.parametrize("name", ["", 'name = "nersc"\n'])
def test_the_name_must_be_its_own(tmp_path: Path, name: str) -> None:
    error = refused(tmp_path, team=f'{name}extends = "nersc"\n{OWN_HUB}')
    assert "name" in str(error.hint)


def test_what_is_wrong_names_the_files(tmp_path: Path) -> None:
    error = str(refused(tmp_path, team=TEAM + '[catalog]\nrot = "/x"\n'))
    assert "catalog.rot" in error
    assert "team.toml" in error
    assert "nersc.toml" in error


@pytest.mark.attack("tokens sent elsewhere")
def test_the_token_goes_to_the_hub_that_the_chain_names_and_to_no_other(tmp_path: Path) -> None:
    write_tree(tmp_path, {"team.toml": TEAM + OWN_HUB})
    assert site_of(tmp_path).endpoint == "https://hub.example.org"
    assert site_of(tmp_path).token_refusal is None
    for other in ("https://huggingface.co", "http://127.0.0.1:8017"):
        site = site_of(tmp_path, HF_ENDPOINT=other)
        assert site.token_refusal is TokenRefusal.OTHER_HUB


@pytest.mark.attack("tokens sent elsewhere")
def test_a_file_without_a_hub_of_its_own_keeps_the_rule_of_nersc(tmp_path: Path) -> None:
    write_tree(tmp_path, {"team.toml": TEAM})
    assert site_of(tmp_path).token_refusal is None
    site = site_of(tmp_path, HF_ENDPOINT="https://hub.example.org")
    assert site.token_refusal is TokenRefusal.OTHER_HUB


@pytest.mark.attack("tokens sent elsewhere")
def test_plain_http_of_a_parent_gets_no_token(tmp_path: Path) -> None:
    group = 'name = "group"\nextends = "nersc"\n[hub]\nendpoint = "http://hub.example.org"\n'
    team = TEAM.replace("nersc", "group.toml")
    write_tree(tmp_path, {"team.toml": team, "group.toml": group})
    assert site_of(tmp_path).token_refusal is TokenRefusal.PLAIN_HTTP


@pytest.mark.attack("site and schema files")
@pytest.mark.parametrize("kind", ["pipe", "folder", "device", "missing", "large", "binary"])
def test_a_parent_that_is_no_profile_is_explained(tmp_path: Path, kind: str) -> None:
    parent = tmp_path / "parent.toml"
    if kind == "pipe":
        os.mkfifo(parent)
    elif kind == "folder":
        parent.mkdir()
    elif kind == "device":
        parent.symlink_to("/dev/zero")
    elif kind == "large":
        with parent.open("wb") as stream:
            stream.truncate(1 << 40)
    elif kind == "binary":
        parent.write_bytes(b"\xff\xfe\x00")
    assert "parent.toml" in str(refused(tmp_path, team=TEAM.replace("nersc", "parent.toml")))


@pytest.mark.attack("site and schema files")
def test_any_value_in_place_of_a_table_is_explained(tmp_path: Path) -> None:
    schema = "[catalog]\nmetadata_schema = 3"
    for text in ("catalog = 3", "hub = []", "[catalog.root]\nx = 1", schema):
        refused(tmp_path, team=f"{TEAM}{text}\n")
