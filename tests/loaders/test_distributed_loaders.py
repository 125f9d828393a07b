"""Every generated distributed loader under two real ranks that talk gloo over 127.0.0.1."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from huggingnersc import init_dataset
from tests.builders import write_tree
from tests.data_files import TORCH_EXTRA, WRITERS, data_library
from tests.examples.ranks import alone, like_srun, torchrun
from tests.faults.sampling import commit_hash

RECORDER = Path(__file__).with_name("record_batches.py")
EXAMPLES = 173
ONE_OF_EACH = ("csv", "hdf5")  # of the two kinds of datasets: by byte offsets, and by arrays
OTHERS = [kind for kind in WRITERS if kind not in ONE_OF_EACH]
# Each run imports torch several times, so one of the others has its turn with each commit.
ON_TWO_RANKS = (*ONE_OF_EACH, OTHERS[int(commit_hash() or "0", 16) % len(OTHERS)])


@pytest.fixture(params=list(WRITERS))
def kind(request: pytest.FixtureRequest) -> str:
    """Each file type; skipped where torch is not installed."""
    pytest.importorskip("torch", reason=TORCH_EXTRA)
    return str(request.param)


@pytest.fixture
def data(kind: str, tmp_path: Path) -> Path:
    return WRITERS[kind](tmp_path / "the data" / "data")


@pytest.fixture
def draft(data: Path, tmp_path: Path) -> Path:
    init_dataset(data, nickname="traced", output=tmp_path / "out", distributed=True, site="local")
    return tmp_path / "out"


@pytest.mark.parametrize(
    ("kind", "workers"),
    [*((kind, 2) for kind in ON_TWO_RANKS), ("csv", 0)],
    indirect=["kind"],
)
def test_two_ranks_share_out_every_example_once_per_epoch_in_equal_numbers_of_batches(
    draft: Path, data: Path, tmp_path: Path, workers: int
) -> None:
    loader = draft / "traced_loader.py"

    arguments = map(str, [RECORDER, loader, data, tmp_path, 16, workers])
    like_srun(2, list(arguments), tmp_path)

    records = [json.loads((tmp_path / f"rank-{rank}.json").read_text()) for rank in range(2)]
    for epoch in range(2):
        shares = [record[epoch] for record in records]
        assert sorted(one for share in shares for batch in share for one in batch) == list(
            range(EXAMPLES)
        )
        assert len({len(share) for share in shares}) == 1
        sizes = {len(batch) for share in shares for batch in share}
        assert max(sizes) - min(sizes) <= 1
    assert records[0][0] != records[0][1]


@pytest.mark.parametrize("kind", ONE_OF_EACH, indirect=True)
def test_loader_runs_as_it_is_under_torchrun(draft: Path, tmp_path: Path) -> None:
    done = torchrun(2, [str(draft / "traced_loader.py"), "--workers", "0"], tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"epoch 0: {EXAMPLES} examples, 2 ranks, cpu\n"


@pytest.mark.parametrize("kind", OTHERS, indirect=True)
def test_loader_runs_alone_without_a_launcher(draft: Path, data: Path, tmp_path: Path) -> None:
    done = alone([str(draft / "traced_loader.py"), str(data), "--epochs", "2"], tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(f"{EXAMPLES} examples, 1 ranks") == 2


@pytest.mark.parametrize(
    ("row", "reported"),
    [
        ("3", "line 5: 1 cells for 2 columns: ['3']"),
        ("3,x", "line 5, column y: invalid literal for int() with base 10: 'x'"),
    ],
)
def test_row_that_cannot_be_read_is_named_with_file_line_and_column(
    tmp_path: Path, row: str, reported: str
) -> None:
    pytest.importorskip("torch", reason=TORCH_EXTRA)
    data = write_tree(tmp_path / "d", {"a.csv": "x,y\n1,2\n\n3,4\n5,6\n"})
    init_dataset(data, nickname="traced", output=tmp_path / "out", distributed=True, site="local")
    write_tree(data, {"a.csv": f"x,y\n1,2\n\n3,4\n{row}\n"})
    done = alone([str(tmp_path / "out/traced_loader.py"), "--workers", "0"], tmp_path)
    assert done.returncode != 0
    assert f"ValueError: {data / 'a.csv'}, {reported}" in done.stderr


def test_batch_script_and_environment_go_with_the_loader(draft: Path) -> None:
    script = draft / "traced_batch.sh"
    checked = subprocess.run(["bash", "-n", script], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
    environment = yaml.safe_load((draft / "traced_environment.yml").read_text(encoding="utf-8"))
    text = script.read_text(encoding="utf-8")
    assert f"conda activate {environment['name']}\n" in text
    assert 'python traced_loader.py "$DATA_PATH"' in text


def test_split_is_an_option_of_the_loader(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason=TORCH_EXTRA)
    data = write_tree(
        tmp_path / "d", {"train/a.csv": "x,y\n1,2\n3,4\n", "test/a.csv": "x,y\n5,6\n"}
    )
    init_dataset(data, nickname="traced", output=tmp_path / "out", distributed=True, site="local")
    loader = str(tmp_path / "out/traced_loader.py")
    done = alone([loader, "--workers", "0", "--split", "test"], tmp_path, forked=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "epoch 0: 1 examples, 1 ranks, cpu\n"


def test_splits_within_a_file_and_files_of_one_example_are_read(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason=TORCH_EXTRA)
    h5py, np = map(data_library, ("h5py", "numpy"))
    for name in ("splits/a", "cubes/0", "cubes/1", "cubes/2"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        with h5py.File(tmp_path / f"{name}.h5", "w") as file:
            if name == "splits/a":
                file["x_train"], file["x_test"] = np.zeros((9, 2)), np.zeros((4, 2))
            else:
                file["density"], file["redshift"] = np.zeros((5, 5, 5)), 0.5
    for name, options, examples in (("splits", ["--split", "test"], 4), ("cubes", [], 3)):
        output = tmp_path / f"{name}_out"
        init_dataset(tmp_path / name, output=output, distributed=True, site="local")
        done = alone([str(output / f"{name}_loader.py"), "--workers", "0", *options], tmp_path)
        assert done.returncode == 0, done.stderr
        assert done.stdout == f"epoch 0: {examples} examples, 1 ranks, cpu\n"
