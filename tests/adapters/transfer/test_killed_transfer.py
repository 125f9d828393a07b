"""A transfer that is killed loses nothing, and fetches nothing twice that was done."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

from tests.conftest import ROOT
from tests.file_server import Answer, file_server
from tests.transfers import content_of, fetch, wanted, web_source

if TYPE_CHECKING:
    from pathlib import Path

    from tests.file_server import FileServer

_PIECE = 1 << 16
LARGE = os.urandom(6 * _PIECE)
FILES = {b"large.bin": LARGE} | {b"small/%d" % number: os.urandom(900) for number in range(20)}
# Another process fetches the same files, in as small pieces.
_FETCH = f"""
import sys
from pathlib import Path
from huggingnersc.adapters.transfer import fetch_worker, large_file
from huggingnersc.adapters.transfer.wanted_file import WantedFile
from tests.transfers import fetch, web_source
fetch_worker._BUFFER_BYTES = large_file.PIECE_BYTES = {_PIECE}
files = [WantedFile(path.encode(), int(size), digest)
         for path, size, digest in (line.split() for line in sys.stdin)]
fetch(web_source(sys.argv[1]), files, Path(sys.argv[2]), jobs=1)
"""


def _killed(server: FileServer, target: Path, at: int) -> None:
    """Fetch in another process, which is killed when it sends the request of this number."""
    process = subprocess.Popen(
        [sys.executable, "-c", _FETCH, server.address, str(target)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        text=True,
    )

    def kill(_path: bytes, _number: int, answer: Answer) -> Answer:
        if len(server.requests) >= at:
            process.send_signal(signal.SIGKILL)
            process.wait()
        return answer

    server.spoil = kill
    lines = (f"{one.path.decode()} {one.size_bytes} {one.digest}\n" for one in wanted(FILES))
    process.communicate("".join(lines))
    server.spoil = None
    assert process.returncode == -signal.SIGKILL


def test_what_a_killed_transfer_brought_is_not_fetched_again(tmp_path: Path) -> None:
    target = tmp_path / "out"
    with file_server(FILES) as server:
        for at in (4, 3, 5):
            _killed(server, target, at=len(server.requests) + at)
        fetch(web_source(server.address), wanted(FILES), target, jobs=1)
    asked = Counter((path, span) for path, span, _ in server.requests)
    pieces = [
        (b"large.bin", f"bytes={at}-{at + _PIECE - 1}") for at in range(0, len(LARGE), _PIECE)
    ]
    twice = {pieces[3], pieces[5], (b"small/11", "")}  # those that a kill has cut
    assert {request for request, count in asked.items() if count > 1} == twice
    assert asked.total() == len(pieces) + len(FILES) - 1 + len(twice)
    assert content_of(target) == FILES
