"""From a record and what is given anew to a plan, with the checks that cataloging makes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.templates import render
from huggingnersc.api.catalog.publish import access_problems, refusal, root_problems
from huggingnersc.api.catalog.scan import scan_files
from huggingnersc.api.catalog.validate_request import validate_request
from huggingnersc.domain.catalog.legacy_record import fill_legacy_fields, missing, plan_legacy
from huggingnersc.domain.catalog.plan import make_plan
from huggingnersc.domain.catalog.request import Request
from huggingnersc.domain.catalog.update import spec_of
from huggingnersc.domain.site import path_of_link
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from huggingnersc.domain.catalog.plan import Plan
    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.catalog.remote import RemoteRepository
    from huggingnersc.domain.site import Site
    from huggingnersc.errors import MetadataInvalidError, RequestInvalidError

NONE = Path("None")  # the literal that takes a script away
_OPTIONS = {
    "OFFICIAL_NAME": "--official-name",
    "LOADER_SCRIPT": "--loader",
    "PORTAL_LINK": "--portal-link",
    "METADATA_JSON": "--metadata",
    "BATCH_SCRIPT": "--batch-script",
    "IS_DISTRIBUTED": "--distributed",
}


@dataclass(frozen=True, slots=True)
class UpdateOptions:
    """What `update-dataset` was given; None keeps what is recorded."""

    official_name: str | None = None
    loader: Path | None = None
    portal_link: str | None = None
    metadata: Path | None = None
    batch_script: Path | None = None
    data_path: Path | None = None
    include: tuple[Path, ...] | None = None
    allow_secret: tuple[str, ...] = ()
    distributed: bool | None = None
    job_notebook: bool | None = None
    private: bool | None = None

    @property
    def changes_card(self) -> bool:
        """Whether anything is given that a card tells of."""
        return replace(self, private=None, allow_secret=()) != UpdateOptions()


@dataclass(frozen=True, slots=True)
class PlannedUpdate:
    """A plan, what the record lacks still, and what should be said."""

    plan: Plan
    missing: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def plan_update(
    record: Record,
    given: UpdateOptions,
    folder: Mapping[str, bytes],
    remote: RemoteRepository | None,
    site: Site,
) -> PlannedUpdate:
    """Work out the state that a dataset is to be brought to.

    Raises:
        RequestInvalidError, MetadataInvalidError: something given or recorded is wrong, or a
            record of the first HuggingNERSC lacks what is needed; every problem is told.
    """
    known = fill_legacy_fields(record, folder, site)
    if known.loader is None and given.loader is None:
        return _as_found(known, given, folder, remote, site)
    reading = validate_request(_request(known, given, remote, site), site)
    shut = root_problems(site)
    if reading.entry is None or shut:
        problems = [
            Problem(_OPTIONS.get(problem.where, problem.where), problem.message)
            for problem in reading.problems
            if problem.where != "PORTAL_LINK" or _portal_link(known, given) is not None
        ]
        problems += [*_needed(known, given), *shut]
        raise _refused(known, given, problems, site, warnings=reading.warnings)
    warnings = (*_taken(record, known, given), *reading.warnings)
    return PlannedUpdate(make_plan(reading.entry, site, render), (), warnings)


def plan_again(
    record: Record, folder: Mapping[str, bytes], remote: RemoteRepository | None, site: Site
) -> Plan | None:
    """Plan the recorded state, unchecked; None where neither scripts nor a card are known."""
    entry = spec_of(fill_legacy_fields(record, folder, site))
    if entry is not None:
        return make_plan(entry, site, render)
    return plan_legacy(record, folder, remote, site, private=record.private)


def _request(
    known: Record, given: UpdateOptions, remote: RemoteRepository | None, site: Site
) -> Request:
    batch_script = given.batch_script or known.batch_script
    includes: tuple[object, ...] = known.includes if batch_script != NONE else ()
    if given.include is not None:
        includes = tuple(file for file in given.include if file != NONE)
    return Request(
        official_name=known.official_name if given.official_name is None else given.official_name,
        nickname=known.nickname,
        loader_script=given.loader or known.loader or NONE,
        portal_link=_portal_link(known, given) or "",
        metadata_json=given.metadata or known.metadata,
        batch_script=None if batch_script == NONE else batch_script,
        distributed=known.distributed if given.distributed is None else given.distributed,
        data_path=_data_path(known, given, site),
        include=includes,  # type: ignore[arg-type]
        allow_secret=given.allow_secret,
        private=_private(known, given, remote),
        job_notebook=_job_notebook(
            known, given, has_batch_script=batch_script not in (None, NONE)
        ),
    )


def _portal_link(known: Record, given: UpdateOptions) -> str | None:
    """Return the new address, also an empty one, which is then refused: a variable was not set."""
    return known.portal_link if given.portal_link is None else given.portal_link


def _job_notebook(known: Record, given: UpdateOptions, *, has_batch_script: bool) -> bool:
    """Keep a job notebook while there is a script for it to submit, unless it is said."""
    if given.job_notebook is None:
        return known.job_notebook is not None and has_batch_script
    return given.job_notebook


def _data_path(known: Record, given: UpdateOptions, site: Site) -> Path | None:
    """Return the data's place; it follows a new link where the old link told it too."""
    if given.data_path is not None or known.data_path is None:
        return given.data_path
    rule = site.profile.portal
    if rule and given.portal_link and known.portal_link:
        was_told = path_of_link(rule, known.portal_link) == known.data_path
        if was_told and path_of_link(rule, given.portal_link) is not None:
            return None
    return Path(known.data_path)


def _private(known: Record, given: UpdateOptions, remote: RemoteRepository | None) -> bool:
    if given.private is not None:
        return given.private
    if known.is_first_format and remote is not None:  # it was never recorded
        return remote.private
    return known.private


def _as_found(
    known: Record,
    given: UpdateOptions,
    folder: Mapping[str, bytes],
    remote: RemoteRepository | None,
    site: Site,
) -> PlannedUpdate:
    private = _private(known, given, remote)
    plan = plan_legacy(known, folder, remote, site, private=private)
    if plan is None or given.changes_card:
        raise _refused(known, given, _needed(known, given), site)
    scan = scan_files(plan.hub_files, allowed=given.allow_secret)
    if scan.problems:
        raise _refused(known, given, scan.problems, site, warnings=scan.warnings)
    warning = (
        "The record holds no loader script, and its folder leaves open which one it is: the card "
        "and the scripts found there are published as they are."
    )
    return PlannedUpdate(plan, missing(known), (warning, *scan.warnings))


def _needed(known: Record, given: UpdateOptions) -> list[Problem]:
    reason = "is needed: neither the record nor its folder tells it"
    has = {
        "--loader": given.loader or known.loader,
        "--portal-link": _portal_link(known, given),
    }
    return [Problem(option, reason) for option, value in has.items() if value is None]


def _taken(record: Record, known: Record, given: UpdateOptions) -> tuple[str, ...]:
    pairs = (
        ("loader", given.loader, record.loader, known.loader),
        ("batch script", given.batch_script, record.batch_script, known.batch_script),
    )
    return tuple(
        f"The record holds no {what}; {found.name} in the catalog folder is taken for it."
        for what, option, recorded, found in pairs
        if option is None and recorded is None and found is not None
    )


def _refused(
    known: Record,
    given: UpdateOptions,
    problems: list[Problem],
    site: Site,
    *,
    warnings: Sequence[str] = (),
) -> RequestInvalidError | MetadataInvalidError:
    return refusal(
        [*problems, *access_problems(site)],
        nickname=known.nickname,
        deed="updated",
        metadata=given.metadata,
        warnings=warnings,
    )
