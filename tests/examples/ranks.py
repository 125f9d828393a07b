"""Start the ranks of a distributed program on this machine, on 127.0.0.1 only."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.ports import held_port

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

TIMEOUT_S = 120


def environment(home: Path, **more: str) -> dict[str, str]:
    """Return a small environment in which gloo uses the loopback interface and nothing else."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "GLOO_SOCKET_IFNAME": "lo",
        "OMP_NUM_THREADS": "1",
        "CUDA_VISIBLE_DEVICES": "",
        **more,
    }


def alone(arguments: Sequence[str], home: Path) -> subprocess.CompletedProcess[str]:
    """Run a Python program as a single process, without a launcher."""
    return subprocess.run(
        [sys.executable, *arguments],
        env=environment(home),
        cwd=home,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )


def torchrun(ranks: int, arguments: Sequence[str], home: Path) -> subprocess.CompletedProcess[str]:
    """Run a Python program with PyTorch's own launcher."""
    launcher = ["-m", "torch.distributed.run", "--nproc-per-node", str(ranks)]
    with held_port() as port:
        address = ["--master-addr", "127.0.0.1", "--master-port", str(port)]
        return alone([*launcher, *address, *arguments], home)


def like_srun(ranks: int, arguments: Sequence[str], home: Path) -> list[str]:
    """Start one process per rank with the variables srun sets; return what each printed.

    Raises:
        AssertionError: a rank ended with an error; the message is its output.
    """
    with held_port() as port:
        processes = [start_rank(rank, ranks, port, arguments, home) for rank in range(ranks)]
        try:
            outputs = [process.communicate(timeout=TIMEOUT_S)[0] for process in processes]
        finally:
            for process in processes:
                process.kill()
    for process, output in zip(processes, outputs, strict=True):
        assert process.returncode == 0, output
    return outputs


def start_rank(
    rank: int, ranks: int, port: int, arguments: Sequence[str], home: Path
) -> subprocess.Popen[str]:
    slurm = {
        "SLURM_PROCID": str(rank),
        "SLURM_STEP_NUM_TASKS": str(ranks),
        "SLURM_LOCALID": str(rank),
    }
    return subprocess.Popen(
        [sys.executable, *arguments],
        env=environment(home, MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port), **slurm),
        cwd=home,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
