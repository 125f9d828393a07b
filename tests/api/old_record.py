"""What the first HuggingNERSC left behind: a flat record, and files beside it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.builders import make_metadata, write_tree

if TYPE_CHECKING:
    from tests.api.conftest import Centre

FIRST_RECORD = {
    "nickname": "iris",
    "official_name": "Iris of old",
    "hf_dir": "https://huggingface.co/datasets/NERSC/iris",
    "data_dir": "/global/cfs/cdirs/dasrepo/www/iris",
    "nersc_dir": "/global/cfs/cdirs/dasrepo/ai_ready_datasets/iris",
    "metadata": make_metadata(),
}
THEIR_CARD = "---\nlicense: mit\n---\n# Theirs\n"
OLD_CARD = "---\nlicense: cc\n---\n# Iris of old\n"
# The same with what the record knows beside the license.
COMPLETED_CARD = OLD_CARD.replace(
    "license: cc\n", 'license: cc\npretty_name: Iris\nsize_categories: "n<1K"\n'
)


def write_old(centre: Centre, **files: str) -> None:
    """What the first HuggingNERSC left in the catalog folder, and `files`."""
    named = {name.replace("__", "."): text for name, text in files.items()}
    write_tree(centre.catalog / "iris", {"iris_info.json": json.dumps(FIRST_RECORD)} | named)
