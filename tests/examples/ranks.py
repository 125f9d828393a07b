"""Start the ranks of a distributed program on this machine, on 127.0.0.1 only.

They are forks of a process that has imported PyTorch, which takes seconds; some tests run a
Python of its own all the same.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from tests.forked_python import ForkedPython
from tests.ports import held_port

if TYPE_CHECKING:
    from collections.abc import Sequence

TIMEOUT_S = 120
_LIBRARIES = (
    "PIL.Image", "h5py", "netCDF4", "pyarrow.parquet", "torch._dynamo",
    "torch.distributed.launcher.api", "torch.nn.parallel", "torch.utils.data", "xarray", "zarr",
)  # fmt: skip
# What launchers tell the ranks.
_TOLD = (
    "GROUP_", "LOCAL_", "MASTER_", "NCCL_", "PYTHON_EXEC", "RANK", "ROLE_", "SLURM_", "TORCH",
    "WORLD_SIZE",
)  # fmt: skip


@cache
def _forked() -> str:
    stack = ExitStack()
    atexit.register(stack.close)
    installed = [name for name in _LIBRARIES if find_spec(name.partition(".")[0])]
    forked = ForkedPython(installed, environment(Path("/")), late=_TOLD)
    return str(stack.enter_context(forked).python)


def environment(home: Path, **more: str) -> dict[str, str]:
    """Return a small environment in which gloo uses the loopback interface and nothing else."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TMPDIR": tempfile.gettempdir(),
        "GLOO_SOCKET_IFNAME": "lo",
        "OMP_NUM_THREADS": "1",
        "CUDA_VISIBLE_DEVICES": "",
        **more,
    }


def alone(
    arguments: Sequence[str], home: Path, *, forked: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run a Python program as a single process, without a launcher.

    Args:
        arguments: the words after `python`.
        home: the home folder, and the current one.
        forked: whether its process has PyTorch imported already.
    """
    python = _forked() if forked else sys.executable
    return subprocess.run(
        [python, *arguments],
        env=environment(home, PYTHON_EXEC=python),
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
        [_forked(), *arguments],
        env=environment(home, MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port), **slurm),
        cwd=home,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
