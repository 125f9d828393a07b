"""docs/security.md promises what attacks test: its names of attacks are those of the tests."""

from __future__ import annotations

import re

from tests.conftest import ROOT

DOCUMENT = (ROOT / "docs/security.md").read_text(encoding="utf-8")


def named_in_tests() -> set[str]:
    files = (ROOT / "tests").rglob("test_*.py")
    marks = (re.findall(r'\.attack\("([^"]+)"\)', file.read_text("utf-8")) for file in files)
    return {name for found in marks for name in found}


def promised() -> set[str]:
    section = DOCUMENT.partition("## Promises")[2].partition("\n## ")[0]
    lines = (line.rsplit("|", 2)[1] for line in section.split("\n") if line.startswith("|"))
    return {name for line in lines for name in re.findall("`([^`]+)`", line)}


def test_every_promise_is_attacked_and_every_attack_has_its_promise() -> None:
    assert promised() == named_in_tests()
