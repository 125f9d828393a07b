"""The tags of a dataset on the Hub; without the Hub they are not known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from huggingnersc.adapters.hub.connection import connected, is_unused
from huggingnersc.errors import HubError, HubMissingError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from huggingnersc.domain.site import Site

_ABSENT = "The Hub shows no such repository to this account."


@dataclass(frozen=True, slots=True)
class TagsOnHub:
    """The commit of each tag by its name.

    Attributes:
        commits: by name; None where the Hub did not answer.
        note: why they are not known, or none is there; empty where the Hub has the repository.
    """

    commits: Mapping[str, str] | None = field(default_factory=dict)
    note: str = ""

    def has(self, name: str) -> bool | None:
        """Return whether there is such a tag; None where that is not known."""
        return None if self.commits is None else name in self.commits


def tags_on_hub(nickname: str, site: Site) -> TagsOnHub:
    """Return the tags of a dataset's repository (one request)."""
    if is_unused(site):
        return TagsOnHub(note=_ABSENT)
    try:
        with connected(site) as hub:
            return TagsOnHub(hub.tags(site.repo_id(nickname)))
    except HubMissingError:
        return TagsOnHub(note=_ABSENT)
    except (HubError, SettingsError) as error:
        return TagsOnHub(None, str(error))
