"""The saved token is read, or the error gives the reason."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from huggingface_hub import constants, get_session, set_client_factory
from huggingface_hub.utils import _http

from huggingnersc.adapters.hub.client_settings import (
    client_state,
    prepare_client,
    saved_token,
    token_for,
)
from huggingnersc.errors import SettingsError, TokenWithheldError
from tests.builders import make_site, write_tree
from tests.mode_bits import mode_bits_count

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shared HF_HOME; the constants are set because the client read the variable at import."""
    home = tmp_path / "shared"
    home.mkdir()
    monkeypatch.setattr(constants, "HF_HOME", str(home))
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(home / "token"))
    return home


@pytest.fixture
def new_process() -> Iterator[None]:
    """As if nothing had used the client yet."""
    factory = _http._GLOBAL_CLIENT_FACTORY
    set_client_factory(_http.default_client_factory)
    yield
    set_client_factory(factory)


@pytest.mark.usefixtures("new_process")
def test_preparing_the_client_makes_none_before_one_is_needed() -> None:
    prepare_client()
    assert _http._GLOBAL_CLIENT is None
    first = get_session()
    assert first.timeout.read is not None
    prepare_client()
    assert get_session() is first


@pytest.mark.usefixtures("new_process")
def test_a_client_that_was_made_before_gets_a_timeout() -> None:
    assert get_session().timeout.read is None
    prepare_client()
    assert get_session().timeout.read is not None


def test_token_that_only_its_owner_may_read_is_named_with_the_next_step(home: Path) -> None:
    write_tree(home, {"token": "hf_of_a_colleague"})
    (home / "token").chmod(0)
    with mode_bits_count(), pytest.raises(SettingsError) as caught:
        saved_token()
    assert str(home / "token") in str(caught.value)
    assert "HF_HOME" in str(caught.value.hint)


def test_token_in_a_closed_folder_is_named(home: Path) -> None:
    home.chmod(0)
    with mode_bits_count():
        with pytest.raises(SettingsError, match="Permission denied"):
            saved_token()
        state = client_state()
    home.chmod(0o700)
    assert state.token_source is None
    assert "Permission denied" in str(state.token_error)


def test_token_that_is_not_text_or_not_a_file_is_named(home: Path) -> None:
    (home / "token").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="UTF-8"):
        saved_token()
    (home / "token").unlink()
    (home / "token").mkdir()
    with pytest.raises(SettingsError, match="Is a directory"):
        saved_token()


def test_token_of_the_environment_needs_no_file(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "token").write_bytes(b"\xff\xfe")
    monkeypatch.setenv("HF_TOKEN", "hf_mine")
    state = client_state()
    assert (state.token_source, state.token_error) == ("the environment (HF_TOKEN)", None)


def test_token_of_the_file_names_the_file(home: Path) -> None:
    write_tree(home, {"token": "hf_mine\n"})
    assert client_state().token_source == f"{home / 'token'} (hf auth login)"


@pytest.mark.parametrize("token", ["hf_\u00e9", "hf_\u200bx", "hf_\x01x"])
def test_token_that_no_header_can_carry_is_explained(
    home: Path, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    write_tree(home, {"token": token})
    with pytest.raises(SettingsError) as caught:
        saved_token()
    assert token not in str(caught.value)
    monkeypatch.setenv("HF_TOKEN", "hf_mine")
    assert saved_token() == "hf_mine"


@pytest.mark.attack("tokens sent elsewhere")
def test_token_for_a_hub_that_another_machine_serves_without_encryption_is_withheld(
    home: Path,
) -> None:
    write_tree(home, {"token": "hf_mine\n"})
    endpoint, site = "http://hub.example.org", make_site()
    profile = replace(site.profile, hub=replace(site.profile.hub, endpoint=endpoint))
    site = replace(site, profile=profile, endpoint=endpoint)
    with pytest.raises(TokenWithheldError) as caught:
        token_for(site)
    assert "hf_mine" not in str(caught.value)
    assert token_for(replace(site, is_endpoint_named=True)) == "hf_mine"
