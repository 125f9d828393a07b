from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from huggingnersc.errors import SettingsError
from huggingnersc.hub_server import running_hub, serve
from huggingnersc.hub_server.accounts import Role, local_accounts, local_token, token_hash
from huggingnersc.hub_server.services.accounts_file import read_accounts

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """
[[users]]
name = "steward"
fullname = "Data Steward"
email = "steward@example.org"
token = "hf_anything_at_all"
[[users]]
name = "guest"
token_sha256 = "{hash}"
[[organizations]]
name = "NERSC"
fullname = "NERSC"
private_by_default = false
members = {{ Steward = "admin" }}
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "accounts.toml"
    path.write_text(text)
    path.chmod(0o600)
    return path


def test_users_roles_and_hashed_tokens_are_read(tmp_path: Path) -> None:
    accounts = read_accounts(written(tmp_path, GOOD.format(hash=token_hash("hf_of_guest"))))
    steward = accounts.user_of("hf_anything_at_all")
    assert steward is not None
    assert steward.role_in("nersc") is Role.ADMIN
    assert steward.role_in("Steward") is Role.ADMIN
    guest = accounts.user_of("hf_of_guest")
    assert guest is not None
    assert guest.role_in("NERSC") is None
    assert accounts.user_of("hf_other") is None
    assert accounts.user_of("") is None


def test_every_problem_of_a_file_is_reported_at_once_and_no_token(tmp_path: Path) -> None:
    bad = (
        '[[users]]\nname = "a b"\ntoken = "hf_a_secret_token"\nage = 3\n'
        '[[organizations]]\nname = "datasets"\nmembers = { x = "king" }\n'
    )
    with pytest.raises(SettingsError) as caught:
        read_accounts(written(tmp_path, bad))
    text = str(caught.value)
    for place in ("users[0].name", "users[0].age", "organizations[0].name", "members.x"):
        assert place in text
    assert "secret" not in text


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("x = [", "TOML"),
        ("", "users"),
        ('[[users]]\nname = "a"\n', "token"),
        ('[[users]]\nname = "a"\ntoken = "short"\n', "8"),
        ('[[users]]\nname="a"\ntoken="hf_12345678"\n[[users]]\nname="A"\ntoken="hf_12345679"\n',
         "2 times"),
        ('[[users]]\nname="a"\ntoken="hf_12345678"\n[[users]]\nname="b"\ntoken="hf_12345678"\n',
         "same token"),
        ('[[users]]\nname="a"\ntoken="hf_12345678"\n[[organizations]]\nname="o"\n'
         'members={z="read"}\n', "no user"),
    ],
)  # fmt: skip
def test_a_file_that_does_not_fit_is_refused(tmp_path: Path, text: str, word: str) -> None:
    with pytest.raises(SettingsError, match=word):
        read_accounts(written(tmp_path, text))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.toml"):
        read_accounts(tmp_path / "none.toml")


def test_the_local_token_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    token = local_token(tmp_path)
    assert token == local_token(tmp_path)
    assert token.startswith("hf_")
    assert stat.S_IMODE((tmp_path / "token").stat().st_mode) == 0o600
    user = local_accounts(tmp_path, ["NERSC"]).user_of(token)
    assert user is not None
    assert user.role_in("nersc") is Role.ADMIN


def test_an_organization_must_be_a_possible_namespace(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="not/one"):
        local_accounts(tmp_path, ["not/one"])


def test_other_machines_need_accounts(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="accounts"):
        serve(tmp_path, host="0.0.0.0")  # noqa: S104 - this is what must be refused


def test_a_port_in_use_is_reported(tmp_path: Path) -> None:
    with running_hub(tmp_path / "a") as first:
        port = int(first.endpoint.rsplit(":", 1)[1])
        with (
            pytest.raises(SettingsError, match=str(port)),
            running_hub(tmp_path / "b", port=port),
        ):
            pass


PLAIN = '[[users]]\nname = "a"\ntoken = "hf_12345678"\n'
HASHED = f'[[users]]\nname = "a"\ntoken_sha256 = "{token_hash("hf_12345678")}"\n'


@pytest.mark.attack("accounts")
@pytest.mark.parametrize(
    ("text", "mode", "taken"),
    [
        (PLAIN, 0o600, True), (PLAIN, 0o400, True), (PLAIN, 0o640, False), (PLAIN, 0o604, False),
        (PLAIN, 0o620, False), (HASHED, 0o644, True), (HASHED, 0o660, False),
        (HASHED, 0o602, False),
    ],
)  # fmt: skip
def test_a_file_that_others_may_change_or_read_tokens_in_is_refused(
    tmp_path: Path, text: str, mode: int, *, taken: bool
) -> None:
    path = written(tmp_path, text)
    path.chmod(mode)
    if taken:
        assert read_accounts(path).user_of("hf_12345678") is not None
        return
    with pytest.raises(SettingsError) as caught:
        read_accounts(path)
    assert f"chmod go-rwx {path}" in str(caught.value.hint)


@pytest.mark.attack("accounts")
@pytest.mark.parametrize(
    "token",
    ["", " ", " " * 20, "\\t" * 10, "short", "hf_1234567 ", " hf_1234567", "hf_123\\n4567",
     "hf_1234\\u00007", "hf_1234567\\u00e9", "hf_1234\\u200b567", "x" * 513],
)  # fmt: skip
def test_a_token_that_no_header_can_carry_is_refused(tmp_path: Path, token: str) -> None:
    with pytest.raises(SettingsError, match="token"):
        read_accounts(written(tmp_path, f'[[users]]\nname = "a"\ntoken = "{token}"\n'))


@pytest.mark.attack("accounts")
@pytest.mark.parametrize(
    "value", ["9" * 5000, "[" * 5000, "[" * 100 + "]" * 100, "{a=" * 3000, "1e999999", '"\xff"']
)
def test_numbers_and_nesting_that_python_refuses_are_explained(tmp_path: Path, value: str) -> None:
    path = tmp_path / "accounts.toml"
    path.write_text(f"users = {value}\n", encoding="latin-1")
    path.chmod(0o600)
    with pytest.raises(SettingsError):
        read_accounts(path)


@pytest.mark.attack("accounts")
@pytest.mark.parametrize("key", ["fullname", "email"])
def test_a_name_cannot_add_a_line_to_a_commit(tmp_path: Path, key: str) -> None:
    with pytest.raises(SettingsError, match=key):
        read_accounts(written(tmp_path, f'{PLAIN}{key} = "a@b>\\nparent 0"\n'))


@pytest.mark.attack("accounts")
def test_a_file_of_another_user_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, HASHED)
    if os.geteuid() == 0:
        os.chown(path, 65534, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
    with pytest.raises(SettingsError, match="another user"):
        read_accounts(path)


def test_problems_of_a_file_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        read_accounts(written(tmp_path, '[[users]]\nname = "a"\ntoken = "     "\nage = 3\n'))
    assert "\n" not in str(caught.value)
    assert "8 to 512" in str(caught.value)


def test_an_address_that_is_not_of_this_machine_is_answered_with_one_that_is(
    tmp_path: Path,
) -> None:
    with pytest.raises(SettingsError) as caught:
        serve(tmp_path / "hub", host="203.0.113.9", port=0, accounts=written(tmp_path, HASHED))
    assert "127.0.0.1" in str(caught.value.hint)
