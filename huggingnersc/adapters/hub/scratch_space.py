"""The space for temporary files, where a Hub is kept for the time of one command."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING

from huggingnersc.errors import HubFullError, SettingsError
from huggingnersc.hub_server.error_mapping import is_out_of_space

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def explained_space() -> Iterator[None]:
    """Name the folder for temporary files where it is full in a block that keeps a Hub there.

    Raises:
        SettingsError: no space is left in it.
    """
    try:
        yield
    except (OSError, sqlite3.Error, HubFullError) as error:
        if not isinstance(error, HubFullError) and not is_out_of_space(error):
            raise
        raise SettingsError(
            f"No space is left in {tempfile.gettempdir()}, where temporary files are written.",
            hint="Free space there or set TMPDIR to a folder on another disk, then run the same "
            "command again.",
        ) from error
