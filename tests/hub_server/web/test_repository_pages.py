from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from huggingnersc.domain.repo_names import RepoKind, RepoName
from huggingnersc.hub_server.web import changes, file_pages, views
from huggingnersc.hub_server.web.file_view import LINES_SHOWN
from huggingnersc.hub_server.web.page_script import page_script
from huggingnersc.hub_server.web.routes import REPOSITORY, SITE
from tests.hub_contents import HOSTILE_NAME, LONG_NAME, TOKEN, commit, make, png

if TYPE_CHECKING:
    from tests.hub_server.web.conftest import Browser

IRIS = "/datasets/NERSC/iris"
BEARER = f"Bearer {TOKEN}"


def test_every_route_has_its_view() -> None:
    assert all(callable(getattr(views, name)) for name in {*SITE.values(), *REPOSITORY.values()})


def test_the_card_is_rendered_with_its_tags_and_snippets(browser: Browser) -> None:
    html = browser.get(IRIS).html
    assert re.search(r"<h2 [^>]*>Where the data lives <a ", html)
    assert '<span class="hl-k">import</span>' in html
    assert 'href="/datasets?filter=license%3Acc-by-4.0"' in html
    assert f'src="{IRIS}/resolve/main/pictures/square.png"' in html
    assert f'href="{IRIS}/blob/main/iris_loader.py"' in html
    assert f"git clone {browser.address}{IRIS}" in html
    assert "load_dataset" in html


def test_a_model_is_addressed_at_the_root(browser: Browser) -> None:
    html = browser.get("/NERSC/tagger").html
    assert 'href="/models?filter=tabular-classification"' in html
    assert "load_dataset" not in html


def test_a_repository_without_a_card_is_shown_as_such(browser: Browser) -> None:
    assert "No card yet" in browser.get("/datasets/NERSC/empty").html


def test_a_picture_looked_at_in_a_card_is_no_download(bench: Browser) -> None:
    make(bench.hub, "seen")
    commit(bench.hub, "seen", {"a.png": png()}, "Add")
    address = "/datasets/NERSC/seen/resolve/main/a.png"
    counts = []
    for headers in ({"Sec_Fetch_Dest": "image"}, {}):
        assert bench.get(address, **headers).body == png()
        bench.hub.downloads.flush()
        record = bench.hub.registry.find(RepoName(RepoKind.DATASET, "NERSC", "seen"))
        assert record is not None
        counts.append(record.downloads)
    assert counts == [0, 1]


def test_another_case_leads_to_the_name_as_it_is_written(browser: Browser) -> None:
    answer = browser.get("/datasets/nersc/IRIS")
    assert (answer.status, answer.headers["location"]) == (307, IRIS)


def test_a_folder_lists_folders_first_with_size_and_last_change(browser: Browser) -> None:
    html = browser.get(f"{IRIS}/tree/main").html.partition("<tbody>")[2]
    names = re.findall(r"</svg><span>([^<]*)</span>", html)
    assert names[:3] == ["data", "pictures", ".gitattributes"]
    assert "Read the folder from the environment" in html
    assert "Check the numbers again" in html


def test_a_table_is_shown_as_one(browser: Browser) -> None:
    html = browser.get(f"{IRIS}/blob/main/data/iris.csv").html
    assert '<th scope="col" class="to-right">sepal_length</th>' in html
    assert "All 150 rows." in html


def test_a_large_table_is_cut(browser: Browser) -> None:
    html = browser.get(f"/datasets/NERSC/{LONG_NAME}/blob/main/wide.csv").html
    assert html.count("<tr>") == 201
    assert "The first 200 rows" in html
    assert "40 more columns not shown" in html


def test_code_is_shown_with_numbered_lines(browser: Browser) -> None:
    html = browser.get(f"{IRIS}/blob/main/iris_loader.py").html
    assert 'id="L1"' in html
    assert 'href="#L1"' in html
    assert "hl-k" in html


def test_a_file_is_shown_with_its_revision_last_change_and_raw_text(browser: Browser) -> None:
    html = browser.get(f"{IRIS}/blob/main/iris_loader.py").html
    assert f'<a href="{IRIS}/blob/main/iris_loader.py" aria-current' in html
    line = html.partition('<p class="commit-line" data-live>')[2].partition("</p>")[0]
    assert "Read the folder from the environment" in line
    assert re.search(rf'href="{IRIS}/commit/[0-9a-f]{{40}}"', line)
    raw = f"{IRIS}/raw/main/iris_loader.py"
    assert f'href="{raw}">Raw</a>' in html
    assert browser.get(raw).html == browser.get(raw.replace("/raw/", "/resolve/")).html


def test_the_whole_text_of_a_file_can_be_copied_and_a_part_of_it_cannot(bench: Browser) -> None:
    make(bench.hub, "copied")
    commit(bench.hub, "copied", {"a.txt": "a\n", "long.txt": "a\n" * (LINES_SHOWN + 1)}, "Add")
    offered = [
        'data-copy-to="file-actions"' in bench.get(f"/datasets/NERSC/copied/blob/main/{name}").html
        for name in ("a.txt", "long.txt")
    ]
    assert offered == [True, False]


def test_a_rendered_file_also_shows_its_source(browser: Browser) -> None:
    assert "?plain=1" in browser.get(f"{IRIS}/blob/main/README.md").html
    assert "license: cc-by-4.0" not in browser.get(f"{IRIS}/blob/main/README.md").html
    source = browser.get(f"{IRIS}/blob/main/README.md?plain=1").html
    assert "hl-" not in source
    assert "license: cc-by-4.0" in source


def test_a_notebook_shows_its_pictures_from_this_site(browser: Browser) -> None:
    html = browser.get(f"{IRIS}/blob/main/iris.ipynb").html
    address = f"{IRIS}/figure/main/iris.ipynb?cell=1&amp;output=1"
    assert f'src="{address}" alt="A plot"' in html
    picture = browser.get(address.replace("&amp;", "&"))
    assert (picture.headers["content-type"], picture.body) == ("image/png", png())


@pytest.mark.parametrize(
    "query", ["", "?cell=0&output=0", "?cell=-1&output=1", "?cell=x&output=" + "9" * 5000]
)
def test_a_picture_that_is_not_there_is_missing(browser: Browser, query: str) -> None:
    assert browser.get(f"{IRIS}/figure/main/iris.ipynb{query}").status == 404


def test_the_history_is_grouped_by_day_and_each_commit_shows_its_diff(browser: Browser) -> None:
    html = browser.get(f"{IRIS}/commits/main").html
    found = re.search(r'href="([^"]*)">Read the folder from the environment', html)
    assert found
    page = browser.get(found[1]).html
    assert "So that\nit works elsewhere." in page
    assert "+3" in page
    assert re.search(r'class="added".*# The end\.', page)


def test_a_long_history_has_pages(bench: Browser) -> None:
    make(bench.hub, "history")
    for number in range(45):
        commit(bench.hub, "history", {"n.txt": str(number)}, f"Step {number}")
    first = bench.get("/datasets/NERSC/history/commits/main").html
    assert "Step 44" in first
    assert "Step 3<" not in first
    second = bench.get("/datasets/NERSC/history/commits/main?page=2").html
    assert "Step 3<" in second
    assert "initial commit" in second


def test_a_renamed_file_is_shown_as_renamed(bench: Browser) -> None:
    make(bench.hub, "moves")
    commit(bench.hub, "moves", {"a.txt": "one\ntwo\n"}, "Add")
    sha = commit(bench.hub, "moves", {"a.txt": None, "b/c.txt": "one\ntwo\n"}, "Move")
    html = bench.get(f"/datasets/NERSC/moves/commit/{sha}").html
    assert "1 file changed" in html
    assert re.search(r"renamed</span>.*a\.txt.*→.*b/c\.txt", html)


def test_a_commit_of_very_many_lines_and_files_is_cut(bench: Browser) -> None:
    make(bench.hub, "many")
    many = {f"f{n:03d}.txt": "line\n" * 50 for n in range(120)}
    sha = commit(bench.hub, "many", many, "Add many")
    html = bench.get(f"/datasets/NERSC/many/commit/{sha}").html
    assert "120 files changed" in html
    assert html.count('class="added"') == 3_000
    assert "60 more files, without their lines" in html
    assert f'href="/datasets/NERSC/many/blob/{sha}/f119.txt">f119.txt</a></li>' in html


def test_a_commit_of_very_many_files_names_some_and_counts_the_rest(bench: Browser) -> None:
    make(bench.hub, "crowded")
    files = {f"{n:04d}.txt": "a" for n in range(changes.FILES_NAMED + 5)}
    sha = commit(bench.hub, "crowded", files, "Add")
    html = bench.get(f"/datasets/NERSC/crowded/commit/{sha}").html
    assert "more than 1,000 files changed" in html
    assert "940 more files, without their lines" in html
    assert "There are still more." in html
    assert html.count('class="path"') == changes.FILES_NAMED


def test_a_tall_file_does_not_hide_the_ones_after_it(bench: Browser) -> None:
    make(bench.hub, "lock")
    files = {"a.lock": "line\n" * 5_000, "b.py": "x = 1\n"}
    sha = commit(bench.hub, "lock", files, "Add")
    html = bench.get(f"/datasets/NERSC/lock/commit/{sha}").html
    assert "5,000 lines: too many to show." in html
    assert html.count('class="added"') == 1


def test_a_deleted_file_is_linked_where_it_was_last(bench: Browser) -> None:
    make(bench.hub, "gone-file")
    before = commit(bench.hub, "gone-file", {"a.txt": "one\n"}, "Add")
    sha = commit(bench.hub, "gone-file", {"a.txt": None}, "Delete")
    html = bench.get(f"/datasets/NERSC/gone-file/commit/{sha}").html
    address = f"/datasets/NERSC/gone-file/blob/{before}/a.txt"
    assert f'href="{address}">a.txt</a>' in html
    assert bench.get(address).status == 200


def test_a_change_of_very_many_lines_is_counted_but_not_shown(bench: Browser) -> None:
    make(bench.hub, "tall")
    sha = commit(bench.hub, "tall", {"a.txt": "line\n" * 5_000}, "Add")
    html = bench.get(f"/datasets/NERSC/tall/commit/{sha}").html
    assert "5,000 lines: too many to show." in html
    assert "<tr" not in html


def test_a_binary_change_shows_sizes(bench: Browser) -> None:
    make(bench.hub, "binary")
    commit(bench.hub, "binary", {"a.xyz": b"\0" * 10}, "Add")
    sha = commit(bench.hub, "binary", {"a.xyz": b"\0" * 2000}, "Grow")
    html = bench.get(f"/datasets/NERSC/binary/commit/{sha}").html
    assert "Not shown as text: 10 bytes → 2 kB." in html
    view = bench.get("/datasets/NERSC/binary/blob/main/a.xyz").html
    assert "This file is not text" in view


def test_a_folder_of_very_many_files_is_cut(bench: Browser) -> None:
    make(bench.hub, "crowd")
    crowd = {f"{n:05d}.txt": "x" for n in range(file_pages.ENTRY_LIMIT + 20)}
    commit(bench.hub, "crowd", crowd, "Crowd")
    html = bench.get("/datasets/NERSC/crowd/tree/main").html
    assert html.count('class="tree-name"') == file_pages.ENTRY_LIMIT
    assert "21 more entries not shown" in html


def test_a_long_text_is_cut_at_one_mebibyte(bench: Browser) -> None:
    make(bench.hub, "longtext")
    commit(bench.hub, "longtext", {"a.txt": ("0123456789" * 10 + "\n") * 20_000}, "Add")
    html = bench.get("/datasets/NERSC/longtext/blob/main/a.txt").html
    assert "only the first MiB is shown" in html
    assert html.count('class="line"') < 20_000


@pytest.mark.attack("expensive pages")
@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.py"])
def test_a_text_of_very_many_lines_is_cut(bench: Browser, name: str) -> None:
    repository = f"lines-{name}"
    make(bench.hub, repository)
    commit(bench.hub, repository, {name: '"' + "a\n" * 200_000}, "Add")
    html = bench.get(f"/datasets/NERSC/{repository}/blob/main/{name}").html
    assert "only the first 20,000 lines are shown" in html
    assert html.count('class="line"') <= LINES_SHOWN


@pytest.mark.attack("expensive pages")
@pytest.mark.parametrize(
    ("name", "content"), [("a.md", "# A"), ("a.txt", "a"), ("a.csv", "a,b\n1,2")]
)
def test_a_second_view_costs_nothing(
    bench: Browser, monkeypatch: pytest.MonkeyPatch, name: str, content: str
) -> None:
    repository = f"twice-{name}"
    make(bench.hub, repository)
    commit(bench.hub, repository, {name: content}, "Add")
    first = bench.get(f"/datasets/NERSC/{repository}/blob/main/{name}").html
    for function in ("render_markdown", "highlight_lines", "csv_head"):
        monkeypatch.delattr(file_pages, function)
    assert bench.get(f"/datasets/NERSC/{repository}/blob/main/{name}").html == first


@pytest.mark.attack("expensive pages")
def test_a_commit_of_very_many_bytes_is_not_compared_to_its_end(bench: Browser) -> None:
    make(bench.hub, "heavy")
    before = {f"{number:02d}.txt": "x" * 500_000 for number in range(9)}
    commit(bench.hub, "heavy", before, "Add")
    after = {name: f"{text}\ny" for name, text in before.items()}
    sha = commit(bench.hub, "heavy", after, "Change")
    html = bench.get(f"/datasets/NERSC/heavy/commit/{sha}").html
    assert html.count('class="added"') == 2
    assert "7 more files, without their lines" in html


def test_a_branch_with_a_slash_keeps_its_name(browser: Browser) -> None:
    record = browser.hub.registry.find(RepoName(RepoKind.DATASET, "NERSC", "iris"))
    assert record is not None
    git = browser.hub.store.open(record.storage_id)
    with git.writing():
        git.refs.write("refs/heads/dev/x", git.resolve("main").sha, old=None)
    html = browser.get(f"{IRIS}/tree/dev%2Fx").html
    assert f'href="{IRIS}/blob/dev%2Fx/iris_loader.py"' in html
    assert f'href="{IRIS}/tree/dev%2Fx"' in browser.get(f"{IRIS}/tree/main").html


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/datasets/NERSC/nothing", "No such repository here"),
        (f"{IRIS}/tree/nowhere", "No such revision"),
        (f"{IRIS}/blob/main/nothing.txt", "No such file"),
        (f"{IRIS}/blob/main/data", "No such file"),
        (f"{IRIS}/tree/main/iris_loader.py", "No such file"),
        (f"{IRIS}/blob/main/..%2F..%2Fhub.sqlite3", "No such file"),
        (f"{IRIS}/commit/ffffffffffffffffffffffffffffffffffffffff", "No such revision"),
        ("/unknown", "Nothing is here"),
        ("/a/b/c/d", "Nothing is here"),
        ("/-/secret", "Nothing is here"),
    ],
)
def test_what_is_not_there_is_a_page_that_helps(browser: Browser, path: str, title: str) -> None:
    answer = browser.get(path)
    assert answer.status == 404
    assert f"<h1>{title}</h1>" in answer.html
    assert 'href="/datasets"' in answer.html


def test_clients_of_the_api_still_read_json(browser: Browser) -> None:
    answer = browser.get("/datasets/NERSC/nothing", Accept="*/*")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-error-code"] == "RepoNotFound"
    api = browser.get("/api/datasets/NERSC/nothing")
    assert api.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    "view", ["", "/tree/main", "/blob/main/README.md", "/commits/main", "/commit/main"]
)
def test_a_private_repository_is_hidden_on_every_page(browser: Browser, view: str) -> None:
    secret, missing = (browser.get(f"/datasets/NERSC/{name}{view}") for name in ("secret", "gone"))
    assert secret.status == missing.status == 404
    assert secret.html.replace("secret", "gone") == missing.html
    shown = browser.get(f"/datasets/NERSC/secret{view}", Authorization=BEARER)
    assert shown.status == 200
    assert 'class="mark">Private' in shown.html


def test_a_wrong_token_is_refused(browser: Browser) -> None:
    assert browser.get("/datasets", Authorization="Bearer hf_wrong").status == 401


@pytest.mark.parametrize(
    ("view", "status"),
    [("", 200), ("/tree/main", 200), ("/blob/main/a.csv", 401), ("/commit/main", 401),
     ("/figure/main/a.csv", 401)],
)  # fmt: skip
def test_a_gated_repository_shows_its_card_but_no_file(
    bench: Browser, view: str, status: int
) -> None:
    name = RepoName(RepoKind.DATASET, "NERSC", "gated")
    if bench.hub.registry.find(name) is None:
        make(bench.hub, "gated")
        commit(bench.hub, "gated", {"a.csv": "a\n1\n", "README.md": "# G"}, "Add")
    record = bench.hub.registry.find(name)
    assert record is not None
    bench.hub.registry.set_gated(record.storage_id, "manual")
    assert bench.get(f"/datasets/NERSC/gated{view}").status == status


def test_a_pointer_shows_nothing_of_a_file_uploaded_elsewhere(bench: Browser) -> None:
    import hashlib

    content = b"only for the owner\n" * 100
    oid = hashlib.sha256(content).hexdigest()
    with bench.hub.lfs.receive(oid, len(content)) as incoming:
        incoming.write(content)
        incoming.finish()
    make(bench.hub, "thief")
    pointer = (
        f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(content)}\n"
    )
    commit(bench.hub, "thief", {"a.txt": pointer, "a.parquet": pointer}, "Point at it")
    for path in ("a.txt", "a.parquet"):
        answer = bench.get(f"/datasets/NERSC/thief/blob/main/{path}")
        assert answer.status == 404
        assert "only for the owner" not in answer.html
    record = bench.hub.registry.find(RepoName(RepoKind.DATASET, "NERSC", "thief"))
    assert record is not None
    bench.hub.links.add(record.storage_id, [(oid, len(content))])
    shown = bench.get("/datasets/NERSC/thief/blob/main/a.txt").html
    assert "only for the owner" in shown
    assert oid in shown


class Elements(HTMLParser):
    """Every element of a page with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


VIEWS = [
    "",
    "/tree/main",
    "/commits/main",
    "/commit/main",
    "/blob/main/cells.csv",
    "/blob/main/evil.ipynb",
    "/blob/main/evil.ipynb?plain=1",
    "/blob/main/evil.html",
    "/blob/main/README.md",
    f"/blob/main/{quote(HOSTILE_NAME)}",
    f"/blob/main/{quote(HOSTILE_NAME)}?plain=1",
]


@pytest.mark.parametrize("view", VIEWS)
def test_hostile_names_messages_cells_and_tags_stay_text(browser: Browser, view: str) -> None:
    answer = browser.get(f"/datasets/NERSC/hostile{view}")
    assert answer.status == 200
    html = answer.html.replace('<script type="application/ld+json">', "", not view)  # no code
    assert html.count("<script") == html.count(f"<script>{page_script()}</script>")
    for tag, attributes in Elements(answer.html).found:
        assert tag not in {"style", "iframe", "object", "embed", "base", "math"}
        assert not any(name.startswith("on") or name == "style" for name in attributes)
        assert "http-equiv" not in attributes
        for name in ("href", "src", "action"):
            assert attributes.get(name, "/")[:1] in {"/", "#", "?"}
