"""Compare files with those of a version before they are read in records or by libraries.

Each is hashed once, when the pack is planned, however many shards take something of it; what
changes after that shows in its size or time, as for any source.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from huggingnersc.adapters.packing.source_faults import NEW_VERSION
from huggingnersc.domain.packing.sample import UNKNOWN
from huggingnersc.errors import SourceChangedError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from huggingnersc.adapters.packing.source_faults import SourceFaults
    from huggingnersc.adapters.packing.source_files import SourceFiles
    from huggingnersc.domain.packing.sample import ListedPart

_OTHER = "its content is not that of the version"


def note_others(source: SourceFiles, files: Iterable[ListedPart], faults: SourceFaults) -> None:
    """Note the files that are not those of the version; nothing is read where there is none.

    Args:
        source: where the files are.
        files: those to look at.
        faults: collects the ones that differ, or cannot be read.
    """
    known = [file for file in files if file.digest != UNKNOWN]
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:  # a digest lets others run
        for file, reason in zip(
            known, pool.map(lambda one: _difference(source, one), known), strict=True
        ):
            if reason:
                faults.add(file.path, reason, hint=NEW_VERSION if reason == _OTHER else "")


def _difference(source: SourceFiles, file: ListedPart) -> str:
    try:
        return "" if source.digest(file) == file.digest else _OTHER
    except SourceChangedError:
        return "it changed meanwhile"
    except OSError as error:
        return f"it cannot be read: {error.strerror}"
