"""The distributed half: real processes that talk gloo over 127.0.0.1."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.examples.jetclass_files import write_jets
from tests.examples.ranks import alone, like_srun, torchrun

EXAMPLE = Path(__file__).parents[2] / "examples" / "jetclass"
LOADER = str(EXAMPLE / "jetclass_loader.py")
RECORDER = str(Path(__file__).with_name("record_jets.py"))
UNEVEN = [500, 3, 0, 274]

pytestmark = pytest.mark.usefixtures("jetclass")  # skips where PyTorch is absent


@pytest.mark.parametrize(
    ("sizes", "ranks", "workers"),
    [
        pytest.param(UNEVEN, 2, 2, id="uneven files, 2 workers a rank"),
        pytest.param([410], 3, 0, id="more ranks than files"),
    ],
)
def test_ranks_share_out_every_jet_once_per_epoch_in_equal_numbers_of_batches(
    tmp_path: Path, sizes: list[int], ranks: int, workers: int
) -> None:
    data = write_jets(tmp_path / "data", sizes)

    arguments = [LOADER, str(data), str(tmp_path), "64", str(workers), "2"]
    like_srun(ranks, [RECORDER, *arguments], tmp_path)

    records = [json.loads((tmp_path / f"rank-{rank}.json").read_text()) for rank in range(ranks)]
    assert [record["world_size"] for record in records] == [ranks] * ranks
    for epoch in range(2):
        shares = [record["epochs"][epoch] for record in records]
        jets = sorted(jet for share in shares for batch in share for jet in batch)
        assert jets == [[n, n % 10] for n in range(sum(sizes))]
        assert len({len(share) for share in shares}) == 1
    assert records[0]["epochs"][0] != records[0]["epochs"][1]


def test_the_order_does_not_depend_on_the_number_of_workers(tmp_path: Path) -> None:
    data = write_jets(tmp_path / "data", UNEVEN)
    orders = []

    for workers in ("0", "2"):
        done = alone([RECORDER, LOADER, str(data), str(tmp_path), "64", workers, "2"], tmp_path)
        assert done.returncode == 0, done.stderr
        orders.append((tmp_path / "rank-0.json").read_text())

    assert orders[0] == orders[1]


def test_the_loader_runs_under_torchrun_and_rank_0_prints_the_jets_of_all_ranks(
    tmp_path: Path,
) -> None:
    data = write_jets(tmp_path / "data", UNEVEN)

    done = torchrun(2, [LOADER, str(data), "--batch-size", "64", "--epochs", "2"], tmp_path)

    assert done.returncode == 0, done.stderr
    speed = r"2 ranks \(cpu\), 777 jets, \d+ jets/s"
    assert re.fullmatch(rf"epoch 0: {speed}\nepoch 1: {speed}\n", done.stdout)
    assert "Warning" not in done.stderr


def test_the_loader_runs_alone_without_a_launcher(tmp_path: Path) -> None:
    data = write_jets(tmp_path / "data", [7])

    done = alone([LOADER, str(data), "--workers", "0"], tmp_path, forked=False)

    assert done.stdout.startswith("epoch 0: 1 ranks (cpu), 7 jets"), done.stderr


def test_a_broken_rank_ends_the_others_and_says_why(tmp_path: Path) -> None:
    done = torchrun(2, [LOADER, str(tmp_path)], tmp_path)

    assert done.returncode != 0
    assert f"no *.h5 file in {tmp_path}" in done.stderr


def test_the_readmes_training_loop_trains_on_two_ranks(tmp_path: Path) -> None:
    readme = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    (program,) = re.findall(r"```python\n(.*?)```", readme, flags=re.DOTALL)
    script = tmp_path / "train.py"
    script.write_text(program + "print('mean', model.module.weight.mean().item())\n", "utf-8")
    (tmp_path / "jetclass_loader.py").write_bytes(Path(LOADER).read_bytes())
    data = write_jets(tmp_path / "data", UNEVEN)

    outputs = like_srun(2, [str(script), str(data)], tmp_path)

    assert outputs[0].startswith("mean ")
    assert outputs[0] == outputs[1]  # DDP keeps the two copies of the model equal
