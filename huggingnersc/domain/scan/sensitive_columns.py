"""Columns whose values should not become public: they name or reach people, or are secrets.

A column is judged by its name and by a sample of its values. Both can be wrong; a value that is
left out for nothing costs a reader little, one that is published cannot be taken back.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.domain.scan.secrets import find_secrets

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

EMAILS = "e-mail addresses"
PHONES = "phone numbers"
PEOPLE = "names of people"
IDENTITY = "identity or card numbers"
SECRETS = "keys or passwords"

_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
# The words of a name, joined by `_`; one of these at its beginning or end is enough.
_NAMES = (
    (EMAILS, "email|e_mail|mail|emails|mailbox"),
    (PHONES, "phone|phones|telephone|mobile|cellphone|cell_phone|phone_number|fax"),
    (
        PEOPLE,
        "(?:first|last|full|given|family|maiden|middle|user|patient|person|customer|contact|"
        "student|employee|author|owner|nick|creator|contributor|publisher)_?names?|surname|"
        "forename|authors?|creators?|contributors?|owner|operator|observer|username|login|"
        "contact_person|(?:principal_)?investigators?",
    ),
    (IDENTITY, "ssn|social_security|social_security_number|passport|passport_number|iban|"
               "credit_card|credit_card_number|national_id|tax_id"),
    (SECRETS, "password|passwd|passphrase|api_key|apikey|secret_key|access_token|private_key"),
)  # fmt: skip
_EMAIL = re.compile(r"[^@\s<>\"',;:()\[\]]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
_PHONE = re.compile(
    r"\+[1-9][0-9]{0,2}[ ./()-]{0,3}(?:[0-9][ ./()-]{0,2}){7,12}|"
    r"(?:\+?1[ .-]?)?(?:\([0-9]{3}\) ?|[0-9]{3}[ .-])[0-9]{3}[ .-][0-9]{4}"
)
_LOCAL_PHONE = re.compile(r"0[0-9]{2,4}[ /-][0-9]{3,9}(?:[ -][0-9]{1,5}){0,3}")
_SOCIAL_SECURITY = re.compile(r"[0-9]{3}-[0-9]{2}-[0-9]{4}")
_CARD = re.compile(r"(?:[0-9]{4}[ -]){3}[0-9]{1,7}")
_TITLE = re.compile(r"(?:(?:Dr|Prof|Mr|Mrs|Ms|Herr|Frau|Sir)\.? )+")
_INITIALS = re.compile(
    r"(?:[A-Z]\.[ -]?){1,3} ?(?:(?:van|von|de|der|di|la) ){0,2}[A-Z][\w'-]+|"
    r"[A-Z][\w'-]+, ?(?:[A-Z]\.[ -]?){1,3}"
)
_PERSON = re.compile(r"(?P<first>[^\W\d_][\w'.-]+)(?P<comma>,?)(?: (?P<rest>[\w'. -]{1,60}))?")
# A text in JSON, with a sign behind it where it is a key; the last one may be cut.
_JSON_TEXT = re.compile(r'\\.|"([^"\\]*(?:\\.[^"\\]*)*)"?\s*(:?)', re.DOTALL)
_MOST_VALUES = 2_000
_MOST_CHARS = 1_000
_MOST_KEYS = 1_000
_SECRET_VALUES = 200


def withheld_because(name: str, values: Sequence[str], *, is_number: bool = False) -> str | None:
    """Return what the values of a column look like that should not be public; None if nothing.

    Args:
        name: the column's.
        values: different ones of it; the first 2,000 are looked at.
        is_number: whether it holds numbers, which are judged by the name of the column alone.
    """
    by_name = _by_name(name)
    if is_number:
        return by_name if by_name in {PHONES, IDENTITY} else None
    if reason := by_name or _by_values(name, values):
        return reason
    found = _within(name, values[:_MOST_VALUES]).items()
    return next(
        filter(None, (_by_name(key) or _by_values(key, texts) for key, texts in found)), None
    )


def shown_because(name: str, values: Sequence[str], *, is_number: bool = False) -> str | None:
    """Return what values that are all shown look like, as `withheld_because`; None if nothing.

    Args:
        name: the column's.
        values: different ones of it; an e-mail address or a key anywhere in them is enough.
        is_number: whether it holds numbers.
    """
    if reason := withheld_because(name, values, is_number=is_number):
        return reason
    text = "\n".join(f'{name} = "{value}"' for value in values)
    if _EMAIL.search(text):
        return EMAILS
    return SECRETS if find_secrets(text) else None


def _by_name(name: str) -> str | None:
    words = "_".join(_WORDS.findall(name)).lower()
    for reason, names in _NAMES:
        if re.search(rf"^(?:{names})$|(?<=_)(?:{names})$", words):
            return reason
    return None


def _within(name: str, values: Sequence[str]) -> dict[str, list[str]]:
    """Return the texts within values that are JSON, by their keys; others by the column."""
    found: dict[str, list[str]] = {}
    for value in values:
        key = name
        for text, colon in _JSON_TEXT.findall(value) if value.lstrip()[:1] in {"{", "["} else ():
            if not colon:
                found.setdefault(key, []).append(text)
            elif text in found or len(found) < _MOST_KEYS:
                found.setdefault(key := text, [])
    return found


def _by_values(name: str, texts: Sequence[str]) -> str | None:
    values = [text[:_MOST_CHARS].strip() for text in texts[:_MOST_VALUES] if text.strip()]
    if not values:
        return None
    if any(_EMAIL.search(value) for value in values):
        return EMAILS
    if _share(values, lambda one: bool(_PHONE.fullmatch(one))) >= 0.1:
        return PHONES
    if _share(values, lambda one: bool(_LOCAL_PHONE.fullmatch(one))) >= 0.5:
        return PHONES
    if _share(values, _is_identity) >= 0.1:
        return IDENTITY
    if _are_people(name, values):
        return PEOPLE
    lines = (f'{name} = "{value}"' for value in values[:_SECRET_VALUES])
    return SECRETS if find_secrets("\n".join(lines)) else None


def _share(values: Sequence[str], fits: Callable[[str], bool]) -> float:
    return sum(map(fits, values)) / len(values)


def _is_identity(value: str) -> bool:
    return bool(_SOCIAL_SECURITY.fullmatch(value) or _CARD.fullmatch(value))


def _are_people(name: str, values: Sequence[str]) -> bool:
    words = "_".join(_WORDS.findall(name)).lower().split("_")
    is_name = bool({"name", "names", "person", "people", "participant"} & {*words})
    whole = _share(values, _is_whole_name)
    initials = _share(values, lambda one: bool(_INITIALS.fullmatch(one)))
    if whole >= (0.05 if is_name else 0.2) or initials >= 0.5:
        return True
    given = _share(values, lambda one: one.lower() in _given_names())
    return len(values) > 2 and given >= (0.3 if is_name else 0.5)


def _is_whole_name(value: str) -> bool:
    """Return whether a value is a given name and a family name, in either order."""
    text = _TITLE.sub("", value)
    if not (found := _PERSON.fullmatch(text)) or not found["rest"]:
        return False
    words = found["rest"].split()
    given, family = (words[0], found["first"]) if found["comma"] else (found["first"], words[-1])
    return given.lower() in _given_names() and family[:1].isupper()


@cache
def _given_names() -> frozenset[str]:
    text = (Path(__file__).parent / "given_names.txt").read_text(encoding="utf-8")
    return frozenset(text.split())
