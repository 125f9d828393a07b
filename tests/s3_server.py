"""An S3 storage on this machine: moto's server, which can also be busy, refuse or cut."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

import pytest

from tests.served_in_thread import served_in_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from moto.moto_server.werkzeug_app import DomainDispatcherApplication

S3_EXTRA = "the extras s3 and s3-server are not installed"
KEY, SECRET = "AKIAEXAMPLEEXAMPLE00", "secret-of-the-storage-0123456789abcdef01"
WRONG_KEY = "AKIAWRONGWRONGWRONG0"
CUT = "cut"  # a fault that ends the connection


def no_fault(method: str, address: str) -> None:
    """Let every request pass."""


@dataclass
class S3Server:
    """What a storage does, and what it was asked for.

    Attributes:
        endpoint: its address.
        fault: returns the code of an error, such as SlowDown, or CUT, for a method and an address;
            None lets the request pass.
        requests: the method and address of each request, without the names of buckets' hosts.
    """

    endpoint: str = ""
    fault: Callable[[str, str], str | None] = no_fault
    requests: list[tuple[str, str]] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def asked(self, method: str) -> list[str]:
        """Return the addresses that were asked for by a method."""
        return [address for one, address in self.requests if one == method]

    def new_bucket(self, name: str, *, public: bool = False) -> str:
        """Make a bucket whose objects everyone may read, or not; return its name."""
        from moto.core import DEFAULT_ACCOUNT_ID
        from moto.s3.models import s3_backends

        backend: Any = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
        backend.create_bucket(name, "us-east-1")
        if public:
            policy = (
                '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*",'
                f'"Action":["s3:GetObject","s3:HeadObject"],"Resource":"arn:aws:s3:::{name}/*"}}]}}'
            )
            backend.put_bucket_policy(name, policy.encode())
        return name

    def keep(self, bucket: str, keys: Collection[str]) -> None:
        """Remove all other objects of a bucket, which is made where there is none."""
        from moto.core import DEFAULT_ACCOUNT_ID
        from moto.s3.models import s3_backends

        if bucket not in s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets:
            self.new_bucket(bucket)
        there = self._bucket(bucket).keys
        for key in [key for key in there if key not in keys]:
            del there[key]

    def objects(self, bucket: str) -> dict[str, bytes]:
        """Return the objects of a bucket by key."""
        return {key: one.value for key, one in self._bucket(bucket).keys.items()}

    def unfinished(self, bucket: str) -> list[str]:
        """Return the keys of the objects that were begun and not completed."""
        return [one.key_name for one in self._bucket(bucket).multiparts.values()]

    def _bucket(self, name: str) -> Any:
        from moto.core import DEFAULT_ACCOUNT_ID
        from moto.s3.models import s3_backends

        return s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets[name]


@dataclass
class _Faulty:
    """Moto's application behind the faults of a server."""

    server: S3Server
    application: DomainDispatcherApplication

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        method, address = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if environ.get("QUERY_STRING"):
            address += f"?{environ['QUERY_STRING']}"
        with self.server.lock:
            self.server.requests.append((method, address))
            code = self.server.fault(method, address)
        if f"Credential={WRONG_KEY}/" in environ.get("HTTP_AUTHORIZATION", ""):
            code = "InvalidAccessKeyId"
        if code is None:
            answer: Iterable[bytes] = self.application(environ, start)
            return answer
        if code == CUT:
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        status = "503 Slow Down" if code == "SlowDown" else "403 Forbidden"
        start(status, [("Content-Type", "application/xml")])
        return [f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode()]


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """Serve S3 on a free port of this machine."""
    for package in ("s3fs", "moto", "flask_cors"):
        pytest.importorskip(package, reason=S3_EXTRA)
    from moto.moto_server.werkzeug_app import (
        DomainDispatcherApplication,
        MotoRequestHandler,
        create_backend_app,
    )
    from werkzeug.serving import make_server

    class _Handler(MotoRequestHandler):  # type: ignore[misc]
        protocol_version = "HTTP/1.1"

        def log(self, *words: object) -> None:
            """Say nothing."""

    what = S3Server()
    application = _Faulty(what, DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=_Handler)
    with served_in_thread(server) as what.endpoint:
        yield what


@contextmanager
def s3_environment(server: S3Server, patch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    """Set what the AWS tools read, so that this process uses a storage; forget its requests."""
    server.requests.clear()
    for name, value in s3_variables(server).items():
        patch.setenv(name, value)
    yield server
    server.fault = no_fault


def s3_variables(server: S3Server) -> dict[str, str]:
    """Return the variables by which programs use a storage."""
    return {
        "AWS_ENDPOINT_URL": server.endpoint,
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_MAX_ATTEMPTS": "2",
    }
