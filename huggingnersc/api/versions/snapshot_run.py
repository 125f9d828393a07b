"""The run of a snapshot: its folder, and what is kept there until the version is recorded."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.engines.run_folder import RunFolder, RunSpec, write_whole
from huggingnersc.domain.versions.version import Version, parse_version, version_bytes
from huggingnersc.errors import RunDamagedError
from huggingnersc.fixes import Fix, Message, Option, Verb

if TYPE_CHECKING:
    from collections.abc import Mapping

_READ_FILE, _READY_FILE, _KNOWN_FILE = "read", "ready.json", "kept_hashes.tsv"
_STATISTICS_DIR = "statistics"
_ID_DIGITS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyVersion:
    """A version with its files, ready to be published and kept.

    Attributes:
        version: what is known of it.
        files: its files by path, `version.json` left out; they are in the run folder.
        statistics: Markdown for the card; empty where the statistics are not public.
        labels: words to attach to it.
        known_hashes: the cache of hashes for the next snapshot.
    """

    version: Version
    files: Mapping[str, Path]
    statistics: str
    labels: tuple[str, ...]
    known_hashes: Path


class SnapshotRun:
    """The folder in which the snapshots of one dataset by this user are prepared.

    What a command that was killed, or only planned, has read is there for the next one.
    """

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder

    @classmethod
    def of(
        cls, root: Path, *, nickname: str, place: Path, data: Path, request: Mapping[str, Any]
    ) -> SnapshotRun:
        """Open the run of a dataset; it is made where there is none.

        Args:
            root: holds the runs.
            nickname: the dataset's.
            place: its catalog folder, or its draft folder.
            data: the root of its data.
            request: what the verb needs to be completed by `resume_run`.

        Raises:
            RunDamagedError: it cannot be read.
        """
        digest = sha256(f"{place}\0{data}".encode(errors="surrogateescape")).hexdigest()
        spec = RunSpec(
            run_id=f"snapshot-{nickname}-{digest[:_ID_DIGITS]}",
            verb=Verb.SNAPSHOT_DATASET,
            engine="local",
            task="hash",
            created_at=_now(),
            arguments={"root": str(data)},
            request=request,
        )
        return cls(RunFolder.create(root, spec))

    @property
    def run_id(self) -> str:
        """The name that `resume_run` takes."""
        return self.folder.spec.run_id

    @property
    def created_at(self) -> str:
        """When the snapshot began."""
        return self.folder.spec.created_at

    @property
    def known(self) -> tuple[Path, ...]:
        """The hashes that an earlier inventory of this run came to."""
        return (self._kept,) if self._kept.exists() else ()

    @property
    def _kept(self) -> Path:
        return self.folder.path / _KNOWN_FILE

    @property
    def statistics_dir(self) -> Path:
        """The folder of the statistics and the pictures; it need not exist."""
        return self.folder.path / _STATISTICS_DIR

    def begin(self) -> None:
        """Make the work list anew where the inventory of an earlier command was complete.

        One that was cut off is continued.
        """
        if (self.folder.path / _READ_FILE).exists():
            self.folder.restart(_now())
            (self.folder.path / _READ_FILE).unlink()

    def keep_hashes(self, known_hashes: Path) -> Path:
        """Keep the hashes of a complete inventory for the next one, and return where they are."""
        known_hashes.replace(self._kept)
        write_whole(self.folder.path / _READ_FILE, b"")
        return self._kept

    def commit_to(self, ready: ReadyVersion) -> None:
        """Remember a version that is about to be published.

        From then on only this one can be published from this run, so that one that was cut off
        is completed and no other takes its name.
        """
        content = {
            "version": version_bytes(ready.version).decode(),
            "files": {path: str(self._within(file)) for path, file in ready.files.items()},
            "statistics": ready.statistics,
            "labels": [*ready.labels],
            "known_hashes": str(self._within(ready.known_hashes)),
        }
        write_whole(self.folder.path / _READY_FILE, json.dumps(content).encode())

    def ready(self) -> ReadyVersion | None:
        """Return the version whose publication was begun; None where none was.

        Raises:
            RunDamagedError: it cannot be read.
        """
        try:
            content = json.loads((self.folder.path / _READY_FILE).read_bytes())
            files = content["files"].items()
            return ReadyVersion(
                version=parse_version(content["version"].encode()),
                files={path: self.folder.path / name for path, name in files},
                statistics=content["statistics"],
                labels=tuple(content["labels"]),
                known_hashes=self.folder.path / content["known_hashes"],
            )
        except FileNotFoundError:
            return None
        except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise RunDamagedError(
                f"The run {self.run_id} cannot be completed: {error}.",
                hint=Message(
                    "Remove it and begin again: ",
                    Fix(Verb.CANCEL_RUN, (self.run_id,), (Option("delete"),)),
                ),
            ) from error

    def remove(self) -> None:
        """Remove the run and all that was kept in it."""
        self.folder.remove()

    def _within(self, file: Path) -> Path:
        return file.relative_to(self.folder.path)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
