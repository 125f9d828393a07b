"""The token goes to a Hub that is not the site's own only where `--endpoint` names it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.api.conftest import Centre
    from tests.conftest import RunCommand

pytestmark = pytest.mark.attack("tokens sent elsewhere")


@pytest.fixture
def elsewhere(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> Centre:
    """A centre whose Hub is elsewhere; HF_ENDPOINT leads to a Hub on this machine."""
    text = centre.profile.read_text(encoding="utf-8")
    centre.profile.write_text(text.replace(centre.hub.endpoint, "https://hub.example.org"))
    monkeypatch.setenv("HF_ENDPOINT", centre.hub.endpoint)
    return centre


@pytest.mark.parametrize(
    "command", ["list-datasets --from-hub", "list-datasets --from-hub --json"]
)
def test_hub_of_the_environment_gets_no_token(
    elsewhere: Centre, run: RunCommand, command: str
) -> None:
    ran = run(f"{command} -v --site", elsewhere.profile)
    assert ran.code == 3
    assert f"--endpoint {elsewhere.hub.endpoint}" in ran.err
    assert " GET " not in ran.err


def test_named_hub_gets_the_token(elsewhere: Centre, run: RunCommand) -> None:
    words = ("--site", elsewhere.profile, "--endpoint", f"{elsewhere.hub.endpoint}/")
    assert run("list-datasets --from-hub", *words).code == 0
    token = run("doctor", *words).out
    assert "may write to NERSC" in token


def test_doctor_reports_a_token_that_is_not_sent(elsewhere: Centre, run: RunCommand) -> None:
    ran = run("doctor --site", elsewhere.profile)
    assert ran.code == 1
    assert f"--endpoint {elsewhere.hub.endpoint}" in ran.out
    assert f"{elsewhere.hub.endpoint} answers" in ran.out
    assert elsewhere.hub.token not in ran.out


@pytest.mark.parametrize(
    ("site", "endpoint"),
    [
        ("centre", "http://127.0.0.1:9"),  # not that of HF_ENDPOINT
        ("centre", "huggingface.co"),
        ("centre", ""),
        ("local", "https://huggingface.co"),
    ],
)
def test_endpoint_that_the_site_cannot_have_is_refused(
    elsewhere: Centre, run: RunCommand, site: str, endpoint: str
) -> None:
    chosen = elsewhere.profile if site == "centre" else site
    ran = run("list-datasets --from-hub --site", chosen, "--endpoint", endpoint)
    assert ran.code == 3
    assert "hint: " in ran.err


def test_without_a_token_any_hub_may_be_read(
    elsewhere: Centre, run: RunCommand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_TOKEN")
    assert run("list-datasets --from-hub --site", elsewhere.profile).code == 0


def test_suggested_command_names_the_endpoint_again(elsewhere: Centre, run: RunCommand) -> None:
    words = ("--site", elsewhere.profile, "--endpoint", elsewhere.hub.endpoint)
    ran = run("remove-dataset iris", *words)
    assert ran.code == 3
    assert f"--endpoint {elsewhere.hub.endpoint}" in ran.err
