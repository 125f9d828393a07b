"""Site profiles: choosing one, reading its TOML file, and resolving it for this user."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from huggingnersc.adapters.profile_chain import ProfileChain, read_chain
from huggingnersc.adapters.toml_file import read_toml
from huggingnersc.assets import site_file, site_names
from huggingnersc.domain.site import (
    EMBEDDED,
    SCHEMA_NAMES,
    SchemaName,
    Site,
    SiteOrigin,
    SiteProfile,
    is_web_address,
    profile_problems,
)
from huggingnersc.domain.token_address import is_same_address
from huggingnersc.errors import SettingsError
from huggingnersc.problems import nearest
from huggingnersc.settings import expanded
from huggingnersc.type_adapter import type_adapter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import TypeAdapter
    from pydantic_core import ErrorDetails

    from huggingnersc.settings import Settings

_MESSAGES = {
    "missing": "is missing",
    "unexpected_keyword_argument": "is not a known key",
    "dataclass_type": "must be a table",
}


def choose_site(
    settings: Settings, *, option: str | None = None, endpoint: str | None = None
) -> Site:
    """Return the site to use: option, environment, user configuration, NERSC_HOST, or `local`.

    Args:
        settings: the settings from the environment.
        option: a site's name or a TOML file, as in `--site`.
        endpoint: the Hub's address, as in `--endpoint`.

    Raises:
        SettingsError: the site is unknown, its profile or the configuration file is invalid, or
            the endpoint is not that of HF_ENDPOINT.
    """
    word, origin = _choice(settings, option)
    file = _profile_file(word, origin)
    chain = read_chain(file)
    site = _resolve(_profile(chain, file), file, origin, settings)
    site = replace(site, extends=tuple(map(PurePosixPath, chain.parents)))
    if endpoint is None:
        return site
    chosen = settings.hub_endpoint
    if chosen and not is_same_address(chosen, endpoint):
        raise SettingsError(
            f"The endpoint {endpoint} was requested, but HF_ENDPOINT is {chosen}.",
            hint="Unset HF_ENDPOINT, or set it to the same address.",
        )
    return at_endpoint(site, endpoint)


def at_endpoint(site: Site, endpoint: str) -> Site:
    """Return `site` with the Hub at an address that the user named for this command or call.

    Raises:
        SettingsError: it is not an http(s) address, or the site publishes to the embedded Hub.
    """
    if not is_web_address(endpoint):
        raise SettingsError(
            f'"{endpoint}" is not the http(s) address of a Hub.',
            hint="For example: https://huggingface.co",
        )
    if site.is_embedded:
        raise SettingsError(
            f"The site {site.profile.name} uses its embedded Hub, not {endpoint}.",
            hint="Choose the site that publishes there.",
        )
    return replace(site, endpoint=endpoint, is_endpoint_named=True)


def read_profile(file: Path) -> SiteProfile:
    """Read a site profile, with what it extends.

    Raises:
        SettingsError: it cannot be read, or has invalid or unknown keys; all of them are named.
    """
    return _profile(read_chain(file), file)


def _profile(chain: ProfileChain, file: Path) -> SiteProfile:
    from pydantic import ValidationError

    try:
        profile = _profile_type().validate_python(chain.content)
    except ValidationError as error:
        raise _invalid_profile(file, chain, map(_message, error.errors())) from error
    if problems := profile_problems(profile):
        raise _invalid_profile(file, chain, map(str, problems))
    return profile


@cache
def _profile_type() -> TypeAdapter[SiteProfile]:
    """Return the validator of profiles; to make one takes 5 ms."""
    return type_adapter(SiteProfile)


def _message(error: ErrorDetails) -> str:
    where = ".".join(str(step) for step in error["loc"])
    what = _MESSAGES.get(error["type"]) or error["msg"].replace("Input should", "must")
    return f"{where} {what}"


def _invalid_profile(file: Path, chain: ProfileChain, found: Iterable[str]) -> SettingsError:
    parents = f", which extends {', '.join(map(str, chain.parents))}," if chain.parents else ""
    return SettingsError(
        f"The site profile {file}{parents} is invalid: {'; '.join(found)}.",
        hint="docs/sites.md lists every key.",
    )


def _choice(settings: Settings, option: str | None) -> tuple[str, SiteOrigin]:
    if option is not None:
        return option, SiteOrigin.CALLER
    if settings.site:
        return settings.site, SiteOrigin.ENVIRONMENT
    if configured := _configured_site(settings.config_file):
        return configured, SiteOrigin.CONFIGURATION
    if settings.at_nersc:
        return "nersc", SiteOrigin.NERSC_HOST
    return "local", SiteOrigin.DEFAULT


def _configured_site(config_file: Path) -> str | None:
    try:
        content = read_toml(config_file)
    except SettingsError as error:
        if isinstance(error.__cause__, FileNotFoundError | NotADirectoryError):
            return None  # the file is optional
        raise
    site = content.pop("site", None)
    if content or not (site is None or isinstance(site, str)):
        raise SettingsError(
            f'The configuration file {config_file} may contain only one line: site = "...".',
            hint='For example: site = "nersc"',
        )
    if isinstance(site, str) and site.endswith(".toml"):
        return str(config_file.parent / expanded(site))
    return site


def _profile_file(word: str, origin: SiteOrigin) -> Path:
    if file := site_file(word):
        return file
    path = expanded(word)
    with suppress(OSError):  # such as a name too long for a file, or a folder without permission
        if path.is_file():
            return path.absolute()
    close = nearest(word, site_names())
    raise SettingsError(
        f'There is no site "{word}" and no such file (from {origin}).',
        hint=f"Did you mean {close[0]}?" if close else f"Known sites: {', '.join(site_names())}.",
    )


def _schema(word: str | None, file: Path) -> PurePosixPath | SchemaName:
    if word is None or word in SCHEMA_NAMES:
        return SchemaName(word or SchemaName.DEFAULT)
    return PurePosixPath(file.parent / word)


def _folder(text: str, key: str, file: Path, settings: Settings) -> Path:
    folder = expanded(text.replace("{data_home}", str(settings.data_home)))
    if not folder.is_absolute():
        raise SettingsError(f"{file}: {key} must be an absolute path, not {folder}.")
    return folder


def _resolve(profile: SiteProfile, file: Path, origin: SiteOrigin, settings: Settings) -> Site:
    root = _folder(profile.catalog.root, "catalog.root", file, settings)
    if settings.hub_endpoint and not is_web_address(settings.hub_endpoint):
        raise SettingsError(
            f'HF_ENDPOINT is "{settings.hub_endpoint}", which is not an http(s) address.',
            hint="Unset it, or set it to one such as https://huggingface.co",
        )
    schema = profile.catalog.metadata_schema
    embedded = profile.hub.endpoint == EMBEDDED
    return Site(
        profile=profile,
        origin=origin,
        catalog_root=PurePosixPath(settings.catalog_root or root),
        hub_root=PurePosixPath(settings.data_home / "hub"),
        run_root=PurePosixPath(
            _folder(profile.engine.run_root, "engine.run_root", file, settings)
        ),
        endpoint=EMBEDDED if embedded else (settings.hub_endpoint or profile.hub.endpoint),
        metadata_schema=_schema(schema, file),
        file=PurePosixPath(file),
    )
