"""List the cataloged datasets, and find some of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, TypeAlias

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.hub.connection import connected, is_unused
from huggingnersc.adapters.removed_datasets import RemovedDatasets
from huggingnersc.api.several import words
from huggingnersc.api.site import resolve_site
from huggingnersc.domain.catalog.listing import (
    ListedDataset,
    Query,
    row_of_record,
    row_of_remote,
    without_shards,
)
from huggingnersc.domain.catalog.record_checks import place_problems
from huggingnersc.errors import DatasetError, DatasetUnknownError, RecordsDamagedError
from huggingnersc.fixes import Fix, Message, Verb
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.several import Words
    from huggingnersc.domain.site import Site
    from huggingnersc.fixes import Text

    _Rows: TypeAlias = tuple[list[ListedDataset], list[Problem], list[Text]]

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Listed:
    """The datasets that match a query, by nickname.

    Attributes:
        datasets: one row each.
        total: how many datasets there are.
        damaged: the records that cannot be read, and why.
        warnings: records that name another place, and filters that no dataset matches.
    """

    datasets: tuple[ListedDataset, ...]
    total: int
    damaged: tuple[Problem, ...]
    warnings: tuple[Text, ...]

    def raise_for_damage(self) -> None:
        """Raise an error where the list is not complete.

        Raises:
            RecordsDamagedError: there are damaged records; it names each.
        """
        if self.damaged:
            count = f"{len(self.damaged)} of {self.total + len(self.damaged)} records"
            raise RecordsDamagedError(
                f"{count} cannot be read; the others are listed.",
                problems=self.damaged,
                hint="Fix these files, restore them from a snapshot, or move their folders away "
                "and catalog these datasets again; the Hub is untouched.",
            )


def list_datasets(
    text: str = "",
    *,
    tags: Words = (),
    tasks: Words = (),
    languages: Words = (),
    sizes: Words = (),
    licenses: Words = (),
    from_hub: bool = False,
    removed: bool = False,
    site: Site | str | None = None,
) -> Listed:
    """List the datasets of a site that match every filter.

    Args:
        text: words that must all stand in nickname, title, tags, description or other metadata.
        tags: tags a dataset must all have.
        tasks: task categories it must all have.
        languages: languages it must all have.
        sizes: size categories, one of which it must have.
        licenses: licenses, one of which it must have.
        from_hub: whether to list the organization's repositories on the Hub, not the records.
        removed: whether to list what `remove_dataset` put aside; goes before `from_hub`.
        site: the site, its name or its TOML file; chosen by the environment when None.

    Raises:
        DatasetError: the catalog folder cannot be read.
        HubError: the Hub does not answer (only with `from_hub`).
    """
    chosen = resolve_site(site)
    filters = (tags, tasks, languages, sizes, licenses)
    query = Query(text, *map(words, filters))
    rows, damaged, misplaced = _rows(chosen, from_hub=from_hub, removed=removed)
    return Listed(
        datasets=tuple(row for row in rows if query.matches(row)),
        total=len(rows),
        damaged=tuple(damaged),
        warnings=(
            *misplaced,
            *(query.unknown_values(rows) if rows else _absent(chosen, from_hub=from_hub)),
        ),
    )


def _absent(site: Site, *, from_hub: bool) -> tuple[str, ...]:
    if from_hub or site.is_embedded or Path(site.catalog_root).is_dir():
        return ()
    return (f"The catalog folder {site.catalog_root} is not on this machine.",)


def _rows(site: Site, *, from_hub: bool, removed: bool) -> _Rows:
    if removed:
        return _removed_rows(site)
    return (_remote_rows(site), [], []) if from_hub else _recorded_rows(site)


def _removed_rows(site: Site) -> _Rows:
    removed = RemovedDatasets(Path(site.catalog_root)).all()
    rows = [
        replace(
            row_of_record(one.record),
            removed_at=one.removed_at,
            catalog_dir=PurePosixPath(one.path),
        )
        for one in removed
        if one.record is not None
    ]
    damaged = [
        Problem(one.nickname, f"The record in {one.path} cannot be read.")
        for one in removed
        if one.record is None
    ]
    return rows, damaged, []


def _recorded_rows(site: Site) -> _Rows:
    catalog = CatalogFolder(Path(site.catalog_root))
    rows: list[ListedDataset] = []
    damaged: list[Problem] = []
    misplaced: list[str] = []
    for nickname in catalog.nicknames():
        try:
            record = catalog.record(nickname)
            rows.append(row_of_record(record))
            misplaced += [nickname] if place_problems(record, site) else []
        except DatasetUnknownError:  # removed since the folder was read
            continue
        except DatasetError as error:
            damaged.append(Problem(nickname, str(error)))
    return rows, damaged, list(_warnings(misplaced))


def _warnings(nicknames: list[str]) -> Iterator[Text]:
    """Yield the one warning about records that every change would refuse."""
    if nicknames:
        shown = ", ".join(nicknames[:_MOST_NAMED]) + ", ..." * (len(nicknames) > _MOST_NAMED)
        look = Fix(Verb.INSPECT_DATASET, (nicknames[0],))
        yield Message(f"Records that name another repository, Hub or folder: {shown}; see: ", look)


def _remote_rows(site: Site) -> list[ListedDataset]:
    if is_unused(site):
        return []
    with connected(site) as hub:
        found = [
            row_of_remote(dataset, hub_url=f"{site.hub_address}/datasets/{dataset.repo_id}")
            for dataset in hub.datasets(site.profile.hub.organization)
        ]
    return sorted(without_shards(found), key=lambda row: row.nickname)
