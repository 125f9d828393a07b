"""The options of sbatch and the form of their values.

Options and forms are those of Slurm 22.05, compared with its sbatch, plus some newer options and
those of Shifter's plugin (shifter.readthedocs.io), which centers with Cray systems have.
"""

from __future__ import annotations

import re
from enum import Enum


class TakesValue(Enum):
    """Whether an option takes a value."""

    NO = 0
    YES = 1
    OPTIONAL = 2


_FLAGS = (
    "contiguous", "test-only", "stepmgr", "hold", "ignore-pbs", "no-requeue",
    "overcommit", "parsable", "quiet", "reboot", "requeue", "oversubscribe",
    "spread-job", "use-min-nodes", "verbose", "wait", "help", "usage", "version",
)  # fmt: skip
_OPTIONAL = (
    "oom-kill-step", "nice", "propagate", "exclusive", "no-kill", "get-user-env",
)  # fmt: skip
_WITH_VALUE = (
    "array", "account", "bb", "bbf", "begin", "comment", "cpu-freq", "cpus-per-task",
    "dependency", "deadline", "delay-boot", "chdir", "error", "export", "export-file", "gid",
    "gres", "gres-flags", "input", "job-name", "licenses", "clusters", "container",
    "distribution", "mail-type", "mail-user", "mcs-label", "ntasks", "ntasks-per-node",
    "nodes", "output", "partition", "power", "priority", "profile", "qos", "core-spec",
    "signal", "switches", "thread-spec", "time", "time-min", "uid", "wckey", "wrap",
    "cluster-constraint", "constraint", "nodefile", "mem", "mincpus", "reservation", "tmp",
    "nodelist", "exclude", "mem-per-cpu", "sockets-per-node", "cores-per-socket",
    "threads-per-core", "extra-node-info", "ntasks-per-core", "ntasks-per-socket",
    "cpus-per-gpu", "gpus", "gpu-bind", "gpu-freq", "gpus-per-node", "gpus-per-socket",
    "gpus-per-task", "mem-per-gpu", "ntasks-per-gpu", "tasks-per-node", "hint", "mem-bind",
    "network", "acctg-freq", "prefer", "open-mode", "kill-on-invalid-dep", "tres-per-task",
    "tres-bind", "container-id", "segment",
)  # fmt: skip
_OF_SHIFTER = {
    **dict.fromkeys(("image", "volume", "module"), TakesValue.YES),
    "ccm": TakesValue.NO,
}
LONG_OPTIONS = {
    **_OF_SHIFTER,
    **dict.fromkeys(_FLAGS, TakesValue.NO),
    **dict.fromkeys(_WITH_VALUE, TakesValue.YES),
    **dict.fromkeys(_OPTIONAL, TakesValue.OPTIONAL),
}
SHORT_WITH_VALUE = frozenset("aAbcdDeiJLMmnNopqStGCFwxB")
SHORT_FLAGS = frozenset("HOQsvWhVk")

_COUNT = (re.compile(r"\+?0*[1-9]\d*"), "a number of at least 1")
# Only newer versions accept lists such as 1,3-5.
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
    """Return why sbatch would reject the value of an option; None when it would not.

    Args:
        option: its long name without the hyphens, or its letter.
        value: as sbatch would receive it.
    """
    name = _LONG_OF_SHORT.get(option, option)
    form, allowed = _FORMS.get(name, (None, ""))
    if form is None or form.fullmatch(value):
        return None
    return f'--{name} is "{value}", which sbatch rejects; allowed: {allowed}'
