"""What looks like a secret is found on its line and never shown; ordinary text is left alone."""

from __future__ import annotations

import base64
import random

import pytest

from huggingnersc.domain.scan.secrets import find_secrets, line_hash
from tests.conftest import ROOT

LETTERS = "Ab3dEf6hIj9kLm2oPq5sTu8wXy1zBc4eFg7iJk0m"
SECRETS = {
    "a Hugging Face token": f'login("hf_{LETTERS[:34]}")',
    "a GitHub token": f"git clone ghp_{LETTERS[:36]}",
    "a GitLab token": f"glpat-{LETTERS[:20]}",
    "an AWS key": "id = AKIA" + "ABCDEFGH23456789",
    "a Google key": f"AIza{LETTERS[:35]}",
    "a Slack token": "xoxb-" + "123456789012-abcdefghijkl",
    "a Slack address": "https://hooks.slack.com/services/T0AAA/B0BBB/" + LETTERS[:24],
    "a key of an AI service": f"sk-proj-{LETTERS}",
    "a PyPI token": f"pypi-AgEIcHlwaS5vcmc{LETTERS}{LETTERS}",
    "a signed token (JWT)": f"eyJ{LETTERS[:20]}.eyJ{LETTERS[:30]}.{LETTERS}",
    "a private key": "-----BEGIN RSA PRIVATE KEY-----\\nMIIE",
    "a private key (JWK, as issued by the Superfacility API)": f'{{"d": "{LETTERS}"}}',
    "a NEWT session": 'cookies={"newt_sessionid": "' + "0a1b2c3d" * 4 + '"}',
    "a password in an address": "ftp://reader:Tr0ub4dor@data.example.org/x",
    "a key in an address": "https://s3.example.org/x?X-Amz-Signature=" + "0a1b2c3d" * 8,
    "a password": 'password = "Tr0ub4dor"',
    "a key": f"export CENTER_API_KEY={'0a1b2c3d' * 5}",
    "a random key": f'KEY = "{LETTERS}"',
}
HARMLESS = (
    'token = os.environ["HF_TOKEN"]',
    "password = getpass.getpass()",
    'password = "<your password>"',
    "export API_KEY=$MY_API_KEY",
    "api_key = settings.keys.api_key2",
    'pad_token = "[PAD]"',
    'tokenizer = "bert-base-uncased-2023-v1"',
    'names = ["secret", "password", "variable"]',
    'sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"',
    'integrity = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="',
    'uuid = "123e4567-e89b-12d3-a456-426614174000"',
    'name = "ResNet50ImageClassificationModelV2FinalCheckpoint"',
    'slug = "TheCenter/recent-models-64f9a55bb3115b4f513ec026"',
    "git clone https://github.com/example/example.git",
    "https://user:password@example.org/ is how it is written",
    "connect('postgres://user:pass@localhost:5432/base')",
    'token_url = "https://www.googleapis.com/oauth2/v4/token"',
    '"password": "string?"',
    "hf_hub_download_of_a_very_long_function_name_indeed()",
    "ssh://git@example.org:22/x",
    'curl -u "$USER:$PASSWORD" https://h',
    "PGPASSWORD=`cat file` psql",
    "sshpass -f file ssh host",
    "machine h login ada password <password>",
    "#SBATCH --account=m1234",
)


@pytest.mark.parametrize(("kind", "line"), SECRETS.items(), ids=list(SECRETS))
def test_secret_is_found_on_its_line_and_masked(kind: str, line: str) -> None:
    (found,) = find_secrets(f"import os\n\n{line}\nprint('done')\n")
    assert (found.line, found.kind) == (3, kind)
    hidden = found.masked.partition("...")[0]
    assert len(hidden) <= 3
    assert all(part not in found.masked for part in (LETTERS[:8], "Tr0ub4dor", "0a1b2c3d"))


@pytest.mark.parametrize("line", HARMLESS)
def test_harmless_line_is_left_alone(line: str) -> None:
    assert find_secrets(f"{line}\n") == ()


def test_every_line_is_reported_once_in_order() -> None:
    text = f'# x\nA = "hf_{LETTERS[:34]}"; password = "Tr0ub4dor"\n\npassword = "Tr0ub4dor2"\n'
    assert [(secret.line, secret.kind) for secret in find_secrets(text)] == [
        (2, "a Hugging Face token"),
        (4, "a password"),
    ]


def test_hash_is_of_the_content_of_the_line_not_of_its_place() -> None:
    line = 'password = "Tr0ub4dor"'
    (first,) = find_secrets(line)
    (second,) = find_secrets(f"\n\n    {line}\n")
    (other,) = find_secrets(f"{line}  # other")
    assert first.line_hash == second.line_hash == line_hash(line)
    assert other.line_hash != first.line_hash


def test_hash_of_a_private_key_is_not_that_of_every_private_key() -> None:
    begin = "-----BEGIN PRIVATE KEY-----"
    (one,) = find_secrets(f"{begin}\nMIIEvQ\nabc\n")
    (other,) = find_secrets(f"{begin}\nMIIEvR\nabc\n")
    assert one.line_hash != other.line_hash


@pytest.mark.parametrize(
    "unit", ["sk-", "password=", "eyJaaaaaaaaaaa.", "a://b:", '"a', "Ab1", "token_"]
)
def test_hostile_text_is_read_to_its_end(unit: str) -> None:
    text = unit * ((1 << 18) // len(unit))
    assert len(find_secrets(text)) <= 1  # one rule once took minutes here


def test_most_random_keys_are_found_without_a_revealing_name() -> None:
    generator = random.Random(4)  # noqa: S311 - made-up keys, the same in every run
    keys = [base64.b64encode(generator.randbytes(30)).decode() for _ in range(500)]
    found = sum(bool(find_secrets(f'x = "{key}"')) for key in keys)
    assert found >= 475


def test_nothing_of_ours_looks_like_a_secret() -> None:
    files = [
        *(ROOT / "examples").rglob("*"),
        *(ROOT / "templates").rglob("*"),
        *(ROOT / "huggingnersc").rglob("*.py"),
    ]
    texts = {file: file.read_text(encoding="utf-8") for file in files if file.suffix in _TEXT}
    assert len(texts) > 100
    assert {
        str(file): found for file, text in texts.items() if (found := find_secrets(text))
    } == {}


_TEXT = {".py", ".sh", ".json", ".yml", ".md", ".j2", ".csv", ".html", ".css"}
