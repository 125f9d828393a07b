"""Taking inventories in tests, and a tree with everything that may be in the data."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from huggingnersc.adapters.engines.choice import EngineChoice, WorkProgress
from huggingnersc.adapters.engines.run_folder import RunFolder, RunSpec
from huggingnersc.api.versions.take_inventory import Inventory, take_inventory
from huggingnersc.domain.engine_settings import EngineSettings
from huggingnersc.domain.versions.inventory_mode import Mode
from huggingnersc.domain.versions.manifest import ManifestEntry, entry_of
from huggingnersc.fixes import Verb

ODD_NAMES = (
    b"caf\xc3\xa9",
    b"not\xffutf8",
    b"a\tb",
    b"a\nb",
    b"a\\b",
    b"a\x7f",
    b"\xe2\x80\xae",
    b".hidden",
)


def make_run(runs: Path, root: Path, name: str = "run") -> RunFolder:
    """Make the run of an inventory of `root`."""
    spec = RunSpec(
        run_id=name,
        verb=Verb.SNAPSHOT_DATASET,
        engine="local",
        task="hash",
        created_at="2026-11-22T00:00:00Z",
        arguments={"root": os.fspath(root)},
        request={},
    )
    return RunFolder.create(runs, spec)


def take(
    root: Path,
    run: RunFolder,
    *,
    known: tuple[Path, ...] = (),
    mode: Mode = Mode.REUSE,
    sample: float = 1.0,
    settings: EngineSettings | None = None,
) -> Inventory:
    """Take an inventory on this machine."""
    engine = EngineChoice(settings=settings or EngineSettings(processes=2))
    return take_inventory(
        root, run, known=known, mode=mode, sample=sample, engine=engine, progress=quiet
    )


def quiet(progress: WorkProgress) -> None:
    """Show nothing."""


def entries(inventory: Inventory) -> dict[bytes, ManifestEntry]:
    """Return the entries of a manifest by path."""
    with inventory.manifest.open("rb") as lines:
        return {entry.path: entry for entry in map(entry_of, lines)}


def make_tree(root: Path) -> None:
    """Make files, folders and things that are neither, with names that are hard to write."""
    for folder in ("a", "a.b", "a-", "a b", "empty", "z/y/x"):
        (root / folder).mkdir(parents=True)
    for file in ("a/1", "a/2", "a.b/1", "a-/1", "a b/1", "a.txt", "z/y/x/1", "z/y.txt", "z/y-"):
        (root / file).write_text(file)
    for name in ODD_NAMES:
        Path(os.fsdecode(os.fsencode(root / "z") + b"/" + name)).write_bytes(name)
    (root / "a" / "zero").touch()
    (root / "out").symlink_to("/etc/passwd")
    (root / "loop").symlink_to(root)
    (root / "nowhere").symlink_to("not\tthere")
    os.mkfifo(root / "pipe")
    os.mknod(root / "socket", stat.S_IFSOCK | 0o644)
