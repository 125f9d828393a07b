from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import pytest
from huggingface_hub import HfApi

from huggingnersc import catalog_new_dataset, init_dataset
from huggingnersc.api.site import resolve_site
from huggingnersc.cli.program import (
    command_words,
    field_name,
    invoked_as,
    set_command,
    worded,
)
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.draft.plan import LINK_PLACEHOLDER
from huggingnersc.domain.metadata.schema import MetadataSchema
from huggingnersc.errors import (
    AnswersMissingError,
    DatasetError,
    RequestInvalidError,
)
from huggingnersc.fixes import Message, Option
from tests.builders import IRIS, write_tree
from tests.conftest import ROOT, Golden
from tests.data_files import DATA_EXTRA, write_hdf5

if TYPE_CHECKING:
    from huggingnersc.api.draft.init_dataset import Initialized
    from tests.api.conftest import Centre

SCHEMA = json.loads((ROOT / "metadata_schema.json").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def in_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def init(data: Path, **given: Any) -> Initialized:
    return init_dataset(data, **({"site": "local"} | given))


def table(folder: Path, rows: int = 3) -> Path:
    return write_tree(folder, {"a.csv": "x,y\n" + "1,2\n" * rows})


def test_iris_gives_valid_metadata_and_a_loader_in_a_folder_of_its_nickname() -> None:
    result = init(IRIS / "data", license="cc", tasks=["tabular-classification"], tags=["biology"])
    document = json.loads(Path("iris/metadata.json").read_text(encoding="utf-8"))
    assert MetadataSchema(SCHEMA).problems(document, name="metadata.json") == ()
    assert document == {
        "datacard_tags": {
            "pretty_name": "Iris",
            "size_categories": "n<1K",
            "license": "cc",
            "task_categories": ["tabular-classification"],
            "tags": ["csv", "biology"],
        },
        "other_info": {"nickname": "iris"},
    }
    assert (result.examples, result.examples_are_exact, result.file_type) == (150, True, "csv")
    assert result.columns["species"] == "str"
    assert result.written == ("metadata.json", "iris_loader.py")
    assert result.output == PurePosixPath("iris")
    assert sorted(path.name for path in Path("iris").iterdir()) == [
        "iris_loader.py",
        "metadata.json",
    ]


def test_what_init_writes_is_what_catalog_takes_and_the_pushed_loader_runs(
    centre: Centre, tmp_path: Path
) -> None:
    drafted = init(IRIS / "data", official_name="Fisher's Iris Data", site=str(centre.profile))
    (step,) = [step for step in drafted.next_steps if step.fix.verb == "catalog_new_dataset"]
    link = "https://portal.nersc.gov/cfs/dasrepo/iris"
    words = [link if word == "PORTAL_LINK" else word for word in command_words(step.fix)]
    command: list[str | Path] = [
        sys.executable,
        ROOT / "main.py",
        *words,
        "--site",
        centre.profile,
        "--json",
    ]
    done = subprocess.run(command, env={**os.environ}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["outcome"] == "cataloged"
    api = HfApi(endpoint=centre.hub.endpoint, token=centre.hub.token)
    loader = api.hf_hub_download("NERSC/iris", "iris_loader.py", repo_type="dataset")
    shown = subprocess.run(
        [sys.executable, "-I", "-S", loader], capture_output=True, text=True, check=False, cwd="/"
    )
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.count("'species': 'setosa'") == 3


def test_distributed_draft_is_what_catalog_takes(centre: Centre, tmp_path: Path) -> None:
    pytest.importorskip("h5py", reason=DATA_EXTRA)
    data = write_hdf5(tmp_path / "jets")
    drafted = init(data, distributed=True, site=str(centre.profile))
    words = [
        word.replace("PORTAL_LINK", "https://x.org/jets")
        for word in command_words(drafted.next_steps[2].fix)
    ]
    done = subprocess.run(
        [sys.executable, ROOT / "main.py", *words, "--site", centre.profile, "--json"],
        env={**os.environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    files = {file["path"] for file in json.loads(done.stdout)["hub_files"]}
    assert files == {"README.md", "jets_batch.sh", "jets_environment.yml", "jets_loader.py"}


def test_data_that_the_portal_serves_gets_its_link() -> None:
    rule = resolve_site("local").profile.portal
    assert rule is not None
    root = Path("data-of-the-center").absolute()
    profile = ROOT.joinpath("huggingnersc/sites/local.toml").read_text(encoding="utf-8")
    write_tree(root, {"site.toml": profile.replace("/global/cfs/cdirs", str(root))})
    data = table(root / "m1/www/my set")
    result = init(data, site=str(root / "site.toml"))
    assert result.portal_link == "https://portal.nersc.gov/cfs/m1/my%20set"
    assert "--data-path" not in command_words(result.next_steps[2].fix)
    (warning,) = result.warnings
    assert isinstance(warning, Message)
    assert Field.LICENSE in warning.parts


def test_data_elsewhere_gets_a_placeholder_and_the_path() -> None:
    result = init(table(Path("weather")), site="nersc")
    assert result.portal_link is None
    assert command_words(result.next_steps[2].fix)[-2:] == (
        "--data-path",
        str(Path("weather").absolute()),
    )
    assert LINK_PLACEHOLDER in str(result.warnings[-2])


def test_data_elsewhere_has_an_address_on_the_local_site() -> None:
    result = init(table(Path("my weather")))
    assert result.portal_link == Path("my weather").absolute().as_uri()
    assert command_words(result.next_steps[2].fix)[4] == result.portal_link
    assert "--data-path" not in command_words(result.next_steps[2].fix)


def test_readme_of_the_data_is_proposed_as_description(centre: Centre) -> None:
    data = table(Path("weather"))
    write_tree(data, {"README.md": "---\nx: 1\n---\n# Weather\n\nHourly rain.\n"})
    result = init(data, site=str(centre.profile))
    assert result.written == ("metadata.json", "weather_loader.py", "weather_about.md")
    assert not any("Not read by" in str(warning) for warning in result.warnings)
    about = Path("weather_draft/weather_about.md")
    assert about.read_text(encoding="utf-8") == "Hourly rain.\n"
    for step in result.next_steps[1:]:
        assert Option(Field.ABOUT, str(about)) in step.fix.options
    words = command_words(result.next_steps[2].fix)
    assert words[words.index("--about") + 1] == str(about)
    cataloged = catalog_new_dataset(
        result.official_name,
        result.nickname,
        "weather_draft/weather_loader.py",
        "https://x.org/weather",
        "weather_draft/metadata.json",
        about=about,
        data_path=data,
        site=str(centre.profile),
    )
    card = Path(str(cataloged.notebook)).with_name("README.md")
    assert "Hourly rain." in card.read_text(encoding="utf-8")


def test_several_types_are_tags_and_the_one_with_most_bytes_is_loaded() -> None:
    write_tree(Path("mix"), {"a.csv": "x,y\n" + "1,2\n" * 99, "notes/b.txt": "x\n", "c.png": "x"})
    result = init(Path("mix"))
    assert result.metadata["datacard_tags"]["tags"] == ["csv", "txt"]
    assert result.file_type == "csv"
    assert result.warnings[:2] == (
        "Not read by the loader: 1 text file.",
        "Not read by the loader: *.png.",
    )


def test_everything_unknown_is_reported_at_once_and_nothing_is_written() -> None:
    data = table(Path("---"))
    with pytest.raises(AnswersMissingError) as caught:
        init(data)
    assert [problem.where for problem in caught.value.problems] == [
        Field.OFFICIAL_NAME,
        Field.NICKNAME,
    ]
    assert caught.value.exit_code == 2
    assert sorted(path.name for path in Path().iterdir()) == ["---", "home"]


def test_the_wide_schema_is_not_named_where_it_allows_no_more() -> None:
    with pytest.raises(RequestInvalidError) as caught:
        init(table(Path("d")), nickname="a b")
    assert [problem.where for problem in caught.value.problems] == [Field.NICKNAME]
    assert caught.value.hint is None


def test_everything_not_allowed_is_reported_at_once_and_nothing_is_written() -> None:
    with pytest.raises(RequestInvalidError) as caught:
        init(
            table(Path("d")),
            official_name="two\nlines",
            nickname="a b",
            license="gpl",
            tasks=["tabular"],
            languages=["en", "en"],
            papers=["x"],
            size_category="huge",
        )
    where = [problem.where for problem in caught.value.problems]
    assert where == [
        Field.OFFICIAL_NAME,
        Field.NICKNAME,
        Field.PAPERS,
        "metadata.json: $.datacard_tags.language",
        "metadata.json: $.datacard_tags.license",
        "metadata.json: $.datacard_tags.size_categories",
        "metadata.json: $.datacard_tags.task_categories[0]",
    ]
    assert not Path("a b").exists()


def test_budget_of_the_site_ends_the_counting_and_the_estimate_is_used(tmp_path: Path) -> None:
    profile = ROOT.joinpath("huggingnersc/sites/local.toml").read_text(encoding="utf-8")
    small = profile.replace("gigabytes = 4", "gigabytes = 0.0001")
    write_tree(tmp_path, {"site.toml": small})
    data = table(tmp_path / "long", rows=200_000)
    result = init(data, site=str(tmp_path / "site.toml"))
    assert not result.examples_are_exact
    assert result.examples is not None
    assert result.examples_counted < result.examples
    assert result.count.startswith("at least ")
    assert result.metadata["datacard_tags"]["size_categories"] == "100K<n<1M"
    assert any(
        Option(Field.COUNT_ALL) in warning.parts
        for warning in result.warnings
        if isinstance(warning, Message)
    )
    counted = init(data, site=str(tmp_path / "site.toml"), count_all=True, force=True)
    assert (counted.examples, counted.examples_are_exact) == (200_000, True)


def test_folder_that_cannot_be_listed_in_time_needs_the_size_category(tmp_path: Path) -> None:
    profile = ROOT.joinpath("huggingnersc/sites/local.toml").read_text(encoding="utf-8")
    write_tree(tmp_path, {"site.toml": profile.replace("seconds = 20", "seconds = 0")})
    data = write_tree(tmp_path / "many", {f"{n}.csv": "x,y\n1,2\n" for n in range(5)})
    site = str(tmp_path / "site.toml")
    with pytest.raises(AnswersMissingError) as caught:
        init(data, site=site)
    assert [problem.where for problem in caught.value.problems] == [Field.SIZE_CATEGORY]
    result = init(data, site=site, size_category="1M<n<10M")
    assert (result.examples, result.count) == (None, "at least 1 example")


def test_second_run_overwrites_nothing_unless_forced() -> None:
    data = table(Path("d"))
    init(data, nickname="d2")
    Path("d2/metadata.json").write_text("mine", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"metadata\.json, d2_loader\.py") as caught:
        init(data, nickname="d2")
    assert isinstance(caught.value.hint, Message)
    assert Option(Field.FORCE) in caught.value.hint.parts
    assert Path("d2/metadata.json").read_text(encoding="utf-8") == "mine"
    init(data, nickname="d2", force=True)
    assert json.loads(Path("d2/metadata.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["d", "d/x/../y", "d/deep/folder", "link", "link/new", "e/../d"])
def test_output_inside_the_data_is_refused_with_a_folder_outside(
    name: str, tmp_path: Path
) -> None:
    data = table(Path("d"))
    Path("link").symlink_to(data)
    Path("e").mkdir()
    with pytest.raises(DatasetError, match="inside the data") as caught:
        init(data, output=name, force=True)
    assert isinstance(caught.value.hint, Message)
    assert Option(Field.OUTPUT, str(tmp_path / "d_draft")) in caught.value.hint.parts
    assert [path.name for path in data.iterdir()] == ["a.csv"]


def test_folder_outside_is_named_where_the_data_is_the_parent_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table(tmp_path / "d/sub")
    monkeypatch.chdir(tmp_path / "d/sub")
    with pytest.raises(DatasetError) as caught:
        init(Path(".."), output=".")
    assert isinstance(caught.value.hint, Message)
    assert Option(Field.OUTPUT, str(tmp_path / "d_draft")) in caught.value.hint.parts


def test_output_inside_data_given_by_a_link_is_refused(tmp_path: Path) -> None:
    real = table(tmp_path / "real/d")
    Path("link").symlink_to(real)
    with pytest.raises(DatasetError, match="inside the data"):
        init(Path("link"), output=real / "draft")


def test_folder_beside_the_data_may_be_written(tmp_path: Path) -> None:
    data = table(tmp_path / "iris/data")
    assert init(data, output=tmp_path / "iris").output == PurePosixPath(tmp_path / "iris")
    assert [path.name for path in data.iterdir()] == ["a.csv"]


def test_draft_beside_a_folder_of_its_name_goes_into_another_one() -> None:
    assert init(table(Path("weather"))).output == PurePosixPath("weather_draft")
    assert [path.name for path in Path("weather").iterdir()] == ["a.csv"]


def test_draft_does_not_go_into_the_folder_that_holds_the_data() -> None:
    assert init(table(Path("weather/data"))).output == PurePosixPath("weather_draft")
    assert [path.name for path in Path("weather").iterdir()] == ["data"]


@pytest.mark.parametrize("within", [".", "deep/er"])
def test_draft_made_in_the_data_goes_beside_it(
    within: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = table(tmp_path / "weather")
    (data / within).mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(data / within)
    assert init(data).output == PurePosixPath(tmp_path / "weather_draft")
    assert not [*data.rglob("*.json")]


def test_one_file_may_have_its_draft_beside_it(tmp_path: Path) -> None:
    table(tmp_path)
    assert init(Path("a.csv"), nickname="weather").output == PurePosixPath("weather")


def test_data_without_a_file_to_load_is_refused_with_the_types_there_are() -> None:
    write_tree(Path("pictures"), {"a.doc": "x", "README.txt": "about"})
    with pytest.raises(DatasetError, match=r"/pictures .*\(CSV, .*netCDF, .*text"):
        init(Path("pictures"))


def test_tables_of_many_kinds_in_one_folder_are_refused() -> None:
    write_tree(Path("mix"), {f"{n}.csv": f"c{n},d\n1,2\n" for n in range(60)})
    with pytest.raises(DatasetError, match=r"/mix .* 59 CSV files .*\b0\.csv"):
        init(Path("mix"))


def test_path_that_is_not_utf_8_is_refused() -> None:
    name = os.fsdecode(b"d\xff")
    table(Path(name))
    with pytest.raises(DatasetError, match=r"d\\udcff'"):
        init(Path(name))
    assert not Path("metadata.json").exists()


def test_every_refusal_reads_like_this(golden: Golden, tmp_path: Path) -> None:
    write_tree(Path("pictures"), {"a.doc": "x"})
    write_tree(Path("mix"), {f"{n}.csv": f"c{n},d\n1,2\n" for n in range(60)})
    write_tree(Path("utf16"), {"a.csv": "x,y\n1,2\n".encode("utf-16")})
    init(table(Path("d")))
    refused = [Path(name) for name in ("pictures", "mix", "utf16", "gone", "d")]
    refused += [table(Path("---")), table(Path(os.fsdecode(b"odd\xff")))]
    with invoked_as("huggingnersc"):
        set_command("init-dataset", site=None)
        messages = [refusal(data) for data in refused]
        messages.append(refusal(Path("d"), output="d/draft"))
    golden("messages/init_dataset.txt", "".join(messages).replace(str(tmp_path), "PLACE"))


def refusal(data: Path, **given: Any) -> str:
    """Return message, problems and hint of a draft that cannot be made."""
    with pytest.raises((DatasetError, AnswersMissingError)) as caught:
        init(data, **given)
    error = caught.value
    problems = getattr(error, "problems", ())
    lines = [str(error), *(f"  {field_name(one.where)}: {one.message}" for one in problems)]
    return "".join(f"{line}\n" for line in [*lines, *([worded(error.hint)] if error.hint else [])])


def test_arrays_that_the_loader_leaves_out_are_named(tmp_path: Path) -> None:
    pytest.importorskip("h5py", reason=DATA_EXTRA)
    warnings = init(write_hdf5(tmp_path / "jets"), distributed=True).warnings
    assert "Not as long as jets/x, so left out by the loader: bins (11)." in warnings
    assert "A distributed loader reads numbers only; left out: name." in warnings


def test_distributed_loader_needs_numbers(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py", reason=DATA_EXTRA)
    (tmp_path / "d").mkdir()
    with h5py.File(tmp_path / "d/a.h5", "w") as file:
        file["names"] = [b"a", b"b"]
    with pytest.raises(DatasetError, match=r"/d\b") as caught:
        init(tmp_path / "d", distributed=True)
    assert isinstance(caught.value.hint, Message)
    assert Field.DISTRIBUTED in caught.value.hint.parts
    assert init(tmp_path / "d").arrays == ("names",)


@pytest.mark.parametrize(
    ("suffix", "library", "package"),
    [
        (".h5", "h5py", "h5py"),
        (".nc", "netCDF4", "netCDF4"),
        (".parquet", "pyarrow", "pyarrow"),
        (".png", "PIL", "Pillow"),
        (".zarr/zarr.json", "zarr", "zarr"),
    ],
)
def test_missing_library_is_named_with_the_command_that_installs_it(
    suffix: str, library: str, package: str, tmp_path: Path
) -> None:
    write_tree(tmp_path, {f"d/a{suffix}": "x", f"without/{library}.py": "raise ImportError"})
    done = subprocess.run(
        [sys.executable, ROOT / "main.py", "init-dataset", "d", "--site", "local"],
        env={**os.environ, "PYTHONPATH": str(tmp_path / "without")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert f"pip install {package}" in done.stderr
    assert not Path("d/metadata.json").exists()
