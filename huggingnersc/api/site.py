"""The site that a verb uses."""

from __future__ import annotations

import os

from huggingnersc.adapters.site_profiles import at_endpoint, choose_site
from huggingnersc.domain.site import Site
from huggingnersc.settings import Settings


def resolve_site(site: Site | str | None = None, *, endpoint: str | None = None) -> Site:
    """Return the site to use.

    Args:
        site: a resolved site, the name or TOML file of one, or None to choose by the environment,
            the user configuration, and the machine.
        endpoint: the http(s) address of the Hub to use in place of the site's own; the user's
            token is sent there.

    Raises:
        SettingsError: it is unknown, its profile is invalid, or it has no such Hub.
    """
    if isinstance(site, Site):
        return site if endpoint is None else at_endpoint(site, endpoint)
    return choose_site(Settings.from_environment(os.environ), option=site, endpoint=endpoint)
