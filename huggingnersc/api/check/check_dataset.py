"""Check everything that a visitor of a dataset depends on; nothing is changed."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.files.path_status import is_folder
from huggingnersc.adapters.hub.connection import connected, is_unused
from huggingnersc.adapters.version_store import VersionStore
from huggingnersc.api.catalog.pending import Pending
from huggingnersc.api.check.data import data_findings
from huggingnersc.api.check.data_version import unchanged_findings
from huggingnersc.api.check.folder import (
    completeness_findings,
    folder_findings,
    metadata_findings,
    trust_findings,
)
from huggingnersc.api.check.repository import (
    closed_because,
    repository_findings,
    update_alternatives,
)
from huggingnersc.api.check.run_loader import PreparedRun, prepare_run, run_findings
from huggingnersc.api.check.scripts import script_findings
from huggingnersc.api.check.uploaded_shards import shard_findings
from huggingnersc.api.check.versions import kept_findings, published_findings, size_findings
from huggingnersc.api.site import resolve_site
from huggingnersc.domain.catalog.recovery_hints import move_away_command
from huggingnersc.domain.check.findings import Checked, problem, unchecked
from huggingnersc.domain.check.loader_run import MEMORY_GB, TIMEOUT_S, RunLimits
from huggingnersc.domain.check.portal import agreement_findings, answer_finding
from huggingnersc.domain.data_link import is_file_link
from huggingnersc.errors import (
    DatasetError,
    DatasetUnknownError,
    HubAccessError,
    HubError,
    HubUnreachableError,
    HuggingNerscError,
    RecordDamagedError,
    SettingsError,
)
from huggingnersc.fixes import Fix, Message, Verb

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from huggingnersc.adapters.hub.client import Hub
    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.catalog.remote import RemoteRepository
    from huggingnersc.domain.check.findings import Finding
    from huggingnersc.domain.check.loader_run import PlannedRun
    from huggingnersc.domain.site import Site
    from huggingnersc.fixes import Command, Option


@dataclass(frozen=True, slots=True)
class Checks:
    """The result of checking datasets.

    Attributes:
        datasets: each one that was checked, by nickname.
        warnings: why something could not be checked for any dataset.
        run: the loader that would be run; None for checks that were made.
    """

    datasets: tuple[Checked, ...]
    warnings: tuple[str, ...] = ()
    run: PlannedRun | None = None

    @property
    def all_is_well(self) -> bool:
        """Whether no dataset has a problem or a warning."""
        return all(one.is_well for one in self.datasets)


def check_dataset(
    nickname: str | None = None,
    *,
    probe: bool = False,
    run: bool = False,
    timeout_s: float = TIMEOUT_S,
    memory_gb: float = MEMORY_GB,
    site: Site | str | None = None,
) -> Checks:
    """Check everything that a visitor depends on; changes nothing and works without the Hub.

    Args:
        nickname: the dataset; None checks all that are cataloged.
        probe: whether to ask the portal's link for its headers.
        run: whether to run the loader on its data. It is code of whoever cataloged the dataset,
            and runs with the rights of the caller; no token and no setting is passed to it.
        timeout_s: the seconds after which the loader is ended.
        memory_gb: the memory, in GB, above which it is ended.
        site: the site, its name or its TOML file; chosen by the environment when None.

    Returns:
        Every finding with the commands that would fix it. What could not be checked from here is
        among them, as a finding of the level "not checked".

    Raises:
        DatasetUnknownError: no such dataset is cataloged.
        DatasetError: there is no catalog folder, or loaders of all datasets would be run.
    """
    if not run:
        return _checks(nickname, resolve_site(site), probe=probe)
    if nickname is None:
        raise DatasetError("Loaders are run for one dataset at a time; name it.")
    limits = RunLimits(timeout_s, memory_gb)
    return plan_check(nickname, probe=probe, limits=limits, site=site).apply()


def plan_check(
    nickname: str,
    *,
    probe: bool = False,
    limits: RunLimits | None = None,
    site: Site | str | None = None,
) -> Pending[Checks]:
    """Return a check that runs the loader when it is applied; its plan shows what is run.

    Where nothing can be run, the check is made at once, and a finding says why.

    Args:
        nickname: the dataset.
        probe: whether to ask the portal's link for its headers.
        limits: when the loader is ended.
        site: the site, its name or its TOML file; chosen by the environment when None.

    Raises:
        The errors of `check_dataset`.
    """
    chosen = resolve_site(site)
    catalog = CatalogFolder(Path(chosen.catalog_root))
    prepared = prepare_run(nickname, catalog, chosen, limits or RunLimits())
    if not isinstance(prepared, PreparedRun):
        return Pending(_checks(nickname, chosen, probe=probe, more=(prepared,)), None)

    def check() -> Checks:
        return _checks(nickname, chosen, probe=probe, more=run_findings(prepared))

    return Pending(Checks((), run=prepared.planned), check)


def _checks(
    nickname: str | None, site: Site, *, probe: bool, more: Iterable[Finding] = ()
) -> Checks:
    """Check one dataset, whose findings end with `more`, or all."""
    catalog = CatalogFolder(Path(site.catalog_root))
    if nickname is None and not is_folder(catalog.root):  # else it would look like success
        raise _no_catalog(catalog.root, site)
    names = [nickname] if nickname is not None else catalog.nicknames()
    with ExitStack() as stack:
        reader = _HubReader(site, stack)
        datasets = tuple(
            Checked(name, (*_findings(name, catalog, reader, site, probe=probe), *more))
            for name in names
        )
    warnings = (f"The Hub could not be checked: {reader.fault}",) if reader.fault else ()
    return Checks(datasets, warnings)


def _no_catalog(root: Path, site: Site) -> DatasetError:
    mounted = "Is its file system mounted here? See which site was chosen, and why: "
    return DatasetError(
        f"The catalog folder {root} is not on this machine.",
        hint=Message("The first dataset makes it: ", Fix(Verb.CATALOG_NEW_DATASET))
        if site.is_embedded
        else Message(mounted, Fix(Verb.DOCTOR)),
    )


class _HubReader:
    """Reads many repositories of one Hub; stops after the first failure to answer."""

    def __init__(self, site: Site, stack: ExitStack) -> None:
        self.fault: str | None = None
        self.hub: Hub | None = None
        if is_unused(site):  # a check creates nothing
            return
        try:
            self.hub = stack.enter_context(connected(site))
        except (HubError, SettingsError) as error:
            self.fault = str(error)

    def repository(self, repo_id: str) -> RemoteRepository | None:
        """Return a repository; None where there is none, or where `fault` is why it is unknown."""
        if self.hub is None or self.fault:
            return None
        try:
            return self.hub.repository(repo_id)
        except (HubUnreachableError, HubAccessError) as error:
            self.fault = str(error)
        return None


def _findings(
    nickname: str, catalog: CatalogFolder, reader: _HubReader, site: Site, *, probe: bool
) -> Iterator[Finding]:
    try:
        record, kept = catalog.dataset(nickname)
    except DatasetUnknownError:
        raise
    except RecordDamagedError as error:
        repair = (
            "restore it from a snapshot, or move the folder away and catalog the dataset again"
        )
        folder = catalog.root / nickname
        yield problem("record", f"{str(error).rstrip('.')}; {repair}", move_away_command(folder))
        return
    except HuggingNerscError as error:
        yield problem("record", str(error))
        return
    content, store = kept.files, VersionStore(catalog.root, nickname)
    on_hub: tuple[Finding, ...]
    try:
        remote = reader.repository(site.repo_id(nickname))
        on_hub = (
            *repository_findings(record, content, remote, reader.hub, site),
            *published_findings(record, store, remote, reader.hub),
            *shard_findings(record, remote, reader.hub),
        )
    except HubError as error:
        remote, on_hub = None, (unchecked("Hub", str(error)),)
    if reader.fault:
        on_hub = (unchecked("Hub", reader.fault),)
    found = (
        *trust_findings(record, kept, site),
        *completeness_findings(record, content, site),
        *metadata_findings(record, site),
        *size_findings(record, store),
        *folder_findings(record, content, site),
        *data_findings(record, site, closed_because(record, remote)),
        *kept_findings(record, store),
        *unchanged_findings(record, site),
        *agreement_findings(record, site),
        *_probed(record, probe=probe),
        *script_findings(record, site),
        *on_hub,
    )
    options = update_alternatives(record, content, remote, reader.hub, site)
    yield from _with_options(found, options)


def _with_options(
    findings: Iterable[Finding], alternatives: tuple[tuple[Option, ...], ...]
) -> Iterator[Finding]:
    """Yield the findings with every update completed, once for each alternative of options."""
    for finding in findings:
        fixes = (_completed(fix, alternatives) for fix in finding.fixes)
        yield replace(finding, fixes=tuple(chain.from_iterable(fixes)))


def _completed(fix: Command, alternatives: tuple[tuple[Option, ...], ...]) -> tuple[Command, ...]:
    if not isinstance(fix, Fix) or fix.verb is not Verb.UPDATE_DATASET:
        return (fix,)
    return tuple(replace(fix, options=(*fix.options, *options)) for options in alternatives)


def _probed(record: Record, *, probe: bool) -> Iterator[Finding]:
    if not probe:
        return
    if record.portal_link is None:
        yield unchecked("portal", "the record has no portal link")
        return
    if is_file_link(record.portal_link):  # the data itself is checked
        return
    from huggingnersc.adapters.web_probe import head

    if found := answer_finding(head(record.portal_link)):
        yield found
