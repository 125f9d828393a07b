"""How the result of cataloging is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.cli.views.facts import facts, heading
from huggingnersc.domain.phrases import size_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.catalog_new_dataset import Cataloged

_SAID = {
    "planned": "would be cataloged; nothing was touched (--dry-run)",
    "cataloged": "is cataloged",
    "completed": "is cataloged; what was missing is in place now",
    "unchanged": "is cataloged already, exactly so; nothing to do",
}


def cataloged(result: Cataloged) -> Iterator[str]:
    """Say what happened and where everything is."""
    yield heading(result.official_name, _SAID[result.outcome.value])
    yield from facts(
        [
            ("Hub", f"{result.hub_url}{' (private)' if result.private else ''}"),
            ("Commit", result.commit),
            ("Catalog folder", result.catalog_dir),
            ("Data", result.data_path),
            ("Portal", result.portal_link),
            ("Notebook", result.notebook_link or result.notebook),
            ("Job notebook", result.job_notebook_link or result.job_notebook),
        ]
    )
    if result.outcome.value == "planned":
        yield "[bold]To the Hub, in one commit[/bold]"
        yield from facts((file.path, size_words(file.size_bytes)) for file in result.hub_files)
        yield "[bold]To the catalog folder[/bold]"
        yield from facts((file.path, size_words(file.size_bytes)) for file in result.catalog_files)
