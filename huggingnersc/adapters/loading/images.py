"""Indexes by which images are loaded from where they are stored, with labels and splits."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.loading.work import LoadingPart
from huggingnersc.adapters.statistics.describing_process import DescriptionError
from huggingnersc.domain.catalog.remote import VERSION_FOLDER
from huggingnersc.domain.draft.file_type import FileType
from huggingnersc.domain.loading.data_members import DataMembers
from huggingnersc.domain.loading.file_addresses import portal_base
from huggingnersc.domain.loading.loading import PORTAL, SITE, HubConfig, index_files
from huggingnersc.domain.metadata.strict_json import quoted
from huggingnersc.domain.text.formatting import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.adapters.loading.work import LoadingWork
    from huggingnersc.adapters.statistics.describing_process import DescribingProcess
    from huggingnersc.domain.loading.loading import Source

_TASK = "huggingnersc.adapters.loading.image_index:write_indexes"


def index_images(
    work: LoadingWork, source: Source | None, process: DescribingProcess
) -> LoadingPart:
    """Write where each image is on the portal and at the site; of other data, nothing."""
    if source is None or source.file_type != FileType.IMAGES:
        return LoadingPart()
    try:
        found = process.ask(
            _TASK,
            data=str(work.data),
            manifest=str(work.manifest.absolute()),
            folder=str(work.folder.absolute()),
            portal_link=work.portal_link,
            source={**asdict(source), "manifest": ""},
            shows_values=work.sample_rows > 0,
        )
    except DescriptionError as error:
        return LoadingPart(problems=(f"The indexes of images were not made: {error}",))
    names = DataMembers(source).splits
    splits = [split for split in names if found["images"][split]]
    return replace(_part(work, names, splits), problems=tuple(_problems(found)))


def _part(work: LoadingWork, names: tuple[str, ...], splits: list[str]) -> LoadingPart:
    """Return the indexes of the splits that hold images."""
    places = (PORTAL, SITE) if portal_base(work.portal_link) else (SITE,)
    names_of = {place: index_files(place, names) for place in places}
    paths = {place: {one: found[one] for one in splits} for place, found in names_of.items()}
    configs = (
        HubConfig(
            work.site if place == SITE else place,
            {split: f"{VERSION_FOLDER}{path}" for split, path in by_split.items()},
        )
        for place, by_split in paths.items()
        if by_split
    )
    return LoadingPart(
        configs=tuple(configs),
        files={path: work.folder / path for one in paths.values() for path in one.values()},
    )


def _problems(found: dict[str, Any]) -> Iterator[str]:
    if unnamed := found["unnamed"]:
        count = plural(unnamed, "image has a name", "images have names")
        yield f"{count} that no index can hold."
    for column, reason in found["withheld"].items():
        yield f"The column {quoted(column)} of the labels is in no index: {reason}."
