"""What the Tab key offers: quick, without the Hub, and silent where nothing can be known."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from huggingnersc.adapters.assets import asset, site_names
from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.api.site import resolve_site
from huggingnersc.errors import HuggingNerscError


def known_nicknames(site: str | None) -> tuple[str, ...]:
    """Give the nicknames of a site's catalog, sorted; none where it cannot be read."""
    with suppress(HuggingNerscError, OSError):
        return CatalogFolder(Path(resolve_site(site).catalog_root)).nicknames()
    return ()


def known_sites() -> tuple[str, ...]:
    """Give the sites that come with the program, sorted."""
    return site_names()


def known_values(tag: str) -> tuple[str, ...]:
    """Give the values that our schema allows for a datacard tag; none for an unknown one."""
    import json

    with suppress(HuggingNerscError, OSError, ValueError):
        schema = json.loads(asset("metadata_schema.json").read_text(encoding="utf-8"))
        rule: dict[str, Any] = schema["properties"]["datacard_tags"]["properties"].get(tag, {})
        return tuple(rule.get("enum") or rule.get("items", {}).get("enum", ()))
    return ()
