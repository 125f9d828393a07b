"""The settings that come from environment variables."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of this user and machine.

    Attributes:
        config_file: the user configuration file (it need not exist).
        data_home: the user's data folder for HuggingNERSC.
        site: HUGGINGNERSC_SITE, a site's name or a TOML file.
        catalog_root: HUGGINGNERSC_CATALOG_ROOT, which replaces the profile's catalog folder.
        hub_endpoint: HF_ENDPOINT, which replaces the profile's Hub address; it never replaces the
            embedded Hub, so that a local run stays on this machine.
        at_nersc: whether NERSC_HOST is set.
    """

    config_file: Path
    data_home: Path
    site: str | None = None
    catalog_root: Path | None = None
    hub_endpoint: str | None = None
    at_nersc: bool = False

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """Read the variables of HuggingNERSC, XDG and Hugging Face; an empty value is unset.

        Raises:
            SettingsError: the catalog folder is in the home folder of an unknown user.
        """
        home = Path(environ.get("HOME") or Path.home())
        return cls(
            config_file=_folder(environ, "XDG_CONFIG_HOME", home / ".config") / "config.toml",
            data_home=_folder(environ, "XDG_DATA_HOME", home / ".local" / "share"),
            site=environ.get("HUGGINGNERSC_SITE") or None,
            catalog_root=_catalog_root(environ),
            hub_endpoint=environ.get("HF_ENDPOINT") or None,
            at_nersc=bool(environ.get("NERSC_HOST")),
        )


def expanded(path: str | Path) -> Path:
    """Return `path` with a leading `~` replaced by the home folder.

    Raises:
        SettingsError: the path begins with `~` and the name of an unknown user.
    """
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise SettingsError(
            f"{path} is in the home folder of an unknown user.",
            hint="Use an absolute path.",
        ) from error


def _catalog_root(environ: Mapping[str, str]) -> Path | None:
    variable = "HUGGINGNERSC_CATALOG_ROOT"
    path = environ.get(variable)
    try:
        return expanded(path).absolute() if path else None
    except SettingsError as error:
        raise SettingsError(f"{variable}: {error}", hint=error.hint) from error


def _folder(environ: Mapping[str, str], variable: str, default: Path) -> Path:
    base = Path(environ.get(variable) or default)
    return (base if base.is_absolute() else default) / "huggingnersc"
