"""The run of a snapshot: its folder, and what is kept there until the version is recorded."""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.clock import moment_now
from huggingnersc.adapters.engines.run_errors import damaged_run
from huggingnersc.adapters.engines.run_folder import RunFolder, RunSpec
from huggingnersc.adapters.engines.run_id import run_id_of
from huggingnersc.adapters.files.whole_file import write_whole
from huggingnersc.domain.loading.loading import loading_json, read_loading
from huggingnersc.domain.versions.snapshot_options import SnapshotOptions
from huggingnersc.domain.versions.version import Version, parse_version, version_bytes
from huggingnersc.errors import RunError
from huggingnersc.fixes import Verb

if TYPE_CHECKING:
    from collections.abc import Mapping

    from huggingnersc.api.versions.snapshot_target import SnapshotTarget
    from huggingnersc.domain.engine_name import EngineName
    from huggingnersc.domain.loading.loading import Loading

_READ_FILE, _READY_FILE, _KNOWN_FILE = "read", "ready.json", "kept_hashes.tsv"
_STATISTICS_DIR, _LOADING_DIR = "statistics", "loading"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyVersion:
    """A version with its files, ready to be published and kept.

    Attributes:
        version: what is known of it.
        files: its files by path, `version.json` left out; they are in the run folder.
        statistics: Markdown for the card; empty where the statistics are not public.
        loading: how the data is loaded, as far as that is public.
        labels: words to attach to it.
        known_hashes: the cache of hashes for the next snapshot.
    """

    version: Version
    files: Mapping[str, Path]
    statistics: str
    loading: Loading
    labels: tuple[str, ...]
    known_hashes: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotRequest:
    """What was asked for, so that a run can be completed by `resume_run`.

    Attributes:
        nickname: the dataset's.
        options: what is asked of the version.
        draft: the folder of a draft, absolute; None for a cataloged dataset.
        data_path: where the data of a draft is, absolute.
        is_agreed: whether the version may be made without a look at what becomes public.
    """

    nickname: str
    options: SnapshotOptions
    draft: Path | None = None
    data_path: Path | None = None
    is_agreed: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the request as JSON values."""
        return {
            "nickname": self.nickname,
            "options": self.options.as_json(),
            "draft": self.draft and str(self.draft),
            "data_path": self.data_path and str(self.data_path),
            "is_agreed": self.is_agreed,
        }

    @classmethod
    def of_run(cls, folder: RunFolder) -> SnapshotRequest:
        """Return what the run of a snapshot was begun for.

        Raises:
            RunDamagedError: it is the run of something else.
        """
        request = folder.spec.request
        try:
            draft, data_path = (request[key] for key in ("draft", "data_path"))
            return cls(
                nickname=request["nickname"],
                options=SnapshotOptions.from_json(request["options"]),
                draft=Path(draft) if draft else None,
                data_path=Path(data_path) if data_path else None,
                is_agreed=request["is_agreed"] is True,
            )
        except (LookupError, TypeError, AttributeError) as error:
            raise damaged_run(folder.path, f"its request is of another form: {error}") from error


class SnapshotRun:
    """The folder in which the snapshots of one dataset by this user are prepared.

    What a command that was killed, or only planned, has read is there for the next one.
    """

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder

    @classmethod
    def of(
        cls,
        root: Path,
        target: SnapshotTarget,
        request: SnapshotRequest,
        engine: EngineName,
        *,
        dry_run: bool,
    ) -> SnapshotRun:
        """Open the run of a dataset; it is made where there is none.

        Args:
            root: holds the runs.
            target: the dataset.
            request: what is asked for.
            engine: which does the work.
            dry_run: whether nothing is to be made. A publication that was begun keeps what was
                asked for and agreed to.

        Raises:
            RunDamagedError: it cannot be read.
        """
        if dry_run and is_begun(root, target):
            return cls(RunFolder.open(root / snapshot_run_id(target)))
        spec = RunSpec(
            run_id=snapshot_run_id(target),
            verb=Verb.SNAPSHOT_DATASET,
            engine=engine,
            task="hash",
            created_at=moment_now(),
            arguments={"root": str(target.data)},
            request=request.as_json(),
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

    @property
    def loading_dir(self) -> Path:
        """The folder of what the version is loaded by; it need not exist."""
        return self.folder.path / _LOADING_DIR

    def begin(self) -> None:
        """Make the work list again where the inventory of an earlier command was complete.

        One that was cut off is continued.
        """
        if (self.folder.path / _READ_FILE).exists():
            self.folder.restart(moment_now(), keep=(_KNOWN_FILE, _STATISTICS_DIR))

    def end(self, known_hashes: Path) -> None:
        """Keep the hashes of a complete inventory for the next one of this run."""
        shutil.copyfile(known_hashes, self._kept)
        write_whole(self.folder.path / _READ_FILE, b"")

    def commit_to(self, ready: ReadyVersion) -> None:
        """Remember a version that is about to be published.

        From then on only this one can be published from this run, so that one that was cut off
        is completed and no other takes its name.
        """
        content = {
            "version": version_bytes(ready.version).decode(),
            "files": {path: str(self._within(file)) for path, file in ready.files.items()},
            "statistics": ready.statistics,
            "loading": loading_json(ready.loading),
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
                loading=read_loading(content["loading"]),
                labels=tuple(content["labels"]),
                known_hashes=self.folder.path / content["known_hashes"],
            )
        except FileNotFoundError:
            return None
        except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise damaged_run(self.folder.path, str(error)) from error

    def remove(self) -> None:
        """Remove the run and all that was kept in it; what is left is in no one's way."""
        with suppress(RunError):  # the version is made
            self.folder.remove()

    def _within(self, file: Path) -> Path:
        return file.relative_to(self.folder.path)


def is_begun(root: Path, target: SnapshotTarget) -> bool:
    """Return whether the run of a dataset began to publish a version, and was cut off."""
    return (root / snapshot_run_id(target) / _READY_FILE).exists()


def snapshot_run_id(target: SnapshotTarget) -> str:
    """Return the name of the run for a dataset and its data, which is always the same one."""
    return run_id_of(Verb.SNAPSHOT_DATASET, target.nickname, target.place, target.data)
