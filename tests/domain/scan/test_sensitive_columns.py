"""Columns whose values must not become public are found by their names and by their values."""

from __future__ import annotations

import pytest

from huggingnersc.domain.scan.sensitive_columns import (
    EMAILS,
    IDENTITY,
    PEOPLE,
    PHONES,
    SECRETS,
    withheld_because,
)

TOKEN = "hf_" + "aBcDeFgHiJkLmNoPqRsTuVwXyZ01234567"


@pytest.mark.parametrize(
    ("name", "values", "reason"),
    [
        ("Email", ["x"], EMAILS),
        ("contactEMail", ["x"], EMAILS),
        ("v", ["nothing", "write to ada@example.org now"], EMAILS),
        ("v", ["+49 30 901820", "+1 (510) 486-4000"], PHONES),
        ("v", ["510-486-4000"], PHONES),
        ("v", ["030 / 12", "0301-23456", "0301-98765"], PHONES),
        ("home_phone", ["x"], PHONES),
        ("ssn", ["x"], IDENTITY),
        ("v", ["078-05-1120"], IDENTITY),
        ("v", ["4111 1111 1111 1111"], IDENTITY),
        ("last_name", ["x"], PEOPLE),
        ("patientName", ["x"], PEOPLE),
        ("author", ["x"], PEOPLE),
        ("creator_name", ["x"], PEOPLE),
        ("owner", ["x"], PEOPLE),
        ("v", ["Maria Curie", "John von Neumann", "x"], PEOPLE),
        ("v", ["Curie, Maria", "Dr. Anna Freud"], PEOPLE),
        ("v", ["A. Einstein", "Bohr, N."], PEOPLE),
        ("v", ["Anna", "Peter", "Maria"], PEOPLE),
        ("name", ["Maria Curie", *(f"galaxy {n}" for n in range(15))], PEOPLE),
        ("password", ["x"], SECRETS),
        ("note", ["fine", TOKEN], SECRETS),
        ("v", ["none", '{"a": [{"full_name": "M. C."}]}'], PEOPLE),
        ("v", ['{"a": {"b": ["Maria Curie", "x"]}}'], PEOPLE),
        ("v", ['{"id": 1, "phone": 5104864000}'], PHONES),
        ("v", ['["+49 30 901820", 3]'], PHONES),
        ("v", [' {"long": "' + "x" * 2_000 + '", "ssn": "078-05-11'], IDENTITY),
    ],
)
def test_values_that_name_or_reach_people_or_are_secrets(
    name: str, values: list[str], reason: str
) -> None:
    assert withheld_because(name, values) == reason


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("species", ["Iris setosa", "Iris virginica", "E. coli"]),
        ("name", ["Crab Nebula", "Alpha Centauri", "NGC 224"]),
        ("place", ["New York", "San Francisco", "Los Angeles", "Berlin"]),
        ("date", ["2024-01-01", "2024-01-02 10:00:00"]),
        ("file_name", ["a.csv", "data/b.csv"]),
        ("id", ["0001", "1234-5678", "10.1103/PhysRev.47.777"]),
        ("sha256", ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]),
        ("address", ["192.168.1.1", "10.0.0.1"]),
        ("handle", ["@home", "a @ b"]),
        ("token", ["the", "cat", "sat"]),
        ("genre", ["pop", "rock"]),
        ("v", ['{"shape": [3, 4], "kind": "float", "no": {"text": null}}', "[1, 2]"]),
        ("", []),
        ("x", ["", " "]),
    ],
)
def test_other_values(name: str, values: list[str]) -> None:
    assert withheld_because(name, values) is None


def test_numbers_are_judged_by_the_name_of_their_column() -> None:
    assert withheld_because("phone", ["5104864000"], is_number=True) == PHONES
    assert withheld_because("emails", ["3"], is_number=True) is None
    assert withheld_because("count", ["5104864000"], is_number=True) is None


def test_a_long_value_takes_no_long_time() -> None:
    values = ["a" * 1_000_000, "1 " * 500_000, "+1" + "-" * 99_999]
    nested = ["{" + '\\"' * 500_000, '{"' * 500_000, '["' + "\\" * 999_999]
    assert withheld_because("x", [*values, *nested]) is None
