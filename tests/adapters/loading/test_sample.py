from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from huggingnersc.adapters.loading import sample_files
from huggingnersc.adapters.loading.sample import make_sample
from huggingnersc.adapters.loading.source import find_source
from huggingnersc.domain.draft.file_type import FileType
from tests.adapters.loading.works import loading_work, part_of
from tests.builders import write_tree
from tests.data_files import DATA_EXTRA, WRITERS, data_library, write_csv
from tests.ghostscript import trap_ghostscript
from tests.realistic_data import write_surface_temperature

pa = pytest.importorskip("pyarrow", reason=DATA_EXTRA)


class Sampled:
    """The sample of data, as a version has it."""

    def __init__(self, data: Path, folder: Path, **changes: Any) -> None:
        work = loading_work(data, folder, **changes)
        found = part_of(find_source, work)
        self.source = found.source
        self.part = part_of(make_sample, work, found.source)

    def table(self, name: str = "train") -> Any:
        from pyarrow import parquet

        return parquet.read_table(self.part.files[f"sample/{name}.parquet"])

    @property
    def rows(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.table().to_pylist()
        return rows

    @property
    def left_out(self) -> dict[str, str]:
        assert self.part.sample
        return {one.column: one.reason for one in self.part.sample.left_out}


def load(sampled: Sampled, cache: Path, name: str = "train", **options: Any) -> Any:
    """Load a file of the sample with the real library."""
    datasets = pytest.importorskip("datasets")
    file = str(sampled.part.files[f"sample/{name}.parquet"])
    return datasets.load_dataset(
        "parquet", data_files={"train": file}, split="train", cache_dir=str(cache), **options
    )


@pytest.mark.parametrize("file_type", FileType)
def test_every_type_has_a_sample_that_datasets_loads(file_type: FileType, tmp_path: Path) -> None:
    sampled = Sampled(WRITERS[file_type](tmp_path / "data"), tmp_path / "run", sample_rows=20)
    assert (sampled.part.problems, len(sampled.rows)) == ((), 20)
    assert len(load(sampled, tmp_path / "cache")) == 20
    assert len([*load(sampled, tmp_path / "cache", streaming=True)]) == 20


def test_the_same_data_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("csv", "images", "hdf5"):
        data = WRITERS[name](tmp_path / name)
        runs = (tmp_path / f"{name}-{number}" for number in range(2))
        first, second = (Sampled(data, run).part.files for run in runs)
        assert digests(first) == digests(second)


def digests(files: Any) -> dict[str, str]:
    return {path: hashlib.sha256(file.read_bytes()).hexdigest() for path, file in files.items()}


def test_rows_of_a_table_are_of_its_types(tmp_path: Path) -> None:
    text = "größe,code,n,x\n1.5,007,3,\n2,x,4,NA\n"
    sampled = Sampled(write_tree(tmp_path / "data", {"a.csv": text}), tmp_path / "run")
    assert sampled.rows == [
        {"größe": 1.5, "code": "007", "n": 3, "x": ""},
        {"größe": 2.0, "code": "x", "n": 4, "x": "NA"},
    ]


def test_splits_share_their_types_and_an_empty_one_is_left_out(tmp_path: Path) -> None:
    data = write_tree(
        tmp_path / "data",
        {
            "train/a.csv": "x,y\n1,a\n",
            "test/a.csv": "x,y\n2.5,b\n",
            "validation/a.csv": "x,y\n",
        },
    )
    sampled = Sampled(data, tmp_path / "run")
    (config,) = sampled.part.configs
    assert config.splits == {
        "train": "version/sample/train.parquet",
        "test": "version/sample/test.parquet",
    }
    assert sampled.table("train").schema == sampled.table("test").schema
    assert sampled.table("test").to_pylist() == [{"x": 2.5, "y": "b"}]


def test_tables_of_other_structures_have_samples_of_their_own(tmp_path: Path) -> None:
    write_csv(tmp_path / "data", (100,))
    write_tree(tmp_path / "data", {"sites.csv": "lat,lon\n1.5,2.5\n"})
    sampled = Sampled(tmp_path / "data", tmp_path / "run")
    assert [config.name for config in sampled.part.configs] == ["sample", "sample_sites"]
    assert sampled.table("sample_sites-train").to_pylist() == [{"lat": 1.5, "lon": 2.5}]


def test_nested_json_keeps_its_form_where_it_has_one(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"id": 1, "tags": ["a"], "place": {"lat": 1.5}, "mixed": 3, "empty": {}},
        {"id": 2, "tags": [], "place": {"lat": 2.5, "name": "ü"}, "mixed": {"a": [1]}},
    ]
    text = "".join(f"{json.dumps(row)}\n" for row in rows)
    sampled = Sampled(write_tree(tmp_path / "data", {"a.jsonl": text}), tmp_path / "run")
    first, second = sampled.rows
    assert (first["place"], second["tags"]) == ({"lat": 1.5, "name": None}, [])
    assert (first["mixed"], second["mixed"]) == ("3", '{"a": [1]}')
    assert first["empty"] == "{}"
    assert len(load(sampled, tmp_path / "cache")) == 2


def test_huge_values_are_cut_or_left_out_and_the_file_stays_small(tmp_path: Path) -> None:
    from pyarrow import parquet

    blob = bytes(10_000_000)
    table = {
        "id": [*range(50)],
        "blob": [blob[: 10_000_000 if n < 3 else 10] for n in range(50)],
        "text": ["x" * 50_000] * 50,
        "vector": [[0.5] * 20_000] * 50,
        "nested": [{"raw": b"\0", "n": 1}] * 50,
    }
    (tmp_path / "data").mkdir()
    parquet.write_table(pa.table(table), tmp_path / "data/a.parquet")
    sampled = Sampled(tmp_path / "data", tmp_path / "run")
    assert sampled.table().column_names == ["id", "text"]
    assert {len(row["text"]) for row in sampled.rows} == {10_000}
    assert {*sampled.left_out} == {"blob", "vector", "nested"}
    assert max(file.stat().st_size for file in sampled.part.files.values()) < 5_000_000


def test_rows_are_dropped_until_a_file_is_small_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import random

    words = random.Random(1)  # noqa: S311 - no secret
    text = "".join(f"{n},{words.randbytes(400).hex()}\n" for n in range(400))
    data = write_tree(tmp_path / "data", {"a.csv": "n,text\n" + text})
    source = part_of(find_source, loading_work(data, tmp_path / "run")).source
    assert source
    monkeypatch.setattr(sample_files, "LARGEST_SAMPLE_BYTES", 100_000)
    sample_files.write_samples(
        root=str(data),
        file_type=source.file_type,
        layout=dict(source.layout),
        splits={"train": ["a.csv"]},
        others={},
        rows=400,
        target=str(tmp_path),
        withheld={},
        is_listed=True,
    )
    file = tmp_path / "train.parquet"
    assert 50_000 < file.stat().st_size <= 100_000
    assert pa.parquet.read_table(file)["n"].to_pylist()[:2] == [0, 2]


@pytest.mark.attack("hostile data")
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("contact", "ada@example.org"),
        ("note", "x" * 5_000 + " write to ada@example.org"),
        ("setting", "hf_" + "aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH"),
        ("patient_name", "?"),
        ("phone", "+1 510 486 4000"),
    ],
)
def test_what_is_personal_or_secret_is_left_out(column: str, value: str, tmp_path: Path) -> None:
    rows = [{"n": n, column: f"{n}", "deep": [{"k": "v"}]} for n in range(60)]
    rows[50] |= {column: value, "deep": [{"k": value}]}
    text = "".join(f"{json.dumps(row)}\n" for row in rows)
    sampled = Sampled(write_tree(tmp_path / "data", {"a.jsonl": text}), tmp_path / "run")
    assert column in sampled.left_out
    assert column not in sampled.rows[0]
    raw = sampled.part.files["sample/train.parquet"].read_bytes()
    if value != "?" and column != "phone":  # one of 60 numbers in another column is no phone
        assert value.encode()[-15:] not in raw
        assert "deep" in sampled.left_out


def test_what_the_statistics_withhold_is_left_out_too(tmp_path: Path) -> None:
    data = write_tree(tmp_path / "data", {"a.csv": "x,y\n1,a\n"})
    statistics = {"withheld": [{"table": "a.csv", "column": "y", "reason": "names of people"}]}
    sampled = Sampled(data, tmp_path / "run", statistics=statistics)
    assert (sampled.rows, sampled.left_out) == ([{"x": 1}], {"y": "names of people"})


def test_arrays_are_cut_and_keep_their_types(tmp_path: Path) -> None:
    h5py, np = map(data_library, ("h5py", "numpy"))
    (tmp_path / "data").mkdir()
    with h5py.File(tmp_path / "data/a.h5", "w") as file:
        file["big"] = np.arange(40 * 100 * 100, dtype="f4").reshape(40, 100, 100)
        file["small"] = np.arange(80, dtype="i2").reshape(40, 2)
        file["wave"] = np.full(40, 1 + 2j)
        file["name"] = np.array([f"ü{n}" for n in range(40)], dtype=h5py.string_dtype())
        file["ragged"] = np.array(
            [np.arange(n % 3) for n in range(40)], dtype=h5py.vlen_dtype("i4")
        )
        file["pair"] = np.array([(1, 2.5)] * 40, dtype=[("a", "i4"), ("b", "f8")])
        file.attrs["author"] = "Ada Lovelace"
    sampled = Sampled(tmp_path / "data", tmp_path / "run", sample_rows=10)
    first, second = sampled.rows[:2]
    assert (len(first["big"]), len(first["big"][0]), first["big_shape"]) == (32, 32, [100, 100])
    assert second["big"][1][1] == 4 * 10_000 + 101
    assert (second["small"], "small_shape" in second) == ([8, 9], False)
    assert (second["wave"], second["pair"]) == ({"real": 1, "imag": 2}, {"a": 1, "b": 2.5})
    assert (second["name"], second["ragged"]) == ("ü4", [0])
    assert sampled.table().schema.field("small").type == pa.list_(pa.int16())
    assert b"Lovelace" not in sampled.part.files["sample/train.parquet"].read_bytes()
    assert len(load(sampled, tmp_path / "cache")) == 10


@pytest.mark.parametrize("form", ["NETCDF4", "NETCDF3_CLASSIC"])
def test_masked_and_packed_values_are_what_they_mean(form: Any, tmp_path: Path) -> None:
    netcdf, np = map(data_library, ("netCDF4", "numpy"))
    (tmp_path / "data").mkdir()
    with netcdf.Dataset(tmp_path / "data/a.nc", "w", format=form) as file:
        file.createDimension("time", None)
        file.createDimension("chars", 5)
        wind = file.createVariable("wind", "i2", ("time",), fill_value=-9)
        wind.scale_factor, wind.add_offset = 0.5, 10.0
        wind[:] = np.ma.masked_array([10.5, 11.0, 12.0], [False, True, False])
        names = file.createVariable("station", "S1", ("time", "chars"))
        names[:] = np.array([[*"ab   "], [*"cdefg"], [*"h    "]], dtype="S1")
    sampled = Sampled(tmp_path / "data", tmp_path / "run")
    assert [row["wind"] for row in sampled.rows] == [10.5, None, 12.0]
    assert [row["station"].strip() for row in sampled.rows] == ["ab", "cdefg", "h"]


@pytest.mark.parametrize("form", ["NETCDF4", "NETCDF3_CLASSIC"])
def test_times_are_dates_whatever_each_file_counts_from(form: Any, tmp_path: Path) -> None:
    netcdf, np = map(data_library, ("netCDF4", "numpy"))
    (tmp_path / "data").mkdir()
    for year in (2001, 2002):
        with netcdf.Dataset(tmp_path / f"data/{year}.nc", "w", format=form) as file:
            file.createDimension("time", None)
            time = file.createVariable("time", "f8", ("time",))
            time.units, time.calendar = f"days since {year}-01-01", "noleap"
            file.createVariable("sst", "f4", ("time",))[:] = np.arange(2, dtype="f4")
            time[:] = np.arange(2) * 58.5
    rows = Sampled(tmp_path / "data", tmp_path / "run").rows
    assert [row["time"] for row in rows] == [
        "2001-01-01",
        "2001-02-28 12:00:00",
        "2002-01-01",
        "2002-02-28 12:00:00",
    ]


def test_rows_have_the_coordinates_of_their_grid(tmp_path: Path) -> None:
    write_surface_temperature(tmp_path / "data")
    sampled = Sampled(tmp_path / "data", tmp_path / "run", sample_rows=6)
    assert (sampled.left_out, sampled.part.problems) == ({}, ())
    for row in sampled.rows:
        assert (
            (len(row["t2m"]), len(row["t2m"][0])) == (len(row["lat"]), len(row["lon"])) == (4, 8)
        )
        assert (row["lat"][0], row["time"][:2]) == (-67.5, "20")


@pytest.mark.attack("hostile data")
def test_an_array_that_is_stored_elsewhere_is_left_out(tmp_path: Path) -> None:
    h5py, np = map(data_library, ("h5py", "numpy"))
    (tmp_path / "data").mkdir()
    (tmp_path / "secret").write_bytes(b"TOPSECRET" * 8)
    with h5py.File(tmp_path / "data/a.h5", "w") as file:
        file["x"] = np.arange(9, dtype="f8")
        file.create_dataset("elsewhere", (9,), "i8", external=[(str(tmp_path / "secret"), 0, 72)])
    sampled = Sampled(tmp_path / "data", tmp_path / "run")
    assert {*sampled.rows[0]} == {"x"}
    assert "elsewhere" in sampled.left_out


def test_groups_and_files_may_be_examples(tmp_path: Path) -> None:
    h5py, np = map(data_library, ("h5py", "numpy"))
    (tmp_path / "groups").mkdir()
    with h5py.File(tmp_path / "groups/a.h5", "w") as file:
        for number in range(30):
            file[f"demo_{number}/actions"] = np.full((number + 1, 2), number, dtype="f4")
            file[f"demo_{number}/seed"] = np.arange(number + 1)
        file["about"] = "demos"
    groups = Sampled(tmp_path / "groups", tmp_path / "run", sample_rows=3)
    assert [row["actions"][0] for row in groups.rows] == [[0, 0], [10, 10], [20, 20]]
    (tmp_path / "arrays").mkdir()
    with h5py.File(tmp_path / "arrays/a.h5", "w") as file:
        for number in range(30):
            file[f"shot_{number}"] = np.full(number + 5, number, dtype="f4")
    arrays = Sampled(tmp_path / "arrays", tmp_path / "other", sample_rows=3)
    assert [row["name"] for row in arrays.rows] == ["shot_0", "shot_10", "shot_20"]


def test_an_array_that_no_table_can_hold_is_left_out(tmp_path: Path) -> None:
    h5py, np = map(data_library, ("h5py", "numpy"))
    (tmp_path / "data").mkdir()
    with h5py.File(tmp_path / "data/a.h5", "w") as file:
        file["x"] = np.arange(9, dtype="f8")
        file["opaque"] = np.array([b"\0\1"] * 9, dtype="V2")
        references = file.create_dataset("place", (9,), dtype=h5py.ref_dtype)
        references[0] = file["x"].ref
    sampled = Sampled(tmp_path / "data", tmp_path / "run")
    assert {*sampled.rows[0]} == {"x"}
    assert {*sampled.left_out} == {"opaque", "place"}


def test_images_are_scaled_and_nothing_but_their_pixels_stays(tmp_path: Path) -> None:
    np, image = map(data_library, ("numpy", "PIL.Image"))
    for kind in ("cat", "dog"):
        (tmp_path / "data" / kind).mkdir(parents=True)
    photo = image.fromarray(np.full((300, 600, 3), 90, dtype="u1"))
    exif = image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010E] = "at Ada's house"
    exif.get_ifd(0x8825)[1] = "N"
    photo.save(tmp_path / "data/cat/1.jpg", exif=exif, comment=b"Ada's house")
    image.fromarray(np.full((300, 9), 60_000, dtype="u2")).save(tmp_path / "data/dog/deep.png")
    image.fromarray(np.linspace(0, 1, 64, dtype="f4").reshape(8, 8)).save(
        tmp_path / "data/dog/float.tif"
    )
    photo.quantize(8).save(tmp_path / "data/cat/palette.gif")
    (tmp_path / "data/cat/broken.png").write_bytes(b"\x89PNG no")
    sampled = Sampled(tmp_path / "data", tmp_path / "run")
    loaded = load(sampled, tmp_path / "cache")
    found = {row["file"]: row for row in loaded}
    assert found["cat/1.jpg"]["image"].size == (128, 256)
    assert (found["cat/1.jpg"]["width"], found["cat/1.jpg"]["height"]) == (600, 300)
    assert np.asarray(found["dog/deep.png"]["image"]).max() == 60_000
    assert np.asarray(found["dog/float.tif"]["image"]).max() == 255
    assert loaded.features["label"].names == ["cat", "dog"]
    assert found["dog/deep.png"]["label"] == 1
    assert any("broken.png" in problem for problem in sampled.part.problems)
    raw = sampled.part.files["sample/train.parquet"].read_bytes()
    assert b"Ada" not in raw
    assert not any(image.open(image_of(row)).getexif() for row in sampled.rows)


@pytest.mark.attack("hostile data")
def test_no_program_is_run_for_an_image_of_another_format(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = trap_ghostscript(tmp_path, monkeypatch)
    image = data_library("PIL.Image").new("RGB", (9, 9))
    (tmp_path / "data").mkdir()
    image.save(tmp_path / "data/a.png")
    image.save(tmp_path / "data/b.png", "EPS")  # Pillow lets Ghostscript read it
    sampled = Sampled(tmp_path / "data", tmp_path / "run")
    assert [row["file"] for row in sampled.rows] == ["a.png"]
    assert any("b.png" in problem for problem in sampled.part.problems)
    assert not mark.exists()


def image_of(row: dict[str, Any]) -> Any:
    import io

    return io.BytesIO(row["image"]["bytes"])


def test_names_of_files_are_left_out_where_the_manifest_is_not_public(tmp_path: Path) -> None:
    data = WRITERS["images"](tmp_path / "data")
    sampled = Sampled(data, tmp_path / "run", is_listed=False)
    assert "file" not in sampled.rows[0]
    assert b"part-1" not in sampled.part.files["sample/train.parquet"].read_bytes()
    assert [config.name for config in sampled.part.configs] == ["sample", "sample_columns"]


def test_a_thousand_images_give_some_of_each_class(tmp_path: Path) -> None:
    image = data_library("PIL.Image").new("RGB", (64, 64), (9, 9, 9))
    for number in range(1_000):
        file = tmp_path / f"data/class{number % 5}/{number:04}.jpg"
        file.parent.mkdir(parents=True, exist_ok=True)
        image.save(file)
    sampled = Sampled(tmp_path / "data", tmp_path / "run")
    labels = [row["label"] for row in sampled.rows]
    assert (len(labels), {labels.count(one) for one in range(5)}) == (200, {40})


def test_no_rows_and_no_source_give_no_sample(tmp_path: Path) -> None:
    data = write_csv(tmp_path / "data")
    asked = Sampled(data, tmp_path / "run", sample_rows=0, no_sample="It is sensitive.")
    assert (asked.part.configs, asked.part.no_sample) == ((), "It is sensitive.")
    odd = write_tree(tmp_path / "odd", {"a.bin": "?"})
    assert Sampled(odd, tmp_path / "other").part.files == {}


@pytest.mark.attack("hostile data")
def test_links_are_not_sampled(tmp_path: Path) -> None:
    data = write_tree(tmp_path / "data", {"a.csv": "x\n1\n"})
    (tmp_path / "secret.csv").write_text("x\n42424\n")
    (data / "b.csv").symlink_to(tmp_path / "secret.csv")
    sampled = Sampled(data, tmp_path / "run")
    assert sampled.rows == [{"x": 1}]
