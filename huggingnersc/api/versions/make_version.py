"""Make a version step by step: read the data, hold the nickname, look again, publish, record."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.engines.explained_run import explained_run
from huggingnersc.adapters.engines.run_errors import damaged_run
from huggingnersc.adapters.files.permissions import first_closed
from huggingnersc.api.catalog.pending import Pending
from huggingnersc.api.versions.prepare_version import Preparation, changing
from huggingnersc.api.versions.snapshot_result import (
    SnapshotOutcome,
    begun_snapshot,
    planned_snapshot,
    unchanged_snapshot,
    without_effect,
)
from huggingnersc.api.versions.snapshot_run import SnapshotRun, is_begun, snapshot_run_id
from huggingnersc.api.versions.take_inventory import recheck
from huggingnersc.api.versions.validate_snapshot import name_is_taken, validate_snapshot
from huggingnersc.api.versions.version_publication import VersionPublication, VersionPublisher
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.catalog.recovery_hints import delete_tag_command
from huggingnersc.domain.loading.loading import NO_LOADING
from huggingnersc.domain.text.shell import shown
from huggingnersc.domain.text.terminal import visible
from huggingnersc.errors import DatasetError, RunExistsError
from huggingnersc.fixes import Fix, Message, Option, Verb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.adapters.engines.choice import EngineChoice, Report
    from huggingnersc.api.versions.prepare_version import PreparedVersion
    from huggingnersc.api.versions.snapshot_result import Snapshot
    from huggingnersc.api.versions.snapshot_run import ReadyVersion, SnapshotRequest
    from huggingnersc.api.versions.snapshot_target import SnapshotTarget
    from huggingnersc.api.versions.take_inventory import Inventory
    from huggingnersc.domain.site import Site
    from huggingnersc.domain.versions.comparison import Comparison
    from huggingnersc.fixes import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionMaker:
    """Makes one version of one dataset.

    Attributes:
        request: what was asked for.
        preparation: what it is worked out from.
        publisher: puts it where it belongs.
        site: the site.
    """

    request: SnapshotRequest
    preparation: Preparation
    publisher: VersionPublisher
    site: Site

    @property
    def run_id(self) -> str:
        """The name of its run."""
        return snapshot_run_id(self.target)

    @contextmanager
    def opened(self, run_id: str, *, dry_run: bool) -> Iterator[SnapshotRun]:
        """Yield the run, closed to other processes until the block ends.

        Raises:
            RunBusyError: another process works on it.
            RunDamagedError: it cannot be read, or is not the run of this dataset and data.
            RunError: the file system refuses to read or write in the block.
        """
        root, engine = Path(self.site.run_root), self.preparation.engine.engine
        if run_id != self.run_id:
            raise damaged_run(root / run_id, f"the data is in {shown(self.target.data)} now")
        with explained_run(root):
            run = SnapshotRun.of(root, self.target, self.request, engine, dry_run=dry_run)
            with run.folder.locked():
                yield run

    @property
    def target(self) -> SnapshotTarget:
        """The dataset as it was when this began."""
        return self.preparation.target

    def begun(self, run: SnapshotRun, *, dry_run: bool) -> ReadyVersion | None:
        """Return the version whose publication was cut off; None where none was.

        One whose name is recorded is done, or was made by someone else meanwhile; all that a kill
        after the record leaves to do is the cache of hashes and what was staged.

        Raises:
            RunDamagedError: it cannot be read.
            RunExistsError: another one is asked for now, or was made meanwhile.
        """
        ready = run.ready()
        if ready is None:
            return None
        if self.target.history.find(ready.version.name):
            if not dry_run:
                self.publisher.keep_known_hashes(ready.known_hashes)
            return None
        asked, latest = self.preparation.options.version, self.target.history.latest
        if latest and latest.created_at >= ready.version.created_at:
            raise RunExistsError(
                f"The publication of {ready.version.title} was cut off, and {latest.name} was "
                "made meanwhile.",
                hint=Message("Give it up: ", _giving_up(run)),
            )
        if asked not in {"", ready.version.name}:
            raise RunExistsError(
                f"The publication of {ready.version.title} was cut off; complete it first.",
                hint=Message(
                    Fix(Verb.RESUME_RUN, (run.run_id,)),
                    "; where that is refused, give it up: ",
                    _giving_up(run),
                ),
            )
        return ready

    def completed(
        self, run: SnapshotRun, ready: ReadyVersion, *, dry_run: bool
    ) -> Iterator[Pending[Snapshot]]:
        """Yield the rest of a publication that was cut off.

        Where the data was closed since, nothing that describes it is published, unless the Hub
        has that already.

        Raises:
            DataChangingError: the data was closed after the plan was shown.
        """
        closed = self._closed(ready)
        is_out = bool(closed) and self.publisher.is_out(ready)
        if closed and not is_out:
            ready = _not_described(ready)
            if not dry_run:
                run.commit_to(ready)
        plan = begun_snapshot(
            ready, self.target, self.site, run.run_id, closed=closed, is_out=is_out
        )
        if dry_run:
            yield Pending(plan, None)
            return
        with self.publisher.hold(ready) as publication:

            def complete() -> Snapshot:
                if not closed and (late := self._closed(ready)):
                    raise changing((f"{late}: not everyone may read it any more",), 1)
                return self._publish(run, ready, plan, publication)

            yield Pending(plan, complete)

    def _closed(self, ready: ReadyVersion) -> str:
        """Return a path that not everyone may read, where what is published describes the data."""
        path = first_closed(self.target.data) if ready.version.published else None
        return visible(os.fspath(path)) if path else ""

    def planned(self, run: SnapshotRun, *, dry_run: bool) -> Iterator[Pending[Snapshot]]:
        """Yield the version of the data as it is now.

        Raises:
            DataChangingError: files changed after they were read, twice.
            VersionExistsError: the name is taken by a version of other files.
        """
        late: tuple[str, ...] = ()
        for is_repeated in (False, True):
            inventory = self.preparation.inventory(run, is_repeated=is_repeated)
            since_latest = self.preparation.since_latest(inventory)
            if self._is_nothing_to_do(since_latest):
                if not dry_run and inventory.hashed_files:
                    self.publisher.keep_known_hashes(inventory.known_hashes)
                yield self._unchanged(run, inventory)
                return
            preparation = self._with_free_name()
            prepared = preparation.version(run, inventory, since_latest)
            plan = planned_snapshot(prepared, self.target, self.site, run.run_id)
            if preparation.name != self.preparation.name:
                plan = _warned(plan, (self._left_tag(),))
            if dry_run:
                yield Pending(_warned(plan, self.publisher.look(prepared.ready)), None)
                return
            with self.publisher.hold(prepared.ready) as publication:
                if not (late := recheck(inventory, self.target.data)):
                    yield self._pending(run, prepared, plan, publication)
                    return
        raise changing(late, len(late))

    def _pending(
        self,
        run: SnapshotRun,
        prepared: PreparedVersion,
        plan: Snapshot,
        publication: VersionPublication,
    ) -> Pending[Snapshot]:
        plan = _warned(plan, publication.warnings)

        def make() -> Snapshot:
            if late := recheck(prepared.inventory, self.target.data):
                raise changing(late, len(late))
            run.commit_to(prepared.ready)
            return self._publish(run, prepared.ready, plan, publication)

        return Pending(plan, make)

    def _with_free_name(self) -> Preparation:
        """Return what the version is worked out from, with a name that the Hub has no tag of.

        A name that was asked for stays.
        """
        if self.preparation.options.version:
            return self.preparation
        return replace(self.preparation, name=self.publisher.free_name(self.preparation.name))

    def _left_tag(self) -> Message:
        name = self.preparation.name
        return Message(
            f"The Hub has a tag {name} of no recorded version, most likely of a snapshot that was "
            "cut off; this one gets the next name. If no one uses that tag, delete it: ",
            delete_tag_command(self.site.repo_id(self.target.nickname), name),
        )

    def _is_nothing_to_do(self, since_latest: Comparison | None) -> bool:
        """Return whether no file differs from the latest version, and no other name is given.

        Raises:
            VersionExistsError: the latest version has the name, and other files.
        """
        latest, asked = self.target.history.latest, self.preparation.options.version
        is_same = since_latest is not None and not since_latest.differs
        if latest and asked == latest.name and not is_same:
            raise name_is_taken(self.target, asked)
        return is_same and (latest is None or asked in {"", latest.name})

    def _unchanged(self, run: SnapshotRun, inventory: Inventory) -> Pending[Snapshot]:
        plan = unchanged_snapshot(self.target, inventory, self.site)
        if useless := self.preparation.without_effect(inventory):
            plan = _warned(plan, (without_effect(self.request, self.target, useless),))
        run.remove()
        return Pending(plan, None)

    def _publish(
        self,
        run: SnapshotRun,
        ready: ReadyVersion,
        plan: Snapshot,
        publication: VersionPublication,
    ) -> Snapshot:
        commit = publication.do()
        with suppress(DatasetError, OSError):  # a cache
            self.target.store.keep_known_hashes(ready.known_hashes)
        run.remove()
        return replace(plan, outcome=SnapshotOutcome.MADE, commit=commit, run=None)


def _giving_up(run: SnapshotRun) -> Fix:
    return Fix(Verb.CANCEL_RUN, (run.run_id,), (Option(Field.DELETE),))


def _not_described(ready: ReadyVersion) -> ReadyVersion:
    """Return a version of which nothing that describes the data is published."""
    version = replace(ready.version, published=())
    return replace(ready, version=version, statistics="", loading=NO_LOADING)


def _warned(plan: Snapshot, warnings: tuple[Text, ...]) -> Snapshot:
    return replace(plan, warnings=(*plan.warnings, *warnings))


def version_maker(
    request: SnapshotRequest, engine: EngineChoice, report: Report, site: Site
) -> VersionMaker:
    """Check all that can be checked before the data is read.

    Raises:
        The errors of `validate_snapshot`, and those of `update_dataset` where much will be read.
    """
    options, catalog = request.options, CatalogFolder(Path(site.catalog_root))
    valid = validate_snapshot(request, catalog, Path(site.run_root))
    target = valid.target
    preparation = Preparation(
        target=target,
        options=options,
        name=valid.name,
        parent=valid.parent,
        settings=site.profile.versions,
        engine=engine,
        report=report,
        site=site.profile.name,
    )
    publisher = VersionPublisher(target, catalog, site, options.allow_secret)
    is_long = options.full or target.store.known_hashes is None  # much will be read
    if is_long and not is_begun(Path(site.run_root), target):
        publisher.require_publishable()
    return VersionMaker(request=request, preparation=preparation, publisher=publisher, site=site)
