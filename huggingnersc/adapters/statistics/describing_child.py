"""The program of a describing process: it reads a task per line and writes its result as a line.

An error of this program is a result. Any other error ends the process, and its last line on stderr
is the reason that is reported.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import threading
import time
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huggingnersc.errors import HuggingNerscError, InstallationError
from huggingnersc.pandas_block import block_pandas

if TYPE_CHECKING:
    from collections.abc import Mapping

_PACKAGES = ("huggingnersc.adapters.statistics.", "huggingnersc.adapters.loading.")
_LOOK_S = 1.0


def main() -> int:
    """Answer every line of stdin; the argument is the memory in bytes."""
    # What is mapped and not used counts here, so this is only the wall behind the parent's look:
    # DuckDB maps up to 6 GiB, of which it uses 0.3, to describe a hundred columns at once.
    _limit(resource.RLIMIT_DATA, 4 * int(sys.argv[1]))
    _limit(resource.RLIMIT_CORE, 0)
    block_pandas()
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    with os.fdopen(os.dup(1), "wb") as answers, Path(os.devnull).open("wb") as silence:
        os.dup2(silence.fileno(), 1)  # what libraries print is no answer
        for line in sys.stdin.buffer:
            answers.write(json.dumps(_answer(json.loads(line)), allow_nan=False).encode() + b"\n")
            answers.flush()
    return 0


def _limit(kind: int, limit: int) -> None:
    with suppress(ValueError, OSError):  # a lower limit is set already
        resource.setrlimit(kind, (limit, limit))


def _end_with(parent: int) -> None:
    """End when the parent was killed, even in the middle of a long task."""
    while os.getppid() == parent:
        time.sleep(_LOOK_S)
    os._exit(1)


def _answer(request: Mapping[str, Any]) -> dict[str, Any]:
    module, _, name = request["task"].partition(":")
    if not module.startswith(_PACKAGES):
        raise ValueError(f"{module} has no tasks")
    try:
        return {"value": getattr(import_module(module), name)(**request["arguments"])}
    except InstallationError as error:
        return {"error": f"{error} {error.hint}"}
    except HuggingNerscError as error:
        return {"error": str(error)}


if __name__ == "__main__":
    raise SystemExit(main())
