"""Links to data, by the portal's rule and as addresses of files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath

import pytest
from hypothesis import given

from huggingnersc.domain.data_link import (
    data_link_of_path,
    is_file_link,
    path_of_data_link,
    path_of_file_link,
)
from huggingnersc.domain.site import Site
from tests.builders import IRIS_LINK, make_local_site, make_site
from tests.odd_texts import ODD, some

SITE, LOCAL_SITE = make_site(), make_local_site()
SERVED = PurePosixPath("/global/cfs/cdirs/dasrepo/www/iris")


@pytest.mark.parametrize(
    ("path", "link"),
    [
        ("/data/x", "file:///data/x"),
        ("/data/my set", "file:///data/my%20set"),
        ("/daten/Wärme #1?", "file:///daten/W%C3%A4rme%20%231%3F"),
        ("/a%20b", "file:///a%2520b"),
    ],
)
def test_local_data_has_a_percent_encoded_address_that_leads_back(path: str, link: str) -> None:
    assert data_link_of_path(LOCAL_SITE, PurePosixPath(path)) == link
    assert path_of_data_link(LOCAL_SITE, link) == PurePosixPath(path)


def test_path_that_the_portal_serves_has_its_link_on_the_local_site_too() -> None:
    assert data_link_of_path(LOCAL_SITE, SERVED) == IRIS_LINK
    assert path_of_data_link(LOCAL_SITE, IRIS_LINK) == SERVED


@pytest.mark.parametrize(
    "site", [SITE, replace(make_local_site(), endpoint="https://huggingface.co")]
)
def test_site_that_publishes_elsewhere_has_no_address_of_a_file(site: Site) -> None:
    assert data_link_of_path(site, PurePosixPath("/data/x")) is None
    assert path_of_data_link(site, "file:///data/x") is None


def test_path_that_no_text_can_hold_has_no_address() -> None:
    assert data_link_of_path(LOCAL_SITE, PurePosixPath("/data/two\nlines")) is None
    assert data_link_of_path(LOCAL_SITE, PurePosixPath("data")) is None


@some
@given(ODD)
def test_no_text_is_a_relative_or_unprintable_path(text: str) -> None:
    for link in (text, f"file:{text}", f"file:///{text}"):
        assert isinstance(is_file_link(link), bool)
        path = path_of_file_link(link)
        assert path is None or (path.is_absolute() and str(path).isprintable())
