"""An S3 storage in a process of its own, which outlives the commands that are killed.

Beside the address for S3 it has one that needs no credentials: GET returns the objects of a
bucket, each with the SHA-256 of its bytes and how often it was sent; POST leaves those of a list.
"""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections import Counter
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.s3_server import s3_server, s3_variables
from tests.served_in_thread import served_in_thread

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.s3_server import S3Server

_ROOT = Path(__file__).parents[2]
_ATTEMPTS = "2"


@dataclass(frozen=True, slots=True)
class Storage:
    """A storage as processes use it.

    Attributes:
        address: the one that needs no credentials.
        variables: those by which the AWS tools find the other one.
    """

    address: str
    variables: dict[str, str]

    def objects(self, bucket: str) -> dict[str, tuple[str, int]]:
        """Return the objects: their SHA-256 and how often each was sent, by their keys."""
        return self._asked(bucket)

    def keep(self, bucket: str, keys: Iterable[str]) -> None:
        """Remove all other objects of a bucket, which is made where there is none."""
        self._asked(bucket, json.dumps(list(keys)).encode())

    def _asked(self, bucket: str, keys: bytes | None = None) -> dict[str, tuple[str, int]]:
        with urllib.request.urlopen(f"{self.address}/{bucket}", keys) as answer:
            return {key: (digest, sent) for key, (digest, sent) in json.load(answer).items()}


@contextmanager
def running_storage() -> Iterator[Storage]:
    """Start a storage that this process and its forks share."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.storage"],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        yield Storage(**json.loads(process.stdout.readline()))


def main() -> None:
    """Print what a process needs to use the storage, and serve until standard input ends."""
    with s3_server() as server:
        control = ThreadingHTTPServer(("127.0.0.1", 0), _control(server))
        control.daemon_threads = True
        with served_in_thread(control) as address:
            told = Storage(address, s3_variables(server) | {"AWS_MAX_ATTEMPTS": _ATTEMPTS})
            sys.stdout.write(f"{json.dumps(asdict(told))}\n")
            sys.stdout.flush()
            sys.stdin.read()


def _control(server: S3Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            keys = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            server.keep(self.path.strip("/"), keys)
            self.do_GET()

        def do_GET(self) -> None:
            bucket = self.path.strip("/")
            sent = Counter(urlsplit(address).path for address in server.asked("PUT"))
            self._answer(
                {
                    key: (sha256(content).hexdigest(), sent[f"/{bucket}/{key}"])
                    for key, content in server.objects(bucket).items()
                }
            )

        def _answer(self, found: dict[str, tuple[str, int]]) -> None:
            content = json.dumps(found).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


if __name__ == "__main__":
    main()
