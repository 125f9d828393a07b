"""What to type where the site's own catalog has a dataset that a Hub does not show."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.api.site import resolve_site
from huggingnersc.errors import DatasetError, DatasetUnknownError, HubUnreachableError
from huggingnersc.fixes import Fix, Message, Option, Placeholder, Verb

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def naming_own_dataset(title: str, repo_id: str) -> Iterator[None]:
    """Let an error say that the site's own catalog has a repository that no Hub shows.

    Args:
        title: as it was asked for, `iris` or `NERSC/iris@v1`.
        repo_id: the repository.

    Raises:
        HubUnreachableError, DatasetUnknownError: as within the block.
    """
    try:
        yield
    except (HubUnreachableError, DatasetUnknownError) as error:
        if "/" in title and (hint := _in_own_catalog(title, repo_id)):
            raise type(error)(str(error), hint=hint) from error
        raise


def _in_own_catalog(title: str, repo_id: str) -> Message | None:
    """Return what to type where the site's own catalog has the dataset; None where it has not."""
    own, nickname = resolve_site(None), repo_id.rpartition("/")[2]
    if own.repo_id(nickname) != repo_id:
        return None
    try:
        CatalogFolder(Path(own.catalog_root)).record(nickname)
    except DatasetError:
        return None
    here = (title.rpartition("/")[2], str(Placeholder.DIR))
    return Message(
        f"The catalog of the site {own.profile.name} has it: ",
        Fix(Verb.DOWNLOAD_DATASET, here),
        "; or name another Hub: ",
        Option("endpoint", Placeholder.URL),
    )
