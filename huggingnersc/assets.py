"""The files that come with the program: templates, the metadata schema, the site profiles."""

from __future__ import annotations

from pathlib import Path

from huggingnersc.errors import InstallationError

_PACKAGE = Path(__file__).parent


def asset(name: str) -> Path:
    """Return the path of `templates`, `metadata_schema.json` or another top-level asset.

    A wheel holds them in `huggingnersc/_assets/`; a checkout and an editable install beside the
    package.

    Raises:
        InstallationError: it is in neither place.
    """
    places = (_PACKAGE / "_assets" / name, _PACKAGE.parent / name)
    for place in places:
        if place.exists():
            return place
    raise InstallationError(
        f"{name} is missing from this installation (looked in {places[0].parent} and "
        f"{places[1].parent}).",
        hint="Install HuggingNERSC again: pip install --force-reinstall huggingnersc",
    )


def site_file(name: str) -> Path | None:
    """Return the TOML file of a site that comes with the program, or None."""
    return _PACKAGE / "sites" / f"{name}.toml" if name in site_names() else None


def site_names() -> tuple[str, ...]:
    """Return the names of the sites that come with the program, sorted."""
    return tuple(sorted(file.stem for file in (_PACKAGE / "sites").glob("*.toml")))
