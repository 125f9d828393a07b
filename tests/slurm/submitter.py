"""A process that lets Slurm take an inventory, to be killed: RUN DATA GATE.

The tasks wait as long as the file GATE is there.
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from huggingnersc.adapters.engines.choice import EngineChoice
from huggingnersc.adapters.engines.run_folder import RunFolder
from huggingnersc.api.versions.take_inventory import take_inventory
from huggingnersc.domain.engine_name import EngineName
from huggingnersc.domain.engine_settings import EngineSettings
from tests.inventories import quiet


def gated(gate: Path) -> str:
    """Return the line of a batch script that waits until a file is gone."""
    return f"while [ -e {shlex.quote(str(gate))} ]; do sleep 0.1; done"


def main(run: str, data: str, gate: str) -> None:
    settings = EngineSettings(slurm=("--time=2",), slurm_setup=(gated(Path(gate)),), slurm_tasks=2)
    choice = EngineChoice(engine=EngineName.SLURM, settings=settings)
    take_inventory(Path(data), RunFolder.open(Path(run)), engine=choice, progress=quiet)


if __name__ == "__main__":
    main(*sys.argv[1:])
