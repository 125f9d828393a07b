"""What is wrong with the versions of a dataset is found, and fixed by the printed commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from huggingnersc import check_dataset
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.check.findings import Level
from huggingnersc.fixes import Fix, Verb, update_fix
from tests.api.iris import api, catalog_iris, update_iris
from tests.api.versions.publishing import added, publish, tags

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.domain.check.findings import Finding
    from tests.api.conftest import Centre


@pytest.fixture
def versions(centre: Centre, tmp_path: Path) -> Centre:
    """Iris with two versions."""
    catalog_iris(centre)
    publish(centre, added(tmp_path))
    publish(centre, added(tmp_path, "v2", content=b"b\n"))
    return centre


def found(centre: Centre, about: str) -> list[Finding]:
    (checked,) = check_dataset("iris", site=str(centre.profile)).datasets
    return [one for one in checked.findings if one.about == about and one.level is Level.PROBLEM]


def test_versions_that_are_whole_have_no_finding(versions: Centre) -> None:
    assert found(versions, "versions") == []
    assert found(versions, "Hub") == []


@pytest.mark.parametrize("path", ["manifest.tsv", "version.json", "published/README.md"])
def test_a_file_that_is_gone_is_found(versions: Centre, path: str) -> None:
    (versions.catalog / "iris" / "versions" / "v1" / path).unlink()
    assert len(found(versions, "versions")) == 1


def test_a_tag_that_is_gone_is_found_and_made_again(versions: Centre) -> None:
    api(versions).delete_tag("NERSC/iris", tag="v1", repo_type="dataset")
    (finding,) = found(versions, "Hub")
    assert finding.fixes == (update_fix("iris"),)
    update_iris(versions)
    assert found(versions, "Hub") == []


def test_a_manifest_that_is_gone_is_found_and_published_again(versions: Centre) -> None:
    api(versions).delete_file("version/manifest.tsv", "NERSC/iris", repo_type="dataset")
    (finding,) = found(versions, "Hub")
    assert finding.fixes == (update_fix("iris"),)
    update_iris(versions)
    assert found(versions, "Hub") == []


def test_a_tag_that_was_moved_is_found(versions: Centre) -> None:
    there = tags(versions)
    api(versions).delete_tag("NERSC/iris", tag="v2", repo_type="dataset")
    api(versions).create_tag("NERSC/iris", tag="v2", revision=there["v1"], repo_type="dataset")
    (finding,) = found(versions, "Hub")
    assert len(finding.fixes) == 2
    api(versions).delete_tag("NERSC/iris", tag="v2", repo_type="dataset")
    update_iris(versions)
    assert tags(versions) == there
    assert found(versions, "Hub") == []


def test_a_size_category_that_is_not_that_of_the_counted_examples_is_found(
    centre: Centre, tmp_path: Path
) -> None:
    catalog_iris(centre)
    publish(centre, added(tmp_path, "v1", examples=150))
    (checked,) = check_dataset("iris", site=str(centre.profile)).datasets
    assert not [one for one in checked.findings if one.about == "metadata"]
    publish(centre, added(tmp_path, "v2", content=b"b\n", examples=15_000))
    (checked,) = check_dataset("iris", site=str(centre.profile)).datasets
    (finding,) = [one for one in checked.findings if one.about == "metadata"]
    assert finding.level is Level.WARNING
    assert "10K<n<100K" in str(finding.message)
    (fix,) = finding.fixes
    assert isinstance(fix, Fix)
    assert (fix.verb, [one.name for one in fix.options]) == (
        Verb.UPDATE_DATASET,
        [Field.METADATA],
    )
