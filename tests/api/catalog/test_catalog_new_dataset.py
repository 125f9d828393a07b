"""Cataloging against a real Hub over HTTP, with the unmodified client."""

from __future__ import annotations

import json
import subprocess
import traceback
from typing import TYPE_CHECKING

import pytest

from huggingnersc import catalog_new_dataset
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.errors import (
    DatasetExistsError,
    HubAccessError,
    HubConflictError,
    HubUnreachableError,
    MetadataInvalidError,
    RequestInvalidError,
)
from huggingnersc.fixes import Verb
from tests.api.iris import api, catalog_iris, tree
from tests.builders import IRIS, IRIS_LINK, JETCLASS, make_metadata, write_tree
from tests.conftest import ROOT
from tests.forked_python import forked_python
from tests.wording import fixes_in

if TYPE_CHECKING:
    from pathlib import Path

    from tests.api.conftest import Centre

JETCLASS_LINK = "https://portal.nersc.gov/cfs/dasrepo/jetclass"


def test_dataset_is_one_commit_and_one_folder(centre: Centre) -> None:
    result = catalog_iris(centre)
    assert result.outcome == "cataloged"
    commits = api(centre).list_repo_commits("NERSC/iris", repo_type="dataset")
    assert [commit.title for commit in commits] == [
        "Catalog Fisher's Iris Data",
        "initial commit",
    ]
    assert commits[0].commit_id == result.commit
    files = api(centre).list_repo_files("NERSC/iris", repo_type="dataset")
    assert sorted(files) == [".gitattributes", "README.md", "iris_loader.py"]
    assert sorted(tree(centre.catalog)) == [
        "iris/README.md",
        "iris/iris_dataloader.ipynb",
        "iris/iris_info.json",
        "iris/iris_loader.py",
    ]


def test_card_on_the_hub_is_the_card_in_the_folder(centre: Centre) -> None:
    catalog_iris(centre)
    pushed = api(centre).hf_hub_download("NERSC/iris", "README.md", repo_type="dataset")
    from pathlib import Path

    assert Path(pushed).read_bytes() == (centre.catalog / "iris" / "README.md").read_bytes()


def test_hub_shows_the_tags_of_the_metadata(centre: Centre) -> None:
    catalog_iris(centre)
    info = api(centre).dataset_info("NERSC/iris")
    assert info.card_data is not None
    assert info.card_data.license == "cc"
    assert {"license:cc", "task_categories:tabular-classification", "language:en"} <= set(
        info.tags or ()
    )


def test_same_command_again_changes_nothing(centre: Centre) -> None:
    first = catalog_iris(centre)
    before = tree(centre.catalog)
    again = catalog_iris(centre)
    assert (again.outcome, again.commit) == ("unchanged", first.commit)
    assert tree(centre.catalog) == before
    assert len(api(centre).list_repo_commits("NERSC/iris", repo_type="dataset")) == 2


def test_other_content_under_a_cataloged_nickname_is_refused(centre: Centre) -> None:
    first = catalog_iris(centre)
    before = tree(centre.catalog)
    with pytest.raises(DatasetExistsError, match="cataloged already") as caught:
        catalog_iris(centre, official_name="Another title")
    assert Verb.UPDATE_DATASET in [fix.verb for fix in fixes_in(caught.value.hint)]
    assert tree(centre.catalog) == before
    assert api(centre).dataset_info("NERSC/iris").sha == first.commit


def test_lost_catalog_folder_is_written_again_without_a_commit(centre: Centre) -> None:
    first = catalog_iris(centre)
    before = tree(centre.catalog)
    for file in (centre.catalog / "iris").iterdir():
        file.unlink()
    (centre.catalog / "iris").rmdir()
    again = catalog_iris(centre)
    assert (again.outcome, again.commit) == ("completed", first.commit)
    assert tree(centre.catalog) == before


def test_repository_left_empty_by_a_cut_run_is_filled(centre: Centre) -> None:
    api(centre).create_repo("NERSC/iris", repo_type="dataset")
    assert catalog_iris(centre).outcome == "completed"
    assert len(api(centre).list_repo_commits("NERSC/iris", repo_type="dataset")) == 2


def test_repository_of_someone_else_is_not_touched(centre: Centre) -> None:
    api(centre).create_repo("NERSC/iris", repo_type="dataset")
    theirs = api(centre).upload_file(
        path_or_fileobj=b"x,y\n1,2\n",
        path_in_repo="data.csv",
        repo_id="NERSC/iris",
        repo_type="dataset",
    )
    with pytest.raises(HubConflictError, match=r"holds something else \(data.csv\)"):
        catalog_iris(centre)
    assert api(centre).dataset_info("NERSC/iris").sha == theirs.oid
    assert tree(centre.catalog) == {}


def test_visibility_that_disagrees_is_a_conflict(centre: Centre) -> None:
    api(centre).create_repo("NERSC/iris", repo_type="dataset", private=True)
    with pytest.raises(HubConflictError, match="is private; this command would make it public"):
        catalog_iris(centre)
    assert catalog_iris(centre, private=True).outcome == "completed"


def test_distributed_dataset_has_a_batch_script_its_companions_and_no_notebook(
    centre: Centre,
) -> None:
    result = catalog_iris(
        centre,
        official_name="JetClass",
        nickname="jetclass",
        loader_script=JETCLASS / "jetclass_loader.py",
        portal_link=JETCLASS_LINK,
        metadata_json=JETCLASS / "jetclass_metadata.json",
        batch_script=JETCLASS / "jetclass_batch.sh",
        is_distributed=True,
        include=[JETCLASS / "jetclass_environment.yml"],
    )
    assert result.notebook is None
    assert result.notebook_link is None
    assert [file.path for file in result.hub_files] == [
        "README.md",
        "jetclass_batch.sh",
        "jetclass_environment.yml",
        "jetclass_loader.py",
    ]
    assert sorted(tree(centre.catalog)) == [
        "jetclass/README.md",
        "jetclass/jetclass_batch.sh",
        "jetclass/jetclass_environment.yml",
        "jetclass/jetclass_info.json",
        "jetclass/jetclass_loader.py",
    ]
    assert "arxiv:2202.03772" in (api(centre).dataset_info("NERSC/jetclass").tags or ())


def test_dry_run_shows_the_plan_and_touches_nothing(centre: Centre) -> None:
    result = catalog_iris(centre, dry_run=True)
    assert result.outcome == "planned"
    assert [file.path for file in result.hub_files] == ["README.md", "iris_loader.py"]
    assert list(centre.catalog.iterdir()) == []
    assert not api(centre).repo_exists("NERSC/iris", repo_type="dataset")


def test_five_mistakes_in_the_metadata_are_five_problems_and_nothing_is_made(
    centre: Centre, tmp_path: Path
) -> None:
    wrong = make_metadata(
        license="MIT", size_categories="tiny", tags=[], pretty_name=3, colour="blue"
    )
    write_tree(tmp_path, {"wrong.json": json.dumps(wrong)})
    with pytest.raises(MetadataInvalidError) as caught:
        catalog_iris(centre, metadata_json=tmp_path / "wrong.json")
    assert [problem.where for problem in caught.value.problems] == [
        "wrong.json: $.datacard_tags.colour",
        "wrong.json: $.datacard_tags.license",
        "wrong.json: $.datacard_tags.pretty_name",
        "wrong.json: $.datacard_tags.size_categories",
        "wrong.json: $.datacard_tags.tags",
    ]
    assert list(centre.catalog.iterdir()) == []
    assert not api(centre).repo_exists("NERSC/iris", repo_type="dataset")


def test_nickname_is_compared_also_where_the_metadata_is_not_valid(
    centre: Centre, tmp_path: Path
) -> None:
    wrong = make_metadata(license="MIT", other_info={"nickname": "rose"})
    write_tree(tmp_path, {"wrong.json": json.dumps(wrong)})
    with pytest.raises(RequestInvalidError) as caught:
        catalog_iris(centre, metadata_json=tmp_path / "wrong.json")
    assert [problem.where for problem in caught.value.problems] == [
        Field.NICKNAME,
        "wrong.json: $.datacard_tags.license",
    ]


def test_text_is_no_flag_and_an_uncaught_error_shows_every_problem(centre: Centre) -> None:
    with pytest.raises(RequestInvalidError) as caught:
        catalog_iris(centre, is_distributed="False", job_notebook="False", official_name="")
    shown = "".join(traceback.format_exception(caught.value))
    assert "distributed: found 'False'; allowed: True or False\n" in shown
    assert "job_notebook: found 'False'; allowed: True or False\n" in shown
    assert "needs batch_script" not in shown
    assert "official_name: is empty" in shown


def test_all_problems_of_all_arguments_are_reported_at_once(
    centre: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_nobody")
    with pytest.raises(RequestInvalidError) as caught:
        catalog_new_dataset(
            "",
            "--iris",
            tmp_path / "missing.py",
            "http://portal.nersc.gov/cfs/dasrepo/iris",
            tmp_path / "missing.json",
            tmp_path,
            include=[IRIS / "README.md"],
            site=str(centre.profile),
        )
    assert [problem.where for problem in caught.value.problems] == [
        Field.OFFICIAL_NAME,
        Field.NICKNAME,
        Field.INCLUDE,
        Field.LOADER,
        Field.BATCH_SCRIPT,
        Field.PORTAL_LINK,
        Field.METADATA,
        "Hub",
    ]


def test_without_a_token_nothing_is_tried(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_TOKEN")
    with pytest.raises(HubAccessError, match="There is no token") as caught:
        catalog_iris(centre)
    assert "hf auth login" in str(caught.value.hint)
    assert tree(centre.catalog) == {}


def test_token_the_hub_does_not_know_is_reported(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_wrong")
    with pytest.raises(HubAccessError) as caught:
        catalog_iris(centre)
    assert "hf_wrong" not in str(caught.value)


def test_organization_of_others_is_refused_before_anything_is_made(
    centre: Centre, tmp_path: Path
) -> None:
    text = centre.profile.read_text(encoding="utf-8").replace('"NERSC"', '"OLCF"', 1)
    write_tree(tmp_path, {"olcf.toml": text})
    with pytest.raises(HubAccessError, match="not a member of the organization OLCF"):
        catalog_iris(centre, site=str(tmp_path / "olcf.toml"))
    assert tree(centre.catalog) == {}


def test_hub_that_does_not_answer_leaves_nothing(centre: Centre, tmp_path: Path) -> None:
    text = centre.profile.read_text(encoding="utf-8")
    dead = text.replace(centre.hub.endpoint, "http://127.0.0.1:9")
    write_tree(tmp_path, {"dead.toml": dead})
    with pytest.raises(HubUnreachableError, match=r"no answer from http://127\.0\.0\.1:9"):
        catalog_iris(centre, site=str(tmp_path / "dead.toml"))
    assert tree(centre.catalog) == {}


def test_loader_named_like_the_repository_is_renamed_and_said(
    centre: Centre, tmp_path: Path
) -> None:
    write_tree(tmp_path, {"iris.py": "print('iris')\n"})
    result = catalog_iris(centre, loader_script=tmp_path / "iris.py")
    assert [file.path for file in result.hub_files] == ["README.md", "iris_loader.py"]
    assert any("iris.py is called iris_loader.py" in str(warning) for warning in result.warnings)


def test_link_off_the_portal_needs_the_data_path(centre: Centre, tmp_path: Path) -> None:
    with pytest.raises(RequestInvalidError) as caught:
        catalog_iris(centre, portal_link="https://example.org/iris")
    assert [problem.where for problem in caught.value.problems] == [Field.DATA_PATH]
    result = catalog_iris(centre, portal_link="https://example.org/iris", data_path=tmp_path)
    assert any("not on the portal" in str(warning) for warning in result.warnings)
    assert str(result.data_path) == str(tmp_path)


def test_of_eight_processes_with_one_nickname_exactly_one_wins(centre: Centre) -> None:
    runs = [_start(centre, f"Title {number}", "iris") for number in range(8)]
    ends = [(run.communicate()[1], run.returncode) for run in runs]
    assert sorted(code for _, code in ends) == [0, 3, 3, 3, 3, 3, 3, 3]
    assert all("Traceback" not in err for err, _ in ends)
    commits = api(centre).list_repo_commits("NERSC/iris", repo_type="dataset")
    assert len(commits) == 2


def test_eight_processes_with_eight_nicknames_all_succeed(centre: Centre, tmp_path: Path) -> None:
    metadata = make_metadata(other_info={})
    write_tree(tmp_path, {"any.json": json.dumps(metadata)})
    runs = [_start(centre, "Title", f"set-{n}", tmp_path / "any.json") for n in range(8)]
    assert [(run.communicate()[1], run.returncode)[1] for run in runs] == [0] * 8
    assert len(list(api(centre).list_datasets(author="NERSC"))) == 8


def _start(
    centre: Centre, title: str, nickname: str, metadata: Path = IRIS / "iris_metadata.json"
) -> subprocess.Popen[str]:
    words: list[str | Path] = [
        "catalog-new-dataset", title, nickname, IRIS / "iris_loader.py", IRIS_LINK, metadata,
        "--site", centre.profile,
    ]  # fmt: skip
    return subprocess.Popen(
        [forked_python(), ROOT / "main.py", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
