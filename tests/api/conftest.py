"""A centre on this machine: its own profile, catalog folder, and a Hub; and a site without one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest

from tests.builders import CENTRE_PROFILE, make_site

if TYPE_CHECKING:
    from huggingnersc.domain.site import Site
    from huggingnersc.hub_server import RunningHub


@dataclass(frozen=True)
class Centre:
    """A site profile file, its catalog folder, and the Hub it publishes to."""

    profile: Path
    catalog: Path
    hub: RunningHub


@pytest.fixture
def centre(hub: RunningHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Centre:
    """A site of its own over a running Hub, as another centre would set it up."""
    catalog = tmp_path / "catalog of the centre"
    catalog.mkdir()
    profile = tmp_path / "centre.toml"
    profile.write_text(
        CENTRE_PROFILE.format(endpoint=hub.endpoint, root=catalog), encoding="utf-8"
    )
    monkeypatch.setenv("HF_TOKEN", hub.token)
    return Centre(profile, catalog, hub)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site with a catalog and runs of the test's own, for what needs no Hub."""
    return replace(
        make_site(),
        catalog_root=PurePosixPath(tmp_path / "catalog"),
        run_root=PurePosixPath(tmp_path / "runs"),
    )
