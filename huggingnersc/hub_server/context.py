"""One request: who sent it, what it asks for, and the checks every handler begins with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ParamSpec, TypeVar
from urllib.parse import parse_qsl

from huggingnersc.domain.repo_names import RepoKind, RepoName
from huggingnersc.hub_server.http_error import (
    bad_request,
    forbidden,
    repository_missing,
)
from huggingnersc.hub_server.login_guard import network_of
from huggingnersc.hub_server.protocol.client_text import read_json, whole_number
from huggingnersc.hub_server.request_body import BodyNotReceivedError
from huggingnersc.hub_server.services.access import may_own, may_see, may_write
from huggingnersc.hub_server.services.gating import check_gate
from huggingnersc.hub_server.session import RepositorySession, open_session, require_user
from huggingnersc.hub_server.storage.errors import QuarantinedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from tempfile import SpooledTemporaryFile

    from starlette.requests import Request

    from huggingnersc.hub_server.accounts import User
    from huggingnersc.hub_server.hub_context import HubContext

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RequestContext:
    """One request, with everything a handler needs.

    Attributes:
        hub: the Hub it came to.
        request: Starlette's view of it.
        user: who sent it, None without a token.
        path_params: the decoded variables of the route's pattern.
        body_file: the whole body, once it has been received.
    """

    hub: HubContext
    request: Request
    user: User | None
    path_params: Mapping[str, str]
    body_file: SpooledTemporaryFile[bytes] | None = None

    @property
    def body(self) -> bytes:
        """The whole body, for `def` handlers that have made their checks.

        Raises:
            BodyNotReceivedError: it is yet to come; the handler will run again with it.
        """
        if self.body_file is None:
            raise BodyNotReceivedError
        self.body_file.seek(0)
        return self.body_file.read()

    @property
    def client(self) -> str:
        """Who shares one number of worker threads: the user, else the network of the address."""
        if self.user is not None:
            return f"@{self.user.name}"
        return network_of(self.request.client.host if self.request.client else "")

    async def in_thread(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what `function` returns, called in a worker thread when it is its turn."""
        return await self.hub.turns.run(self.client, function, *args, **kwargs)

    @property
    def origin(self) -> str:
        """The address of this Hub as the client sees it: `http://127.0.0.1:8017`."""
        host = self.request.headers.get("host", "")
        server = self.request.scope.get("server") or ("127.0.0.1", 80)
        scheme: str = self.request.scope["scheme"]
        return f"{scheme}://{host or f'{server[0]}:{server[1]}'}"

    @property
    def shown_origin(self) -> str:
        """The address that pages show: this Hub's, or that of the Hub they are exported for."""
        return self.origin if self.hub.address is None else self.hub.address

    @property
    def url(self) -> str:
        """The address of this request without its query, exactly as it was sent."""
        raw: bytes = self.request.scope["raw_path"]
        return self.origin + raw.decode("latin-1")

    @property
    def raw_query(self) -> str:
        """The query as it was sent."""
        text: bytes = self.request.scope["query_string"]
        return text.decode("latin-1")

    def query(self, key: str) -> str | None:
        """Return the last value of a query key, None when it is absent."""
        values = self.query_all(key)
        return values[-1] if values else None

    def query_all(self, key: str) -> list[str]:
        """Return every value of a query key, in order; `key[]` counts as `key`."""
        pairs = parse_qsl(self.raw_query, keep_blank_values=True, max_num_fields=None)
        return [value for name, value in pairs if name in {key, f"{key}[]"}]

    def flag(self, key: str) -> bool:
        """Return whether a query key says yes: `true`, `True` or `1`."""
        return (self.query(key) or "").lower() in {"true", "1", "yes"}

    def number(self, key: str, default: int, most: int) -> int:
        """Return a positive number from the query. Raises: HttpError: 400 when it is not one."""
        text = self.query(key)
        if text is None:
            return default
        number = whole_number(text)
        if not number:
            raise bad_request(f"{key} must be a positive number")
        return min(number, most)

    def json(self) -> dict[str, object]:
        """Return the body as a JSON object. Raises: HttpError: 400 when it is none."""
        try:
            value = read_json(self.body or b"{}")
        except ValueError as error:
            raise bad_request("The body is not valid JSON") from error
        if not isinstance(value, dict):
            raise bad_request("The body must be a JSON object")
        return value

    def kind(self) -> RepoKind:
        """Return the kind of repository the address names: by `{kind}`, else by its prefix."""
        word = self.path_params.get("kind", "models")
        kind = RepoKind.from_plural(word)
        if kind is None:
            raise repository_missing(anonymous=self.user is None)
        return kind

    def repo_name(self) -> RepoName:
        """Return the name of the repository in the address."""
        name = self.path_params.get("name", "").removesuffix(".git")
        return RepoName(self.kind(), self.path_params.get("ns", ""), name)

    def visible(self, name: RepoName | None = None) -> RepositorySession:
        """Open the repository `name` (None: the one in the address).

        Raises:
            HttpError: RepoNotFound when it does not exist or this user may not know of it:
                404 with a token, 401 without, the same in both cases.
            QuarantinedError: it is damaged or hostile.
        """
        session = self._found(name)
        reason = self.hub.store.quarantine_reason(session.storage_id)
        if reason is not None:
            raise QuarantinedError(reason)
        return session

    def _found(self, name: RepoName | None) -> RepositorySession:
        record = self.hub.registry.find(name or self.repo_name())
        if record is None or not may_see(self.user, record):
            raise repository_missing(anonymous=self.user is None)
        return open_session(self.hub, record, self.user)

    def readable(self) -> RepositorySession:
        """Open the repository when this user may read its files. Raises: HttpError."""
        session = self.visible()
        check_gate(session)
        return session

    def writable(self, name: RepoName | None = None) -> RepositorySession:
        """Open the repository when this user may commit to it. Raises: HttpError."""
        session = self.visible(name)
        session.require_user()
        if not may_write(self.user, session.record):
            raise forbidden(f"You have no right to write to {session.record.name.repo_id}")
        return session

    def owned(self, name: RepoName | None = None) -> RepositorySession:
        """Open the repository when this user may change or delete it, also a quarantined one.

        Raises:
            HttpError: this user may not.
        """
        session = self._found(name)
        session.require_user()
        if not may_own(self.user, session.record):
            raise forbidden(f"You have no right to change {session.record.name.repo_id}")
        return session

    def require_user(self) -> User:
        """Return who sent the request. Raises: HttpError: 401 without a token."""
        return require_user(self.user)


def text_of(data: Mapping[str, object], key: str, default: str | None = None) -> str:
    """Return a string of a JSON object. Raises: HttpError: 400 when there is no such string."""
    value = data.get(key, default)
    if not isinstance(value, str):
        raise bad_request(f"{key} must be a string")
    return value
