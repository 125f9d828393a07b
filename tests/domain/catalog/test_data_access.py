"""What a visitor types to get the data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath

import pytest

from huggingnersc.adapters.templates import render
from huggingnersc.domain.catalog.data_access import Download, download, globus_place, path_warnings
from huggingnersc.domain.catalog.plan import make_plan
from huggingnersc.domain.catalog.version_history import VersionHistory
from huggingnersc.domain.loading.loading import HubConfig, Loading
from huggingnersc.domain.path_notes import NoteLevel, PathNote
from huggingnersc.domain.site import GlobusCollection, PortalRule, Site
from huggingnersc.hub_server.web.card_outline import outline_of
from tests.builders import NERSC_PORTAL, make_entry, make_site, make_version
from tests.odd_entries import file_of

UUID = "00000000-1111-2222-3333-444444444444"
DTN = GlobusCollection("NERSC DTN", ("/global/cfs", "/global/homes"))
LISTED = replace(NERSC_PORTAL, listing=True)


def site_with(portal: PortalRule | None = LISTED, *globus: GlobusCollection) -> Site:
    site = make_site()
    return replace(site, profile=replace(site.profile, portal=portal, globus=globus))


@pytest.mark.parametrize(
    ("link", "cut", "folder"),
    [
        ("https://portal.nersc.gov/cfs/dasrepo/iris", 2, "iris"),
        ("https://portal.nersc.gov/cfs/dasrepo/iris//", 2, "iris"),
        ("https://portal.nersc.gov/cfs/dasrepo/a/b%20c", 3, "b c"),
        ("https://portal.nersc.gov/cfs/dasrepo", 1, "dasrepo"),
        ("https://portal.nersc.gov/cfs/dasrepo/$(id)", 2, "$(id)"),
    ],
)
def test_a_folder_of_the_portal_is_fetched_whole(link: str, cut: int, folder: str) -> None:
    found = download(site_with(), link)
    assert found is not None
    assert found.folder == folder
    assert f"--cut-dirs={cut} " in found.command
    assert found.command.rstrip("'").endswith("/")
    assert "//" not in found.command.partition("https://")[2]


def test_an_address_stays_one_word_of_bash() -> None:
    found = download(site_with(), "https://portal.nersc.gov/cfs/dasrepo/$(id)&x;'y")
    assert found == Download(
        "wget -r -l inf -np -nH --cut-dirs=2 -R 'index.html*' "
        "'https://portal.nersc.gov/cfs/dasrepo/$%28id%29&x;%27y/'",
        "$(id)&x;'y",
    )


@pytest.mark.parametrize(
    ("portal", "link"),
    [
        (None, "https://portal.nersc.gov/cfs/dasrepo/iris"),
        (NERSC_PORTAL, "https://portal.nersc.gov/cfs/dasrepo/iris"),
        (LISTED, "https://zenodo.org/records/1"),
        (LISTED, "https://portal.nersc.gov/cfs/dasrepo/iris?x=1"),
        (LISTED, "file:///data/iris"),
    ],
)
def test_no_command_is_shown_that_might_fetch_something_else(
    portal: PortalRule | None, link: str
) -> None:
    assert download(site_with(portal), link) is None


def test_globus_is_named_where_a_collection_reaches_the_data() -> None:
    perlmutter = GlobusCollection("NERSC Perlmutter", ("/pscratch",), UUID)
    site = site_with(LISTED, DTN, perlmutter)
    on_cfs = globus_place(site, PurePosixPath("/global/cfs/cdirs/x"))
    assert on_cfs is not None
    assert (on_cfs.collection, on_cfs.link) == ("NERSC DTN", None)
    on_scratch = globus_place(site, PurePosixPath("/pscratch/a b"))
    assert on_scratch is not None
    assert on_scratch.link == (
        f"https://app.globus.org/file-manager?origin_id={UUID}&origin_path=%2Fpscratch%2Fa%20b%2F"
    )
    assert globus_place(site, PurePosixPath("/global/cfs2/x")) is None
    assert globus_place(site_with(), PurePosixPath("/global/cfs/x")) is None


def test_the_card_says_what_load_dataset_cannot_do() -> None:
    card = file_of(make_plan(make_entry(), site_with(LISTED, DTN), render), "README.md")
    assert '`load_dataset("NERSC/iris")` cannot fetch it' in card
    assert "the collection NERSC DTN" in card
    assert "\nwget -r " in card


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("files",), "it loads the list of files, the only configuration of this repository"),
        (("sample", "files"), "cannot fetch it"),
    ],
)
def test_the_card_says_what_the_bare_name_loads(names: tuple[str, ...], said: str) -> None:
    configs = tuple(HubConfig(name, {"train": f"version/{name}.parquet"}) for name in names)
    history = VersionHistory((make_version("v1"),), "", Loading(configs))
    card = file_of(make_plan(make_entry(history=history), make_site(), render), "README.md")
    assert said in card


def test_the_card_warns_of_what_may_happen_to_the_data() -> None:
    purged = PathNote("/global/cfs/cdirs", "Files are purged <b>daily</b>.", NoteLevel.WARNING)
    quota = PathNote("/global/cfs", "20 TB per project.")
    elsewhere = PathNote("/global/cf", "Gone.", NoteLevel.WARNING)
    site = make_site()
    noted = replace(site, profile=replace(site.profile, notes=(purged, quota, elsewhere)))
    entry = make_entry(data_path=PurePosixPath("/global/cfs/cdirs/x"))
    assert path_warnings(noted, entry.data_path) == (purged.text,)
    card = file_of(make_plan(entry, noted, render), "README.md")
    assert outline_of(card).warning == "Files are purged <b>daily</b>."
    assert "[!WARNING]" not in file_of(make_plan(entry, site, render), "README.md")
