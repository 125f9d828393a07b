"""Without an answer from the Hub, everything else is checked."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from huggingnersc import check_dataset
from tests.conftest import ROOT
from tests.mode_bits import under_mode_bits

if TYPE_CHECKING:
    from tests.api.check.conftest import Kept


def test_without_the_hub_all_else_is_checked_with_a_warning(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = kept.profile.read_text().replace(kept.hub.endpoint, "http://127.0.0.1:9")
    kept.profile.write_text(dead)
    (kept.data / "iris.csv").chmod(0o600)
    checks = check_dataset(site=kept.site)
    assert [(f.level, f.about) for f in checks.datasets[0].findings] == [
        ("problem", "data"),
        ("not checked", "Hub"),
    ]
    (warning,) = checks.warnings
    assert "http://127.0.0.1:9" in warning


def test_unknown_token_leaves_the_hub_unchecked(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_wrong")
    (found,) = check_dataset("iris", site=kept.site).datasets[0].findings
    assert found.level == "not checked"
    assert "hf_wrong" not in str(found.message)


@pytest.mark.parametrize("closed", ["share/huggingnersc/hub", "share/huggingnersc"])
def test_embedded_hub_that_cannot_start_is_reported_and_all_else_is_checked(
    kept: Kept, closed: str
) -> None:
    embedded = kept.profile.read_text().replace(kept.hub.endpoint, "embedded")
    kept.profile.write_text(embedded, encoding="utf-8")
    (kept.data / "iris.csv").chmod(0o600)
    (kept.place / "share/huggingnersc/hub").mkdir(parents=True)
    (kept.place / closed).chmod(0)
    words = ["check-dataset", "iris", "--json", "--site", kept.site]
    done = subprocess.run(
        under_mode_bits(sys.executable, ROOT / "main.py", *words),
        env={"XDG_DATA_HOME": str(kept.place / "share")},
        capture_output=True,
        text=True,
        check=False,
    )
    (kept.place / closed).chmod(0o755)  # so that it can be removed
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    found = json.loads(done.stdout)["datasets"][0]["findings"]
    assert [(one["level"], one["about"]) for one in found] == [
        ("problem", "data"),
        ("not checked", "Hub"),
    ]
    assert "share/huggingnersc/hub " in done.stderr
    assert "Permission denied." in done.stderr
