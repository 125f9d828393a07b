"""A home folder with a catalog and a Hub, and command lines run in it in forked children."""

from __future__ import annotations

import ctypes
import gc
import hashlib
import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO
from unittest.mock import patch

from huggingnersc.adapters.engines.run_folder import RunFolder, runs_in
from huggingnersc.adapters.transfer.state_file import STATE_FILE
from huggingnersc.domain.packing.png import png_bytes
from huggingnersc.domain.versions.version import KNOWN_HASHES_FILE
from huggingnersc.hub_server.services.open_hub import DATABASE_FILE
from tests.builders import CENTRE_PROFILE, write_tree
from tests.faults.proxy import Fault, FaultyProxy
from tests.faults.scenarios import (
    EXPORT,
    HELD,
    NEXT,
    PACK,
    REMOVE,
    RESTORE,
    SNAPSHOT,
    SPLIT,
    UPDATE,
    UPLOAD,
    VERIFY,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from huggingnersc.adapters.hub.client import Hub
    from huggingnersc.domain.catalog.remote import RemoteRepository
    from huggingnersc.hub_server import RunningHub
    from tests.faults.scenarios import Words
    from tests.faults.storage import Storage

_IMAGES = {
    f"{label}/{number}.png": png_bytes(bytes([number]) * 16, 4, 4)
    for number, label in enumerate(("cat", "dog") * 2)
}
_LARGE_BYTES = 1_200_000  # more than a transfer moves through memory in one go
WARMED = (
    HELD, PACK, SPLIT, EXPORT, UPDATE, SNAPSHOT, NEXT, VERIFY, UPLOAD, REMOVE, RESTORE,
)  # fmt: skip
_TIME = re.compile(r"\.\d{8}T\d{6}Z")  # when a dataset was removed: the clock's


@dataclass(frozen=True, slots=True)
class Run:
    """What a command line did.

    Attributes:
        requests: how many came to the proxy.
        waited_s: how long it slept between its tries; the suite does not really sleep.
    """

    code: int
    out: str
    err: str
    requests: int = 0
    waited_s: float = 0.0


class World:
    """The folder of one scenario, which is put back to its start for every point.

    Args:
        root: an empty folder.
        storage: has a bucket of this world.
    """

    def __init__(self, root: Path, storage: Storage | None = None) -> None:
        self._storage, self._objects = storage, dict[str, tuple[str, int]]()
        self.home, self._start = root / "home", root / "start"
        self.catalog = self.home / ".local/share/huggingnersc/catalog"
        self.hub_root = self.home / ".local/share/huggingnersc/hub"
        self._runs = self.home / ".local/share/huggingnersc/runs"
        self.profile, self.web = self.home / "centre.toml", self.home / "web"
        self._place = socket.socket()  # keeps the proxy's port, and never listens
        self._place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._place.bind(("127.0.0.1", 0))
        self.port: int = self._place.getsockname()[1]
        self.bucket = f"faults-{self.port}"
        if storage:
            storage.keep(self.bucket, ())
        self._group_id: int | None = None
        self.catalog.mkdir(parents=True)
        write_tree(self.home / "images", _IMAGES)
        endpoint = f"http://127.0.0.1:{self.port}"
        self.profile.write_text(
            CENTRE_PROFILE.format(endpoint=endpoint, root=self.catalog), encoding="utf-8"
        )

    def share(self, group_id: int) -> None:
        """Let a group write in the catalog, as in the project folder of a center."""
        self._group_id = group_id
        self.home.parent.chmod(0o711)
        os.chown(self.catalog, -1, group_id)
        self.catalog.chmod(0o2775)

    def keep(self) -> None:
        """Remember this state as the start."""
        shutil.copytree(self.home, self._start)
        self._objects = self._in_bucket()

    def put_back(self) -> None:
        """Go back to the start."""
        shutil.rmtree(self.home)
        shutil.copytree(self._start, self.home)
        if self._storage:
            self._storage.keep(self.bucket, self._objects)
        if self._group_id is not None:  # which is no part of a copy
            for path in (self.catalog, *self.catalog.rglob("*")):
                os.chown(path, -1, self._group_id, follow_symlinks=False)

    def state(self, running: RunningHub | None = None) -> dict[str, str]:
        """Return what a user can see: bytes and modes of the catalog, of an exported site and
        of a download, unfinished runs, the objects of a bucket, and the Hub's files.

        Args:
            running: the world's Hub, where it runs; otherwise it is started if there is one.
        """
        seen = {
            _TIME.sub(".TIME", str(file.relative_to(self.catalog))): _look(file)
            for file in sorted(self.catalog.rglob("*"))
            if ".locks" not in file.parts and not _is_cache(file)
        } | {
            f"site:{file.relative_to(self.web)}": _look(file)
            for file in self.web.rglob("*")
            if file.is_file() and file.name != STATE_FILE
        }
        seen |= {f"run:{name}": "unfinished" for name in runs_in(self._runs)}
        seen |= {f"bucket:{key}": digest for key, (digest, _) in self._in_bucket().items()}
        if running is not None:
            return seen | _on_hub(running)
        if not self.hub_root.exists():
            return seen | {"hub": "nothing"}
        with self.hub() as started:
            return seen | _on_hub(started)

    def finished(self) -> dict[str, str]:
        """Return what need not be done again: shards of a pack, downloaded files, the large files
        on the Hub and objects of a bucket, each with what another copy of it has not.
        """
        found = {
            *_packed_shards(self.home),
            *_named(self.web / "copy"),
            *self._acknowledged(),
        }
        files = {str(file.relative_to(self.home)): _mark(file) for file in sorted(found)}
        sent = {f"bucket:{key}": str(times) for key, (_, times) in self._in_bucket().items()}
        return files | sent

    def _acknowledged(self) -> Iterator[Path]:
        """Yield the large files that a repository of the Hub holds.

        Of one that came whole, the Hub notes last whose it is; killed before that, it has to ask
        for the file again, as it gives no one a file for its digest alone.
        """
        database = self.hub_root / DATABASE_FILE
        if not database.exists():
            return
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            linked = {oid for (oid,) in connection.execute("SELECT oid FROM lfs_links")}
        yield from (file for file in _named(self.hub_root / "lfs") if file.name in linked)

    def _in_bucket(self) -> dict[str, tuple[str, int]]:
        return self._storage.objects(self.bucket) if self._storage else {}

    @contextmanager
    def hub(self) -> Iterator[RunningHub]:
        """Run the world's Hub, apart from any command."""
        from huggingnersc.hub_server import running_hub

        with running_hub(self.hub_root, organizations=["NERSC"]) as running:
            yield running

    def describe(self, words: str) -> None:
        """Write a description of iris in the Hub's editor."""
        from huggingface_hub import HfApi

        from huggingnersc.domain.catalog.description import END

        card = (self.catalog / "iris/README.md").read_text(encoding="utf-8")
        edited = card.replace(END, f"{words}\n\n{END}").encode()
        with self.hub() as running:
            HfApi(endpoint=running.endpoint, token=running.token).upload_file(
                path_or_fileobj=edited,
                path_in_repo="README.md",
                repo_id="NERSC/iris",
                repo_type="dataset",
            )

    def put_shards(self, running: RunningHub) -> None:
        """Put the whole data of iris on the Hub, as shards of which one is large."""
        from huggingface_hub import CommitOperationAdd, HfApi

        from huggingnersc.adapters.hub.client_settings import uploads_by_lfs

        files = {
            f"data/train-0000{number}-of-00003.parquet": bytes([number]) * size
            for number, size in enumerate((_LARGE_BYTES, 300, 200))
        }
        added = [CommitOperationAdd(path, content) for path, content in files.items()]
        hub = HfApi(endpoint=running.endpoint, token=running.token)
        with uploads_by_lfs():
            hub.create_commit("NERSC/iris", added, commit_message="Add", repo_type="dataset")

    @contextmanager
    def proxied(self) -> Iterator[tuple[FaultyProxy, RunningHub]]:
        """Run the Hub behind a proxy, and make it the one of the site `centre`."""
        with self.hub() as running:
            os.environ["HF_TOKEN"] = running.token
            if self._storage is None:
                yield FaultyProxy(self.port, running.endpoint), running
                return
            storage = os.environ["AWS_ENDPOINT_URL"]
            os.environ["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{self.port}"
            yield FaultyProxy(self.port, running.endpoint, storage, self.bucket), running


def _packed_shards(home: Path) -> Iterator[Path]:
    """Yield the shards that were written and recorded, of finished and unfinished packs."""
    from huggingnersc.adapters.packing.pack_shard import pack_result

    for pack in home.rglob("pack.json"):
        yield from _named(pack.parent / "data")
    for place in (home / ".local/share/huggingnersc/runs").glob("pack-*/run.json"):
        run = RunFolder.open(place.parent)
        for result in map(run.result, run.done()):
            yield Path(run.spec.arguments["out"], pack_result(result or b"").shard.path)


def _named(folder: Path) -> Iterator[Path]:
    """Yield the files that have their final name."""
    return (file for file in folder.rglob("*") if file.is_file() and file.name[0] != ".")


def _mark(file: Path) -> str:
    status = file.stat()
    return f"{status.st_ino} {status.st_mtime_ns}"


def _is_cache(file: Path) -> bool:
    """Return whether a file saves only time; it is written after the record."""
    return file.name.removeprefix(".").removesuffix(".staged") == KNOWN_HASHES_FILE


def _on_hub(running: RunningHub) -> dict[str, str]:
    from huggingnersc.adapters.hub.client import Hub

    hub = Hub(running.endpoint, running.token)
    remote = hub.repository("NERSC/iris")
    if remote is None:
        return {"hub": "nothing"}
    files = {f"hub:{path}": oid for path, oid in remote.files.items()}
    tags = {f"tag:{name}": _at(hub, name) for name in hub.tags("NERSC/iris")}
    return {"hub": _visibility(remote)} | files | tags | _beside(hub)


def _beside(hub: Hub) -> dict[str, str]:
    """Return what is in the repository of the shards, which is made before the record."""
    remote = hub.repository("NERSC/iris-shards")
    if remote is None:
        return {}
    files = {f"beside:{path}": oid for path, oid in remote.files.items()}
    return {"beside:": _visibility(remote)} | files


def _visibility(remote: RemoteRepository) -> str:
    return "private" if remote.private else "public"


def _at(hub: Hub, tag: str) -> str:
    there = hub.repository("NERSC/iris", revision=tag)
    return json.dumps(dict(there.files), sort_keys=True) if there else ""


def _look(file: Path) -> str:
    content = hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else "folder"
    return f"{file.stat().st_mode:o} {content}"


def run_here(words: Sequence[str]) -> Run:
    """Run a command line in this process, which is a child, and catch what it prints."""
    from huggingnersc.cli.app import main

    with _caught() as caught:
        code = main(list(words), program="huggingnersc")
    out, err = caught
    return Run(code, out, err)


def run_line(world: World, words: Sequence[str]) -> Run:
    """Run a command line like `run_here`, at home in a world, and do not really sleep."""
    os.environ["HOME"] = str(world.home)
    slept: list[float] = []
    with quick_sleep(slept), _stopped_clock():
        run = run_here([word.format(home=world.home, bucket=world.bucket) for word in words])
    return replace(run, waited_s=sum(slept))


@contextmanager
def _stopped_clock() -> Iterator[None]:
    """Let every version be of the same time, so that its bytes are the same in every run."""
    from huggingnersc.api.versions import snapshot_run

    with patch.object(snapshot_run, "moment_now", lambda: "2026-11-22T00:00:00Z"):
        yield


def run_against(
    world: World, proxy: FaultyProxy, words: Sequence[str], fault: Fault | None
) -> Run:
    """Run a command line against the proxied Hub."""
    from huggingface_hub import constants, set_client_factory
    from huggingface_hub.utils._http import default_client_factory

    from huggingnersc.adapters.transfer import s3_bucket

    is_slow = fault is not None and fault.kind == "timeout"
    constants.HF_HUB_DOWNLOAD_TIMEOUT = s3_bucket._READ_TIMEOUT_S = 1 if is_slow else 60
    set_client_factory(default_client_factory)  # a new process has made no client yet
    with proxy.during(fault):
        run = run_line(world, [*words, "--site", str(world.profile)])
    return Run(run.code, run.out, run.err, len(proxy.requests), run.waited_s)


@contextmanager
def _caught() -> Iterator[list[str]]:
    """Catch what is written to the descriptors, so that what libraries log is seen too."""
    texts: list[str] = []
    kept = [os.dup(1), os.dup(2)]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        try:
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            yield texts
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os.dup2(kept[0], 1)
            os.dup2(kept[1], 2)
            for stream in (out, err):
                stream.seek(0)
                texts.append(stream.read().decode())


@contextmanager
def quick_sleep(slept: list[float]) -> Iterator[None]:
    """Note how long the client sleeps between its tries, and do not sleep."""
    sleep = time.sleep

    def noted(seconds: float) -> None:
        if seconds >= 0.5 and threading.current_thread() is threading.main_thread():
            slept.append(seconds)
        else:
            sleep(seconds)

    time.sleep = noted  # type: ignore[assignment]
    try:
        yield
    finally:
        time.sleep = sleep


def warm_up(lines: Sequence[Words], storage: Storage | None = None) -> None:
    """Run each command: every fork inherits the modules they import and the caches they fill."""
    os.environ |= storage.variables if storage else {}
    with new_world(storage=storage) as world:
        for words in lines:
            run_line(world, words)
    gc.collect()
    gc.freeze()  # a fork that collects would copy every page


def tasks() -> TextIO:
    """Return standard input for this process alone; commands that it runs find theirs empty."""
    ours = os.fdopen(os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    return ours


def in_child(work: Callable[[], Any]) -> tuple[int, Any]:
    """Do something in a forked child; return the signal that ended it, or 0, and its value."""
    return ended_child(started_child(work))


def started_child(work: Callable[[], Any]) -> tuple[int, int]:
    """Start to do something in a forked child; return its id and the pipe of its value."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        try:
            with os.fdopen(writer, "w") as stream:
                json.dump(work(), stream)
        except BaseException:  # noqa: BLE001 - a child never goes on as its parent
            traceback.print_exc()
        os._exit(0)
    os.close(writer)
    return child, reader


def ended_child(child: tuple[int, int]) -> tuple[int, Any]:
    """Wait for a child; return the signal that ended it, or 0, and its value."""
    number, reader = child
    with os.fdopen(reader) as stream:
        text = stream.read()
    _, status = os.waitpid(number, 0)
    return os.WTERMSIG(status), json.loads(text) if text else None


def adopt_orphans() -> None:
    """Become the parent of processes whose own is killed, so that they can be waited for."""
    set_child_subreaper = 36
    if ctypes.CDLL(None).prctl(set_child_subreaper, 1, 0, 0, 0):
        raise OSError("this system gives its orphans to no one")


def await_orphans() -> None:
    """Wait until the processes that outlived a killed command have ended."""
    with suppress(ChildProcessError):
        while True:
            os.wait()


@contextmanager
def new_world(*, limited: bool = False, storage: Storage | None = None) -> Iterator[World]:
    """Yield a world in a temporary folder; in memory where that is, for the thousands of fsyncs.

    Args:
        limited: on a file system of its own, which needs the right to mount, as in `unshare -rm`.
        storage: has a bucket of this world.
    """
    memory = Path("/dev/shm")  # noqa: S108 - as good a temporary folder as any
    place = memory if os.access(memory, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="faults-", dir=place) as folder:
        if limited:
            subprocess.run(
                ["mount", "-t", "tmpfs", "-o", "size=12m", "faults", folder], check=True
            )
        try:
            yield World(Path(folder), storage)
        finally:
            if limited:
                subprocess.run(["umount", "--lazy", folder], check=True)
