"""A site profile with what it extends: the files of the chain made into one."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from huggingnersc.adapters.toml_file import read_toml
from huggingnersc.assets import site_file, site_names
from huggingnersc.domain.site import SCHEMA_NAMES
from huggingnersc.errors import SettingsError
from huggingnersc.problems import nearest
from huggingnersc.settings import expanded

_EXTENDS = "extends"
_MOST_FILES = 10


@dataclass(frozen=True, slots=True)
class ProfileChain:
    """The content of a profile, and the files that it extends, the nearest first."""

    content: dict[str, Any]
    parents: tuple[Path, ...] = ()


def read_chain(file: Path) -> ProfileChain:
    """Read a profile and all that it extends; what it states itself goes before.

    Tables are merged key by key, and a list replaces the other. A relative path starts at the
    folder of the file that states it.

    Raises:
        SettingsError: a file cannot be read as TOML, is unknown or extends itself, or the profile
            has the name of another.
    """
    files, contents = [file], [_content(file)]
    while (word := contents[-1].pop(_EXTENDS, None)) is not None:
        parent = _parent(word, files[-1])
        if _is_among(parent, files) or len(files) == _MOST_FILES:
            chain = " -> ".join(map(str, (*files, parent)))
            raise SettingsError(
                f"The site profile {file} extends too many files, or itself: {chain}.",
                hint=f"Remove the line `{_EXTENDS}` from one of them.",
            )
        files.append(parent)
        contents.append(_content(parent))
    _require_own_name(file, contents)
    merged: dict[str, Any] = {}
    for content in reversed(contents):
        merged = _merged(merged, content)
    return ProfileChain(merged, tuple(files[1:]))


def _content(file: Path) -> dict[str, Any]:
    content = read_toml(file)
    catalog = content.get("catalog")
    schema = catalog.get("metadata_schema") if isinstance(catalog, dict) else None
    if isinstance(catalog, dict) and isinstance(schema, str) and schema not in SCHEMA_NAMES:
        catalog["metadata_schema"] = str(file.parent / schema)
    return content


def _parent(word: Any, file: Path) -> Path:
    if not isinstance(word, str):
        raise SettingsError(f"{file}: {_EXTENDS} must be a site's name or a file, not {word!r}.")
    if shipped := site_file(word):
        return shipped
    parent = file.parent / expanded(word)
    with suppress(OSError, ValueError):  # such as a name too long for a file
        if parent.is_file():  # opening a pipe would wait
            return parent.absolute()
    close = nearest(word, site_names())
    raise SettingsError(
        f'{file} extends "{word}", but there is no such site and no such file.',
        hint=f"Did you mean {close[0]}?" if close else f"Known sites: {', '.join(site_names())}.",
    )


def _is_among(parent: Path, files: list[Path]) -> bool:
    return any(parent.samefile(file) for file in files)


def _require_own_name(file: Path, contents: list[dict[str, Any]]) -> None:
    """Make sure that a profile is not shown as the one that it extends: it may have another Hub.

    Raises:
        SettingsError: it has no name, or that of another.
    """
    own, *others = (content.get("name") for content in contents)
    if others and (own is None or own in others):
        raise SettingsError(
            f"The site profile {file} extends another and needs a name of its own.",
            hint='For example: name = "myteam"',
        )


def _merged(parent: dict[str, Any], child: dict[str, Any]) -> dict[str, Any]:
    merged = dict(parent)
    for key, value in child.items():
        both = isinstance(value, dict) and isinstance(parent.get(key), dict)
        merged[key] = _merged(parent[key], value) if both else value
    return merged
