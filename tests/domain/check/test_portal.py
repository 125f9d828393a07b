"""Link and path are compared by the site's rule; the portal's answer has a level."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.catalog.record import Record
from huggingnersc.domain.check.portal import Answer, agreement_findings, answer_finding
from huggingnersc.domain.site import EMBEDDED
from huggingnersc.fixes import Option, update_fix
from tests.builders import IRIS_LINK, make_metadata, make_site
from tests.conftest import Golden


def record(link: str | None, path: str | None) -> Record:
    return Record(
        nickname="iris",
        official_name="Iris",
        repo_id="NERSC/iris",
        hub_url="https://huggingface.co/datasets/NERSC/iris",
        catalog_dir=PurePosixPath("/catalog/iris"),
        data_path=PurePosixPath(path) if path else None,
        portal_link=link,
        metadata=make_metadata(),
    )


def test_agreeing_link_and_path_are_silent() -> None:
    right = record(IRIS_LINK, "/global/cfs/cdirs/dasrepo/www/iris")
    assert list(agreement_findings(right, make_site())) == []


def test_link_that_disagrees_with_the_path_has_the_command_that_fixes_it() -> None:
    (found,) = agreement_findings(
        record(IRIS_LINK, "/global/cfs/cdirs/dasrepo/www/other"), make_site()
    )
    assert found.level == "problem"
    assert found.fixes == (
        update_fix(
            "iris", Option(Field.PORTAL_LINK, "https://portal.nersc.gov/cfs/dasrepo/other")
        ),
    )


def test_path_that_the_portal_does_not_serve_is_a_problem_without_a_command() -> None:
    (found,) = agreement_findings(record(IRIS_LINK, "/pscratch/iris"), make_site())
    assert (found.level, "/pscratch/iris" in str(found.message)) == ("problem", True)
    assert found.fixes == ()


def test_embedded_site_and_old_record_are_not_compared() -> None:
    wrong = record(IRIS_LINK, "/home/iris")
    assert list(agreement_findings(wrong, make_site(endpoint=EMBEDDED))) == []
    assert list(agreement_findings(record(None, "/home/iris"), make_site())) == []


@pytest.mark.parametrize(
    ("status", "level"),
    [
        (200, None), (204, None), (302, "problem"), (401, "problem"), (403, "problem"),
        (404, "problem"), (405, "note"), (429, "warning"), (501, "note"), (503, "warning"),
        (None, "warning"),
    ],
)  # fmt: skip
def test_level_of_an_answer_follows_its_status(status: int | None, level: str | None) -> None:
    found = answer_finding(Answer(status, "reason", "https://example.org/x"))
    assert (found.level.value if found else None) == level


def test_every_finding_about_an_answer_reads_like_this(golden: Golden) -> None:
    statuses = (302, 401, 403, 404, 405, 410, 429, 501, 503, None)
    found = [answer_finding(Answer(one, "REASON", "https://example.org/x")) for one in statuses]
    golden("messages/portal.txt", "".join(f"{one.message}\n" for one in found if one))
