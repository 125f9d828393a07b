"""Small TOML files that people write."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from huggingnersc.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

_MAX_BYTES = 1 << 16
_MAX_DOTS = 100  # in a line: the time for a dotted key grows with the square of its parts


def read_toml(file: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises:
        SettingsError: it cannot be read, or is larger or deeper than any that is meant.
    """
    try:
        with file.open("rb") as stream:
            text = stream.read(_MAX_BYTES + 1).decode()
        if len(text) > _MAX_BYTES:
            raise ValueError(f"it has more than {_MAX_BYTES:,} bytes")
        if any(line.count(".") > _MAX_DOTS for line in text.split("\n")):
            raise ValueError(f"a line has more than {_MAX_DOTS} dots")
        return tomllib.loads(text)
    except RecursionError as error:
        raise SettingsError(f"{file} cannot be read as TOML: it is nested too deeply.") from error
    except (OSError, ValueError) as error:  # also a number of 5,000 digits
        raise SettingsError(f"{file} cannot be read as TOML: {error}.") from error
