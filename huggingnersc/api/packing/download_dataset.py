"""Download the files of a dataset, each checked; a second run fetches only what changed."""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.clock import moment_now
from huggingnersc.adapters.engines.choice import no_report
from huggingnersc.adapters.engines.explained_run import explained_run
from huggingnersc.adapters.engines.run_folder import RunFolder, RunSpec
from huggingnersc.adapters.engines.run_id import run_id_of
from huggingnersc.adapters.files.open_folder import OpenFolder
from huggingnersc.adapters.files.path_status import is_within
from huggingnersc.adapters.files.sorted_rows import SortedRows
from huggingnersc.adapters.transfer.compare_target import (
    TargetComparison,
    problems_of,
    stale_problems,
)
from huggingnersc.adapters.transfer.fetch_files import FetchLimits, fetch_files
from huggingnersc.adapters.transfer.state_file import StateFile
from huggingnersc.adapters.transfer.target_folder import TargetFolder
from huggingnersc.adapters.transfer.wanted_file import WantedFile
from huggingnersc.adapters.transfer.work_list import FetchItem, add_files
from huggingnersc.api.packing.dataset_files import dataset_files
from huggingnersc.api.packing.manifest_files import ManifestFiles
from huggingnersc.api.packing.named_dataset import site_for
from huggingnersc.api.versions.find_version import split_title
from huggingnersc.domain.engine_name import EngineName
from huggingnersc.domain.packing.download import SHARDS_AT, DownloadOptions, DownloadSource
from huggingnersc.domain.text.escaped_names import escaped
from huggingnersc.domain.text.formatting import plural, size_words
from huggingnersc.domain.text.shell import shown
from huggingnersc.errors import (
    RunError,
    TargetOccupiedError,
    TransferError,
    TransferIncompleteError,
)
from huggingnersc.fixes import Message, Option, Verb

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from huggingnersc.adapters.engines.choice import EngineChoice, Report
    from huggingnersc.adapters.transfer.shared_work import Fetched
    from huggingnersc.api.packing.dataset_lookup import DatasetFiles
    from huggingnersc.domain.site import Site
    from huggingnersc.fixes import Text
    from huggingnersc.problems import Problem

_USUAL_JOBS = 8
_SPARE_SHARE = 0.01  # of the space, for folders and the state


class DownloadOutcome(StrEnum):
    """How a download ended."""

    DOWNLOADED = "downloaded"
    UNCHANGED = "unchanged"  # everything was here
    PLANNED = "planned"  # nothing was fetched, as was asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloaded:
    """What was downloaded, or would be.

    Attributes:
        nickname: the dataset's.
        repo_id: its repository.
        version: the version of the files; empty where that is not known.
        current: the current version, where another one was asked for; empty otherwise.
        outcome: downloaded, unchanged, or planned.
        target: the folder.
        source: where the files come from: hub, portal or path.
        address: the same, as an address.
        files: how many were asked for.
        size_bytes: their size.
        fetched_files: how many of them were fetched, or have to be.
        fetched_bytes: that were moved for that, or have to be.
        kept_files: how many were here.
        removed_files: how many of earlier downloads, no part of the data now, were deleted or
            would be.
        left_out: how many links, devices and files that no one could read are no part of it.
        loader: the script of the repository that loads the folder; empty without one.
        has_tar_files: whether they are shards that `datasets` needs the columns of, which the
            script has: else it takes those of the first samples alone.
        warnings: what could not be found out.
    """

    nickname: str
    repo_id: str
    version: str
    current: str
    outcome: DownloadOutcome
    target: Path
    source: DownloadSource
    address: str
    files: int
    size_bytes: int
    fetched_files: int
    fetched_bytes: int
    kept_files: int
    removed_files: int
    left_out: int
    loader: str
    has_tar_files: bool
    warnings: tuple[Text, ...]


def download_dataset(
    title: str,
    target: Path | str,
    options: DownloadOptions | None = None,
    *,
    dry_run: bool = False,
    site: Site | str | None = None,
    endpoint: str | None = None,
    on_progress: Report = no_report,
) -> Downloaded:
    """Download the files of a dataset to a folder; no file is there that is not the one.

    Args:
        title: `iris`, `iris@v1`, or a repository such as `NERSC/iris`.
        target: the folder; it is made where there is none.
        options: what is fetched, and from where.
        dry_run: whether to fetch nothing, and return what would be.
        site: the site, its name or its TOML file; chosen by the environment when None.
        endpoint: the address of the Hub in place of the site's own; the token is sent there.
        on_progress: called as the work advances.

    Raises:
        DatasetUnknownError, VersionUnknownError: there is no such dataset or version.
        TargetOccupiedError: files that no download brought would be overwritten, or files of an
            earlier download are no part of the data now.
        TransferIncompleteError: some files cannot be had, or are not those that were recorded.
        TransferError: nothing can be had, there is no room for it, or the folder is in the data;
            what is done is kept.
        RunError: another process downloads to this folder, or it cannot be written.
        HubError: the Hub does not answer, and is needed.
    """
    wanted, folder = options or DownloadOptions(), Path(target).absolute()
    chosen = site_for(split_title(title)[0], site, endpoint)
    with dataset_files(title, wanted, chosen) as files, ExitStack() as stack:
        _require_outside(files, folder)
        root = stack.enter_context(_opened(folder, make=not dry_run))
        download = _Download(title, folder, wanted, files, chosen, on_progress)
        if root is None:
            return download.plan(None, None)
        with _state_of(root, make=not dry_run) as state, TargetFolder(root) as there:
            if dry_run:
                return download.plan(state, there)
            return download.do(root, state, there)


def _require_outside(files: DatasetFiles, target: Path) -> None:
    """Check that the data itself is not the target; it is never changed.

    Raises:
        TransferError: the target is the folder of the data, or in it.
    """
    if files.data_path and is_within(target, Path(files.data_path)):
        raise TransferError(
            f"{shown(target)} is in the data of {files.nickname}, which is never changed.",
            hint="Choose another folder.",
        )


def resume_download(
    run: RunFolder, choice: EngineChoice, site: Site, report: Report
) -> Downloaded:
    """Fetch what is not here of a download that was stopped.

    Raises:
        The errors of `download_dataset`.
    """
    request = run.spec.request
    known = {**request["options"], "only": tuple(request["options"]["only"])}
    if known["source"]:
        known["source"] = DownloadSource(known["source"])
    if choice.jobs:
        known["jobs"] = choice.jobs
    return download_dataset(
        request["title"],
        request["target"],
        DownloadOptions(**known),
        site=site,
        endpoint=request["endpoint"] or None,
        on_progress=report,
    )


@dataclass(frozen=True, slots=True)
class _Download:
    """A download to one folder."""

    title: str
    target: Path
    options: DownloadOptions
    found: DatasetFiles
    site: Site
    report: Report

    def plan(self, state: StateFile | None, there: TargetFolder | None) -> Downloaded:
        """Return what would be fetched."""
        comparison, missing = self._compared(state, there)
        size_bytes = sum(one.file.size_bytes for one in _listed(missing))
        count = sum(1 for _ in missing)
        return self._result(DownloadOutcome.PLANNED, comparison, count, size_bytes)

    def do(self, root: OpenFolder, state: StateFile, there: TargetFolder) -> Downloaded:
        """Fetch what is missing."""
        comparison, missing = self._compared(state, there)
        if not any(True for _ in missing):
            if comparison.stale:
                with _explained(self.target):
                    self._finish(state, there, comparison)
            self._forget_run()
            return self._result(DownloadOutcome.UNCHANGED, comparison, 0, 0)
        with _explained(self.target):
            _require_room(root, missing, state)
        run_root = Path(self.site.run_root)
        with explained_run(run_root):
            run = RunFolder.create(run_root, self._spec())
            with run.locked():
                run.restart(run.spec.created_at)
                add_files(run, _listed(missing))
                fetched = self._fetched(run, root, state, there, comparison)
                run.remove()
        count = fetched.files
        return self._result(
            DownloadOutcome.DOWNLOADED, comparison, count, fetched.moved_bytes, fetched.adopted
        )

    def _compared(
        self, state: StateFile | None, there: TargetFolder | None
    ) -> tuple[TargetComparison, SortedRows]:
        wanted = self.options
        comparison = TargetComparison(state, there, wanted.replace, wanted.verify, wanted.is_whole)
        with _explained(self.target):
            missing = SortedRows(map(_row, comparison.missing(self.found.files)))
        if not comparison.files:
            raise self._nothing()
        stale = () if wanted.delete else stale_problems(comparison.stale)
        if comparison.problems:
            raise self._occupied((*comparison.problems, *stale))
        if stale:
            raise self._stale(stale, len(comparison.stale))
        return comparison, missing

    def _fetched(
        self,
        run: RunFolder,
        root: OpenFolder,
        state: StateFile,
        there: TargetFolder,
        comparison: TargetComparison,
    ) -> Fetched:
        limits = FetchLimits(self.options.jobs or _USUAL_JOBS, self.options.bytes_per_s)
        with _explained(self.target):
            fetched = fetch_files(run, self.found.source, root, state, limits, self.report)
            in_the_way = problems_of(fetched.in_the_way, state)
            if not fetched.problems and not in_the_way:
                for file in state.parts:  # those of files that were wanted before
                    there.forget(file)
                self._finish(state, there, comparison)
        if fetched.problems:
            raise self._incomplete(fetched.problems, in_the_way)
        if in_the_way:
            raise self._occupied(in_the_way)
        return fetched

    @staticmethod
    def _finish(state: StateFile, there: TargetFolder, comparison: TargetComparison) -> None:
        """Delete what is stale, then write the state without it."""
        state.compact(gone=there.delete(comparison.stale))

    def _stale(self, problems: Sequence[Problem], count: int) -> TargetOccupiedError:
        return TargetOccupiedError(
            f"{shown(self.target)} holds {plural(count, 'file')} of an earlier download, no part "
            f"of {self.title} now.",
            problems=problems,
            hint=Message(
                "Nothing was fetched. Delete them, or choose another folder: ", Option("delete")
            ),
        )

    def _occupied(self, problems: Sequence[Problem]) -> TargetOccupiedError:
        return TargetOccupiedError(
            f"{plural(len(problems), 'file')} cannot be written to {shown(self.target)}.",
            problems=problems,
            hint=Message(
                "Choose another folder, move them away, or replace what is there: ",
                Option("replace"),
            ),
        )

    def _incomplete(
        self, refused: Sequence[Problem], in_the_way: Sequence[Problem]
    ) -> TransferIncompleteError:
        count = plural(len(refused), "file")
        beside = f", and {len(in_the_way):,} cannot be written" if in_the_way else ""
        replaces = (" Replace what was there: ", Option("replace")) if in_the_way else ()
        return TransferIncompleteError(
            f"{count} of {self.title} cannot be had from {self.found.source.label}{beside}.",
            problems=(*refused, *in_the_way),
            hint=Message(
                "The other files are here. Where the data has changed since this version "
                "was made, its maintainers have to make a new one.",
                *replaces,
            ),
        )

    def _result(
        self,
        outcome: DownloadOutcome,
        comparison: TargetComparison,
        fetched_files: int,
        fetched_bytes: int,
        adopted: int = 0,
    ) -> Downloaded:
        listed = self.found.files
        return Downloaded(
            nickname=self.found.nickname,
            repo_id=self.found.repo_id,
            version=self.found.version,
            current=self.found.current,
            outcome=outcome,
            target=self.target,
            source=self.found.kind,
            address=self.found.source.label,
            files=comparison.files,
            size_bytes=comparison.size_bytes,
            fetched_files=fetched_files,
            fetched_bytes=fetched_bytes,
            kept_files=comparison.kept_files + adopted,
            removed_files=len(comparison.stale),
            left_out=listed.left_out if isinstance(listed, ManifestFiles) else 0,
            loader=self.found.loader,
            has_tar_files=self._has_tar_files(),
            warnings=self.found.warnings,
        )

    def _has_tar_files(self) -> bool:
        if self.found.kind not in SHARDS_AT:
            return False
        names = (PurePosixPath(os.fsdecode(one.path)) for one in islice(self.found.files, 1))
        return any(".tar" in name.suffixes for name in names)

    def _spec(self) -> RunSpec:
        """Return the run; the same download to the same folder has the same one."""
        name, version = split_title(self.title)
        pinned = version or (self.found.version if self.found.kind not in SHARDS_AT else "")
        request: dict[str, Any] = {
            "title": f"{name}@{pinned}" if pinned else name,
            "target": str(self.target),
            "options": asdict(self.options),
            "endpoint": self.site.endpoint if self.site.is_endpoint_named else "",
        }
        return RunSpec(
            run_id=self._run_id(pinned),
            verb=Verb.DOWNLOAD_DATASET,
            engine=EngineName.LOCAL,
            task="download",
            created_at=moment_now(),
            arguments={"root": str(self.target), "title": request["title"]},
            request=request,
        )

    def _run_id(self, pinned: str) -> str:
        parts = (self.target, self.found.repo_id, pinned, self.options.only, self.options.split)
        return run_id_of(Verb.DOWNLOAD_DATASET, self.found.nickname, *parts)

    def _forget_run(self) -> None:
        """Remove the run of a download that was stopped when all was here."""
        spec, root = self._spec(), Path(self.site.run_root)
        if not (root / spec.run_id).exists():
            return
        with explained_run(root):
            run = RunFolder.create(root, spec)
            with run.locked():
                run.remove()

    def _nothing(self) -> TransferError:
        asked = [f"--only {pattern}" for pattern in self.options.only]
        of_them = " that is asked for" if asked or self.options.split else ""
        return TransferError(
            f"{self.title} has no file{of_them}.",
            hint="Look at the list of its files, and at the patterns: * stands for / too.",
        )


def _row(one: FetchItem) -> tuple[bytes | int, ...]:
    file = one.file
    return (
        escaped(file.path),
        file.path,
        file.size_bytes,
        file.digest.encode(),
        int(one.replaces),
    )


def _listed(rows: SortedRows) -> Iterator[FetchItem]:
    for _, path, size_bytes, digest, replaces in rows:
        assert isinstance(path, bytes)  # noqa: S101 - as they were written
        assert isinstance(digest, bytes)  # noqa: S101
        yield FetchItem(WantedFile(path, int(size_bytes), digest.decode()), bool(replaces))


@contextmanager
def _opened(folder: Path, *, make: bool) -> Iterator[OpenFolder | None]:
    """Open the target, made where there is none; None where there is none and none is made."""
    with ExitStack() as stack:
        with _explained(folder):
            if make:
                folder.mkdir(parents=True, exist_ok=True)
            is_there = make or folder.exists()
            root = stack.enter_context(OpenFolder.at(folder)) if is_there else None
        yield root


def _state_of(root: OpenFolder, *, make: bool) -> StateFile:
    with _explained(root.path):
        return StateFile(root, make=make)


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    """Turn a failed write to the target into an error with the next step.

    Raises:
        RunError: it cannot be read or written.
    """
    try:
        yield
    except OSError as error:
        named = f" ({shown(str(error.filename))})" if error.filename else ""
        raise RunError(
            f"The files cannot be written to {shown(folder)}: {error.strerror or error}{named}.",
            hint="Fix the cause (space, quota, permissions, a link), then run the same command "
            "again; what is done is kept.",
        ) from error


def _require_room(root: OpenFolder, missing: SortedRows, state: StateFile) -> None:
    """Make sure that the file system of the target has room for what is missing.

    Raises:
        TransferError: it has not.
    """
    needed = sum(one.file.size_bytes - _in_part(one.file, state) for one in _listed(missing))
    system = os.statvfs(root.path)
    free = system.f_bavail * system.f_frsize
    if needed * (1 + _SPARE_SHARE) > free:
        raise TransferError(
            f"The file system of {shown(root.path)} has {size_words(free)} free; "
            f"{size_words(needed)} are to be downloaded.",
            hint="Choose another folder, or fewer files (--only).",
        )


def _in_part(file: WantedFile, state: StateFile) -> int:
    return sum(piece.stop - piece.start for piece in state.pieces_of(file))
