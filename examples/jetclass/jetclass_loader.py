"""Read JetClass (arXiv:2202.03772) on many GPUs: PyTorch DDP over HDF5 files.

    python jetclass_loader.py DATA_DIR                              one process
    torchrun --nproc-per-node 4 jetclass_loader.py DATA_DIR         one node
    srun python jetclass_loader.py DATA_DIR                         many nodes: jetclass_batch.sh

DATA_DIR contains *.h5 files of any size, each with two arrays:
    data  (jets, particles, features)   floats; rows of zeros where a jet has fewer particles
    pid   (jets,)                       the class of the jet, counted from FIRST_LABEL

Each jet is read exactly once per epoch. Every rank gets the same number of batches, and any two
batches differ by at most one jet, so no rank waits for one that has run out of data.
"""

import argparse
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import torch
import torch.distributed as dist
from torch.utils.data import DataLoader, Dataset, Sampler

FIRST_LABEL = 2  # the copy at NERSC counts its ten classes from 2 to 11
CLASSES = 10

Span = tuple[int, int]  # neighboring jets: the first, and one after the last
Batch = tuple[torch.Tensor, torch.Tensor]


# JetClass has more files than a process may hold open: the oldest of 64 is closed for a new one.
@lru_cache(maxsize=64)
def open_file(path: str) -> tuple[h5py.Dataset, h5py.Dataset]:
    """Return data and pid of a file; it is opened at the first read, by the worker that reads."""
    file = h5py.File(path, "r", locking=False)  # read-only, and not every file system can lock
    return file["data"], file["pid"]  # they hold the file open


class JetDataset(Dataset[Batch]):
    """Jets numbered through all files. An item is a whole batch: the spans a sampler asks for."""

    def __init__(self, files: Sequence[Path], sizes: Sequence[int]) -> None:
        self.files = [str(file) for file in files]
        self.stops = np.cumsum(sizes)
        self.starts = self.stops - np.asarray(sizes)

    def __len__(self) -> int:
        return int(self.stops[-1])

    def __getitem__(self, spans: Sequence[Span]) -> Batch:
        """Return particles (jets, particles, features) and labels (jets,) from 0 to 9."""
        pieces = [piece for span in sorted(spans) for piece in self.pieces(*span)]
        particles = np.concatenate([data[rows] for data, _, rows in pieces])
        labels = np.concatenate([pid[rows] for _, pid, rows in pieces]).astype(np.int64)
        labels -= FIRST_LABEL
        if labels.min() < 0 or labels.max() >= CLASSES:
            raise ValueError(f"labels run from {labels.min()} to {labels.max()}: set FIRST_LABEL")
        return torch.from_numpy(particles).float(), torch.from_numpy(labels)

    def pieces(self, first: int, stop: int) -> Iterator[tuple[Any, Any, slice]]:
        """Yield (data, pid, rows) for the jets from first to stop - 1, also across files."""
        number = int(np.searchsorted(self.stops, first, side="right"))
        while first < stop:
            end = min(stop, int(self.stops[number]))
            if first < end:  # a file may be empty
                start = int(self.starts[number])
                rows = slice(first - start, end - start)
                yield *open_file(self.files[number]), rows
            first, number = end, number + 1


class JetSampler(Sampler[list[Span]]):
    """Yields the batches of each rank, as lists of spans (first, stop) of neighboring jets.

    Runs of run_length jets are shuffled, the same way on every rank, and the shuffled row of jets
    is cut into equal batches. Short runs mix better, long runs read faster.
    """

    def __init__(
        self,
        jets: int,
        batch_size: int,
        rank: int = 0,
        world_size: int = 1,
        seed: int = 0,
        run_length: int = 32,
    ) -> None:
        if jets < world_size:
            raise ValueError(f"{jets} jets are too few for {world_size} ranks")
        self.jets, self.rank, self.world_size = jets, rank, world_size
        self.seed, self.epoch, self.run_length = seed, 0, run_length
        needed = -(-jets // (batch_size * world_size))  # rounded up
        self.batches = min(needed, jets // world_size)  # no batch is empty

    def __len__(self) -> int:
        return self.batches

    def set_epoch(self, epoch: int) -> None:
        """Shuffle again: call it before each epoch, with the same number on every rank."""
        self.epoch = epoch

    def __iter__(self) -> Iterator[list[Span]]:
        starts = np.arange(0, self.jets, self.run_length)
        np.random.default_rng([self.seed, self.epoch]).shuffle(starts)
        ends = np.cumsum(np.minimum(self.run_length, self.jets - starts))
        total = self.batches * self.world_size
        for step in range(self.batches):
            batch = step * self.world_size + self.rank
            low, high = batch * self.jets // total, (batch + 1) * self.jets // total
            yield list(spans_between(low, high, starts, ends))


def spans_between(low: int, high: int, starts: np.ndarray, ends: np.ndarray) -> Iterator[Span]:
    """Yield the jets that stand at places low to high - 1 of the shuffled row."""
    run = int(np.searchsorted(ends, low, side="right"))
    while low < high:
        end = min(high, int(ends[run]))
        begin = int(ends[run - 1]) if run else 0
        first = int(starts[run]) + low - begin
        yield first, first + end - low
        low, run = end, run + 1


def count_jets(folder: str | Path) -> tuple[list[Path], list[int]]:
    """Return the HDF5 files of a folder, in order, and the number of jets in each."""
    files = sorted(Path(folder).glob("*.h5"))
    if not files:
        raise FileNotFoundError(f"no *.h5 file in {folder}")
    sizes = []
    for path in files:
        with h5py.File(path, "r", locking=False) as file:
            sizes.append(len(file["pid"]))
    return files, sizes


def make_loader(
    folder: str | Path, batch_size: int = 512, workers: int = 2, seed: int = 0
) -> tuple[DataLoader[Batch], JetSampler]:
    """Return this rank's share of the data, and the sampler to call set_epoch() on."""
    found: list[Any] = [count_jets(folder) if dist.get_rank() == 0 else None]
    dist.broadcast_object_list(found)  # only one rank asks the file system
    files, sizes = found[0]
    sampler = JetSampler(sum(sizes), batch_size, dist.get_rank(), dist.get_world_size(), seed)
    loader = DataLoader(
        JetDataset(files, sizes),
        sampler=sampler,
        batch_size=None,  # an item of the dataset is a batch
        num_workers=workers,
        persistent_workers=workers > 0,
        pin_memory=torch.cuda.is_available(),
    )
    return loader, sampler


def read_launcher(environ: Mapping[str, str]) -> tuple[int, int, int]:
    """Return rank, number of ranks and rank on this node as torchrun or srun set them."""
    if "RANK" in environ:  # torchrun, also when it runs inside a Slurm job
        names = ("RANK", "WORLD_SIZE", "LOCAL_RANK")
    elif "SLURM_STEP_NUM_TASKS" in environ:  # srun; SLURM_NTASKS is set without srun, too
        names = ("SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_LOCALID")
    else:
        return 0, 1, 0
    rank, ranks, local_rank = (int(environ[name]) for name in names)
    return rank, ranks, local_rank


def start() -> torch.device:
    """Join the other ranks (at MASTER_ADDR, MASTER_PORT) and return this rank's device."""
    rank, world_size, local_rank = read_launcher(os.environ)
    meet = "env://" if world_size > 1 else "tcp://127.0.0.1:0"  # alone: any free port
    if not torch.cuda.is_available():
        dist.init_process_group("gloo", meet, rank=rank, world_size=world_size)
        return torch.device("cpu")
    device = torch.device("cuda", local_rank % torch.cuda.device_count())
    torch.cuda.set_device(device)
    dist.init_process_group("nccl", meet, rank=rank, world_size=world_size, device_id=device)
    return device


def read_epoch(loader: DataLoader[Batch], device: torch.device) -> int:
    """Read this rank's batches once; return the number of jets that all ranks have read."""
    jets = torch.zeros(1, dtype=torch.int64, device=device)
    for particles, labels in loader:
        particles = particles.to(device, non_blocking=True)
        labels = labels.to(device, non_blocking=True)
        jets += len(particles)  # here your model learns from particles and labels
    dist.all_reduce(jets)
    return int(jets)


def main() -> None:
    parser = argparse.ArgumentParser(description="Read JetClass and print how fast it goes.")
    parser.add_argument("data_dir")
    parser.add_argument("--batch-size", type=int, default=512, help="jets per rank and step")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2, help="reading processes per rank")
    options = parser.parse_args()
    device = start()
    try:
        loader, sampler = make_loader(options.data_dir, options.batch_size, options.workers)
        for epoch in range(options.epochs):
            sampler.set_epoch(epoch)
            began = time.perf_counter()
            jets = read_epoch(loader, device)
            speed = jets / (time.perf_counter() - began)
            if dist.get_rank() == 0:
                ranks = f"{dist.get_world_size()} ranks ({device.type})"
                print(f"epoch {epoch}: {ranks}, {jets} jets, {speed:.0f} jets/s", flush=True)
    finally:
        dist.destroy_process_group()


if __name__ == "__main__":
    main()
