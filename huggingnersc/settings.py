"""The environment, read once and in one place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says of this user and machine.

    Attributes:
        config_file: the user configuration file (it need not exist).
        data_home: the user's data folder for HuggingNERSC.
        site: the site named by HUGGINGNERSC_SITE, a name or a TOML file.
        catalog_root: HUGGINGNERSC_CATALOG_ROOT, in place of the profile's catalog folder.
        hub_endpoint: HF_ENDPOINT, in place of the profile's Hub address; the embedded Hub is never
            replaced by it, so that a local run stays on this machine.
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
        """Read what HuggingNERSC, XDG and Hugging Face define; an empty value is unset.

        Raises:
            SettingsError: the catalog folder is said to be in the home of a user who is unknown.
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
    """Write out the home folder where a path begins with `~`.

    Raises:
        SettingsError: it is that of a user who is unknown.
    """
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise SettingsError(
            f"{path} names the home folder of a user who is unknown.",
            hint="Write the path from / on.",
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
