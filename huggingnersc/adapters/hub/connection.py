"""The connection to the Hub of a site, embedded or remote."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.hub.client import Hub
from huggingnersc.adapters.hub.client_settings import token_for
from huggingnersc.errors import HubUnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.domain.site import Site


def is_unused(site: Site) -> bool:
    """Return whether a site's Hub is an embedded one that was never used, so that it is empty."""
    try:
        return site.is_embedded and not Path(site.hub_root).exists()
    except OSError:  # no permission: connecting reports it
        return False


@contextmanager
def connected(site: Site, *, anonymous: bool = False) -> Iterator[Hub]:
    """Yield a client of the Hub that `site` publishes to, without sending a request to it.

    Args:
        site: the site.
        anonymous: whether requests to a remote Hub omit the user's token.

    Raises:
        SettingsError: the user's token cannot be read, or is not meant for this Hub.
        HubUnreachableError: the embedded Hub cannot start, for example because the disk is full.
    """
    if not site.is_embedded:
        yield Hub(site.endpoint, None if anonymous else token_for(site))
        return
    import sqlite3

    from huggingnersc.hub_server import running_hub

    organization = site.profile.hub.organization
    with ExitStack() as stack:
        try:
            running = stack.enter_context(
                running_hub(Path(site.hub_root), organizations=[organization])
            )
        except (OSError, sqlite3.OperationalError) as error:
            reason = getattr(error, "strerror", None) or error
            raise HubUnreachableError(
                f"The embedded Hub cannot start in {site.hub_root}: {reason}.",
                hint="Fix that (space, quota, permissions), then run the same command again.",
            ) from error
        yield Hub(running.endpoint, running.token)
