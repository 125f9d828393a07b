"""Hugging Face's client in this process: what it is set to, and what it is told."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.hub import request_log
from huggingnersc.errors import HubUnreachableError, SettingsError

if TYPE_CHECKING:
    from httpx2 import Client, Request, Response

_TIMEOUT_S = 60.0
_LONGEST_PAUSE_S = 60
LOGIN_HINT = "Log in with `hf auth login`, or set HF_TOKEN."


def saved_token() -> str | None:
    """Return the token that `hf auth login` saved or HF_TOKEN holds; None when there is none.

    Raises:
        SettingsError: the token file is there and cannot be read.
    """
    from huggingface_hub import constants, get_token

    try:
        return get_token()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SettingsError(
            f"The token file {constants.HF_TOKEN_PATH} cannot be read: {reason}.",
            hint="Set HF_HOME to a folder of your own and log in there (hf auth login), or set "
            "HF_TOKEN.",
        ) from error


@dataclass(frozen=True, slots=True)
class ClientState:
    """What Hugging Face's own settings say on this machine.

    Attributes:
        home: the folder of its cache and token (HF_HOME).
        token_file: where `hf auth login` keeps the token.
        token_source: what the token comes from; None without one.
        token_fault: why the token cannot be read; None where it can or there is none.
        is_offline: whether HF_HUB_OFFLINE keeps it from asking anything.
    """

    home: Path
    token_file: Path
    token_source: str | None
    token_fault: SettingsError | None
    is_offline: bool


def client_state() -> ClientState:
    """Read the settings of huggingface_hub; nothing is sent."""
    from huggingface_hub import constants

    file = Path(constants.HF_TOKEN_PATH)
    source, fault = None, None
    try:
        source = _token_source(saved_token(), file)
    except SettingsError as error:
        fault = error
    return ClientState(
        home=Path(constants.HF_HOME),
        token_file=file,
        token_source=source,
        token_fault=fault,
        is_offline=bool(constants.HF_HUB_OFFLINE),
    )


def _token_source(token: str | None, file: Path) -> str | None:
    if token is None:
        return None
    with suppress(OSError, UnicodeDecodeError):  # then the token is not from there
        if token == file.read_text(encoding="utf-8").strip():
            return f"{file} (hf auth login)"
    return "the environment (HF_TOKEN)"


def prepare_client() -> None:
    """Make the client ask nobody but its Hub, give up in the end, and tell its requests.

    They are told where somebody wants them.
    """
    _ask_nobody_else()
    _wait_not_for_ever()
    if request_log.is_wanted():
        _listen()


@cache
def _ask_nobody_else() -> None:
    """Once a day the client asks the public Hub which programs may be calling it.

    It would do so even where the site is this machine, so it is told that it knows already.
    """
    from huggingface_hub.utils import _detect_agent

    _detect_agent._registry = _detect_agent._EMPTY_REGISTRY


def _wait_not_for_ever() -> None:
    """Return the client a limit where it has none: by default it waits for an answer for ever.

    HF_HUB_DOWNLOAD_TIMEOUT is taken where somebody set it.
    """
    from huggingface_hub import constants, get_session, set_client_factory
    from huggingface_hub.utils import _http

    if get_session().timeout.read is not None:
        return  # limited before, or a caller's own client
    chosen, make_client = constants.HF_HUB_DOWNLOAD_TIMEOUT, _http._GLOBAL_CLIENT_FACTORY
    is_chosen = chosen != constants.DEFAULT_DOWNLOAD_TIMEOUT
    timeout_s = float(chosen) if is_chosen else _TIMEOUT_S

    def limited() -> Client:
        client = make_client()
        client.timeout = timeout_s  # of connecting and of every read and write
        hooks = client.event_hooks
        client.event_hooks = {
            "request": [*hooks.get("request", ()), limit],
            "response": [*hooks.get("response", ()), _refuse_long_pause],
        }
        return client

    def limit(request: Request) -> None:  # some calls of the client ask for "no limit" themselves
        asked = request.extensions.get("timeout", {})
        limits = {part: timeout_s for part, seconds in asked.items() if seconds is None}
        request.extensions["timeout"] = {**asked, **limits}

    set_client_factory(limited)


def _refuse_long_pause(response: Response) -> None:
    """Stop where a Hub asks for a long pause: the client would keep any, without a word.

    Raises:
        HubUnreachableError: the pause is longer than somebody at a terminal waits.
    """
    from huggingface_hub.utils import parse_ratelimit_headers  # type: ignore[attr-defined]

    if response.status_code not in {429, 503}:
        return
    told = response.headers.get("retry-after", "")
    limit = parse_ratelimit_headers(response.headers)
    pause_s = int(told) if told.isdecimal() else limit.reset_in_seconds if limit else 0
    if pause_s > _LONGEST_PAUSE_S:
        raise HubUnreachableError(
            f"{response.url.host} wants no request for {pause_s} s (HTTP {response.status_code}).",
            hint="Nothing is lost; run the same command again after that time.",
        )


@cache
def _listen() -> None:
    """Have every client of this process tell its requests; the client's own making is kept."""
    from huggingface_hub import set_client_factory
    from huggingface_hub.utils import _http

    make_client = _http._GLOBAL_CLIENT_FACTORY
    set_client_factory(lambda: request_log.listened(make_client()))
