"""Check that a pack is of the data of a dataset, so that no other data takes its place."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.text.shell import shown
from huggingnersc.errors import HubConflictError
from huggingnersc.fixes import Message, Option

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.loading.upload import Upload
    from huggingnersc.domain.packing.pack import PackSource


def is_of_dataset(source: PackSource, record: Record) -> bool:
    """Return whether a pack is of a dataset, of a folder in its data, or does not say."""
    if source.nickname or not source.path:
        return True
    return record.data_path is not None and _is_in(Path(source.path), Path(record.data_path))


def _is_in(path: Path, data: Path) -> bool:
    return path.is_relative_to(data) or path.resolve().is_relative_to(data.resolve())


def origin_warnings(source: PackSource, record: Record) -> Iterator[str]:
    """Yield a warning where a pack is of other data than that of the dataset."""
    if not is_of_dataset(source, record):
        yield f"The pack is of {shown(source.path)}; {_data(record)}."


def refuse_other_data(source: PackSource, upload: Upload, record: Record) -> None:
    """Let the shards of a dataset not be replaced by those of other data.

    Args:
        source: what was packed.
        upload: the pack, as it would be recorded.
        record: of the dataset, with what was uploaded before.

    Raises:
        HubConflictError: they would be.
    """
    before = record.upload
    if before is None or before.pack_sha256 == upload.pack_sha256:
        return
    if before.source != upload.source and not is_of_dataset(source, record):
        raise HubConflictError(
            f"The pack is of {shown(source.path)}; {_data(record)}. It would replace the shards "
            f"of {shown(before.source or record.nickname)}; nothing was touched.",
            hint=Message("If it is the new data of this dataset: ", Option(Field.OVERWRITE)),
        )


def _data(record: Record) -> str:
    place = shown(str(record.data_path)) if record.data_path else "not recorded"
    return f"the data of {record.nickname} is {place}"
