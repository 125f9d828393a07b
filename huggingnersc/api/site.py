"""The site that a verb uses."""

from __future__ import annotations

import os

from huggingnersc.adapters.site_profiles import choose_site
from huggingnersc.domain.site import Site
from huggingnersc.settings import Settings


def resolve_site(site: Site | str | None) -> Site:
    """Return the site to use.

    Args:
        site: a resolved site, the name or TOML file of one, or None to choose by the environment,
            the user configuration, and the machine.

    Raises:
        SettingsError: it is unknown or its profile is invalid.
    """
    if isinstance(site, Site):
        return site
    return choose_site(Settings.from_environment(os.environ), option=site)
