from __future__ import annotations

import pytest

from huggingnersc.domain.scan.secrets import find_secrets
from huggingnersc.domain.text.redact import MASK, redact, redact_address
from tests.conftest import GOLDEN
from tests.domain.scan.leaks import LEAKS

TOKEN = "hf_" + "aB3-_" * 7


@pytest.mark.parametrize(
    "text",
    [
        f"token {TOKEN} here",
        f"Authorization: Bearer {TOKEN}",
        f"illegal header value b'Bearer {TOKEN}'",
        "authorization: bearer another-kind-of-token",
        "Basic dXNlcjpwYXNzd29yZA==",
        "{'authorization': 'Basic dXNlcjpwYQ=='}",
        "(b'Authorization', b'Bearer another-kind')",
        f"https://user:{TOKEN}@huggingface.co/x",
        "socks5://user:another-kind@proxy",
    ],
)
def test_a_secret_is_replaced(text: str) -> None:
    shown = redact(text)
    assert "***" in shown
    for secret in (TOKEN, "another-kind", "dXNlcj", "user:"):
        assert secret not in shown


@pytest.mark.attack("secrets in files")
@pytest.mark.parametrize("line", LEAKS.values(), ids=list(LEAKS))
def test_what_is_found_in_files_is_masked_on_output(line: str) -> None:
    shown = redact(f"error: {line}")
    assert MASK in shown
    assert find_secrets(shown) == ()


@pytest.mark.parametrize(
    "text",
    [
        "hf_transformers.csv is not UTF-8 text",
        "https://huggingface.co/datasets/NERSC/iris",
        "write to a.b@c.org",
        "basic loaders.py does not exist; nearest: Basic_loader.py",
        "Fisher's basic measurements, the bearer of good news",
        "https://example.org/@ada",
        "http://proxy:3128",
        "",
    ],
)
def test_what_is_not_a_secret_stays(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize("password", ["secret", "s3cr@et", "@@", "a:b@c?d#e"])
def test_password_is_replaced_whole_whatever_it_holds(password: str) -> None:
    shown = redact(f"from http://ada:{password}@proxy:3128/x to a@b.org")
    assert shown == "from http://***@proxy:3128/x to a@b.org"


def test_an_address_keeps_parameters_of_the_hub_and_loses_credentials() -> None:
    address = "https://x.org/api/datasets?author=NERSC&X-Amz-Signature=abc&token=def&expand=a"
    assert redact_address(address) == (
        "https://x.org/api/datasets?author=NERSC&X-Amz-Signature=***&token=***&expand=a"
    )


def test_an_address_keeps_parameters_without_a_value() -> None:
    assert redact_address("https://x.org/?full=&token=") == "https://x.org/?full=&token=***"


def test_an_address_without_a_query_stays() -> None:
    assert redact_address("http://127.0.0.1:1/api/whoami-v2") == "http://127.0.0.1:1/api/whoami-v2"


def test_nothing_that_the_program_prints_looks_like_a_secret() -> None:
    texts = [file.read_text(encoding="utf-8") for file in (GOLDEN / "messages").glob("*.txt")]
    assert texts
    assert [redact(text) for text in texts] == texts
