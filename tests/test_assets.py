from __future__ import annotations

import pytest

from huggingnersc.assets import asset, site_file, site_names
from huggingnersc.errors import InstallationError


def test_templates_and_schema_are_found() -> None:
    assert (asset("templates") / "card.md.j2").is_file()
    assert asset("metadata_schema.json").is_file()


def test_a_missing_asset_says_where_it_was_looked_for_and_what_to_do() -> None:
    with pytest.raises(InstallationError, match=r"no-such-thing .*_assets") as caught:
        asset("no-such-thing")
    assert caught.value.hint
    assert "pip install" in str(caught.value.hint)


def test_every_site_is_listed_and_has_its_file() -> None:
    assert site_names() == ("local", "nersc")
    for name in site_names():
        file = site_file(name)
        assert file is not None
        assert file.is_file()


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../sites/nersc", "nersc.toml", "NERSC", "x" * 9999]
)
def test_only_a_listed_name_is_a_site(name: str) -> None:
    assert site_file(name) is None
