"""HDF5, netCDF and Zarr: trees, values, and files of one structure together."""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING, Any, Literal

import jsonschema
import pytest

from huggingnersc.adapters.statistics.limits import DescribingLimits
from huggingnersc.assets import schema_file
from huggingnersc.domain.versions.statistics import STATISTICS_SCHEMA
from huggingnersc.domain.versions.statistics_section import statistics_markdown
from tests.adapters.statistics.trees import described_tree, members_of
from tests.data_files import data_library, write_hdf5, write_netcdf, write_zarr

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

np: Any = data_library("numpy")
h5py: Any = data_library("h5py")
netcdf: Any = data_library("netCDF4")
zarr: Any = data_library("zarr")


@pytest.mark.parametrize(
    ("write", "form", "path", "files"),
    [
        (write_hdf5, "hdf5", "jets/x", 4),
        (write_netcdf, "netcdf", "wind", 4),
        (write_zarr, "zarr", "jets/x", 4),
    ],
)
def test_files_of_one_structure_are_one_entry_that_the_schema_allows(
    tmp_path: Path, write: Callable[[Path], Path], form: str, path: str, files: int
) -> None:
    found = described_tree(write(tmp_path / "data"))
    jsonschema.validate(found, json.loads(schema_file(STATISTICS_SCHEMA).read_text()))
    (entry,) = found["arrays"]
    assert (entry["format"], entry["files"], found["problems"]) == (form, files, [])
    member = members_of(entry)[path]
    assert (member["min"], member["max"]) == (0, 172)
    assert member["mean"] == pytest.approx(86)
    assert member["type"] == "float32"
    assert member["shape"][0] is None


def test_a_netcdf_file_is_described_as_its_conventions_mean_it(tmp_path: Path) -> None:
    for form in ("NETCDF4", "NETCDF3_CLASSIC"):
        write_weather(tmp_path / f"{form}.nc", form)
    (entry,) = described_tree(tmp_path)["arrays"]
    assert entry["name"] == "NETCDF3_CLASSIC.nc, NETCDF4.nc"
    assert entry["attributes"] == {"title": "Weather"}
    members = members_of(entry)
    assert set(members) == {"time", "lat", "t"}
    assert (members["time"]["min"], members["time"]["max"]) == (
        "2020-01-01",
        "2020-01-01 18:00:00",
    )
    assert (members["time"]["units"], members["time"]["mean"]) == ("date", None)
    t = members["t"]
    assert (t["dimensions"], t["units"], t["type"]) == (["time", "lat", "lon"], "K", "int16")
    assert (t["min"], t["max"], t["missing"]) == (280.0, 290.0, 2 * 4 * 10)
    assert entry["preview"] is not None
    assert entry["preview"]["at"] == "time 0"
    assert entry["preview"]["dimensions"] == ["lat", "lon"]
    assert len(entry["preview"]["values"]) == 9
    assert entry["preview"]["values"][0][:2] == [290.0, 290.0]  # the north is on top
    assert entry["preview"]["values"][-1][:2] == [None, None]


def write_weather(file: Path, form: Any) -> None:
    with netcdf.Dataset(file, "w", format=form) as opened:
        opened.title = "Weather"
        for name, length in (("time", None), ("lat", 9), ("lon", 10), ("unused", 3)):
            opened.createDimension(name, length)
        time = opened.createVariable("time", "f8", ("time",))
        time.units = "hours since 2020-01-01"
        opened.createVariable("lat", "f4", ("lat",))[:] = np.linspace(-80, 80, 9)
        t = opened.createVariable("t", "i2", ("time", "lat", "lon"), fill_value=-9)
        t.setncatts({"units": "K", "scale_factor": 0.01, "add_offset": 280.0})
        time[:] = np.arange(4) * 6
        values = np.ma.array(np.zeros((4, 9, 10)), mask=True)
        values[:, 1:] = 280.0
        values[:, 8] = 290.0
        t[:] = values


def test_a_large_array_is_described_by_a_sample_that_is_stated(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as opened:
        opened["x"] = np.arange(1 << 18, dtype="f8").reshape(-1, 4)
    (entry,) = described_tree(tmp_path, DescribingLimits(sample_bytes=1 << 16))["arrays"]
    (member,) = entry["members"]
    assert member["sample"] is not None
    assert member["sample"]["of_values"] == 1 << 18
    assert 1 << 12 <= member["sample"]["values"] <= 1 << 13
    assert member["mean"] == pytest.approx(1 << 17, rel=0.1)


def test_members_whose_names_differ_in_a_number_are_one(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as opened:
        for number in range(3_000):
            opened[f"demo_{number}/x"] = np.full((number % 2 + 1, 3), number)
    (entry,) = described_tree(tmp_path)["arrays"]
    group, array = entry["members"]
    assert (group["path"], group["count"]) == ("demo_*", 3_000)
    assert (array["path"], array["count"], array["shape"]) == ("demo_*/x", 3_000, [None, 3])
    assert array["sample"] is not None


@pytest.mark.attack("hostile data")
def test_nothing_outside_a_file_is_read(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (tmp_path / "secret.bin").write_bytes(b"\x2a" * 80)
    with h5py.File(tmp_path / "secret.h5", "w") as opened:
        opened["secret"] = [42.0]
    with h5py.File(data / "a.h5", "w") as opened:
        opened["outside"] = h5py.ExternalLink(str(tmp_path / "secret.h5"), "/secret")
        opened["soft"] = h5py.SoftLink("/own")
        opened["own"] = [1.0, 2.0]
        layout = h5py.VirtualLayout((1,), dtype="f8")
        layout[:] = h5py.VirtualSource(str(tmp_path / "secret.h5"), "secret", shape=(1,))
        opened.create_virtual_dataset("virtual", layout)
        stored = [(str(tmp_path / "secret.bin"), 0, 80)]
        opened.create_dataset("external", (10,), dtype="f8", external=stored)
        opened["loop"] = opened["/"]
    found = described_tree(data)
    members = members_of(found["arrays"][0])
    assert set(members) == {"external", "loop", "own", "virtual"}
    assert [members[name]["max"] for name in ("external", "own", "virtual")] == [None, 2.0, None]
    assert len(found["problems"]) == 2


@pytest.mark.attack("hostile data")
@pytest.mark.parametrize("form", [2, 3])
def test_a_chunk_that_is_a_link_or_a_pipe_is_not_read(tmp_path: Path, form: int) -> None:
    data, outside = tmp_path / "data", tmp_path / "outside"
    for store, value in ((data / "a.zarr", 1.0), (outside, 42.0)):
        zarr.create_array(
            store, data=np.full(30, value), chunks=(10,), zarr_format=form, compressors=None
        )
    chunks = [data / "a.zarr" / ("c" if form == 3 else "") / str(number) for number in range(3)]
    for chunk in chunks[:2]:
        chunk.unlink()
    chunks[0].symlink_to(outside / ("c" if form == 3 else "") / "0")
    os.mkfifo(chunks[1])
    (member,) = described_tree(data)["arrays"][0]["members"]
    assert (member["max"], member["sample"]) == (1.0, {"values": 10, "of_values": 30})


@pytest.mark.attack("hostile data")
@pytest.mark.parametrize("link", [".zattrs", "x/.zattrs", "x/.zarray"])
def test_metadata_of_a_store_that_is_a_link_is_not_read(tmp_path: Path, link: str) -> None:
    store, other = tmp_path / "data/a.zarr", tmp_path / "settings.json"
    zarr.create_group(store, zarr_format=2).create_array("x", data=np.ones(3))
    other.write_text('{"project": "hidden"}')
    (store / link).unlink(missing_ok=True)
    (store / link).symlink_to(other)
    found = described_tree(tmp_path / "data")
    assert [one["file"] for one in found["problems"]] == ["a.zarr"]
    assert "hidden" not in str(found)


@pytest.mark.attack("hostile data")
def test_links_make_no_store(tmp_path: Path) -> None:
    zarr.create_array(tmp_path / "outside", data=np.full(3, 42.0))
    store = tmp_path / "data/a.zarr"
    store.mkdir(parents=True)
    (store / "note.txt").touch()
    for name in ("zarr.json", "c"):
        (store / name).symlink_to(tmp_path / "outside" / name)
    assert described_tree(tmp_path / "data")["arrays"] == []


@pytest.mark.attack("hostile data")
def test_a_file_that_is_damaged_is_a_problem_and_the_others_are_described(tmp_path: Path) -> None:
    write_hdf5(tmp_path / "data", (20, 20))
    for name in ("b.h5", "c.nc"):
        shutil.copy(tmp_path / "data" / "part-0.h5", tmp_path / "data" / name)
        os.truncate(tmp_path / "data" / name, 1_000)
    (tmp_path / "data" / "d.nc").write_bytes(b"CDF\x01" + b"\xff" * 100)
    (tmp_path / "data" / "e.h5").write_bytes(b"")
    found = described_tree(tmp_path / "data")
    assert [one["file"] for one in found["problems"]] == ["b.h5", "c.nc", "d.nc", "e.h5"]
    assert [one["files"] for one in found["arrays"]] == [2]


RECORD: list[Any] = [("n", "i4"), ("x", "f8"), ("word", "S3")]
NESTED: list[Any] = [("inner", [("y", "f4")]), ("pair", "f4", 2)]


@pytest.mark.parametrize("zarr_format", [None, 2, 3])
@pytest.mark.filterwarnings("ignore:The data type")
def test_the_fields_of_compound_types_are_described_one_level_deep(
    tmp_path: Path, zarr_format: Literal[2, 3] | None
) -> None:
    dtype = np.dtype(RECORD if zarr_format else RECORD + NESTED)
    records = np.zeros((6, 2), dtype)
    records["n"], records["x"] = np.arange(12).reshape(6, 2), 0.5
    records["x"][0, 0] = np.nan
    if not zarr_format:
        with h5py.File(tmp_path / "a.h5", "w") as opened:
            opened.create_dataset("g/events", data=records, chunks=(2, 2), compression="gzip")
    else:
        root = zarr.open_group(tmp_path / "a.zarr", mode="w", zarr_format=zarr_format)
        root.create_array("g/events", shape=(6, 2), chunks=(2, 2), dtype=dtype)[:] = records
    found = described_tree(tmp_path)
    jsonschema.validate(found, json.loads(schema_file(STATISTICS_SCHEMA).read_text()))
    assert found["problems"] == []
    members = members_of(found["arrays"][0])
    assert [*members] == ["g", "g/events", "g/events.n", "g/events.x"]
    assert members["g/events"]["type"].startswith("compound: n int32, x float64, word text")
    whole, part = members["g/events.n"], members["g/events.x"]
    assert (whole["kind"], whole["shape"], whole["type"]) == ("field", [6, 2], "int32")
    assert (whole["min"], whole["max"], whole["mean"], whole["sample"]) == (0, 11, 5.5, None)
    assert (part["min"], part["missing"]) == (0.5, 1)
    assert ": 1 array in 1 group." in statistics_markdown(found)


def test_large_records_are_read_in_parts(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as opened:
        opened["events"] = np.ones(1 << 16, dtype=[("x", "f8"), ("rest", "S120")])
        opened["one"] = np.ones((), dtype=[("x", "f8")])
    limits = DescribingLimits(sample_bytes=1 << 18)
    members = members_of(described_tree(tmp_path, limits)["arrays"][0])
    sample = members["events.x"]["sample"]
    assert sample
    assert sample["of_values"] == 1 << 16
    assert 0 < sample["values"] * 128 <= 1 << 18
    assert members["one.x"]["max"] == 1


@pytest.mark.attack("personal values")
def test_numbers_that_reach_people_by_their_names_are_left_out(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as opened:
        opened["people"] = np.array([(5104860000, 40)], dtype=[("phone", "i8"), ("age", "i8")])
        opened["phone_number"] = np.full((20, 20), 5104860001)
    found = described_tree(tmp_path)
    assert "51048600" not in json.dumps(found["arrays"])
    columns = [(one["column"], one["reason"]) for one in found["withheld"]]
    assert columns == [("people.phone", "phone numbers"), ("phone_number", "phone numbers")]


@pytest.mark.attack("hostile data")
def test_what_is_large_or_odd_in_a_file_is_cut_and_stated(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as opened:
        opened.attrs["long"] = "x" * 60_000
        opened.attrs["bad\x1b[31m"] = "\x1b]0;title\x07"
        for number in range(2_000):
            word = "".join(chr(97 + int(digit)) for digit in str(number))
            opened[word] = number
        opened["a\n|b"] = np.zeros(2, dtype=[("x", "f4"), ("n", "S3")])
        opened.create_dataset("huge", (10**9, 10**9), chunks=(100, 100), dtype="f8")
        opened.create_dataset("list", (2,), dtype=h5py.vlen_dtype("f4"))
    found = described_tree(tmp_path)
    (entry,) = found["arrays"]
    assert len(entry["members"]) == 1_000
    assert len(found["problems"]) == 1
    shown = json.dumps(entry, ensure_ascii=False)
    assert len(entry["attributes"]["long"]) <= 300
    assert not any(control in shown for control in ("\x1b", "\x07", "\\n", "\\u001b"))


def test_examples_are_counted_as_for_a_draft(tmp_path: Path) -> None:
    write_hdf5(tmp_path / "train", (30, 10))
    write_hdf5(tmp_path / "test", (5,))
    assert described_tree(tmp_path)["examples"] == {
        "count": 45,
        "sample": False,
        "by_split": {"train": 40, "test": 5},
    }


def test_without_its_library_a_kind_of_file_is_one_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingnersc.adapters.statistics.part.find_spec", lambda _module: None)
    found = described_tree(write_hdf5(tmp_path / "data"))
    assert found["arrays"] == []
    assert [one["file"] for one in found["problems"]] == [""]


def test_values_that_cannot_be_read_keep_no_other_from_being_described(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as opened:
        damaged = opened.create_dataset("damaged", (9,), "f8", chunks=(9,), compression="gzip")
        damaged.id.write_direct_chunk((0,), b"this is not what gzip writes")
        opened.create_dataset("large", (1 << 25,), "f8", chunks=(1 << 25,), data=None)
        opened["whole"] = [1.0, 2.0]
    found = described_tree(tmp_path)
    members = members_of(found["arrays"][0])
    assert [members[name]["max"] for name in ("damaged", "large", "whole")] == [None, None, 2.0]
    assert [one["file"] for one in found["problems"]] == ["a.h5"] * 2
    assert not any(str(tmp_path) in one["message"] for one in found["problems"])


def test_attributes_that_name_or_reach_people_are_left_out(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as opened:
        opened["x"] = [1.0]
        opened.attrs.update({"title": "Weather", "contact": "write to jane.doe@example.org"})
        opened["x"].attrs.update({"units": "K", "author": "J. Doe"})
    found = described_tree(tmp_path)
    (entry,) = found["arrays"]
    assert entry["attributes"] == {"title": "Weather"}
    assert entry["members"][0]["attributes"] == {}
    assert [(one["table"], one["column"]) for one in found["withheld"]] == [
        ("a.h5", "contact"),
        ("a.h5", "x: author"),
    ]
    assert "jane" not in json.dumps(found)


@pytest.mark.attack("hostile data")
@pytest.mark.parametrize("codec", ["pickle", "base64"])
def test_no_chunk_of_a_store_runs_code(tmp_path: Path, codec: str) -> None:
    import pickle

    class Planted:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(tmp_path / "planted"),)

    data = tmp_path / "data"
    zarr.create_array(
        data / "a.zarr", data=np.arange(4.0), chunks=(4,), zarr_format=2, compressors=None
    )
    metadata = json.loads((data / "a.zarr" / ".zarray").read_text())
    metadata["filters"] = [{"id": codec}]
    (data / "a.zarr" / ".zarray").write_text(json.dumps(metadata))
    (data / "a.zarr" / "0").write_bytes(pickle.dumps(Planted()))
    found = described_tree(data)
    assert not (tmp_path / "planted").exists()
    assert [one["max"] for entry in found["arrays"] for one in entry["members"]] in ([], [None])
    assert len(found["problems"]) == 1


@pytest.mark.parametrize("form", [2, 3])
def test_a_folder_that_is_a_store_is_one(tmp_path: Path, form: int) -> None:
    store = zarr.open_group(tmp_path / "data", mode="w", zarr_format=form)
    store.create_array("x", shape=(64, 4), chunks=(8, 2), dtype="f8")[:] = 1.5
    if form == 3:
        shards = store.create_array("s", shape=(64,), chunks=(4,), shards=(16,), dtype="i4")
        shards[:] = np.arange(64)
    found = described_tree(tmp_path / "data")
    (entry,) = found["arrays"]
    assert (entry["files"], found["problems"]) == (1, [])
    members = members_of(entry)
    assert (members["x"]["min"], members["x"]["max"]) == (1.5, 1.5)
    if form == 3:
        assert (members["s"]["min"], members["s"]["max"]) == (0, 63)
