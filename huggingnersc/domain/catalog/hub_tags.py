"""The metadata as the keys that the Hub reads in the front matter of a card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Mapping

_LICENSE_KEYS = ("license_name", "license_link")
_MODALITY_TAGS = {"time-series": "timeseries"}  # hub-docs, datasets-upload-guide: special tags


def hub_tags(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return the steward's tags in their order, as the Hub names them.

    A modality is one of the Hub's tags; the name and the address of a license follow it. Values
    of another form, which only a site's own schema allows, stay as they are.
    """
    tags: dict[str, Any] = {}
    for key, value in metadata["datacard_tags"].items():
        tags[key] = value
        if key == "license":
            tags |= _license(metadata["other_info"])
    return _with_modalities(tags)


def _license(info: Mapping[str, Any]) -> dict[str, str]:
    return {key: info[key] for key in _LICENSE_KEYS if isinstance(info.get(key), str)}


def _with_modalities(tags: dict[str, Any]) -> dict[str, Any]:
    modalities, others = tags.get("modalities"), tags.get("tags", [])
    if not (_is_texts(modalities) and _is_texts(others)):
        return tags
    named = [_MODALITY_TAGS.get(modality, modality) for modality in modalities]
    kept = {key: value for key, value in tags.items() if key != "modalities"}
    return kept | {"tags": list(dict.fromkeys([*others, *named]))}


def _is_texts(value: Any) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)
