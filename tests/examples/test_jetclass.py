"""The pure half of the loader: who reads which jets, and the reading itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples.jetclass_files import write_jets


def shares(
    jetclass: Any, jets: int, ranks: int, batch_size: int, **more: int
) -> list[list[list[int]]]:
    """Return, for each rank and each of its batches, the numbers of the jets."""
    samplers = [
        jetclass.JetSampler(jets, batch_size, rank, ranks, **more) for rank in range(ranks)
    ]
    return [
        [[jet for span in batch for jet in range(*span)] for batch in sampler]
        for sampler in samplers
    ]


sizes_and_ranks = st.integers(1, 7).flatmap(
    lambda ranks: st.tuples(st.integers(ranks, 400), st.just(ranks))
)


@given(
    sizes_and_ranks=sizes_and_ranks,
    batch_size=st.integers(1, 50),
    run_length=st.integers(1, 40),
    seed=st.integers(0, 9),
)
@settings(deadline=None)
def test_every_jet_is_in_one_batch_and_ranks_and_batches_are_level(
    jetclass: Any, sizes_and_ranks: tuple[int, int], batch_size: int, run_length: int, seed: int
) -> None:
    jets, ranks = sizes_and_ranks

    shared = shares(jetclass, jets, ranks, batch_size, run_length=run_length, seed=seed)

    batches = [batch for share in shared for batch in share]
    sizes = {len(batch) for batch in batches}
    assert sorted(jet for batch in batches for jet in batch) == list(range(jets))
    assert len({len(share) for share in shared}) == 1
    assert min(sizes) > 0
    assert max(sizes) - min(sizes) <= 1
    assert max(sizes) <= max(batch_size, 2)  # batches of one jet do not divide an uneven number


def test_the_length_of_the_sampler_is_the_number_of_its_batches(jetclass: Any) -> None:
    sampler = jetclass.JetSampler(1001, 10, rank=1, world_size=3)

    assert len(sampler) == len(list(sampler)) == 34


def test_each_epoch_has_its_own_order_and_the_same_epoch_always_the_same(jetclass: Any) -> None:
    def order(seed: int, epoch: int) -> list[Any]:
        sampler = jetclass.JetSampler(1000, 10, seed=seed)
        sampler.set_epoch(epoch)
        return list(sampler)

    assert order(0, 1) == order(0, 1)
    assert len({repr(order(seed, epoch)) for seed in (0, 1) for epoch in (0, 1)}) == 4


def test_a_batch_holds_runs_of_jets_from_many_places(jetclass: Any) -> None:
    first, *_ = jetclass.JetSampler(100_000, batch_size=512, run_length=32)

    thousands = {start // 1000 for start, _ in first}
    assert len(thousands) > 10


def test_fewer_jets_than_ranks_are_refused(jetclass: Any) -> None:
    with pytest.raises(ValueError, match="3 jets are too few for 4 ranks"):
        jetclass.JetSampler(3, 10, rank=0, world_size=4)


@given(data=st.data(), sizes=st.lists(st.integers(0, 9), min_size=1, max_size=6).filter(any))
@settings(deadline=None, max_examples=40)
def test_a_span_is_read_whole_across_small_and_empty_files(
    jetclass: Any, tmp_path_factory: pytest.TempPathFactory, data: Any, sizes: list[int]
) -> None:
    folder = write_jets(tmp_path_factory.mktemp("jets"), sizes)
    first = data.draw(st.integers(0, sum(sizes) - 1))
    stop = data.draw(st.integers(first + 1, sum(sizes)))
    dataset = jetclass.JetDataset(*jetclass.count_jets(folder))

    particles, labels = dataset[[(first, stop)]]

    assert len(dataset) == sum(sizes)
    assert particles[:, 0, 0].tolist() == list(range(first, stop))
    assert labels.tolist() == [jet % 10 for jet in range(first, stop)]


def test_particles_come_as_32_bit_floats_and_labels_as_64_bit_integers(
    jetclass: Any, tmp_path: Path
) -> None:
    dataset = jetclass.JetDataset(*jetclass.count_jets(write_jets(tmp_path, [5])))

    particles, labels = dataset[[(0, 2), (4, 5)]]

    assert (particles.shape, str(particles.dtype)) == ((3, 4, 9), "torch.float32")
    assert (labels.shape, str(labels.dtype)) == ((3,), "torch.int64")


@pytest.mark.parametrize("first_label", [0, 3])
def test_labels_that_are_counted_from_another_number_are_refused(
    jetclass: Any, tmp_path: Path, first_label: int
) -> None:
    folder = write_jets(tmp_path, [20], first_label=first_label)
    dataset = jetclass.JetDataset(*jetclass.count_jets(folder))

    with pytest.raises(ValueError, match="set FIRST_LABEL"):
        dataset[[(0, 20)]]


def test_a_folder_without_files_is_named(jetclass: Any, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=str(tmp_path)):
        jetclass.count_jets(tmp_path)


def open_files(folder: Path) -> set[str]:
    links = [link for link in Path("/proc/self/fd").iterdir() if link.exists()]
    return {str(link.readlink()) for link in links if link.readlink().is_relative_to(folder)}


def test_files_are_opened_at_the_first_read_and_at_most_64_stay_open(
    jetclass: Any, tmp_path: Path
) -> None:
    dataset = jetclass.JetDataset(*jetclass.count_jets(write_jets(tmp_path, [1] * 80)))
    assert not open_files(tmp_path)

    for jet in range(80):
        dataset[[(jet, jet + 1)]]

    assert len(open_files(tmp_path)) == 64


def test_workers_read_right_after_their_parent_has_read_the_same_files(
    jetclass: Any, tmp_path: Path
) -> None:
    dataset = jetclass.JetDataset(*jetclass.count_jets(write_jets(tmp_path, [3000] * 4)))
    batches = list(jetclass.JetSampler(len(dataset), batch_size=100))
    expected = [dataset[batch][0][:, 0, 0].tolist() for batch in batches]

    loader = jetclass.DataLoader(dataset, sampler=batches, batch_size=None, num_workers=2)

    assert [particles[:, 0, 0].tolist() for particles, _ in loader] == expected


SLURM_BATCH_SHELL = {"SLURM_PROCID": "0", "SLURM_NTASKS": "8", "SLURM_LOCALID": "0"}
SLURM_TASK = {"SLURM_PROCID": "5", "SLURM_STEP_NUM_TASKS": "8", "SLURM_LOCALID": "1"}
TORCHRUN = {"RANK": "3", "WORLD_SIZE": "4", "LOCAL_RANK": "2"}


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, (0, 1, 0)),
        (TORCHRUN, (3, 4, 2)),
        (SLURM_TASK, (5, 8, 1)),
        (SLURM_TASK | TORCHRUN, (3, 4, 2)),
        (SLURM_BATCH_SHELL, (0, 1, 0)),  # started without srun, it must not wait for 7 others
    ],
)
def test_the_ranks_are_those_of_the_launcher(
    jetclass: Any, environ: dict[str, str], expected: tuple[int, int, int]
) -> None:
    assert jetclass.read_launcher(environ) == expected
