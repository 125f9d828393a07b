"""The options of sbatch: those of Slurm 22.05, asked of its sbatch, and some newer ones."""

from __future__ import annotations

from enum import Enum


class Value(Enum):
    """Whether an option takes a value."""

    NONE = 0
    NEEDED = 1
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
LONG_OPTIONS = {
    **dict.fromkeys(_FLAGS, Value.NONE),
    **dict.fromkeys(_WITH_VALUE, Value.NEEDED),
    **dict.fromkeys(_OPTIONAL, Value.OPTIONAL),
}
SHORT_WITH_VALUE = frozenset("aAbcdDeiJLMmnNopqStGCFwxB")
SHORT_FLAGS = frozenset("HOQsvWhVk")
