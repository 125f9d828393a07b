"""The settings of huggingface_hub in this process, and the changes made to its HTTP client."""

from __future__ import annotations

import warnings
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.hub import request_log
from huggingnersc.adapters.hub.bounded_answers import with_bounded_answers
from huggingnersc.domain.token_address import TokenRefusal, is_this_machine, origin
from huggingnersc.errors import HubUnreachableError, SettingsError, TokenWithheldError
from huggingnersc.fixes import Message, Option

if TYPE_CHECKING:
    from collections.abc import Iterator

    from httpx2 import URL, Client, Request, Response

    from huggingnersc.domain.site import Site

_TIMEOUT_S = 60.0
_LONGEST_PAUSE_S = 60
_MOST_DIGITS = 9  # of a pause in seconds; more are no pause that any Hub means


def saved_token() -> str | None:
    """Return the token from HF_TOKEN or `hf auth login`; None when there is none.

    Raises:
        SettingsError: the token file exists and cannot be read, or holds no token.
    """
    from huggingface_hub import constants, get_token

    try:
        token = get_token()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SettingsError(
            f"The token file {constants.HF_TOKEN_PATH} cannot be read: {reason}.",
            hint="Set HF_HOME to a folder of your own and log in there (hf auth login), or set "
            "HF_TOKEN.",
        ) from error
    if token is not None and not (token.isascii() and token.isprintable()):
        raise SettingsError(
            "The saved token contains a character that no token has.",
            hint="Log in again (hf auth login); HF_TOKEN has precedence, so replace or unset it.",
        )
    return token


def token_for(site: Site) -> str | None:
    """Return the saved token for the remote Hub of a site; None when there is none.

    Raises:
        SettingsError: the token cannot be read.
        TokenWithheldError: it is not meant for the address of this Hub.
    """
    token = saved_token()
    if token is not None and (refusal := site.token_refusal):
        raise withheld(site, refusal)
    return token


def withheld(site: Site, refusal: TokenRefusal) -> TokenWithheldError:
    """Return the error for a token that is not sent to the Hub of a site."""
    reason = {
        TokenRefusal.OTHER_HUB: f"the Hub of the site {site.profile.name} is "
        f"{site.profile.hub.endpoint}",
        TokenRefusal.PLAIN_HTTP: "plain http would show it to the network",
    }[refusal]
    return TokenWithheldError(
        f"Your token is not sent to {site.endpoint}: {reason}.",
        hint=Message("If it is meant for that Hub, name it: ", Option("endpoint", site.endpoint)),
    )


@dataclass(frozen=True, slots=True)
class ClientState:
    """The settings of huggingface_hub on this machine.

    Attributes:
        home: the folder of its cache and token (HF_HOME).
        token_file: the file in which `hf auth login` saves the token.
        token_source: where the token comes from; None without a token.
        token_error: why the token cannot be read; None when it can or there is none.
        is_offline: whether HF_HUB_OFFLINE forbids requests.
    """

    home: Path
    token_file: Path
    token_source: str | None
    token_error: SettingsError | None
    is_offline: bool


def client_state() -> ClientState:
    """Return the settings of huggingface_hub, without sending a request."""
    from huggingface_hub import constants

    file = Path(constants.HF_TOKEN_PATH)
    source, token_error = None, None
    try:
        source = _token_source(saved_token(), file)
    except SettingsError as error:
        token_error = error
    return ClientState(
        home=Path(constants.HF_HOME),
        token_file=file,
        token_source=source,
        token_error=token_error,
        is_offline=bool(constants.HF_HUB_OFFLINE),
    )


def _token_source(token: str | None, file: Path) -> str | None:
    if token is None:
        return None
    with suppress(OSError, UnicodeDecodeError):  # then the token does not come from the file
        if token == file.read_text(encoding="utf-8").strip():
            return f"{file} (hf auth login)"
    return "the environment (HF_TOKEN)"


_AT_HOME: list[tuple[str, tuple[str, str, int | None]]] = []  # of the calls that are under way


@contextmanager
def at_home(token: str | None, endpoint: str) -> Iterator[None]:
    """Let the client send `token` to the origin of `endpoint` only, for the time of the block.

    A Hub's answers contain addresses that the client would send it to: the next page of a list,
    the verification of an upload. What a caller does with the same token afterwards is not
    concerned.
    """
    if token is None:
        yield
        return
    home = (f"Bearer {token}", origin(endpoint))
    _AT_HOME.append(home)
    try:
        yield
    finally:
        _AT_HOME.remove(home)


@contextmanager
def uploads_by_lfs() -> Iterator[None]:
    """Let the client send large files by LFS and silently, for the time of the block.

    The other way, hf_xet, is a client of its own, which knows nothing of the limits and the hooks
    that are set here, and which the embedded Hub does not offer.
    """
    from huggingface_hub import constants
    from huggingface_hub.utils import (  # type: ignore[attr-defined]
        are_progress_bars_disabled,
        disable_progress_bars,
        enable_progress_bars,
    )

    was_disabled, is_silent = constants.HF_HUB_DISABLE_XET, are_progress_bars_disabled()
    constants.HF_HUB_DISABLE_XET = True
    if not is_silent:
        disable_progress_bars()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of how the client calls httpx
            yield
    finally:
        constants.HF_HUB_DISABLE_XET = was_disabled
        if not is_silent:
            enable_progress_bars()


def _keep_token_at_home(request: Request) -> None:
    sent = request.headers.get("authorization", "")
    homes = [home for token, home in tuple(_AT_HOME) if token == sent]
    if homes and origin(str(request.url)) not in homes:
        del request.headers["authorization"]


def prepare_client() -> None:
    """Make the client send requests only to its Hub, use timeouts, and log its requests.

    Requests are logged only when logging is enabled.
    """
    _skip_agent_registry()
    request_log.show_client_log_safely()
    _set_timeouts()
    if request_log.is_enabled():
        _log_requests()


@cache
def _skip_agent_registry() -> None:
    """Keep the client from asking the public Hub, once a day, for its list of agents.

    The client would do so even for a Hub on this machine.
    """
    from huggingface_hub.utils import _detect_agent

    _detect_agent._registry = _detect_agent._EMPTY_REGISTRY


def download_timeout_s() -> float:
    """Return how long to wait for bytes: HF_HUB_DOWNLOAD_TIMEOUT if it is set."""
    from huggingface_hub import constants

    chosen = constants.HF_HUB_DOWNLOAD_TIMEOUT
    return float(chosen) if chosen != constants.DEFAULT_DOWNLOAD_TIMEOUT else _TIMEOUT_S


def _set_timeouts() -> None:
    """Set the timeout of the client, which by default waits forever for an answer, and its hooks.

    The timeout is HF_HUB_DOWNLOAD_TIMEOUT if it is set.
    """
    from huggingface_hub import get_session, set_client_factory
    from huggingface_hub.utils import _http

    # The usual client has no timeout; to make one only to see that takes as long as reading all
    # the certificates of the system.
    is_usual = _http._GLOBAL_CLIENT_FACTORY is _http.default_client_factory
    if not (is_usual and _http._GLOBAL_CLIENT is None) and get_session().timeout.read is not None:
        return  # set before, or a caller's own client
    timeout_s, make_client = download_timeout_s(), _http._GLOBAL_CLIENT_FACTORY

    def client_with_timeout() -> Client:
        client = make_client()
        client._mounts = {_ThisMachine(): None, **client._mounts}  # type: ignore[dict-item]
        client.timeout = timeout_s  # of connecting and of every read and write
        hooks = client.event_hooks
        client.event_hooks = {
            "request": [*hooks.get("request", ()), set_timeout, _keep_token_at_home],
            "response": [*hooks.get("response", ()), _reject_long_pause],
        }
        return with_bounded_answers(client)

    def set_timeout(request: Request) -> None:  # some calls of the client disable the timeout
        requested = request.extensions.get("timeout", {})
        missing = {part: timeout_s for part, seconds in requested.items() if seconds is None}
        request.extensions["timeout"] = {**requested, **missing}

    set_client_factory(client_with_timeout)


class _ThisMachine:
    """The addresses that no proxy is asked for: it would get the token and not reach them."""

    def matches(self, url: URL) -> bool:
        """Return whether `url` is an address of this machine."""
        return is_this_machine(url.host)


def _reject_long_pause(response: Response) -> None:
    """Stop when a Hub asks for a long pause, which the client would silently wait for.

    Raises:
        HubUnreachableError: the pause is longer than a user should wait without a message.
    """
    from huggingface_hub.utils import parse_ratelimit_headers  # type: ignore[attr-defined]

    if response.status_code not in {429, 503}:
        return
    retry_after = response.headers.get("retry-after", "")
    limit = parse_ratelimit_headers(response.headers)
    asked_s = int(retry_after[:_MOST_DIGITS]) if retry_after.isdecimal() else None
    pause_s = asked_s if asked_s is not None else limit.reset_in_seconds if limit else 0
    if pause_s > _LONGEST_PAUSE_S:
        raise HubUnreachableError(
            f"{response.url.host} accepts no request for {pause_s} s "
            f"(HTTP {response.status_code}).",
            hint="Nothing is lost; run the same command again after that time.",
        )


@cache
def _log_requests() -> None:
    """Make every HTTP client of this process log its requests."""
    from huggingface_hub import set_client_factory
    from huggingface_hub.utils import _http

    make_client = _http._GLOBAL_CLIENT_FACTORY
    set_client_factory(lambda: request_log.with_logging(make_client()))
