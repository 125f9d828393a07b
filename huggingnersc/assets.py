"""The files shipped with the program: templates, the metadata schema, the site profiles."""

from __future__ import annotations

from pathlib import Path

from huggingnersc.errors import InstallationError

_PACKAGE = Path(__file__).parent


def asset(name: str) -> Path:
    """Return the path of `templates`, `metadata_schema.json` or another top-level asset.

    A wheel contains them in `huggingnersc/_assets/`; a checkout or an editable install has them
    next to the package.

    Raises:
        InstallationError: it is in neither folder.
    """
    paths = (_PACKAGE / "_assets" / name, _PACKAGE.parent / name)
    for path in paths:
        if path.exists():
            return path
    raise InstallationError(
        f"{name} is missing from this installation (looked in {paths[0].parent} and "
        f"{paths[1].parent}).",
        hint="Install HuggingNERSC again: pip install --force-reinstall huggingnersc",
    )


def schema_file(name: str) -> Path:
    """Return a JSON file of `huggingnersc/schemas`."""
    return _PACKAGE / "schemas" / name


def site_file(name: str) -> Path | None:
    """Return the TOML file of a site that is shipped with the program, or None."""
    return _PACKAGE / "sites" / f"{name}.toml" if name in site_names() else None


def site_names() -> tuple[str, ...]:
    """Return the names of the sites that are shipped with the program, sorted."""
    return tuple(sorted(file.stem for file in (_PACKAGE / "sites").glob("*.toml")))
