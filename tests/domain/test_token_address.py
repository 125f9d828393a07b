"""A saved token goes to the site's own Hub over https, or to the one that the user named."""

from __future__ import annotations

import pytest

from huggingnersc.domain.token_address import (
    TokenRefusal,
    is_same_address,
    origin,
    token_refusal,
)

HF = "https://huggingface.co"
OTHER, PLAIN = TokenRefusal.OTHER_HUB, TokenRefusal.PLAIN_HTTP


@pytest.mark.attack("tokens sent elsewhere")
@pytest.mark.parametrize(
    ("endpoint", "own", "refusal"),
    [
        (HF, HF, None),
        ("https://HuggingFace.co:443/", HF, None),
        ("https://huggingface.co./", HF, None),
        ("https://hub.example.org:8443", HF, OTHER),
        ("https://huggingface.co.example.org", HF, OTHER),
        ("https://huggingface.co:444", HF, OTHER),
        ("https://huggingface.co:0x1bb", HF, OTHER),
        ("https://huggingface.co@example.org", HF, OTHER),
        ("http://huggingface.co", HF, OTHER),
        ("http://127.0.0.1:8017", HF, OTHER),  # where any user of a login node may listen
        ("http://127.0.0.1:8018", "http://127.0.0.1:8017", OTHER),
        ("http://127.0.0.1:8017", "http://127.0.0.1:8017", None),
        ("http://localhost:8017", "http://localhost:8017", None),
        ("http://[::1]:8017", "http://[::1]:8017", None),
        ("http://hub.example.org", "http://hub.example.org", PLAIN),
        ("http://192.0.2.7:8017", "http://192.0.2.7:8017", PLAIN),
        ("http://127.0.0.1.example.org", "http://127.0.0.1.example.org", PLAIN),
        ("http://localhost.example.org", "http://localhost.example.org", PLAIN),
        ("http://2130706433", "http://2130706433", PLAIN),
    ],
)
def test_token_goes_to_the_site_s_own_hub_only(
    endpoint: str, own: str, refusal: TokenRefusal | None
) -> None:
    assert token_refusal(endpoint, own=own, is_named=False) is refusal
    assert token_refusal(endpoint, own=own, is_named=True) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (HF, "HTTPS://huggingface.co:443/", True),
        (f"{HF}/hub/", f"{HF}/hub", True),
        (f"{HF}/hub", HF, False),
        (HF, "http://huggingface.co", False),
        ("http://h:80", "http://h", True),
    ],
)
def test_addresses_are_the_same_where_only_their_spelling_differs(
    one: str, other: str, *, same: bool
) -> None:
    assert is_same_address(one, other) is same


def test_an_address_with_an_impossible_port_is_only_itself() -> None:
    assert origin("http://h:99999") == origin("http://h:99999")
    assert origin("http://h:99999") != origin("http://h")
