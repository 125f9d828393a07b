"""The forms of secrets: known formats, and assignments to a revealing name.

A form has marks, and its pattern is tried only where one is: most texts contain few. A pattern is
compiled when its mark is first found, because compiling is the main cost.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.scan.secret_values import (
    entropy_bits,
    is_bare,
    is_coded,
    is_filled,
    is_literal,
    is_login,
    is_mixed,
    is_password,
)

if TYPE_CHECKING:
    from collections.abc import Callable

# A token may follow a line break that is written as \n.
_EDGE = r"(?:(?<![A-Za-z0-9])|(?<=\\[nrt]))"


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a secret.

    Attributes:
        kind: its name with an article, such as "a GitHub token".
        pattern: a regular expression; its group `value`, or all of it, is the secret.
        accepts: whether a matched value is a secret.
        marks: lower-case strings; each match begins with one.
    """

    kind: str
    pattern: str
    accepts: Callable[[str], bool]
    marks: tuple[str, ...]

    def secret_at(self, text: str, index: int) -> tuple[int, int] | None:
        """Return where the secret is whose mark is at `index` of `text`; None if there is none."""
        pattern = _compiled(self.pattern)
        match = pattern.match(text, index)
        group = "value" if "value" in pattern.groupindex else 0
        return match.span(group) if match and self.accepts(match[group]) else None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.MULTILINE | re.ASCII)


@cache
def secret_forms() -> tuple[Form, ...]:
    """Return every form, the most certain first."""
    return (*published_forms(), *_COMMANDS, *_ASSIGNED)


@cache
def published_forms() -> tuple[Form, ...]:
    """Return the forms of `secret_forms.toml`, where their source is named."""
    file = Path(__file__).with_suffix(".toml")
    table: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    known = (
        Form(kind, _edged(pattern), partial(_is_dense, bits), tuple(marks))
        for kind, bits, marks, pattern in table["known"]
    )
    named = (
        Form(kind, _NAMED % "|".join((*map(re.escape, names),)) % form, is_mixed, tuple(names))
        for kind, names, form in table["named"]
    )
    return (*known, *named)


def _edged(pattern: str) -> str:
    return _EDGE + pattern.removeprefix(r"\b") if pattern.startswith(r"\b") else pattern


def _is_dense(bits: float, value: str) -> bool:
    return is_filled(value) and entropy_bits(value) >= bits


_NAMED = r"(?i:%s)[^\n=:,]{0,40}?(?:=>|[=:,( ])[ \t]{0,5}\\?[\"']?(?P<value>(?i:%%s))(?![\w.+/=-])"
_Q, _VALUE = r"\\?[\"']", r"(?P<value>[^\s\"'\\]{%d,200})"
_COMMANDS = (
    Form(
        "a password of curl",
        r"curl\b[^\n]{0,300}?[\s\"'](?:-[a-zA-Z]{0,5}[uU]|--user|--proxy-user)[\"']?[ =,]{0,3}"
        rf"(?:{_Q})?[^\s:\"'$/]{{1,80}}:{_VALUE % 3}",
        is_literal,
        ("curl",),
    ),
    Form(
        "a password of sshpass",
        rf"sshpass[\"']?[ ,\"'][^\n]{{0,40}}?-p[\"']?[ ,]{{0,3}}(?:{_Q})?{_VALUE % 3}",
        is_literal,
        ("sshpass",),
    ),
    Form(
        "a password of a command",
        rf"(?:(?:docker|podman)\s{{1,9}}login\b[^\n]{{0,100}}?\s-p|redis-cli\b[^\n]{{0,100}}?\s-a)"
        rf"[ =]?(?:{_Q})?{_VALUE % 3}",
        is_literal,
        ("docker", "podman", "redis-cli"),
    ),
    Form(
        "a password of a command",
        rf"--(?:[a-z]{{1,9}}-)?(?:password|passwd|passphrase)[= ](?:{_Q})?{_VALUE % 6}",
        is_coded,
        ("--",),
    ),
    Form(
        "a password of PostgreSQL",
        r":\d{4,5}:[^\s:]{1,63}:[^\s:]{1,63}:(?P<value>[^\s:\"']{3,100})$",
        is_coded,
        (":5432:",),
    ),
    Form(
        "a password of MySQL",
        rf"mysql(?:dump|admin)?\s[^\n]{{0,100}}?\s-p(?:{_Q})?{_VALUE % 3}",
        is_coded,
        ("mysql",),
    ),
    Form(
        "a password in the environment",
        rf"(?:PGPASSWORD|MYSQL_PWD|SSHPASS|RSYNC_PASSWORD|REDISCLI_AUTH)=(?:{_Q})?{_VALUE % 3}",
        is_literal,
        ("pgpassword=", "mysql_pwd=", "sshpass=", "rsync_password=", "rediscli_auth="),
    ),
    Form(
        "a password in the environment",
        rf"(?:PASSWORD|PASSWD|PASSPHRASE)=(?:{_Q})?{_VALUE % 6}",
        is_coded,
        ("password=", "passwd=", "passphrase="),
    ),
    Form(
        "a password of netrc",
        r"(?:machine\s{1,9}\S{1,200}|default(?=\s{1,9}login))\s{1,9}"
        rf"(?:(?:login|account)\s{{1,9}}\S{{1,100}}\s{{1,9}}){{0,2}}password\s{{1,9}}{_VALUE % 3}",
        is_filled,
        ("machine", "default"),
    ),
    Form(
        "a password in a call",
        rf"(?:auth\s{{0,3}}=\s{{0,3}}|(?i:basicauth))\(\s{{0,9}}{_Q}[^\"'\n]{{1,100}}{_Q}\s{{0,3}},"
        rf"\s{{0,9}}{_Q}{_VALUE % 4}{_Q}",
        is_filled,
        ("auth", "basicauth"),
    ),
    Form(
        "a token in a header",
        rf"(?i:authorization)(?:{_Q})?\]?\s{{0,3}}[:=,]\s{{0,3}}[bfr]?(?:{_Q})?"
        r"(?i:basic|bearer|token|apikey)\s{1,3}(?P<value>[\w.~+/=-]{8,2000})",
        is_coded,
        ("authorization",),
    ),
    Form("a token in a header", r"(?i:bearer)\s{1,3}(?P<value>[\w.~+/=-]{20,2000})", is_bare,
         ("bearer ",)),
    Form("a login in a header", r"(?i:basic)\s{1,3}(?P<value>[A-Za-z0-9+/]{8,2000}={0,2})",
         is_login, ("basic ",)),
    Form(
        "a login of Docker",
        rf"{_Q}auth{_Q}\s{{0,9}}:\s{{0,9}}{_Q}(?P<value>[A-Za-z0-9+/]{{8,2000}}={{0,2}}){_Q}",
        is_login,
        ('"auth', "'auth"),
    ),
)  # fmt: skip
_PASSWORD_MARKS = ("password", "passwd", "passphrase", "pwd", "secret")
_KEY_MARKS = (
    "token", "credential",
    *(f"{name}{joint}key" for name in ("api", "access", "private", "auth")
      for joint in ("", "_", "-")),
)  # fmt: skip
_PASSWORD_NAME = r"(?:pass(?:word|wd|phrase)|pwd|secret)"  # noqa: S105 - a pattern
_KEY_NAME = r"(?:token(?![a-z])|(?:api|access|private|auth)[_-]?key|credential)"
_AFTER_NAME = r"[A-Za-z0-9_]{0,30}\\?[\"']?\]?[ \t]{0,9}(?:=|:|=>)[ \t]{0,9}"
_QUOTED = r"(?P<quote>\\?[\"'])(?P<value>[^\"'\n]{%d,200})(?P=quote)"
_BARE = (
    r"\w{0,30}[ \t]{0,3}[=:][ \t]{0,3}(?P<value>[A-Za-z0-9+/=_.~-]{12,2000}+)"
    r"(?:[\"']|[ \t]{0,9}(?:[#\\]|$))"
)
_ASSIGNED = (
    Form(
        "a password in an address",
        r"://[^\s/:@'\"<>]{0,80}:(?P<value>[^\s/@'\"<>]{1,200})@",
        is_filled,
        ("://",),
    ),
    Form(
        "a key in an address",
        r"(?<=[?&])(?i:X-Amz-Signature|X-Goog-Signature|sig|signature|token|access_token|api_?key)="
        r"(?P<value>[A-Za-z0-9%_.~+/-]{16,400})",
        is_filled,
        ("x-amz-signature=", "x-goog-signature=", "sig=", "signature=", "token=", "access_token=",
         "api_key=", "apikey="),
    ),
    Form("a password", rf"(?i:{_PASSWORD_NAME}){_AFTER_NAME}{_QUOTED % 6}", is_password,
         _PASSWORD_MARKS),
    Form("a key", rf"(?i:{_KEY_NAME}){_AFTER_NAME}{_QUOTED % 16}", is_mixed, _KEY_MARKS),
    Form("a key", rf"(?i:{_PASSWORD_NAME}|{_KEY_NAME}){_BARE}", is_bare,
         (*_PASSWORD_MARKS, *_KEY_MARKS)),
)  # fmt: skip
