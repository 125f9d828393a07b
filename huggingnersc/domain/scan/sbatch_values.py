"""The forms of the values that sbatch reads itself; the rules are those of Slurm 22.05."""

from __future__ import annotations

import re

_COUNT = (re.compile(r"\+?0*[1-9]\d*"), "a number from 1 on")
# Lists such as 1,3-5 are taken by newer versions only.
_NODES = (re.compile(r"\d[\dkKmM,:-]*"), "a number of nodes, or a range such as 2-4")
_TIME = (
    re.compile(r"(?i:infinite|unlimited)|-?\d+(:\d+){0,2}|\d+-(\d+(:\d+){0,2})?"),
    "MINUTES, HH:MM:SS or DAYS-HH:MM:SS",
)
_MEMORY = (re.compile(r"\d+([kmgtKMGT][bB]?)?"), "a whole number with K, M, G or T")
_FORMS = {
    **dict.fromkeys(
        (
            "cores-per-socket", "cpus-per-gpu", "cpus-per-task", "mincpus", "ntasks",
            "ntasks-per-core", "ntasks-per-gpu", "ntasks-per-node", "ntasks-per-socket",
            "sockets-per-node", "tasks-per-node", "threads-per-core",
        ),
        _COUNT,
    ),
    **dict.fromkeys(("mem", "mem-per-cpu", "mem-per-gpu", "tmp"), _MEMORY),
    **dict.fromkeys(("time", "time-min"), _TIME),
    "nodes": _NODES,
}  # fmt: skip
_LONG_OF_SHORT = {"N": "nodes", "n": "ntasks", "c": "cpus-per-task", "t": "time"}


def value_problem(option: str, value: str) -> str | None:
    """Say what is wrong with the value of an option; None where nothing is known to be.

    Args:
        option: its long name without the hyphens, or its letter.
        value: as sbatch would get it.
    """
    name = _LONG_OF_SHORT.get(option, option)
    form, wanted = _FORMS.get(name, (None, ""))
    if form is None or form.fullmatch(value):
        return None
    return f'--{name} is "{value}", which sbatch refuses; allowed: {wanted}'
