from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.site_profiles import choose_site, read_profile
from huggingnersc.assets import site_file
from huggingnersc.domain.site import EMBEDDED, SiteOrigin, path_of_link
from huggingnersc.errors import SettingsError
from huggingnersc.settings import Settings
from tests.builders import write_tree

if TYPE_CHECKING:
    from tests.conftest import Golden
MINIMAL = """
name = "olcf"
title = "Oak Ridge"
[hub]
organization = "OLCF"
endpoint = "https://hub.example.org"
[catalog]
root = "/catalog"
"""


def settings_of(tmp_path: Path, **environ: str | Path) -> Settings:
    places = {"HOME": tmp_path, "XDG_CONFIG_HOME": tmp_path / "config"}
    given = {name: str(value) for name, value in {**places, **environ}.items()}
    return Settings.from_environment(given)


def write_profile(file: Path, text: str = MINIMAL) -> Path:
    write_tree(file.parent, {file.name: text})
    return file


def configure(tmp_path: Path, text: str) -> Path:
    return write_profile(tmp_path / "config/huggingnersc/config.toml", text)


def refusal(settings: Settings, option: str | None = None) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        choose_site(settings, option=option)
    assert "\n" not in str(caught.value)
    return caught.value


def test_nersc_is_as_its_documentation_says(tmp_path: Path) -> None:
    site = choose_site(settings_of(tmp_path), option="nersc")
    assert site.endpoint == "https://huggingface.co"
    assert site.repo_id("iris") == "NERSC/iris"
    assert site.catalog_root == PurePosixPath("/global/cfs/cdirs/dasrepo/ai_ready_datasets")
    assert site.notebook_link(PurePosixPath("/a")) == (
        "https://jupyter.nersc.gov/hub/user-redirect/lab/tree/a"
    )
    rule = site.profile.portal
    assert rule
    assert path_of_link(rule, "https://portal.nersc.gov/cfs/m1/x") == PurePosixPath(
        "/global/cfs/cdirs/m1/www/x"
    )


def test_local_keeps_everything_in_the_user_s_data_folder(tmp_path: Path) -> None:
    site = choose_site(settings_of(tmp_path, XDG_DATA_HOME=tmp_path / "data"), option="local")
    assert site.is_embedded
    assert site.catalog_root == PurePosixPath(tmp_path / "data/huggingnersc/catalog")
    assert site.hub_root == PurePosixPath(tmp_path / "data/huggingnersc/hub")


def test_option_environment_configuration_host_default_decide_in_this_order(
    tmp_path: Path,
) -> None:
    for name in ("a", "b", "c"):
        write_profile(tmp_path / f"{name}.toml", MINIMAL.replace("olcf", name))
    config = configure(tmp_path, f'site = "{tmp_path / "c.toml"}"')
    environ: dict[str, str | Path] = {}
    environ |= {"HUGGINGNERSC_SITE": tmp_path / "b.toml", "NERSC_HOST": "perlmutter"}

    def chosen(option: str | None = None) -> tuple[str, SiteOrigin]:
        site = choose_site(settings_of(tmp_path, **environ), option=option)
        return site.profile.name, site.origin

    assert chosen(str(tmp_path / "a.toml")) == ("a", SiteOrigin.CALLER)
    assert chosen() == ("b", SiteOrigin.ENVIRONMENT)
    del environ["HUGGINGNERSC_SITE"]
    assert chosen() == ("c", SiteOrigin.CONFIGURATION)
    config.unlink()
    assert chosen() == ("nersc", SiteOrigin.NERSC_HOST)
    del environ["NERSC_HOST"]
    assert chosen() == ("local", SiteOrigin.DEFAULT)


def test_an_unknown_site_names_the_nearest_and_where_it_comes_from(tmp_path: Path) -> None:
    error = refusal(settings_of(tmp_path, HUGGINGNERSC_SITE="nresc"))
    assert '"nresc"' in str(error)
    assert "HUGGINGNERSC_SITE" in str(error)
    assert "nersc" in str(error.hint)
    assert "local" not in str(error.hint)
    assert "local, nersc" in str(refusal(settings_of(tmp_path), "quantum").hint)


@pytest.mark.parametrize(
    "word", ["x" * 5000, "/", ".", "../nersc", "a/b", "nersc.toml", "~nobody-x/y"]
)
def test_no_word_is_taken_for_a_site_by_mistake(tmp_path: Path, word: str) -> None:
    refusal(settings_of(tmp_path), word)


def test_the_configuration_names_a_profile_beside_it(tmp_path: Path) -> None:
    configure(tmp_path, 'site = "ours.toml"')
    write_profile(tmp_path / "config/huggingnersc/ours.toml")
    assert choose_site(settings_of(tmp_path)).profile.name == "olcf"


def test_the_configuration_may_name_a_site_or_nothing(tmp_path: Path) -> None:
    configure(tmp_path, 'site = "nersc"')
    assert choose_site(settings_of(tmp_path)).origin is SiteOrigin.CONFIGURATION
    configure(tmp_path, "")
    assert choose_site(settings_of(tmp_path)).origin is SiteOrigin.DEFAULT


@pytest.mark.parametrize("text", ["site = 3", 'sight = "nersc"', 'site = "nersc"\ntoken = "x"'])
def test_a_configuration_with_more_than_the_site_is_refused(tmp_path: Path, text: str) -> None:
    file = configure(tmp_path, text)
    error = refusal(settings_of(tmp_path))
    assert str(file) in str(error)
    assert 'site = "nersc"' in str(error.hint)


def test_an_unknown_site_in_the_configuration_is_reported(tmp_path: Path) -> None:
    configure(tmp_path, 'site = "nope"')
    error = str(refusal(settings_of(tmp_path)))
    assert '"nope"' in error
    assert SiteOrigin.CONFIGURATION in error


@pytest.mark.parametrize("content", [b"site = ", b"\xff\xfe"])
def test_a_configuration_that_is_not_toml_is_reported(tmp_path: Path, content: bytes) -> None:
    file = configure(tmp_path, "")
    file.write_bytes(content)
    assert f"{file} cannot be read as TOML" in str(refusal(settings_of(tmp_path)))


def test_every_mistake_in_a_profile_is_reported_at_once(tmp_path: Path, golden: Golden) -> None:
    file = write_profile(
        tmp_path / "p.toml",
        'name = 3\ntitel = "x"\nhub = "y"\n[catalog]\nroot = ["a"]\n'
        '[portal]\nurl = "u"\n[jupyter]\nlnk = "x"\n',
    )
    with pytest.raises(SettingsError) as caught:
        read_profile(file)
    message = str(caught.value)
    assert str(file) in message
    golden("messages/site_profile.txt", f"{message.replace(str(file), 'p.toml')}\n")
    for key in ("name", "title", "titel", "hub", "catalog.root", "portal.path", "jupyter.lnk"):
        assert f" {key} " in message


def test_invalid_values_are_reported_at_once(tmp_path: Path) -> None:
    text = MINIMAL.replace("https://hub", "hub") + '[jupyter]\nlink = "https://a.b/"\n'
    file = write_profile(tmp_path / "p.toml", text)
    with pytest.raises(SettingsError, match=r"hub\.endpoint: .*; jupyter\.link: "):
        read_profile(file)


_PORTAL = '[portal]\nurl = "{}/{{project}}/{{rest}}"\npath = "/data/{{project}}/{{rest}}"\n'


@pytest.mark.parametrize(
    "address", ["http://portal.example.org", "https://me@portal.example.org", "ftp://a.example"]
)
def test_a_portal_whose_links_no_dataset_may_have_is_refused(tmp_path: Path, address: str) -> None:
    file = write_profile(tmp_path / "p.toml", MINIMAL + _PORTAL.format(address))
    with pytest.raises(SettingsError, match=r"portal\.url: must be an https address"):
        read_profile(file)


@pytest.mark.parametrize("address", ["https://portal.example.org", "http://127.0.0.1:9"])
def test_a_portal_is_an_https_address_or_one_of_this_machine(tmp_path: Path, address: str) -> None:
    file = write_profile(tmp_path / "p.toml", MINIMAL + _PORTAL.format(address))
    portal = read_profile(file).portal
    assert portal is not None
    assert portal.url.startswith(address)


@pytest.mark.parametrize("text", ["name = ", "\x00", "name = 'a'\nname = 'b'"])
def test_a_profile_that_is_not_toml_is_reported(tmp_path: Path, text: str) -> None:
    file = write_profile(tmp_path / "p.toml", text)
    assert "cannot be read as TOML" in str(refusal(settings_of(tmp_path), str(file)))


def test_every_profile_shipped_with_the_program_is_valid() -> None:
    for name in ("nersc", "local"):
        file = site_file(name)
        assert file
        assert read_profile(file).name == name


def test_a_relative_schema_starts_at_the_profile_s_folder(tmp_path: Path) -> None:
    file = write_profile(tmp_path / "x/p.toml", MINIMAL + 'metadata_schema = "s/ours.json"\n')
    site = choose_site(settings_of(tmp_path), option=str(file))
    assert site.metadata_schema == PurePosixPath(tmp_path / "x/s/ours.json")
    write_profile(file, MINIMAL + 'metadata_schema = "/s/ours.json"\n')
    site = choose_site(settings_of(tmp_path), option=str(file))
    assert site.metadata_schema == PurePosixPath("/s/ours.json")


def test_a_profile_may_be_named_relative_to_where_the_command_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_profile(tmp_path / "p.toml", MINIMAL + 'metadata_schema = "ours.json"\n')
    monkeypatch.chdir(tmp_path)
    site = choose_site(settings_of(tmp_path), option="p.toml")
    assert site.metadata_schema == PurePosixPath(tmp_path / "ours.json")


def test_a_catalog_folder_must_be_absolute(tmp_path: Path) -> None:
    file = write_profile(tmp_path / "p.toml", MINIMAL.replace('"/catalog"', '"catalog"'))
    assert "catalog.root" in str(refusal(settings_of(tmp_path), str(file)))


@pytest.mark.parametrize("root", ["~/catalog", "~nobody-of-this-name/catalog"])
def test_a_home_folder_in_the_catalog_s_path_is_filled_in(
    tmp_path: Path, clean_env: Path, root: str
) -> None:
    file = write_profile(tmp_path / "p.toml", MINIMAL.replace("/catalog", root))
    if root.startswith("~/"):
        site = choose_site(settings_of(tmp_path), option=str(file))
        assert site.catalog_root == PurePosixPath(clean_env / "catalog")
    else:
        assert "~nobody-of-this-name" in str(refusal(settings_of(tmp_path), str(file)))


def test_the_environment_may_move_the_catalog(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, HUGGINGNERSC_CATALOG_ROOT=tmp_path / "other")
    assert choose_site(settings, option="nersc").catalog_root == PurePosixPath(tmp_path / "other")


def test_hf_endpoint_replaces_the_hub_s_address(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, HF_ENDPOINT="http://127.0.0.1:9")
    assert choose_site(settings, option="nersc").endpoint == "http://127.0.0.1:9"


@pytest.mark.parametrize("endpoint", ["https://huggingface.co", "http://127.0.0.1:9"])
def test_hf_endpoint_never_replaces_the_embedded_hub(tmp_path: Path, endpoint: str) -> None:
    settings = settings_of(tmp_path, HF_ENDPOINT=endpoint)
    assert choose_site(settings, option="local").endpoint == EMBEDDED


@pytest.mark.parametrize("endpoint", ["embedded", "huggingface.co", "https://", "https://["])
def test_hf_endpoint_must_be_an_address(tmp_path: Path, endpoint: str) -> None:
    settings = settings_of(tmp_path, HF_ENDPOINT=endpoint)
    assert "HF_ENDPOINT" in str(refusal(settings, "nersc"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become a user without rights")
def test_a_folder_without_permission_is_reported(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    write_profile(closed / "config/huggingnersc/config.toml", 'site = "nersc"')
    write_profile(closed / "p.toml")
    settings = settings_of(tmp_path, XDG_CONFIG_HOME=closed / "config")
    closed.chmod(0)
    os.seteuid(65534)
    try:
        assert str(closed / "p.toml") in str(refusal(settings, str(closed / "p.toml")))
        assert "Permission denied" in str(refusal(settings))
    finally:
        os.seteuid(0)


DEEP = 5000
HOSTILE = {
    "a number of 5,000 digits": f"{MINIMAL}port = {'9' * DEEP}",
    "arrays in arrays": f"{MINIMAL}port = {'[' * DEEP}{']' * DEEP}",
    "tables in tables": f"{MINIMAL}port = {'{a = ' * DEEP}1{'}' * DEEP}",
    "a key of many parts": f"{MINIMAL}{'.'.join('a' * DEEP)} = 1",
    "a table of many parts": f"{MINIMAL}[{'.'.join('a' * DEEP)}]",
    "very much": MINIMAL + "#" * 100_000,
    "no path": MINIMAL.replace("/catalog", "/catalog\\u0000"),
    "no schema file": f'{MINIMAL}metadata_schema = "a\\u0000b"',
    "no number of seconds": f"{MINIMAL}[counting]\nseconds = nan",
    "a negative number of gigabytes": f"{MINIMAL}[counting]\ngigabytes = -1",
}


@pytest.mark.attack("site and schema files")
@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_site_file_is_explained(tmp_path: Path, what: str) -> None:
    with pytest.raises(SettingsError):
        read_profile(write_profile(tmp_path / "site.toml", HOSTILE[what]))


@pytest.mark.attack("site and schema files")
def test_a_hostile_configuration_file_is_explained(tmp_path: Path) -> None:
    configure(tmp_path, f"site = {'[' * DEEP}{']' * DEEP}")
    with pytest.raises(SettingsError):
        choose_site(settings_of(tmp_path))


def test_the_folder_of_runs_is_in_the_users_data_folder(tmp_path: Path) -> None:
    site = choose_site(settings_of(tmp_path), option="local")
    assert site.run_root == PurePosixPath(tmp_path / ".local/share/huggingnersc/runs")


def test_the_folder_of_runs_is_absolute(tmp_path: Path) -> None:
    text = f'{MINIMAL}[engine]\nrun_root = "runs"\n'
    refused = refusal(settings_of(tmp_path), str(write_profile(tmp_path / "p.toml", text)))
    assert "engine.run_root" in str(refused)
