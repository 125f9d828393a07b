"""The Hub of a site: the embedded one for the time of a block, or the one on the network."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.hub.client import Hub
from huggingnersc.adapters.hub.client_settings import saved_token
from huggingnersc.errors import HubUnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.domain.site import Site


def is_unused(site: Site) -> bool:
    """Return whether a site's Hub is an embedded one that was never used.

    So that nothing is in it.
    """
    try:
        return site.is_embedded and not Path(site.hub_root).exists()
    except OSError:  # closed to the user: connecting says so
        return False


@contextmanager
def connected(site: Site, *, anonymous: bool = False) -> Iterator[Hub]:
    """Yield the Hub that `site` publishes to; nothing is sent before it is asked something.

    Args:
        site: the site.
        anonymous: whether a Hub on the network is asked without the user's token.

    Raises:
        SettingsError: the user's token cannot be read.
        HubUnreachableError: the embedded Hub cannot start, such as for want of space.
    """
    if not site.is_embedded:
        yield Hub(site.endpoint, None if anonymous else saved_token())
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
