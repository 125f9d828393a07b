"""Make a version of the data of a dataset; the data stays where it is."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.engines.choice import EngineChoice, no_report
from huggingnersc.api.several import words
from huggingnersc.api.site import resolve_site
from huggingnersc.api.versions.make_version import version_maker
from huggingnersc.api.versions.snapshot_run import SnapshotRequest
from huggingnersc.domain.engine_name import EngineName
from huggingnersc.domain.versions.snapshot_options import SnapshotOptions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike

    from huggingnersc.adapters.engines.choice import Report
    from huggingnersc.adapters.engines.run_folder import RunFolder
    from huggingnersc.api.catalog.pending import Pending
    from huggingnersc.api.several import Words
    from huggingnersc.api.versions.make_version import VersionMaker
    from huggingnersc.api.versions.snapshot_result import Snapshot
    from huggingnersc.domain.site import Site


@contextmanager
def plan_snapshot(
    nickname: str,
    options: SnapshotOptions,
    *,
    draft: str | PathLike[str] | None = None,
    data_path: str | PathLike[str] | None = None,
    engine: str = EngineName.LOCAL,
    jobs: int | None = None,
    wait: bool = True,
    on_progress: Report = no_report,
    dry_run: bool = False,
    is_agreed: bool = False,
    site: Site | str | None = None,
) -> Iterator[Pending[Snapshot]]:
    """Read the data and yield the version to be reviewed and made; `snapshot_dataset` does so.

    The data is read without holding the nickname. Then the nickname is held until the block ends,
    and it is made sure that no file changed meanwhile. What was read is kept in a run, also by a
    dry run, and used when the same snapshot is begun again.

    Args:
        nickname: the dataset's nickname.
        options: what is asked of the version.
        draft: the folder of a draft, for a dataset that is not cataloged yet.
        data_path: where the data of a draft is.
        engine: `local` or `slurm`.
        jobs: the most processes, or tasks of Slurm, at a time.
        wait: whether to wait for the jobs of Slurm.
        on_progress: called as the work advances.
        dry_run: whether nothing is to be made.
        is_agreed: whether `resume_run` may make the version where this is interrupted.
        site: the site, its name or its TOML file; chosen by the environment when None.

    Raises:
        The errors of `snapshot_dataset`.
    """
    request = SnapshotRequest(
        nickname=nickname,
        options=options,
        draft=None if draft is None else Path(draft).absolute(),
        data_path=None if data_path is None else Path(data_path).absolute(),
        is_agreed=is_agreed and not dry_run,
    )
    chosen = resolve_site(site)
    choice = EngineChoice.of(chosen, engine=engine, jobs=jobs, wait=wait)
    maker = version_maker(request, choice, on_progress, chosen)
    with _planned(maker, maker.run_id, dry_run=dry_run) as pending:
        yield pending


@contextmanager
def _planned(maker: VersionMaker, run_id: str, *, dry_run: bool) -> Iterator[Pending[Snapshot]]:
    with maker.opened(run_id, dry_run=dry_run) as run:
        if ready := maker.begun(run, dry_run=dry_run):
            yield from maker.completed(run, ready, dry_run=dry_run)
        else:
            yield from maker.planned(run, dry_run=dry_run)


def snapshot_dataset(
    nickname: str,
    *,
    version: str = "",
    message: str = "",
    labels: Words = (),
    parent: str = "",
    full: bool = False,
    allow_unreadable: bool = False,
    manifest: bool | None = None,
    statistics: bool | None = None,
    private_statistics: bool | None = None,
    sample: bool | None = None,
    sample_rows: int | None = None,
    publish_parquet: bool = False,
    allow_secret: Words = (),
    draft: str | PathLike[str] | None = None,
    data_path: str | PathLike[str] | None = None,
    engine: str = EngineName.LOCAL,
    jobs: int | None = None,
    wait: bool = True,
    on_progress: Report = no_report,
    dry_run: bool = False,
    site: Site | str | None = None,
) -> Snapshot:
    """Make a version of the data of a dataset; the data is only read, and stays where it is.

    Every file is listed with its SHA-256, and its contents are described in numbers. One commit
    on the Hub, one tag, then the version's folder in the catalog, the record last. The same call
    again completes what was cut off; where no file changed since the latest version it makes none.

    Args:
        nickname: the dataset's nickname.
        version: the name, such as `v1.2.0`; the latest one's with its last number increased when
            empty.
        message: what the card says of the version.
        labels: words to attach to it.
        parent: the version it comes from, `v1` or `other@v2`; the latest one that is not retired
            when empty.
        full: whether every file is read, also where size, times and inode are those of a known
            hash.
        allow_unreadable: whether files that cannot be read are listed as such.
        manifest: whether the manifest is published; the site's choice when None. It is kept in
            the catalog folder in any case.
        statistics: whether the contents are described; the site's choice when None.
        private_statistics: whether the description stays in the catalog folder; the site's choice
            when None.
        sample: whether a few examples of each split are published; the site's choice when None.
        sample_rows: how many at most, 1 to 10,000; 200 when None.
        publish_parquet: whether small tables are published in whole, as Parquet.
        allow_secret: hashes of lines of the dataset's scripts that only look like secrets.
        draft: the folder of a draft, for a dataset that is not cataloged yet: its versions are
            kept there, and cataloging takes them along.
        data_path: where the data of a draft is.
        engine: `local` for processes on this machine, `slurm` for jobs.
        jobs: the most processes, or tasks of Slurm, at a time; the site's choice when None.
        wait: whether to wait for the jobs of Slurm; else `resume_run` completes it.
        on_progress: called as the work advances.
        dry_run: whether to stop after planning.
        site: the site, its name or its TOML file; chosen by the environment when None.

    Raises:
        DatasetUnknownError, RecordDamagedError: there is no record, or it cannot be read.
        RequestInvalidError: something given is wrong; nothing was touched.
        VersionExistsError: the name is taken by a version of other files.
        VersionUnknownError: there is no such parent.
        DataUnreadableError, DataIncompleteError: not all of the data can be read.
        DataChangingError: files change while they are read.
        DatasetBusyError: another process works on the nickname.
        RunError: the work failed, or is too much for this machine; what is done is kept.
        HubError: the Hub refused or did not answer; the same call again completes the work.
    """
    options = SnapshotOptions(
        version=version,
        message=message,
        labels=words(labels),
        parent=parent,
        full=full,
        allow_unreadable=allow_unreadable,
        manifest=manifest,
        statistics=statistics,
        private_statistics=private_statistics,
        sample=sample,
        sample_rows=sample_rows,
        publish_parquet=publish_parquet,
        allow_secret=words(allow_secret),
    )
    with plan_snapshot(
        nickname,
        options,
        draft=draft,
        data_path=data_path,
        engine=engine,
        jobs=jobs,
        wait=wait,
        on_progress=on_progress,
        dry_run=dry_run,
        is_agreed=True,
        site=site,
    ) as pending:
        return pending.apply()


def resume_snapshot(
    folder: RunFolder, choice: EngineChoice, site: Site, report: Report
) -> Snapshot:
    """Go on with the snapshot of a run as it was asked for.

    Returns:
        The version that was made. Where no one has agreed to what becomes public, it is only
        planned; `snapshot_dataset` makes it without reading the data again.

    Raises:
        RunDamagedError: the run is none of a snapshot, or of another catalog.
        The errors of `snapshot_dataset`.
    """
    request = SnapshotRequest.of_run(folder)
    maker = version_maker(request, choice, report, site)
    with _planned(maker, folder.spec.run_id, dry_run=not request.is_agreed) as pending:
        return pending.apply()
