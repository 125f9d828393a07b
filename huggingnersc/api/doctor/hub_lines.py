"""The checks of a site's Hub and of the token's rights."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from huggingnersc.adapters.files.path_status import is_file, is_folder
from huggingnersc.adapters.hub.client_settings import (
    ClientState,
    client_state,
    withheld,
)
from huggingnersc.adapters.hub.connection import connected, is_unused
from huggingnersc.adapters.hub.failures import LOGIN_HINT
from huggingnersc.adapters.web_probe import proxies
from huggingnersc.domain.catalog.remote import Account, write_problem
from huggingnersc.domain.doctor.diagnosis import DiagnosisLine, fail, ok, warn
from huggingnersc.domain.text.redact import redact
from huggingnersc.errors import HubAccessError, HubError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.adapters.hub.client import Hub
    from huggingnersc.domain.site import Site


def hub_lines(site: Site | None) -> Iterator[DiagnosisLine]:
    """Check the settings of huggingface_hub, then send requests to the site's Hub."""
    state = client_state()
    yield from _client_lines(state)
    yield from _token_file_lines(state)
    if site is None:
        return
    if is_unused(site):
        yield ok("endpoint", "the embedded Hub; it is created with the first dataset")
        return
    fault = None if site.is_embedded else _token_fault(site, state)
    if fault is not None:
        yield fault
    source = "the embedded Hub" if site.is_embedded else state.token_source
    try:
        with connected(site, anonymous=fault is not None) as hub:
            yield from _answers(hub, site, None if fault else source)
    except HubError as failure:
        yield fail("endpoint", str(failure), failure.hint)


def _token_fault(site: Site, state: ClientState) -> DiagnosisLine | None:
    """Return why there is no token for the remote Hub of a site; None when there is one."""
    if state.token_source is None:
        error = state.token_error
        return fail("token", str(error or "there is none"), error.hint if error else LOGIN_HINT)
    if refusal := site.token_refusal:
        error = withheld(site, refusal)
        return fail("token", f"from {state.token_source}: {error}", error.hint)
    return None


def _client_lines(state: ClientState) -> Iterator[DiagnosisLine]:
    if state.is_offline:
        message = "HF_HUB_OFFLINE is set: no requests are sent, not even to the embedded Hub"
        yield fail("offline mode", message, "unset HF_HUB_OFFLINE")
    else:
        yield ok("offline mode", "off (HF_HUB_OFFLINE)")
    listed = ", ".join(f"{name}: {_proxy(name, url)}" for name, url in sorted(proxies().items()))
    yield ok("proxies", listed or "none (HTTPS_PROXY, NO_PROXY)")
    above = next(p for p in (state.home, *state.home.parents) if is_folder(p))
    if os.access(above, os.W_OK | os.X_OK):
        yield ok("Hugging Face home", f"{state.home}")
    else:
        message = f"{state.home} is not writable for you"
        yield warn("Hugging Face home", message, "Set HF_HOME to a folder of your own.")


def _proxy(name: str, address: str) -> str:
    """Return a proxy's address without its password; the value of `no` is a list of hosts."""
    return redact(address if name == "no" or "://" in address else f"http://{address}")


def _token_file_lines(state: ClientState) -> Iterator[DiagnosisLine]:
    file = state.token_file
    if is_file(file) and file.stat().st_mode & 0o077:
        message = f"{file} can be read by other users"
        yield warn("token file", message, f"chmod 600 {file}")


def _answers(hub: Hub, site: Site, source: str | None) -> Iterator[DiagnosisLine]:
    organization = site.profile.hub.organization
    if source is None:
        hub.repository(site.repo_id("no-such-dataset"))
        yield ok("endpoint", _endpoint(site))
        return
    try:
        account = hub.account()
    except HubAccessError as error:
        yield ok("endpoint", _endpoint(site))
        yield fail("token", f"from {source}: {error}", error.hint)
        return
    yield ok("endpoint", _endpoint(site))
    token = f"of {account.name}, from {source}, {_rights(account)}"
    if reason := write_problem(account, organization):
        step = f"Ask an administrator of {organization}, or use another token: hf auth login"
        yield fail("token", f"{token}; {reason}", step)
    else:
        yield ok("token", f"{token}; may write to {organization}")


def _endpoint(site: Site) -> str:
    return "the embedded Hub answers" if site.is_embedded else f"{site.endpoint} answers"


def _rights(account: Account) -> str:
    kinds = {"": "unknown kind", "fineGrained": "a fine-grained token"}
    return kinds.get(account.token_role, f"a {account.token_role} token")
