"""A centre on this machine: its own profile, catalog folder, and a Hub with a token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.adapters.loopback import RunningHub


@dataclass(frozen=True)
class Centre:
    """A site profile file, its catalog folder, and the Hub it publishes to."""

    profile: Path
    catalog: Path
    hub: RunningHub


PROFILE = """\
name = "centre"
title = "the centre"

[hub]
organization = "NERSC"
endpoint = "{endpoint}"

[catalog]
root = "{root}"

[portal]
url = "https://portal.nersc.gov/cfs/{{project}}/{{rest}}"
path = "/global/cfs/cdirs/{{project}}/www/{{rest}}"

[jupyter]
link = "https://jupyter.nersc.gov/hub/user-redirect/lab/tree{{path}}"
kernel_name = "python3"
kernel_display_name = "NERSC Python"
"""


@pytest.fixture
def centre(hub: RunningHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Centre:
    """A site of its own over a running Hub, as another centre would set it up."""
    catalog = tmp_path / "catalog of the centre"
    catalog.mkdir()
    profile = tmp_path / "centre.toml"
    profile.write_text(PROFILE.format(endpoint=hub.endpoint, root=catalog), encoding="utf-8")
    monkeypatch.setenv("HF_TOKEN", hub.token)
    return Centre(profile, catalog, hub)
