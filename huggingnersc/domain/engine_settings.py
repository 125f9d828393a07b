"""What a site profile says about heavy work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """How heavy work is done: on this machine within a budget, or by Slurm.

    Attributes:
        processes: the most processes on this machine; None for one per processor.
        seconds: the most seconds of work on this machine; None for no limit.
        gigabytes: the most data read on this machine, in GB; None for no limit.
        run_root: the folder of the runs, readable from the compute nodes; `{data_home}` stands
            for the user's data folder.
        slurm: the `sbatch` options of an array task, one per line; `{account}` stands for
            SBATCH_ACCOUNT, or else for the project whose folder holds the data.
        slurm_setup: shell lines to run in a task before the Python that runs this program.
        slurm_tasks: the most tasks of an array that run at a time.
    """

    __pydantic_config__: ClassVar = {"extra": "forbid"}

    processes: int | None = None
    seconds: float | None = None
    gigabytes: float | None = None
    run_root: str = "{data_home}/runs"
    slurm: tuple[str, ...] = ("--time=01:00:00",)
    slurm_setup: tuple[str, ...] = ()
    slurm_tasks: int = 32
