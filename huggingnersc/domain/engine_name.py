"""The engines that do heavy work."""

from __future__ import annotations

from enum import StrEnum


class EngineName(StrEnum):
    """Where heavy work is done."""

    LOCAL = "local"  # by processes on this machine
    SLURM = "slurm"  # by an array of jobs
