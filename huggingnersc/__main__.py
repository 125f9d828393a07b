"""The entry point of `python -m huggingnersc` and of `huggingnersc`.

It imports little, because Ctrl-C is in order only once `run` has begun.
"""

import gc
import os
import signal
import sys
from typing import Any

EXIT_INTERRUPTED = 130
_GARBAGE = 50_000  # starting makes many objects that stay: looking for garbage takes a tenth of it


def run() -> None:
    """Run the process's command line and exit.

    Before the command there is nothing to be cleaned up, and after it nothing left to do: there
    Ctrl-C ends the process at once, and prints nothing.
    """
    hears_interrupts = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if hears_interrupts:
        _leave_on_interrupt(EXIT_INTERRUPTED)
    gc.set_threshold(_GARBAGE)
    from huggingnersc.cli.app import main
    from huggingnersc.pandas_block import block_pandas

    block_pandas()
    code = EXIT_INTERRUPTED
    try:
        if hears_interrupts:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        code = main()
    except KeyboardInterrupt:  # a second one, while the first was reported
        pass
    finally:
        if hears_interrupts:
            _leave_on_interrupt(code)
    sys.exit(code)


def _leave_on_interrupt(code: int) -> None:
    def leave(_number: int, _frame: Any) -> None:
        os._exit(code)

    signal.signal(signal.SIGINT, leave)


if __name__ == "__main__":
    run()
