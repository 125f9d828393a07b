"""The Hub of a site: the embedded one for the time of a block, or the one on the network."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.hub import Hub
from huggingnersc.adapters.hub_client import saved_token

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.domain.site import Site


@contextmanager
def connected(site: Site) -> Iterator[Hub]:
    """Give the Hub that `site` publishes to; nothing is sent before it is asked something."""
    if not site.is_embedded:
        yield Hub(site.endpoint, saved_token())
        return
    from huggingnersc.adapters.loopback import running_hub

    organization = site.profile.hub.organization
    with running_hub(Path(site.hub_root), organizations=[organization]) as running:
        yield Hub(running.endpoint, running.token)
