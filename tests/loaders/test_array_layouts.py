"""HDF5 and netCDF as people lay it out: what is an example, and what the drafted loader yields."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc import init_dataset
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.errors import DatasetError, RequestInvalidError
from huggingnersc.fixes import Message, Option
from tests.data_files import DATA_EXTRA
from tests.loaders.loading import names_of, run
from tests.realistic_data import write_collisions, write_surface_temperature

if TYPE_CHECKING:
    from collections.abc import Callable

    from huggingnersc.api.draft.init_dataset import Initialized

np: Any = pytest.importorskip("numpy", reason=DATA_EXTRA)
h5py: Any = pytest.importorskip("h5py", reason=DATA_EXTRA)
netcdf4: Any = pytest.importorskip("netCDF4", reason=DATA_EXTRA)


@pytest.fixture(autouse=True)
def in_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def init(data: Path, **given: Any) -> Initialized:
    values: dict[str, Any] = {"nickname": "drafted", "output": "out", "site": "local"}
    return init_dataset(data, **(values | {"force": True} | given))


def load(data: Path, *split: str) -> list[Any]:
    """Return the examples that the loader just drafted yields."""
    return list(names_of(Path("out/drafted_loader.py"))["load"](data, *split))


def hdf5(name: str, **arrays: Any) -> Path:
    """Write a file below `data`; `__` in a keyword stands for `/`."""
    file = Path("data", name)
    file.parent.mkdir(exist_ok=True)
    with h5py.File(file, "w") as opened:
        for key, values in arrays.items():
            opened[key.replace("__", "/")] = values
    return file.parent


def netcdf(name: str, write: Callable[[Any], None], form: Any = "NETCDF4") -> Path:
    file = Path("data", name)
    file.parent.mkdir(exist_ok=True)
    with netcdf4.Dataset(file, "w", format=form) as opened:
        write(opened)
    return file.parent


def test_groups_of_equal_length_are_one_table_and_a_longer_array_is_left_out() -> None:
    result = init(write_collisions(Path("data")))
    assert (result.examples, result.example) == (500, "row")
    assert "detector/energy" in result.arrays
    assert len(result.arrays) == 5
    examples = load(Path("data"))
    assert len(examples) == 500
    assert set(examples[0]) == set(result.arrays)
    assert any("calibration/pedestal (1500)" in str(warning) for warning in result.warnings)
    offered = [warning.parts for warning in result.warnings if isinstance(warning, Message)]
    assert any(Option(Field.GROUP, "calibration") in parts for parts in offered)


def test_group_that_is_named_holds_the_examples() -> None:
    result = init(write_collisions(Path("data")), group="/calibration/")
    assert (result.examples, result.arrays) == (1500, ("calibration/pedestal",))
    assert len(load(Path("data"))) == 1500


def test_group_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(DatasetError, match="calibration, detector, truth"):
        init(write_collisions(Path("data")), group="nope")


def test_files_of_one_cube_each_are_examples() -> None:
    for number in range(4):
        data = hdf5(f"sim_{number}.h5", density=np.full((16, 16, 16), number), redshift=0.5)
    result = init(data)
    assert (result.examples, result.example, result.files) == (4, "file", 4)
    examples = load(data)
    assert [one["density"].shape for one in examples] == [(16, 16, 16)] * 4
    assert [int(one["density"][0, 0, 0]) for one in examples] == [0, 1, 2, 3]
    assert examples[0]["redshift"] == 0.5


def test_rows_are_the_examples_where_a_steward_says_so() -> None:
    for number in range(4):
        data = hdf5(f"sim_{number}.h5", density=np.zeros((16, 16, 16)))
    assert init(data, example="row").examples == 64
    assert len(load(data)) == 64


def test_files_of_rows_are_not_taken_for_one_example_each() -> None:
    for number in range(3):
        data = hdf5(f"part_{number}.h5", images=np.zeros((20, 8, 8)), labels=np.arange(20))
    assert (init(data).examples, len(load(data))) == (60, 60)
    assert (init(data, example="file").examples, len(load(data))) == (3, 3)


def test_shards_with_axes_beside_their_labels_are_rows() -> None:
    for number in range(3):
        data = hdf5(
            f"{number}.h5", images=np.zeros((30, 8, 8)), labels=np.zeros(30), rows=np.arange(8)
        )
    assert (init(data).examples, init(data).example) == (90, "row")


def test_graph_in_each_file_is_an_example_whatever_its_size() -> None:
    for size in (4, 5, 6):
        data = hdf5(f"{size}.h5", adjacency=np.zeros((size, size)), nodes=np.zeros((size, 3)))
    result = init(data)
    assert (result.examples, result.example) == (3, "file")
    assert [one["nodes"].shape for one in load(data)] == [(4, 3), (5, 3), (6, 3)]


def test_rows_padded_differently_are_rows() -> None:
    for width in (7, 9):
        data = hdf5(f"{width}.h5", jets=np.zeros((20, width, 4)), labels=np.zeros(20))
    assert (init(data).examples, init(data).example) == (40, "row")


@pytest.mark.parametrize("events", [12, 90])
def test_group_for_each_event_is_an_example_in_the_order_of_its_number(events: int) -> None:
    arrays: dict[str, Any] = {}
    for number in range(events):
        arrays |= {
            f"event_{number}__hits": np.zeros((number % 5 + 1, 4)),
            f"event_{number}__obs__id": number,
            f"event_{number}__name": f"é{number}",
        }
    data = hdf5("a.h5", **arrays, meta__version="1", bins=np.arange(9))
    result = init(data)
    assert (result.examples, result.example) == (events, "group")
    examples = load(data)
    assert [int(one["obs/id"]) for one in examples] == list(range(events))
    assert [one["hits"].shape for one in examples[:2]] == [(1, 4), (2, 4)]
    assert examples[3]["name"] == "é3"
    with pytest.raises(DatasetError):
        init(data, distributed=True)


def test_groups_below_train_and_test_are_the_examples_of_their_split() -> None:
    arrays = {f"data__train__demo_{n}__x": np.arange(n + 1) for n in range(12)}
    arrays |= {f"data__test__demo_{n}__x": np.arange(n + 2) for n in range(3)}
    data = hdf5("a.h5", **arrays)
    result = init(data)
    assert (result.examples, result.splits) == (15, {"train": 12, "test": 3})
    assert [len(one["x"]) for one in load(data, "test")] == [2, 3, 4]
    assert len(load(data)) == 12
    assert len(run("out/drafted_loader.py", "--split", "test", cwd=Path()).splitlines()) == 3


def test_array_for_each_image_is_an_example() -> None:
    arrays = {f"images__img_{n}": np.full((16, 16), n) for n in range(12)}
    data = hdf5("a.h5", **arrays, images__labels=np.arange(12))
    result = init(data)
    assert (result.examples, result.example) == (12, "array")
    examples = load(data)
    assert [one["name"] for one in examples][-2:] == ["img_10", "img_11"]
    assert [int(one["data"][0, 0]) for one in examples] == list(range(12))
    assert any("images/labels (12)" in str(warning) for warning in result.warnings)
    assert init(data, example="row").examples == 16


def test_numbered_columns_are_not_examples() -> None:
    data = hdf5("a.h5", **{f"column_{n}": np.arange(5) for n in range(20)})
    assert (init(data).examples, len(load(data)[0])) == (5, 20)


def test_arrays_of_many_lengths_are_an_example_each_of_their_split() -> None:
    arrays = {f"train__{n}": np.zeros(n + 1) for n in range(9)}
    arrays |= {f"test__{n}": np.zeros(n + 5) for n in range(8)}
    data = hdf5("a.h5", **arrays)
    assert init(data).splits == {"train": 9, "test": 8}
    assert [len(one["data"]) for one in load(data, "test")] == list(range(5, 13))


def test_detectors_of_equal_length_are_columns_and_not_examples() -> None:
    data = hdf5("a.h5", **{f"det{n}__signal": np.arange(500) for n in range(9)})
    assert (init(data).examples, len(load(data)[0])) == (500, 9)


@pytest.mark.parametrize(
    "names",
    [
        ("train__x", "train__y", "test__x", "test__y"),
        ("x_train", "y_train", "x_test", "y_test"),
        ("train_x", "train_y", "Test_x", "Test_y"),
    ],
)
def test_train_and_test_within_a_file_are_splits(names: tuple[str, ...]) -> None:
    sizes = (40, 40, 10, 10)
    arrays = {name: np.arange(size) for name, size in zip(names, sizes, strict=True)}
    data = hdf5("a.h5", **arrays, classes=np.arange(3))
    hdf5("b.h5", **arrays)
    result = init(data)
    assert (result.examples, result.splits) == (100, {"train": 80, "test": 20})
    assert result.arrays == ("x", "y")
    assert [int(one["x"]) for one in load(data, "test")] == [*range(10)] * 2
    assert len(load(data)) == 80
    assert any(": classes (3)." in str(warning) for warning in result.warnings)


def test_split_without_labels_is_still_a_split() -> None:
    data = hdf5("a.h5", x_train=np.ones((9, 2)), y_train=np.ones(9), x_test=np.ones((4, 2)))
    assert init(data).splits == {"train": 9, "test": 4}
    assert [set(load(data, split)[0]) for split in ("train", "test")] == [{"x", "y"}, {"x"}]


def test_texts_compounds_and_odd_values_do_not_stop_the_loader() -> None:
    table = np.array([(n, b"x%d" % n) for n in range(20)], dtype=[("n", "i4"), ("s", "S3")])
    data = hdf5(
        "a.h5",
        table=table,
        names=np.array(["é"] * 20, dtype=h5py.string_dtype()),
        fixed=np.array([b"a\xff"] * 20),
        scalar=3.5,
        nothing=h5py.Empty("f8"),
        none=np.zeros((0, 3)),
        lookup__ids=np.arange(7),
        soft=h5py.SoftLink("/table"),
        dangling=h5py.SoftLink("/nowhere"),
        loop=h5py.SoftLink("/loop"),
        external=h5py.ExternalLink("nowhere.h5", "/x"),
    )
    result = init(data)
    assert (result.examples, set(result.arrays)) == (20, {"table", "names", "fixed"})
    first = load(data)[0]
    assert (first["table"]["n"], first["names"], first["fixed"]) == (0, "é", "a\ufffd")
    assert any("dangling, external, loop, soft" in str(warning) for warning in result.warnings)


def test_group_within_itself_and_deep_groups_end() -> None:
    data = hdf5("a.h5", a__x=np.arange(9))
    with h5py.File(data / "a.h5", "a") as file:
        file["a/again"] = file["a"]
        file["a/root"] = file["/"]
    assert (init(data).examples, len(load(data))) == (9, 9)
    with h5py.File(data / "b.h5", "w") as file:
        group = file
        for _ in range(1500):
            group = group.create_group("g")
        group["x"] = np.zeros(90000)
    assert any("/b.h5 cannot be read" in str(warning) for warning in init(data).warnings)


def test_file_of_links_only_is_left_out_beside_the_files_it_leads_to() -> None:
    links = {f"entry__data_{n}": h5py.ExternalLink(f"part{n}.h5", "/x") for n in range(3)}
    data = hdf5("master.h5", **links)
    with pytest.raises(DatasetError, match="entry/data_0"):
        init(data)
    for number in range(3):
        hdf5(f"part{number}.h5", x=np.arange(100.0))
    result = init(data)
    assert (result.examples, len(load(data))) == (300, 300)


def test_broken_file_is_a_warning_and_not_read() -> None:
    data = hdf5("a.h5", x=np.arange(30.0))
    hdf5("c.h5", x=np.arange(5000.0))
    whole = Path("data/c.h5").read_bytes()
    Path("data/c.h5").write_bytes(whole[: len(whole) // 2])
    Path("data/d.h5").touch()
    result = init(data)
    assert (result.examples, result.files) == (30, 1)
    for name, warning in zip(("c.h5", "d.h5"), result.warnings, strict=False):
        assert f"/{name} cannot be read as HDF5" in str(warning)
    assert len(load(data)) == 30


def test_loader_names_a_file_that_broke_later() -> None:
    data = hdf5("a.h5", x=np.arange(5000.0))
    init(data)
    whole = Path("data/a.h5").read_bytes()
    Path("data/a.h5").write_bytes(whole[: len(whole) // 2])
    done = subprocess.run(
        [sys.executable, "out/drafted_loader.py"], capture_output=True, text=True, check=False
    )
    assert f"OSError: {data.absolute() / 'a.h5'}: " in done.stderr


def test_steps_have_their_dates_and_coordinates_in_the_order_of_time() -> None:
    data = write_surface_temperature(Path("data"))
    for year, name in ((2019, "c"), (2020, "b"), (2021, "a")):
        Path(f"data/temperature_{year}.nc").rename(f"data/{name}.nc")
    result = init(data)
    assert (result.examples, result.arrays[0]) == (1095, "t2m")
    examples = load(data)
    times = [one["time"] for one in examples]
    assert [times[0].isoformat()[:10], times[-1].isoformat()[:10]] == ["2019-01-01", "2021-12-31"]
    assert times == sorted(times)
    assert (times[0].calendar, len(times)) == ("noleap", 1095)
    assert examples[0]["lat"].tolist() == [-67.5, -22.5, 22.5, 67.5]
    assert examples[0]["t2m"].shape == (4, 8)
    assert any(np.ma.is_masked(one["t2m"]) for one in examples)
    assert all(280 - 40 < one["t2m"].min() <= one["t2m"].max() <= 300 for one in examples)


@pytest.mark.parametrize("form", ["NETCDF4", "NETCDF3_CLASSIC"])
def test_dates_make_the_examples_where_no_dimension_can_grow(form: str) -> None:
    """As xarray writes a file: no unlimited dimension, packed values, a scalar coordinate."""

    def write(file: Any) -> None:
        for name, size in (("x", 100), ("time", 3)):
            file.createDimension(name, size)
            file.createVariable(name, "i4", (name,))[:] = np.arange(size)
        file["time"].units = "hours since 2020-02-28 12:00"
        file.createVariable("height", "f8", ())[...] = 2.0
        packed = file.createVariable("v", "i2", ("time", "x"), fill_value=-1)
        packed.set_auto_maskandscale(True)
        packed.setncatts({"scale_factor": 0.5, "coordinates": "height"})
        packed[:] = np.ma.masked_equal(np.tile(np.arange(100) / 2, (3, 1)), 3.0)
        file.createVariable("profile", "f8", ("x",))[:] = np.arange(100)

    data = netcdf("a.nc", write, form)
    result = init(data)
    assert (result.examples, result.arrays) == (3, ("v", "time"))
    first, *_ = load(data)
    assert first["time"].isoformat() == "2020-02-28T12:00:00"
    assert (float(first["height"]), first["x"].tolist()[:2]) == (2.0, [0, 1])
    assert (first["v"][1], first["v"].mask.tolist().index(True)) == (0.5, 6)
    assert any("profile (x)" in str(warning) for warning in result.warnings)


def test_characters_are_texts() -> None:
    """As WRF writes its dates."""

    def write(file: Any) -> None:
        for name, size in (("Time", None), ("length", 10), ("y", 3)):
            file.createDimension(name, size)
        file.createVariable("T2", "f4", ("Time", "y"))[:] = np.ones((4, 3))
        times = [list(f"2020-01-0{day}") for day in range(1, 5)]
        file.createVariable("Times", "S1", ("Time", "length"))[:] = np.array(times, dtype="S1")

    data = netcdf("a.nc", write)
    init(data)
    assert [str(one["Times"]) for one in load(data)][:2] == ["2020-01-01", "2020-01-02"]


def test_dates_along_another_dimension_do_not_make_the_examples() -> None:
    def write(file: Any) -> None:
        for name, size in (("lat", 30), ("time", 5)):
            file.createDimension(name, size)
            file.createVariable(name, "f8", (name,))[:] = np.arange(size)
        file["time"].units = "days since 2000-01-01"
        file.createVariable("t", "f4", ("lat", "time"))[:] = 1

    data = netcdf("a.nc", write)
    assert (init(data).examples, init(data).arrays) == (30, ("t", "lat"))
    assert load(data)[0]["time"][0].isoformat() == "2000-01-01T00:00:00"


def test_units_that_are_no_dates_are_numbers() -> None:
    def write(file: Any) -> None:
        file.createDimension("n", None)
        file.createVariable("t", "f8", ("n",))[:] = np.arange(4)
        file["t"].units = "parsecs since yesterday"

    data = netcdf("a.nc", write)
    init(data)
    assert [float(one["t"]) for one in load(data)] == [0, 1, 2, 3]


def test_grids_without_time_are_an_example_each() -> None:
    def write(file: Any) -> None:
        for name, size in (("lat", 3), ("lon", 4)):
            file.createDimension(name, size)
            file.createVariable(name, "f4", (name,))[:] = np.arange(size)
        file.createVariable("z", "f4", ("lat", "lon"))[:] = 1

    for number in range(3):
        data = netcdf(f"{number}.nc", write)
    assert (init(data).examples, init(data).example) == (3, "file")
    assert [one["z"].shape for one in load(data)] == [(3, 4)] * 3
    assert set(load(data)[0]) == {"z", "lat", "lon"}


def test_choice_of_an_example_is_checked() -> None:
    data = hdf5("a.h5", x=np.arange(3))
    with pytest.raises(RequestInvalidError) as caught:
        init(data, example="groups")
    assert [problem.where for problem in caught.value.problems] == [Field.EXAMPLE]
    Path("rows").mkdir()
    Path("rows/a.csv").write_text("x,y\n1,2\n", encoding="utf-8")
    with pytest.raises(DatasetError):
        init(Path("rows"), group="x")
