from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest

from huggingnersc import catalog_new_dataset, list_datasets
from huggingnersc.domain.catalog.record import Record, record_bytes
from huggingnersc.errors import RecordsDamagedError
from tests.api.iris import catalog_iris
from tests.builders import IRIS, IRIS_LINK, make_metadata, write_tree
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.api.conftest import Centre
    from tests.conftest import RunCommand

FIRST_FORMAT = {
    "nickname": "old",
    "official_name": "An Old One",
    "hf_dir": "https://huggingface.co/datasets/NERSC/old",
    "data_dir": "https://portal.nersc.gov/cfs/dasrepo/old",
    "nersc_dir": "/catalog/old",
    "metadata": make_metadata(tags=["csv"]),
}


@pytest.fixture
def catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A catalog of three records, one of the first format."""
    root = tmp_path / "catalog"
    iris = a_record("iris", "Iris", tags=["csv", "biology"])
    jets = a_record("jets", "Jets", tags=["hdf5"], license="mit")
    write_tree(
        root,
        {
            "iris/iris_info.json": record_bytes(iris),
            "jets/jets_info.json": record_bytes(jets),
            "old/old_info.json": json.dumps(FIRST_FORMAT),
            "notes.txt": "not a dataset",
            ".iris.staged/iris_info.json": "{",
        },
    )
    monkeypatch.setenv("HUGGINGNERSC_CATALOG_ROOT", str(root))
    return root


def a_record(nickname: str, title: str, **tags: object) -> Record:
    return Record(
        nickname=nickname,
        official_name=title,
        repo_id=f"NERSC/{nickname}",
        hub_url=f"http://127.0.0.1:8017/datasets/NERSC/{nickname}",
        catalog_dir=PurePosixPath(f"/catalog/{nickname}"),
        data_path=PurePosixPath(f"/data/{nickname}"),
        portal_link=f"https://portal.nersc.gov/cfs/x/{nickname}",
        metadata=make_metadata(**tags),
    )


def test_every_record_is_listed_by_nickname(catalog: Path) -> None:
    listed = list_datasets()
    assert [row.nickname for row in listed.datasets] == ["iris", "jets", "old"]
    assert (listed.total, listed.damaged, listed.warnings) == (3, (), ())
    iris = listed.datasets[0]
    assert (iris.tags, iris.license, iris.size_category) == (("csv", "biology"), "cc", "n<1K")


def test_filters_and_words_must_all_hold(catalog: Path) -> None:
    assert [row.nickname for row in list_datasets("one", tags=["csv"]).datasets] == ["old"]
    assert list_datasets("iris", tags=["hdf5"]).datasets == ()


def test_words_are_found_in_descriptions_as_in_titles(catalog: Path) -> None:
    described = replace(a_record("jets", "Jets"), about="Shots of the beam at the *test stand*.")
    write_tree(catalog, {"jets/jets_info.json": record_bytes(described)})
    (found,) = list_datasets("test stand").datasets
    assert (found.nickname, found.about) == ("jets", described.about)


def test_an_empty_catalog_has_no_datasets(tmp_path: Path) -> None:
    assert list_datasets().datasets == ()


def test_a_damaged_record_does_not_hide_the_others(catalog: Path, run: RunCommand) -> None:
    write_tree(catalog, {"jets/jets_info.json": '{"nickname": "jets"'})
    listed = list_datasets()
    assert [row.nickname for row in listed.datasets] == ["iris", "old"]
    with pytest.raises(RecordsDamagedError, match="1 of 3 records"):
        listed.raise_for_damage()
    done = run("list-datasets")
    assert done.code == 3
    assert [line.split("\t")[0] for line in done.out.splitlines()] == ["iris", "old"]
    assert str(catalog / "jets/jets_info.json") in done.err
    assert "hint: " in done.err


def test_a_pipe_gets_a_line_for_each_dataset_with_nothing_cut(
    catalog: Path, run: RunCommand
) -> None:
    long = replace(a_record("jets", "Jets\tand\nmore " * 30), portal_link=None)
    write_tree(catalog, {"jets/jets_info.json": record_bytes(long)})
    done = run("list-datasets jets")
    (line,) = done.out.splitlines()
    values = line.split("\t")
    assert values[0] == "jets"
    assert values[1] == " ".join(["Jets and more"] * 30)
    assert values[7:] == [long.hub_url, "/data/jets", "", ""]


def test_json_holds_every_row(catalog: Path, run: RunCommand) -> None:
    result = json.loads(run("list-datasets --json --tag csv --tag biology").out)
    (row,) = result["datasets"]
    assert row["nickname"] == "iris"
    assert row["catalog_dir"] == "/catalog/iris"
    assert result["total"] == 3


def test_a_filter_that_nothing_matches_is_reported_with_the_nearest(
    catalog: Path, run: RunCommand
) -> None:
    done = run("list-datasets --tag biolgy")
    assert (done.code, done.out) == (0, "")
    assert 'nearest: "biology"' in done.err


def test_the_hub_is_listed_with_one_request_a_page(
    centre: Centre, run: RunCommand, tmp_path: Path
) -> None:
    site = str(centre.profile)
    files = (IRIS / "iris_loader.py", IRIS_LINK, IRIS / "iris_metadata.json")
    catalog_new_dataset("Iris", "iris", *files, private=True, site=site)
    log = tmp_path / "log"
    done = run("list-datasets --from-hub --log-file", log, "--site", site)
    (line,) = done.out.splitlines()
    assert line.startswith("iris\tIris\tn<1K\tcc\ttabular-classification\ten\tcsv,biology\t")
    asked = [
        line for line in log.read_text().splitlines() if f" GET {centre.hub.endpoint}" in line
    ]
    assert len(asked) == 1
    (row,) = list_datasets(from_hub=True, site=site).datasets
    assert row.private
    assert row.hub_url == f"{centre.hub.endpoint}/datasets/NERSC/iris"


def test_the_embedded_hub_without_a_folder_holds_nothing(clean_env: Path) -> None:
    assert list_datasets(from_hub=True, site="local").datasets == ()
    assert not (clean_env / ".local").exists()


def test_a_hub_that_cannot_be_asked_is_explained(centre: Centre) -> None:
    words = ["list-datasets", "--from-hub", "--site", str(centre.profile)]
    done = subprocess.run(  # the client reads the variable when it is imported
        [sys.executable, ROOT / "main.py", *words],
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert "offline mode is on" in done.stderr


def test_other_metadata_is_searched_and_modalities_are_tags(
    centre: Centre, tmp_path: Path
) -> None:
    info = {"authors": [{"name": "Edgar Anderson"}], "doi": "10.5281/zenodo.1404444"}
    metadata = make_metadata(modalities=["tabular"], other_info=info)
    file = write_tree(tmp_path, {"m.json": json.dumps(metadata)}) / "m.json"
    catalog_iris(centre, metadata_json=file, schema="wide")
    site = str(centre.profile)
    for words in ("anderson", "zenodo.1404444", "ANDERSON tabular"):
        assert [one.nickname for one in list_datasets(words, site=site).datasets] == ["iris"]
    assert list_datasets("Anderson fungi", site=site).datasets == ()
    assert list_datasets(tags="tabular", site=site).datasets
    assert list_datasets(tags="tabular", from_hub=True, site=site).datasets
