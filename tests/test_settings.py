from __future__ import annotations

from pathlib import Path

import pytest

from huggingnersc.settings import Settings

HOME = {"HOME": "/home/ada"}


def settings_of(**environ: str) -> Settings:
    return Settings.from_environment(HOME | environ)


def test_an_empty_environment_gives_the_usual_places() -> None:
    assert settings_of() == Settings(
        config_file=Path("/home/ada/.config/huggingnersc/config.toml"),
        data_home=Path("/home/ada/.local/share/huggingnersc"),
        site=None,
        catalog_root=None,
        hub_endpoint=None,
        at_nersc=False,
    )


def test_the_xdg_folders_are_honored() -> None:
    settings = settings_of(XDG_CONFIG_HOME="/etc/ada", XDG_DATA_HOME="/data/a b")
    assert settings.config_file == Path("/etc/ada/huggingnersc/config.toml")
    assert settings.data_home == Path("/data/a b/huggingnersc")


@pytest.mark.parametrize("folder", ["", "relative", "./here", "~/there", "../up"])
def test_a_relative_xdg_folder_is_ignored_as_its_specification_says(folder: str) -> None:
    assert settings_of(XDG_CONFIG_HOME=folder, XDG_DATA_HOME=folder) == settings_of()


def test_every_variable_is_read() -> None:
    settings = settings_of(
        HUGGINGNERSC_SITE="nersc",
        HUGGINGNERSC_CATALOG_ROOT="/catalog",
        HF_ENDPOINT="https://hub.example.org",
        NERSC_HOST="perlmutter",
    )
    assert settings.site == "nersc"
    assert settings.catalog_root == Path("/catalog")
    assert settings.hub_endpoint == "https://hub.example.org"
    assert settings.at_nersc


def test_an_empty_value_is_no_value() -> None:
    names = ("HUGGINGNERSC_SITE", "HUGGINGNERSC_CATALOG_ROOT", "HF_ENDPOINT", "NERSC_HOST")
    assert settings_of(**dict.fromkeys(names, "")) == settings_of()


def test_a_relative_catalog_folder_starts_where_the_command_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert settings_of(HUGGINGNERSC_CATALOG_ROOT="cat").catalog_root == tmp_path / "cat"


def test_without_home_the_account_s_home_is_taken(clean_env: Path) -> None:
    settings = Settings.from_environment({})
    assert settings.data_home == clean_env / ".local/share/huggingnersc"


def test_the_environment_of_the_process_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUGGINGNERSC_SITE", "elsewhere")
    monkeypatch.setenv("NERSC_HOST", "perlmutter")
    assert settings_of() == Settings.from_environment(HOME)
    assert settings_of().site is None
