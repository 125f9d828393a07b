from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.domain.engine_settings import EngineSettings
from huggingnersc.domain.path_notes import PathNote
from huggingnersc.domain.site import (
    EMBEDDED,
    BatchSettings,
    GlobusCollection,
    HubSettings,
    JupyterSettings,
    PortalRule,
    Publication,
    VersionSettings,
    is_web_address,
    link_of_path,
    link_without_path_words,
    path_of_link,
    profile_problems,
)
from tests.builders import NERSC_PORTAL, make_site
from tests.odd_texts import ODD, many

PORTAL = "https://portal.nersc.gov/cfs"
WWW = "/global/cfs/cdirs/dasrepo/www"
NAMES = st.one_of(
    st.sampled_from(
        ["iris", "a b", "ü", "漢字", "%20", "%2F", "100%", "a?b", "a#b", "{rest}", "..."]
    ),
    st.text(st.characters(exclude_characters="/"), min_size=1, max_size=12),
).filter(lambda name: name.isprintable() and name not in {".", ".."} and "\ufffd" not in name)


@pytest.mark.parametrize(
    ("link", "path"),
    [
        (f"{PORTAL}/dasrepo/iris", f"{WWW}/iris"),
        (f"{PORTAL}/dasrepo/iris/", f"{WWW}/iris"),
        (f"{PORTAL}/dasrepo/a/b/c.csv", f"{WWW}/a/b/c.csv"),
        (f"{PORTAL}/dasrepo/a//b", f"{WWW}/a/b"),
        (f"{PORTAL}/dasrepo", WWW),
        (f"{PORTAL}/dasrepo/", WWW),
        ("HTTPS://Portal.NERSC.gov/cfs/dasrepo/Iris", f"{WWW}/Iris"),
        (f"{PORTAL}/dasrepo/a%20b", f"{WWW}/a b"),
        (f"{PORTAL}/dasrepo/a b", f"{WWW}/a b"),
        (f"{PORTAL}/dasrepo/%C3%BC", f"{WWW}/ü"),
        (f"{PORTAL}/dasrepo/ü", f"{WWW}/ü"),
        (f"{PORTAL}/dasrepo/%252F", f"{WWW}/%2F"),
        (f"{PORTAL}/dasrepo/...", f"{WWW}/..."),
        (f"{PORTAL}/%7Brest%7D/x", "/global/cfs/cdirs/{rest}/www/x"),
        (f"{PORTAL}/dasrepo/{{project}}", f"{WWW}/{{project}}"),
    ],
)
def test_a_portal_link_leads_to_its_path(link: str, path: str) -> None:
    assert path_of_link(NERSC_PORTAL, link) == PurePosixPath(path)


@pytest.mark.parametrize(
    "link",
    [
        f"{PORTAL}/dasrepo/../other",
        f"{PORTAL}/dasrepo/a/..",
        f"{PORTAL}/dasrepo/%2e%2e/other",
        f"{PORTAL}/dasrepo/%2E./other",
        f"{PORTAL}/../x/y",
        f"{PORTAL}/./y",
        f"{PORTAL}/dasrepo/a%2Fb",
        f"{PORTAL}/das%2frepo/x",
        f"{PORTAL}/dasrepo/a%00b",
        f"{PORTAL}/dasrepo/a%0Ab",
        f"{PORTAL}/dasrepo/a\nb",
        f"{PORTAL}/dasrepo/a\tb",
        f"{PORTAL}/dasrepo/a%E2%80%AEb",
        f"{PORTAL}/dasrepo/%FF",
        f"{PORTAL}/dasrepo/%C3",
        f"{PORTAL}/dasrepo/iris?file=x",
        f"{PORTAL}/dasrepo/iris?",
        f"{PORTAL}/dasrepo/iris#top",
        f"{PORTAL}//iris",
        f"{PORTAL}",
        "http://portal.nersc.gov/cfs/dasrepo/iris",
        "https://portal.nersc.gov:443/cfs/dasrepo/iris",
        "https://me@portal.nersc.gov/cfs/dasrepo/iris",
        "https://portal.nersc.gov.evil.org/cfs/dasrepo/iris",
        "https://portal-nersc.gov/cfs/dasrepo/iris",
        "https://portalxnersc.gov/cfs/dasrepo/iris",
        "https://evil.org/https://portal.nersc.gov/cfs/dasrepo/iris",
        "https://portal.nersc.gov/CFS/dasrepo/iris",
        "https://portal.nersc.gov/project/dasrepo/iris",
        "portal.nersc.gov/cfs/dasrepo/iris",
        "https://[",
        "https://[::1/cfs/dasrepo/iris",
        "",
    ],
)
def test_anything_else_leads_nowhere(link: str) -> None:
    assert path_of_link(NERSC_PORTAL, link) is None


@pytest.mark.parametrize(
    "path",
    [
        f"{WWW}/../secret",
        f"{WWW}/a/../../secret",
        f"{WWW}/a\nb",
        f"{WWW}/half\udcff",
        "/global/cfs/cdirs/dasrepo/iris",
        "/global/cfs/cdirs/a/b/www/iris",
        "/global/cfs/cdirs/../www/iris",
        f"{WWW}x/iris",
        "global/cfs/cdirs/dasrepo/www/iris",
        "/",
    ],
)
def test_a_path_the_portal_does_not_serve_has_no_link(path: str) -> None:
    assert link_of_path(NERSC_PORTAL, PurePosixPath(path)) is None


@many
@given(NAMES, st.lists(NAMES, max_size=4))
def test_a_path_comes_back_from_its_link(project: str, rest: list[str]) -> None:
    path = PurePosixPath("/global/cfs/cdirs", project, "www", *rest)
    link = link_of_path(NERSC_PORTAL, path)
    assert link is not None
    assert is_web_address(link)
    assert not set(urlsplit(link).path) & set(' "<>\\^`{|}?#')
    assert path_of_link(NERSC_PORTAL, link) == path


@many
@given(ODD)
def test_no_link_leads_out_of_the_project_s_folder(text: str) -> None:
    for tail in (text, quote(text, errors="replace"), quote(text, safe="", errors="replace")):
        path = path_of_link(NERSC_PORTAL, f"{PORTAL}/dasrepo/{tail}")
        if path is not None:
            assert path.is_relative_to(WWW)
            assert ".." not in path.parts
            assert str(path).isprintable()


@many
@given(ODD)
def test_any_text_is_a_web_address_or_not(text: str) -> None:
    for link in (text, f"https://{text}", f"https://a.b/{text}"):
        if is_web_address(link):
            assert link.isprintable()
        path_of_link(NERSC_PORTAL, link)


def test_the_rule_of_another_center_works_the_same() -> None:
    rule = PortalRule("https://Data.Example.org/~{project}/{rest}", "/home/{project}/pub/{rest}")
    path = PurePosixPath("/home/ada/pub/x y/z")
    assert link_of_path(rule, path) == "https://Data.Example.org/~ada/x%20y/z"
    assert path_of_link(rule, "https://data.example.org/~ada/x%20y/z") == path


def test_a_site_knows_every_address_of_a_dataset() -> None:
    site = make_site()
    notebook = PurePosixPath("/catalog/iris/a b#1.ipynb")
    assert site.repo_id("iris") == "NERSC/iris"
    assert site.hub_url("iris") == "https://huggingface.co/datasets/NERSC/iris"
    assert site.notebook_link(notebook) == (
        "https://jupyter.nersc.gov/hub/user-redirect/lab/tree/catalog/iris/a%20b%231.ipynb"
    )
    assert not site.is_embedded


def test_the_address_of_the_embedded_hub_is_that_of_serve_hub() -> None:
    site = replace(make_site(), endpoint=EMBEDDED)
    assert site.is_embedded
    assert site.hub_url("iris") == "http://127.0.0.1:8017/datasets/NERSC/iris"


@pytest.mark.parametrize(
    ("endpoint", "published"),
    [
        (EMBEDDED, ""),
        ("http://localhost:9", ""),
        ("https://hub.example.org", "https://hub.example.org/datasets/NERSC/iris"),
    ],
)
def test_no_address_of_this_machine_is_published(endpoint: str, published: str) -> None:
    assert replace(make_site(), endpoint=endpoint).public_url("iris") == published


def test_a_slash_after_the_endpoint_changes_nothing() -> None:
    site = replace(make_site(), endpoint="https://hub.example.org/")
    assert site.hub_url("iris") == "https://hub.example.org/datasets/NERSC/iris"


def test_a_site_without_jupyter_has_no_notebook_link() -> None:
    site = make_site()
    site = replace(site, profile=replace(site.profile, jupyter=JupyterSettings()))
    assert site.notebook_link(PurePosixPath("/a")) is None


def test_a_good_profile_has_no_problem() -> None:
    profile = make_site().profile
    assert profile_problems(profile) == ()
    assert profile_problems(replace(profile, portal=None, jupyter=JupyterSettings())) == ()
    assert profile_problems(replace(profile, hub=HubSettings("NERSC"))) == ()


@pytest.mark.parametrize(
    ("hub", "where"),
    [
        (HubSettings("NERSC", "huggingface.co"), "hub.endpoint"),
        (HubSettings("NERSC", "ftp://huggingface.co"), "hub.endpoint"),
        (HubSettings("NERSC", "https://"), "hub.endpoint"),
        (HubSettings("NERSC", "https://["), "hub.endpoint"),
        (HubSettings("", EMBEDDED), "hub.organization"),
        (HubSettings("NERSC/x", EMBEDDED), "hub.organization"),
        (HubSettings("NERSC", EMBEDDED, 0), "hub.local_port"),
        (HubSettings("NERSC", EMBEDDED, 70_000), "hub.local_port"),
    ],
)
def test_invalid_hub_settings_are_reported(hub: HubSettings, where: str) -> None:
    (problem,) = profile_problems(replace(make_site().profile, hub=hub))
    assert problem.where == where


@pytest.mark.parametrize(
    ("engine", "where"),
    [
        (EngineSettings(processes=0), "engine.processes"),
        (EngineSettings(seconds=-1), "engine.seconds"),
        (EngineSettings(gigabytes=float("nan")), "engine.gigabytes"),
        (EngineSettings(gigabytes=float("inf")), "engine.gigabytes"),
        (EngineSettings(run_root="/a\0"), "engine.run_root"),
        (EngineSettings(slurm=("time=1",)), "engine.slurm"),
        (EngineSettings(slurm=("--time=1\n--wrap=x",)), "engine.slurm"),
        (EngineSettings(slurm_setup=("a\nb",)), "engine.slurm_setup"),
        (EngineSettings(slurm_tasks=0), "engine.slurm_tasks"),
    ],
)
def test_invalid_engine_settings_are_reported(engine: EngineSettings, where: str) -> None:
    (problem,) = profile_problems(replace(make_site().profile, engine=engine))
    assert problem.where == where


@pytest.mark.parametrize(
    ("url", "path", "wheres"),
    [
        ("https://a.b/{project}", "/c/{project}/{rest}", ["portal.url"]),
        ("https://a.b/{project}/{rest}", "/c/{rest}", ["portal.path"]),
        ("https://a.b/{project}/{project}/{rest}", "/c/{project}/{rest}", ["portal.url"]),
        ("https://a.b/{project}/{rest}", "c/{project}/{rest}", ["portal.path"]),
        ("/{project}/{rest}", "/{project}/{rest}/{rest}", ["portal.url", "portal.path"]),
    ],
)
def test_an_invalid_portal_rule_is_reported(url: str, path: str, wheres: list[str]) -> None:
    problems = profile_problems(replace(make_site().profile, portal=PortalRule(url, path)))
    assert [problem.where for problem in problems] == wheres


@pytest.mark.parametrize(
    ("collection", "wheres"),
    [
        (GlobusCollection("NERSC DTN", ("/global/cfs",)), []),
        (GlobusCollection("A\nB", ("/a",)), ["globus.0.collection"]),
        (GlobusCollection(" ", ()), ["globus.0.collection", "globus.0.paths"]),
        (GlobusCollection("A", ("/a", "b")), ["globus.0.paths"]),
        (GlobusCollection("A", ("/a",), "nersc#dtn"), ["globus.0.id"]),
    ],
)
def test_an_invalid_globus_collection_is_reported(
    collection: GlobusCollection, wheres: list[str]
) -> None:
    problems = profile_problems(replace(make_site().profile, globus=(collection,)))
    assert [problem.where for problem in problems] == wheres


@pytest.mark.parametrize(
    "link", ["https://jupyter.org/lab", "jupyter.org{path}", "https://[{path}"]
)
def test_a_notebook_link_without_a_placeholder_for_the_path_is_reported(link: str) -> None:
    (problem,) = profile_problems(replace(make_site().profile, jupyter=JupyterSettings(link)))
    assert problem.where == "jupyter.link"


@pytest.mark.parametrize(
    "batch",
    [
        BatchSettings(options=("nodes=2",)),
        BatchSettings(options=("--nodes=2\n#SBATCH --x",)),
        BatchSettings(setup=("module load\nconda",)),
    ],
)
def test_a_batch_setting_of_several_lines_is_reported(batch: BatchSettings) -> None:
    (problem,) = profile_problems(replace(make_site().profile, batch=batch))
    assert problem.where == "batch"


def test_notes_of_a_profile_are_checked_for_their_path() -> None:
    profile = make_site().profile
    assert profile_problems(replace(profile, notes=(PathNote("/scratch", "x"),))) == ()
    (problem,) = profile_problems(replace(profile, notes=(PathNote("scratch", "x"),)))
    assert problem.where == "notes.0.path"


NERSC_RULE = PortalRule(
    "https://portal.nersc.gov/cfs/{project}/{rest}", "/global/cfs/cdirs/{project}/www/{rest}"
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("cdirs/m1234/x", "m1234/x"),
        ("cdirs/m1234/www/x", "m1234/x"),
        ("m1234/x", None),
        ("m1234/cdirs/x", None),
        ("cdirs", None),
    ],
)
def test_a_link_with_a_folder_of_the_path_in_it_is_known(typed: str, meant: str | None) -> None:
    portal = "https://portal.nersc.gov/cfs/"
    expected = None if meant is None else portal + meant
    assert link_without_path_words(NERSC_RULE, portal + typed) == expected


def test_a_site_cannot_leave_the_manifests_out() -> None:
    versions = VersionSettings(manifest=Publication.NONE)
    (problem,) = profile_problems(replace(make_site().profile, versions=versions))
    assert problem.where == "versions.manifest"
