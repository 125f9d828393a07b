"""Builders of what tests work on: each gives a valid thing, changed where the test says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.catalog.dataset_spec import DatasetSpec
from huggingnersc.domain.catalog.scripts import Script, Scripts
from huggingnersc.domain.catalog.version_history import RecordedVersion
from huggingnersc.domain.site import (
    EMBEDDED,
    LOCAL,
    CatalogSettings,
    HubSettings,
    JupyterSettings,
    PortalRule,
    Site,
    SiteOrigin,
    SiteProfile,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from huggingnersc.domain.catalog.record import Record

EXAMPLES = Path(__file__).parent.parent / "examples"
IRIS = EXAMPLES / "iris"
JETCLASS = EXAMPLES / "jetclass"
IRIS_LINK = "https://portal.nersc.gov/cfs/dasrepo/iris"
NERSC_PORTAL = PortalRule(
    url="https://portal.nersc.gov/cfs/{project}/{rest}",
    path="/global/cfs/cdirs/{project}/www/{rest}",
)


# A centre of its own over a running Hub, with NERSC's portal rule.
CENTRE_PROFILE = """\
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


def write_tree(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write `files` (text or bytes by path) below `root`; gives `root`."""
    for path, content in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def make_metadata(**changes: Any) -> dict[str, Any]:
    """Valid metadata; each keyword replaces a datacard tag, or `other_info` as a whole."""
    other_info = changes.pop("other_info", {"nickname": "iris"})
    tags = {"pretty_name": "Iris", "size_categories": "n<1K", "license": "cc"} | changes
    kept = {key: value for key, value in tags.items() if value is not None}
    return {"datacard_tags": kept, "other_info": other_info}


def make_entry(**changes: Any) -> DatasetSpec:
    """A valid dataset to catalog; `loader`, `batch_script` and `includes` change its scripts."""
    scripts = Scripts(
        loader=changes.pop("loader", Script("iris_loader.py", "print('hello')\n")),
        batch=changes.pop("batch_script", None),
        includes=changes.pop("includes", ()),
    )
    entry = DatasetSpec(
        official_name="Iris flower classification",
        nickname="iris",
        scripts=scripts,
        portal_link=IRIS_LINK,
        data_path=PurePosixPath("/global/cfs/cdirs/dasrepo/www/iris"),
        metadata=make_metadata(),
    )
    return replace(entry, **changes)


def make_version(name: str = "v1", **changes: Any) -> RecordedVersion:
    """A version as a record has it."""
    version = RecordedVersion(
        name=name,
        digest="0" * 64,
        created_at="2026-11-22T00:00:00Z",
        files=2,
        size_bytes=4_550,
    )
    return replace(version, **changes)


def record_of(nickname: str = "iris", **changes: Any) -> Record:
    """The record of a valid dataset that was cataloged at `make_site`."""
    from huggingnersc.adapters.templates import render
    from huggingnersc.domain.catalog.plan import make_plan

    return make_plan(make_entry(nickname=nickname, **changes), make_site(), render).record


def make_site(**changes: Any) -> Site:
    """NERSC as a site value; its folders do not exist here."""
    profile = SiteProfile(
        name="nersc",
        title="NERSC",
        hub=HubSettings(organization="NERSC", endpoint="https://huggingface.co"),
        catalog=CatalogSettings(root="/catalog"),
        portal=NERSC_PORTAL,
        jupyter=JupyterSettings(
            link="https://jupyter.nersc.gov/hub/user-redirect/lab/tree{path}",
            kernel_display_name="NERSC Python",
        ),
    )
    site = Site(
        profile=profile,
        origin=SiteOrigin.CALLER,
        catalog_root=PurePosixPath("/catalog"),
        hub_root=PurePosixPath("/hub"),
        run_root=PurePosixPath("/runs"),
        endpoint="https://huggingface.co",
    )
    return replace(site, **changes)


def make_local_site() -> Site:
    """The local site as a value: everything is on this machine."""
    site = make_site(endpoint=EMBEDDED)
    profile = replace(site.profile, name=LOCAL, title="the local site")
    return replace(site, profile=profile)
