"""Work out a version from the data: inventory, statistics, what changed, what becomes public."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from huggingnersc.adapters.engines.choice import WorkProgress
from huggingnersc.adapters.loading_file import published_loading
from huggingnersc.adapters.manifest_file import ManifestFile, manifest_differences
from huggingnersc.api.versions.recorded_files import manifest_of, version_as_recorded
from huggingnersc.api.versions.snapshot_run import ReadyVersion
from huggingnersc.api.versions.take_inventory import take_inventory
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.loading.sample import NO_SAMPLE
from huggingnersc.domain.site import Publication
from huggingnersc.domain.text.formatting import plural
from huggingnersc.domain.text.shell import shown
from huggingnersc.domain.versions.comparison import summarized
from huggingnersc.domain.versions.continued_choice import continued, without_effect
from huggingnersc.domain.versions.disclosure import choose_disclosure
from huggingnersc.domain.versions.inventory_mode import Mode
from huggingnersc.domain.versions.manifest import UNREADABLE
from huggingnersc.domain.versions.recorded import moment_after
from huggingnersc.domain.versions.version import (
    MANIFEST_FILE,
    PICTURES_DIR,
    STATISTICS_FILE,
    FileDigest,
    Version,
    VersionName,
)
from huggingnersc.errors import DataChangingError, DataIncompleteError, DataUnreadableError
from huggingnersc.fixes import Message, Option
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from huggingnersc.adapters.engines.choice import EngineChoice, Report
    from huggingnersc.adapters.loading.prepare import PreparedLoading
    from huggingnersc.adapters.version_store import VersionStore
    from huggingnersc.api.versions.snapshot_run import SnapshotRun
    from huggingnersc.api.versions.snapshot_target import SnapshotTarget
    from huggingnersc.api.versions.take_inventory import Inventory
    from huggingnersc.domain.loading.sample import SampleReport
    from huggingnersc.domain.site import VersionSettings
    from huggingnersc.domain.versions.comparison import Comparison
    from huggingnersc.domain.versions.disclosure import Disclosure
    from huggingnersc.domain.versions.snapshot_options import SnapshotOptions
    from huggingnersc.domain.versions.statistics import Statistics
    from huggingnersc.fixes import Text

_MOST_NAMED = 1_000


@dataclass(frozen=True, slots=True)
class ParentVersion:
    """The version that a new one comes from, and where its files are."""

    version: Version
    store: VersionStore


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedVersion:
    """A version that was worked out, and what is known of it beside its files.

    Attributes:
        ready: the version with its files.
        inventory: of the data.
        statistics: the description of the contents; None where none was made.
        problems: what could not be made for loading the data, each a sentence.
        sample: what the sample publishes.
    """

    ready: ReadyVersion
    inventory: Inventory
    statistics: Statistics | None
    problems: tuple[Text, ...] = ()
    sample: SampleReport = NO_SAMPLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """What a version is worked out from.

    Attributes:
        target: the dataset.
        options: what was asked.
        name: of the version.
        parent: the version that it comes from; None where it is the first one.
        settings: what the site publishes.
        engine: which reads the files.
        report: called as the work advances.
        site: the name of the site.
    """

    target: SnapshotTarget
    options: SnapshotOptions
    name: str
    parent: ParentVersion | None
    settings: VersionSettings
    engine: EngineChoice
    report: Report
    site: str

    def inventory(self, run: SnapshotRun, *, is_repeated: bool) -> Inventory:
        """Take the inventory; where it is repeated, only what changed is read again.

        Raises:
            DataUnreadableError: the root, or a file that was not to be left out, cannot be read;
                it is an empty folder now.
            DataChangingError: files changed while they were read, twice.
            RunError: the work failed, or is too much for this machine; what is done is kept.
        """
        run.begin()
        cache = self.target.store.known_hashes
        inventory = take_inventory(
            self.target.data,
            run.folder,
            known=(*run.known, *((cache,) if cache else ())),
            mode=Mode.FULL if self.options.full and not is_repeated else Mode.REUSE,
            engine=self.engine,
            progress=self.report,
        )
        run.end(inventory.known_hashes)
        _require_steady(inventory)
        self._require_any(inventory)
        if not self.options.allow_unreadable:
            _require_readable(inventory, self.target.data)
        return inventory

    def _require_any(self, inventory: Inventory) -> None:
        """Refuse an empty folder in place of files, as where a file system is not mounted.

        A version whose name was asked for is made of it.

        Raises:
            DataUnreadableError: the latest version has files, and there are none.
        """
        latest = self.target.history.latest
        if inventory.files or self.options.version or not (latest and latest.files):
            return
        raise DataUnreadableError(
            f"{shown(self.target.data)} holds no files, and {self.target.nickname}@{latest.name} "
            f"has {plural(latest.files, 'file')}; no version was made.",
            hint=Message(
                "Look whether its file system is mounted. Where all was removed, give a name: ",
                Option(Field.VERSION, self.name),
            ),
        )

    def version(
        self, run: SnapshotRun, inventory: Inventory, since_latest: Comparison | None
    ) -> PreparedVersion:
        """Describe the data of an inventory, and compare it with the parent."""
        manifest = _digest(inventory.manifest)
        options, kept_back = self._continued()
        disclosure = choose_disclosure(options, self.settings, closed=inventory.closed)
        files = {MANIFEST_FILE: inventory.manifest}
        statistics = None
        if disclosure.statistics is not Publication.NONE:
            statistics = self._statistics(run, inventory, manifest)
            files |= _described(run.statistics_dir)
        tables = options.publish_parquet and disclosure.sample
        loading = self._loading(run, inventory, manifest, disclosure, statistics, tables=tables)
        files |= loading.files
        published = disclosure.published(files)
        comparison = self._comparison(inventory.manifest, since_latest)
        version = Version(
            nickname=self.target.nickname,
            name=self.name,
            created_at=moment_after(run.created_at, self.target.history.latest),
            data_path=str(self.target.data),
            files=inventory.files,
            size_bytes=inventory.size_bytes,
            links=inventory.links,
            others=inventory.others,
            unreadable=inventory.unreadable_count,
            manifest=manifest,
            documents={
                path: _digest(file) for path, file in files.items() if file != inventory.manifest
            },
            published=published,
            parent=self.parent.version.title if self.parent else None,
            changes=comparison.counts if comparison else None,
            examples=_examples(statistics),
            message=self.options.message,
        )
        return PreparedVersion(
            ready=ReadyVersion(
                version=version,
                files=files,
                statistics=_card_text(statistics, disclosure),
                loading=published_loading(loading.loading, published),
                labels=self.options.labels,
                known_hashes=inventory.known_hashes,
            ),
            inventory=inventory,
            statistics=statistics,
            problems=(*kept_back, *loading.problems),
            sample=loading.sample,
        )

    def _continued(self) -> tuple[SnapshotOptions, tuple[Text, ...]]:
        """Return what is asked of the version and kept from the latest, with a warning of it."""
        former = self._former()
        options, kept = continued(self.options, former, self.target.history.loading)
        if former is None or not kept:
            return options, ()
        warning = Message(
            f"As in {former.name}, this is not published: {', '.join(kept)}. To publish it: ",
            Option(Field.PRIVATE, value=False),
        )
        return options, (warning,)

    def _former(self) -> Version | None:
        latest = self.target.history.latest
        return version_as_recorded(self.target.store, latest) if latest else None

    def without_effect(self, inventory: Inventory) -> tuple[Option, ...]:
        """Return what was asked of a version that is not made, since no file has changed."""
        latest, former = self.target.history.latest, self._former()
        if latest is None or former is None:
            return ()
        options, _ = self._continued()
        return without_effect(
            self.options,
            choose_disclosure(options, self.settings, closed=inventory.closed),
            former,
            latest,
            self.target.history.loading,
        )

    def since_latest(self, inventory: Inventory) -> Comparison | None:
        """Return how the files differ from the latest version's; None where there is none."""
        latest = self.target.history.latest
        if latest is None:
            return None
        version = version_as_recorded(self.target.store, latest)
        return compare_with(self.target.store, version, inventory.manifest)

    def _statistics(
        self, run: SnapshotRun, inventory: Inventory, manifest: FileDigest
    ) -> Statistics:
        from huggingnersc.api.versions.describe_version import describe_version

        done = WorkProgress(
            files=inventory.files,
            size_bytes=inventory.size_bytes,
            of_files=inventory.files,
            of_bytes=inventory.size_bytes,
        )

        def describing(part: int, parts: int) -> None:
            self.report(replace(done, note=f"describing, {part} of {parts}"))

        return describe_version(
            self.target.data,
            inventory.manifest,
            manifest.sha256,
            run.statistics_dir,
            seconds=self.engine.budget.seconds,
            progress=describing,
        )

    def _loading(
        self,
        run: SnapshotRun,
        inventory: Inventory,
        manifest: FileDigest,
        disclosure: Disclosure,
        statistics: Statistics | None,
        *,
        tables: bool,
    ) -> PreparedLoading:
        from huggingnersc.adapters.loading.prepare import prepare_loading
        from huggingnersc.adapters.loading.work import LoadingWork
        from huggingnersc.api.versions.describe_version import unchanged_folders

        work = LoadingWork(
            data=self.target.data,
            manifest=inventory.manifest,
            digest=manifest.sha256,
            folder=run.loading_dir,
            portal_link=(self.target.record.portal_link if self.target.record else "") or "",
            site=self.site,
            sample_rows=self.options.most_sample_rows if disclosure.sample else 0,
            tables=tables,
            statistics=statistics,
            seconds=self.engine.budget.seconds,
            no_sample=_no_sample(inventory),
            is_listed=disclosure.manifest is Publication.PUBLIC,
        )
        with unchanged_folders(self.target.data, inventory.manifest, "was sampled"):
            return prepare_loading(work)

    def _comparison(self, manifest: Path, since_latest: Comparison | None) -> Comparison | None:
        if self.parent is None:
            return None
        latest = self.target.history.latest
        if latest and self.parent.version.title == VersionName(self.target.nickname, latest.name):
            return since_latest
        return compare_with(self.parent.store, self.parent.version, manifest)


def _no_sample(inventory: Inventory) -> str:
    """Return why a version has no sample, where it is to have none, in a sentence for the card."""
    if inventory.closed:
        return "Not everyone may read this data, so no sample of it is published."
    return "No sample of this data is published."


def compare_with(store: VersionStore, version: Version, manifest: Path) -> Comparison:
    """Return how the files of a manifest differ from those of a version.

    Raises:
        VersionDamagedError: the version cannot be read, or was changed.
    """
    after = ManifestFile(lambda: manifest.open("rb"), shown(manifest))
    return summarized(manifest_differences(manifest_of(store, version), after))


def _digest(file: Path) -> FileDigest:
    with file.open("rb") as content:
        sha256 = hashlib.file_digest(content, "sha256").hexdigest()
        return FileDigest(sha256, content.tell())


def _described(folder: Path) -> dict[str, Path]:
    """Return the statistics and the pictures in a folder, by their paths in the version."""
    pictures = sorted((folder / PICTURES_DIR).glob("*"))
    return {
        STATISTICS_FILE: folder / STATISTICS_FILE,
        **{f"{PICTURES_DIR}/{picture.name}": picture for picture in pictures},
    }


def _examples(statistics: Statistics | None) -> int | None:
    counted = statistics["examples"] if statistics else None
    return counted["count"] if counted and not counted["sample"] else None


def _card_text(statistics: Statistics | None, disclosure: Disclosure) -> str:
    if statistics is None or disclosure.statistics is not Publication.PUBLIC:
        return ""
    from huggingnersc.domain.versions.statistics_section import statistics_markdown

    return statistics_markdown(statistics)


def _require_steady(inventory: Inventory) -> None:
    """Refuse data that changes while it is read.

    Raises:
        DataChangingError: files changed twice, or are gone.
    """
    if inventory.changed_count:
        raise changing(inventory.changed, inventory.changed_count)


def changing(named: Sequence[str], count: int) -> DataChangingError:
    """Return the error for files that change while a version is made of them.

    Args:
        named: some of them, as they may be shown.
        count: how many there are.
    """
    return DataChangingError(
        f"{plural(count, 'file')} changed while the data was read; no version was made.",
        problems=[*_problems(named, count)],
        hint="Run it again when nothing writes to the data; what has been read is kept.",
    )


def _require_readable(inventory: Inventory, data: Path) -> None:
    """Refuse data that was not read completely.

    Raises:
        DataIncompleteError: files or folders could not be read.
    """
    if not inventory.unreadable_count:
        return
    count = plural(inventory.unreadable_count, "file or folder", "files and folders")
    named = tuple(islice(_unreadable(inventory), _MOST_NAMED))
    raise DataIncompleteError(
        f"You cannot read {count} in {shown(data)}; no version was made.",
        problems=[*_problems(named, inventory.unreadable_count)],
        hint=Message(
            "Ask their owners to let you read them, or list them as unreadable: ",
            Option(Field.ALLOW_UNREADABLE),
        ),
    )


def _unreadable(inventory: Inventory) -> Iterator[str]:
    """Yield what could not be read, with the reason where it is known."""
    yield from inventory.unreadable
    with inventory.manifest.open("rb") as lines:
        paths = (line.partition(b"\t")[0] for line in lines if _is_unreadable(line))
        yield from (path.decode() for path in islice(paths, len(inventory.unreadable), None))


def _is_unreadable(line: bytes) -> bool:
    return line.split(b"\t", 2)[1] == UNREADABLE


def _problems(named: Sequence[str], count: int) -> Iterator[Problem]:
    for text in named:
        path, _, reason = text.rpartition(": ")
        yield Problem(path or reason, reason if path else "cannot be read")
    if count > len(named):
        yield Problem("data", f"and {count - len(named):,} more")
