"""A worker process of the local engine.

It reads numbers of shards from its input, one a line, and answers each with a byte: whether it is
done or failed. It ends with its input, so also when the process that started it is killed. It is
a copy of that process or `python -m huggingnersc.adapters.engines.local_worker RUN`.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

from huggingnersc.adapters.engines.run_folder import RunFolder
from huggingnersc.adapters.engines.shard_work import work_shard
from huggingnersc.errors import RunFailedError

DONE, FAILED = b"d", b"f"
_INPUT, _OUTPUT = 0, 1


def work_numbers(run: RunFolder) -> None:
    """Work the shards whose numbers come in, until no more can come or no one waits for them."""
    with suppress(BrokenPipeError), open(_INPUT, "rb", closefd=False) as numbers:
        for line in iter(numbers.readline, b""):
            answer = DONE
            try:
                work_shard(run, int(line))
            except RunFailedError:
                answer = FAILED
            os.write(_OUTPUT, answer)


if __name__ == "__main__":
    work_numbers(RunFolder.open(Path(sys.argv[1])))
