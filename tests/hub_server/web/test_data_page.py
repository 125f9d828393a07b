"""The Data tab as a browser gets it."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import TYPE_CHECKING

import pytest

from huggingnersc.domain.repo_names import RepoKind, RepoName
from huggingnersc.hub_server.web import data_page, parquet
from huggingnersc.hub_server.web.data_page import SAMPLE_LIMIT
from tests.data_contents import (
    card,
    fill_data,
    measured,
    version_documents,
)
from tests.data_contents import (
    parquet as parquet_file,
)
from tests.data_files import DATA_EXTRA
from tests.domain.versions.documents import all_parts, make_statistics
from tests.hub_contents import TOKEN, commit, make, png

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.hub_server.web.conftest import Answer, Browser

pytest.importorskip("pyarrow", reason=DATA_EXTRA)


@pytest.fixture(scope="module")
def filled(bench: Browser) -> Browser:
    fill_data(bench.hub)
    return bench


def made(bench: Browser, name: str, files: Mapping[str, str | bytes]) -> Answer:
    """The Data tab of a new dataset with these files."""
    make(bench.hub, name)
    commit(bench.hub, name, files, "Add")
    return bench.get(f"/datasets/NERSC/{name}/data")


def words(answer: Answer) -> str:
    """The text of a page."""
    return " ".join(re.sub(r"<[^>]*>", " ", answer.html).split())


def test_a_table_shows_rows_types_and_what_its_columns_hold(filled: Browser) -> None:
    page = filled.get("/datasets/NERSC/measured/data")
    assert page.status == 200
    assert page.html.count('class="chart"') == 4
    assert 'aria-label="Histogram from 4.3 to 7.9"' in page.html
    text = words(page)
    assert "sepal_length double 4.3 to 7.9" in text
    assert "versicolor 50" in text
    assert "gardener of iris.csv: e-mail addresses" in text
    assert page.html.count("<tr>") > 40


def test_a_number_is_short_and_has_all_its_digits_as_title(bench: Browser) -> None:
    sample = "version/sample/train.parquet"
    files = {"README.md": card("sums", {"train": sample})}
    page = made(bench, "sums", {**files, sample: parquet_file({"sum": [0.1 + 0.2, 0.5]})})
    assert '<td class="to-right" title="0.30000000000000004">0.3</td>' in page.html
    assert '<td class="to-right">0.5</td>' in page.html


def test_tables_are_chosen_by_links(filled: Browser) -> None:
    html = filled.get("/datasets/NERSC/measured/data").html
    assert 'href="/datasets/NERSC/measured/data/main/2">test</a>' in html
    second = filled.get("/datasets/NERSC/measured/data/main/2")
    assert "<td>virginica</td>" in second.html
    assert "<td>setosa</td>" not in second.html


@pytest.mark.attack("hostile names")
def test_no_name_of_a_file_looks_like_another_one(filled: Browser) -> None:
    page = filled.get("/datasets/NERSC/odd/data")
    assert "\u202e" not in page.html
    assert "<b>bold" not in page.html
    shown = words(page)
    assert "\\u202egnp.csv" in shown
    assert 'href="https://portal.example.org/odd/%E2%80%AEgnp.csv"' in page.html
    assert 'odd/a%20%22b%22%20%23c%3Fd%2520.csv"' in page.html
    folder = words(filled.get("/datasets/NERSC/odd/data-files/main?folder=%E2%80%AEfolder"))
    assert "\u202e" not in folder
    assert "\\u202efolder" in folder


def test_a_version_without_files_says_so_and_offers_no_search(bench: Browser) -> None:
    documents = version_documents([], None)
    page = made(bench, "nothing", {"README.md": card("nothing", {}), **documents})
    assert "version v1: 0 files, 0 bytes." in words(page)
    assert "find-files" not in page.html


@pytest.mark.parametrize("table", ["0", "3", "x", "99999999999999999999"])
def test_a_table_that_is_not_there_is_not_found(filled: Browser, table: str) -> None:
    assert filled.get(f"/datasets/NERSC/measured/data/main/{table}").status == 404


def test_pictures_are_a_grid_and_their_bytes_are_sent_as_they_are(filled: Browser) -> None:
    page = filled.get("/datasets/NERSC/pictured/data")
    pictures = re.findall(r'<img src="(/datasets[^"]*)" alt="([^"]*)"', page.html)
    assert (len(pictures), pictures[1][1]) == (24, "Example 2 of the sample")
    assert "data:" not in page.html
    answer = filled.get(pictures[1][0])
    assert (answer.headers["content-type"], answer.body) == ("image/png", png(43, 48))
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "immutable" in answer.headers["cache-control"]
    again = filled.get(pictures[1][0], if_none_match=answer.headers["etag"])
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "0-24/version/sample/train.parquet",
        "1-0/version/sample/train.parquet",
        "x/version/sample/train.parquet",
        "0-0/version/manifest.tsv",
        "0-0/README.md",
    ],
)
def test_other_addresses_of_pictures_are_not_found(filled: Browser, path: str) -> None:
    assert filled.get(f"/datasets/NERSC/pictured/thumbnail/main/{path}").status == 404


def test_variables_are_shown_where_there_is_no_sample(filled: Browser) -> None:
    page = filled.get("/datasets/NERSC/modeled/data")
    assert "time 365 \N{MULTIPLICATION SIGN} lat 180" in page.html
    assert 'aria-label="A slice of /tas at time 0 over lat and lon' in page.html
    assert "Near-surface air temperature" in page.html
    assert "Sample" not in words(page)


def test_the_files_are_shown_folder_by_folder(filled: Browser) -> None:
    first = filled.get("/datasets/NERSC/measured/data")
    assert "271 files, 2.17 MB" in first.html
    assert first.html.count('class="folder"') == 10
    address = "/datasets/NERSC/measured/data-files/main?folder=year-1990"
    assert address in first.html
    folder = filled.get(address)
    assert "https://portal.example.org/measured/year-1990/run-003.csv" in folder.html
    assert words(folder).count(".csv") > 8


def test_files_below_a_link_with_a_query_have_no_address(bench: Browser) -> None:
    files = measured()
    files["README.md"] = str(files["README.md"]).replace("org/measured)", "org/m?id=1)")
    made(bench, "managed", files)
    folder = bench.get("/datasets/NERSC/managed/data-files/main?folder=year-1990").html
    assert ("run-003.csv" in folder, "?id=1/" in folder) == (True, False)


def test_files_are_found_by_name(filled: Browser) -> None:
    page = filled.get("/datasets/NERSC/measured/data-files/main?find=RUN-007")
    assert "30 matches" in words(page)
    page = filled.get("/datasets/NERSC/measured/data-files/main?find=%3Cb%3E&folder=%00%FF")
    assert (page.status, "<b>" in page.html.split("<main")[1].split("Files")[0]) == (200, False)


def test_the_strip_says_how_far_to_rely_on_the_data(filled: Browser) -> None:
    for tab in ("", "/data"):
        text = words(filled.get(f"/datasets/NERSC/measured{tab}"))
        for said in (
            "2.17 MB in 271 files",
            "Examples 150",
            "License cc0-1.0",
            "20 Nov 2026 (version v1)",
            "Files not read for 8 weeks are purged.",
            "Cite @article{fisher1936,",
        ):
            assert said in text, (tab, said)


def test_an_older_revision_shows_its_own_data(bench: Browser) -> None:
    made(bench, "moved", version_documents([("old.csv", 5)], None))
    record = bench.hub.registry.find(RepoName(RepoKind.DATASET, "NERSC", "moved"))
    assert record is not None
    html = bench.get("/datasets/NERSC/moved/commits/main").html
    (old, *_) = re.findall(r"/datasets/NERSC/moved/commit/([0-9a-f]{40})", html)
    commit(bench.hub, "moved", version_documents([("new.csv", 5)], None), "Change")
    assert "old.csv" in bench.get(f"/datasets/NERSC/moved/data/{old}").html
    assert "new.csv" in bench.get("/datasets/NERSC/moved/data").html
    tab = f'href="/datasets/NERSC/moved/data/{old}"'
    assert tab in bench.get(f"/datasets/NERSC/moved/tree/{old}").html


def test_a_dataset_that_says_nothing_of_its_data_has_no_tab(bench: Browser) -> None:
    answer = made(bench, "silent", {"README.md": "# Silent\n"})
    assert answer.status == 404
    assert ">Data</a>" not in bench.get("/datasets/NERSC/silent").html


def test_private_and_gated_data_is_for_those_who_may_read_files(bench: Browser) -> None:
    assert made(bench, "closed", measured()).status == 200
    record = bench.hub.registry.find(RepoName(RepoKind.DATASET, "NERSC", "closed"))
    assert record is not None
    paths = ("data", "data-files/main", "thumbnail/main/0-0/version/sample/train.parquet")
    bench.hub.registry.set_gated(record.storage_id, "manual")
    assert {bench.get(f"/datasets/NERSC/closed/{path}").status for path in paths} == {401}
    assert "271 files" not in bench.get("/datasets/NERSC/closed").html
    known = {"Authorization": f"Bearer {TOKEN}"}
    assert bench.get("/datasets/NERSC/closed/data", **known).status == 200


def test_without_pyarrow_the_page_says_what_to_install(
    bench: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "find_spec", lambda _name: None)
    files = measured() | {"version/sample/train.parquet": parquet_file({"only": [1]})}
    text = words(made(bench, "uninstalled", files))
    assert "huggingnersc[data]" in text
    assert "sepal_length" in text  # what the statistics know of the columns


HOSTILE = '<img src=x onerror="alert(1)"></svg><script>alert(1)</script>'


@pytest.mark.attack("hostile data")
def test_names_and_values_with_markup_are_shown_as_text(bench: Browser) -> None:
    text = json.dumps(all_parts()).replace("weather", json.dumps(HOSTILE)[1:-1])
    for word in ("iris.csv", "setosa", "length", "temperature", "e-mail addresses", "K"):
        text = text.replace(f'"{word}"', json.dumps(HOSTILE))
    sample = parquet_file({HOSTILE: [HOSTILE], "label": [0]}, [HOSTILE])
    answer = made(
        bench,
        "marked-up",
        {
            "README.md": card("marked-up", {"train": "version/sample/train.parquet"}),
            "version/sample/train.parquet": sample,
            **version_documents([(f"{HOSTILE}/{HOSTILE}", 1)], None),
            "version/statistics.json": text,
        },
    )
    assert answer.status == 200
    assert "&lt;img src=x" in answer.html
    assert "<img src=x" not in answer.html
    assert answer.html.count("<script") == 1  # our own


@pytest.mark.attack("hostile data")
@pytest.mark.parametrize(
    ("name", "path", "content"),
    [
        ("statistics", "version/statistics.json", b'{"format": NaN, "x": [[[['),
        ("version", "version/version.json", b'{"format": 1, "files": 1e999}'),
        ("sample", "version/sample/train.parquet", b"PAR1" + b"\0" * 50 + b"PAR1"),
        ("manifest", "version/manifest.tsv", b"x" * 300_000),
        ("manifest-text", "version/manifest.tsv", b"a\tb\n\n\xff\t\t\t\t\n"),
        ("folders", "version/folders.tsv", b"\t\t1\t1\t1\t1\t1\t<b>=1\n"),
        ("pointer", "version/manifest.tsv", b""),
    ],
)
def test_what_cannot_be_read_is_said(bench: Browser, name: str, path: str, content: bytes) -> None:
    files = {**measured(), path: content}
    answer = made(bench, f"odd-{name}", files)
    assert answer.status == 200
    for view in ("", "/data-files/main", "/data-files/main?find=a", "/data-files/main?folder=a"):
        assert bench.get(f"/datasets/NERSC/odd-{name}{view}").status == 200


@pytest.mark.attack("expensive pages")
def test_a_sample_too_large_is_not_opened(bench: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_page, "SAMPLE_LIMIT", 100)
    assert SAMPLE_LIMIT > 100
    text = words(made(bench, "large-sample", measured()))
    assert "The sample is too large to be shown." in text


def test_statistics_without_a_sample_show_the_columns(bench: Browser) -> None:
    documents = version_documents([("iris.csv", 5)], all_parts())
    answer = made(bench, "no-sample", {"README.md": card("no-sample", {}), **documents})
    text = words(answer)
    assert "Columns iris.csv" in text
    assert "not shown: e-mail addresses" in text
    assert 'href="/datasets/NERSC/no-sample/data/main/2">log-*.csv, train</a>' in answer.html


def test_shards_that_are_not_stored_here_are_no_choice(bench: Browser) -> None:
    files, shards = measured(), {"split": "train", "path": "data/train-*-of-00002.parquet"}
    named = json.dumps({"config_name": "data", "data_files": [shards]})
    info = {
        "config_name": "data",
        "features": [
            {"name": "image", "dtype": "image"},
            {"name": "<b>", "dtype": {"class_label": {"names": {"0": "cat", "1": "dog"}}}},
            {"name": "numbers", "list": "int64"},
        ],
        "splits": [{"name": "train", "num_bytes": 2_000_000, "num_examples": 1200}],
    }
    about = f"dataset_info: {json.dumps(info)}\nconfigs: [{named}, "
    files["README.md"] = str(files["README.md"]).replace("configs: [", about, 1)
    text = words(made(bench, "exported", files))
    assert "they are not stored here" in text
    assert "train 1,200 2 MB" in text
    assert "image image &lt;b&gt; one of 2 classes numbers list of int64" in text
    assert "data, train" not in text
    assert bench.get("/datasets/NERSC/exported/data/main/2").status == 200  # of the sample
    assert bench.get("/datasets/NERSC/exported/data/main/3").status == 404


def test_a_private_manifest_is_said_to_be_private(bench: Browser) -> None:
    documents = version_documents([("a", 1)], make_statistics())
    del documents["version/manifest.tsv"], documents["version/folders.tsv"]
    assert "The list of the files is not published." in words(made(bench, "unlisted", documents))


def test_a_model_has_no_data_tab(bench: Browser) -> None:
    make(bench.hub, "predictor", RepoKind.MODEL)
    documents = version_documents([("a", 1)], None)
    commit(bench.hub, "predictor", documents, "Add", kind=RepoKind.MODEL)
    assert bench.get("/NERSC/predictor/data").status == 404
    assert ">Data</a>" not in bench.get("/NERSC/predictor").html


def test_the_card_s_first_line_loads_the_sample(filled: Browser) -> None:
    html = filled.get("/datasets/NERSC/measured").html
    snippet = html.partition('data-copy="Load a sample in Python"')[2].partition("</pre>")[0]
    text = unescape(re.sub(r"<[^>]*>", "", snippet))
    assert 'load_dataset("NERSC/measured", "sample")' in text
