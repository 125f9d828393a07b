"""A real Slurm on this machine: one munged, one slurmctld, a slurmd for each node.

Everything is in one temporary folder; its path must be short, as a Unix socket's has to be. The
daemons stay in the foreground, as children of this process: they are ended by their handles, and
no other Slurm of the machine is ever touched. There are no cgroups and no accounting, which a
container lacks, so `sacct` knows nothing here.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.ports import held_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "scontrol", "squeue", "srun", "setpriv")
START_S = 30
STOP_S = 10
# Debian puts the daemons where a user's PATH does not look.
SEARCHED = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


@dataclass(frozen=True)
class Slurm:
    """A running Slurm: its configuration file, which the commands read from `SLURM_CONF`."""

    conf: Path

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "PATH": SEARCHED, "SLURM_CONF": str(self.conf)}

    def ask(self, *words: str) -> str:
        """Run one of its commands; gives what it printed.

        Raises:
            CalledProcessError: the command refused.
        """
        done = subprocess.run(
            words, env=self.environment, capture_output=True, text=True, timeout=30, check=True
        )
        return done.stdout

    def job_ids(self) -> list[int]:
        """Every job it knows of, ended ones too."""
        text = self.ask("squeue", "--noheader", "--states=all", "--format=%A")
        return sorted({int(line) for line in text.split()})


def missing_programs() -> list[str]:
    return [name for name in PROGRAMS if shutil.which(name, path=SEARCHED) is None]


@contextmanager
def running_slurm(nodes: int = 2, cpus: int = 2) -> Iterator[Slurm]:
    """Start a Slurm whose nodes are n1, n2, ...; at the end its jobs and daemons are gone."""
    with tempfile.TemporaryDirectory(prefix="slurm-") as name, ExitStack() as stack:
        folder = Path(name)
        slurm = Slurm(folder / "slurm.conf")
        names = [f"n{number}" for number in range(1, nodes + 1)]
        ports = [stack.enter_context(held_port()) for _ in ["controller", *names]]
        slurm.conf.write_text(_configuration(folder, names, cpus, ports), encoding="utf-8")
        for room in ("state", "spool"):
            (folder / room).mkdir()
        _start_munge(folder, stack)
        _start(["slurmctld", "-D"], slurm.environment, folder, stack)
        for node in names:
            _start(["slurmd", "-D", "-N", node], slurm.environment, folder, stack)
        _wait_until(lambda: _are_idle(slurm, nodes), folder)
        stack.callback(_end_jobs, slurm)  # first of all, while the daemons can still do it
        yield slurm


def _configuration(folder: Path, nodes: list[str], cpus: int, ports: list[int]) -> str:
    controller, *node_ports = ports
    host, user = socket.gethostname().partition(".")[0], _user()
    settings = {
        "ClusterName": "tests",
        "SlurmctldHost": f"{host}(127.0.0.1)",
        "SlurmctldPort": controller,
        "SlurmUser": user,
        "SlurmdUser": user,
        "AuthInfo": f"socket={folder}/munge/socket",
        "StateSaveLocation": folder / "state",
        "SlurmdSpoolDir": folder / "spool/%n",
        "SlurmctldPidFile": folder / "slurmctld.pid",
        "SlurmdPidFile": folder / "slurmd-%n.pid",
        "ProctrackType": "proctrack/linuxproc",
        "TaskPlugin": "task/none",
        "JobAcctGatherType": "jobacct_gather/none",
        "AccountingStorageType": "accounting_storage/none",
        "MpiDefault": "none",
        "SelectType": "select/cons_tres",
        "SelectTypeParameters": "CR_Core",
        "SchedulerParameters": "batch_sched_delay=0,sched_interval=1",
        "KillWait": 2,
        "ReturnToService": 2,
    }
    lines = [f"{key}={value}" for key, value in settings.items()]
    lines += [
        f"NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={port} "
        f"CPUs={cpus} RealMemory=1000"
        for node, port in zip(nodes, node_ports, strict=True)
    ]
    return "\n".join([*lines, "PartitionName=tests Nodes=ALL Default=YES MaxTime=10\n"])


def _start_munge(folder: Path, stack: ExitStack) -> None:
    own = folder / "munge"
    own.mkdir(mode=0o755)
    key = own / "key"
    key.touch(mode=0o600)
    key.write_bytes(secrets.token_bytes(128))
    places = {"key-file": "key", "socket": "socket", "pid-file": "pid", "seed-file": "seed"}
    options = [f"--{option}={own / name}" for option, name in places.items()]
    command = ["munged", "--foreground", "--force", f"--log-file={own / 'log'}", *options]
    _start(command, {**os.environ, "PATH": SEARCHED}, folder, stack)
    _wait_until((own / "socket").exists, folder)


def _start(
    command: list[str], environment: Mapping[str, str], folder: Path, stack: ExitStack
) -> None:
    # The kernel ends the daemon too when this process is killed and can end nothing itself.
    guarded = ["setpriv", "--pdeathsig", "KILL", "--", *command]
    with (folder / "daemons.log").open("ab") as log:
        process = subprocess.Popen(guarded, env=environment, stdout=log, stderr=log)
    stack.callback(_stop, process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _end_jobs(slurm: Slurm) -> None:
    slurm.ask("scancel", "--user", _user())
    end = time.monotonic() + STOP_S
    while slurm.ask("squeue", "--noheader") and time.monotonic() < end:
        time.sleep(0.2)


def _are_idle(slurm: Slurm, nodes: int) -> bool:
    try:
        states = slurm.ask("sinfo", "--noheader", "--Node", "--format=%T").split()
    except subprocess.CalledProcessError:  # the controller is not there yet
        return False
    return states == ["idle"] * nodes


def _wait_until(holds: Callable[[], bool], folder: Path) -> None:
    end = time.monotonic() + START_S
    while not holds():
        if time.monotonic() > end:
            log = (folder / "daemons.log").read_text(errors="replace")
            raise TimeoutError(f"Slurm did not start in {START_S} s:\n{log[-4000:]}")
        time.sleep(0.05)


def _user() -> str:
    import pwd

    return pwd.getpwuid(os.geteuid()).pw_name
