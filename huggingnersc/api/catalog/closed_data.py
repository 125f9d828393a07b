"""Look again whether everyone may read the data before versions that describe it become public."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.files.permissions import first_closed
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.text.formatting import plural
from huggingnersc.domain.text.shell import shell_word, shown
from huggingnersc.domain.versions.version import VERSION_FILE
from huggingnersc.errors import DataClosedError, DatasetError
from huggingnersc.fixes import Fix, Message, Option, ShellCommand, update_fix

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import PurePosixPath

    from huggingnersc.adapters.version_store import VersionStore
    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.catalog.version_history import VersionHistory
    from huggingnersc.domain.versions.version import Version


@dataclass(frozen=True, slots=True)
class ClosedData:
    """Data that not everyone may read, and versions whose public files describe it.

    Of data that was uploaded, the shards are the data.

    Attributes:
        path: the first folder or file that is closed.
        versions: their names, the oldest first; none where the data itself is on the Hub.
    """

    path: Path
    versions: tuple[str, ...]

    @property
    def reason(self) -> str:
        """Why these versions should not become public; a clause."""
        if not self.versions:
            return f"not everyone may read {shown(self.path)}, and the shards are that data"
        newest = self.versions[-1]
        count = len(self.versions) - 1
        more = f" and {plural(count, 'earlier version')} describe" if count else " describes"
        return f"not everyone may read {shown(self.path)}, and {newest}{more} what is in the data"

    @property
    def opening(self) -> ShellCommand:
        """The command that opens it."""
        return ShellCommand(f"chmod o+rX {shell_word(self.path)}")


def closed_data(data: PurePosixPath | None, versions: Iterable[Version]) -> ClosedData | None:
    """Return what keeps versions from becoming public; None where nothing does.

    Args:
        data: where the data is now; where it was when the versions were made counts, too.
        versions: the oldest first.
    """
    telling = [one for one in versions if {*one.published} - {VERSION_FILE}]
    places = dict.fromkeys(one.data_path for one in telling)
    if telling and data:
        places = dict.fromkeys((str(data), *places))
    for place in places:
        if path := first_closed(Path(place)):
            return ClosedData(path, tuple(one.name for one in telling))
    return None


def closed_of_record(record: Record, store: VersionStore) -> ClosedData | None:
    """Return what keeps the versions or shards from becoming public; None where nothing does."""
    upload = record.upload
    is_shown = upload is not None and (upload.bucket is None or upload.bucket.is_public)
    if is_shown and record.data_path and (path := first_closed(Path(record.data_path))):
        return ClosedData(path, ())
    return closed_data(record.data_path, _readable(record.history, store))


def refuse_closed(closed: ClosedData | None, nickname: str, private: Fix | Option) -> None:
    """Let nothing of closed data become public.

    Args:
        closed: what is closed; None where nothing is.
        nickname: the dataset.
        private: what keeps its repository private.

    Raises:
        DataClosedError: it would; the hint says how to go on.
    """
    if closed:
        raise DataClosedError(
            f'"{nickname}" cannot be public: {closed.reason}; nothing was touched.',
            hint=Message(
                "Let everyone read it: ",
                closed.opening,
                "; or keep the repository private: ",
                private,
            ),
        )


def kept_private(closed: ClosedData, nickname: str) -> Message:
    """Return the warning that a dataset which was public is private now."""
    return Message(
        f"It is private now: {closed.reason}. Where it should be public, let everyone read it: ",
        closed.opening,
        "; then ",
        update_fix(nickname, Option(Field.PRIVATE, value=False)),
    )


def _readable(history: VersionHistory, store: VersionStore) -> Iterator[Version]:
    """Yield the versions that can be read; others are not published either."""
    for one in history.versions:
        try:
            yield store.read(one.name)
        except DatasetError:
            continue
