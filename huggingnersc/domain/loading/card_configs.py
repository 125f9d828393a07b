"""The configurations on a card, by which `load_dataset` finds what the repository holds.

None is the default: whoever asks for the dataset by its name alone is answered with the names to
choose from, so that no one takes a sample for all of it. One that is alone is loaded by that name,
whatever the card says (`MetadataConfigs.get_default_config_name` of `datasets` 5.2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from huggingnersc.domain.loading.loading import Loading


def card_configs(loading: Loading) -> list[dict[str, Any]]:
    """Return the value of `configs` in the front matter of the card; empty where there is none."""
    return [
        {
            "config_name": config.name,
            "data_files": [
                {"split": split, "path": path} for split, path in config.splits.items()
            ],
        }
        for config in loading.configs
    ]
