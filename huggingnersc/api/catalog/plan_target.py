"""Plan an update from a record and new values, with the checks that cataloging makes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from huggingnersc.adapters.templates import render
from huggingnersc.api.catalog.publish import access_problems, refusal, root_problems
from huggingnersc.api.catalog.scan import scan_files
from huggingnersc.api.catalog.validate_request import validate_request
from huggingnersc.domain.catalog.card_title import card_title_warnings, with_card_title
from huggingnersc.domain.catalog.fields import Field, facts_of
from huggingnersc.domain.catalog.legacy_record import fill_legacy_fields, missing, plan_legacy
from huggingnersc.domain.catalog.plan import make_plan
from huggingnersc.domain.catalog.request import Request
from huggingnersc.domain.catalog.scripts import Scripts
from huggingnersc.domain.catalog.update import spec_of
from huggingnersc.domain.data_link import path_of_data_link
from huggingnersc.fixes import REMOVE
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from huggingnersc.domain.catalog.plan import Plan
    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.catalog.remote import RemoteRepository
    from huggingnersc.domain.catalog.scripts import Script
    from huggingnersc.domain.catalog.version_history import VersionChange
    from huggingnersc.domain.site import Site
    from huggingnersc.errors import MetadataInvalidError, RequestInvalidError
    from huggingnersc.fixes import Remove, Text

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class UpdateOptions:
    """What an update changes; None keeps what is recorded, `REMOVE` takes it away.

    `about` is a file, or the description itself. `version` changes one of its versions.
    """

    official_name: str | None = None
    loader: Path | None = None
    portal_link: str | None = None
    metadata: Path | None = None
    batch_script: Path | Remove | None = None
    data_path: Path | None = None
    include: tuple[Path, ...] | Remove | None = None
    allow_secret: tuple[str, ...] = ()
    distributed: bool | None = None
    job_notebook: bool | None = None
    private: bool | None = None
    about: Path | str | Remove | None = None
    run_command: str | None = None
    kernel: str | None = None
    schema: str | None = None
    pretty_name: str | None = None
    version: VersionChange | None = None

    @property
    def changes_card(self) -> bool:
        """Whether anything is given that a card shows."""
        return replace(self, private=None, allow_secret=()) != UpdateOptions()


@dataclass(frozen=True, slots=True)
class PlannedUpdate:
    """A plan, what the record still lacks, and warnings."""

    plan: Plan
    missing: tuple[Text, ...] = ()
    warnings: tuple[Text, ...] = ()


def plan_target(
    record: Record,
    options: UpdateOptions,
    folder: Mapping[str, bytes],
    remote: RemoteRepository | None,
    site: Site,
) -> PlannedUpdate:
    """Plan the target state of a dataset.

    Raises:
        RequestInvalidError, MetadataInvalidError: something given or recorded is wrong, or a
            record of the first HuggingNERSC lacks what is needed; every problem is reported.
    """
    known = fill_legacy_fields(record, folder, site)
    loader = options.loader or known.loader
    if loader is None:
        return _plan_as_found(known, options, folder, remote, site)
    validated = validate_request(_request(known, loader, options, remote, site), site)
    unwritable = root_problems(site)
    twice = _title_twice(options)
    if validated.spec is None or unwritable or twice:
        problems = [
            problem
            for problem in validated.problems
            if problem.where != Field.PORTAL_LINK or _portal_link(known, options) is not None
        ]
        problems += [*_needed(known, options), *twice, *unwritable]
        raise _refused(
            known, options, problems, site, hint=validated.hint, warnings=validated.warnings
        )
    plan = make_plan(validated.spec, site, render)
    left = card_title_warnings(known, plan.record)
    return PlannedUpdate(plan, (), (*_assumed(record, known, options), *validated.warnings, *left))


def plan_recorded(
    record: Record, folder: Mapping[str, bytes], remote: RemoteRepository | None, site: Site
) -> Plan | None:
    """Plan the recorded state, unchecked; None where neither scripts nor a card are known."""
    spec = spec_of(fill_legacy_fields(record, folder, site))
    if spec is not None:
        return make_plan(spec, site, render)
    return plan_legacy(record, folder, remote, site, private=record.private)


def _request(
    known: Record,
    loader: Path | Script,
    options: UpdateOptions,
    remote: RemoteRepository | None,
    site: Site,
) -> Request:
    scripts = _scripts(known, loader, options)
    recorded = facts_of(known) | {"private": _private(known, options, remote)}
    facts = {
        name: _either(getattr(options, name, None), value) for name, value in recorded.items()
    } | {"about": _about(known, options)}
    return Request(
        **facts,
        scripts=scripts,
        portal_link=_portal_link(known, options) or "",
        metadata=options.metadata or with_card_title(known.metadata, options.pretty_name),
        data_path=_data_path(known, options, site),
        allow_secret=options.allow_secret,
        job_notebook=_job_notebook(known, options, has_batch_script=scripts.batch is not None),
        about_file=options.about if isinstance(options.about, Path) else None,
        history=known.history.revised(options.version) if options.version else known.history,
        upload=known.upload,
    )


def _about(known: Record, options: UpdateOptions) -> str:
    if options.about is None:
        return known.about
    return options.about if isinstance(options.about, str) else ""


def _either(new: T | None, recorded: T) -> T:
    return recorded if new is None else new


def _scripts(
    known: Record, loader: Path | Script, options: UpdateOptions
) -> Scripts[Path | Script]:
    """Return the new scripts; without a batch script the recorded companions go too."""
    batch = _either(options.batch_script, known.batch_script or REMOVE)
    include: tuple[Path | Script, ...] | Remove | None = options.include
    if include is None:
        include = known.includes if batch is not REMOVE else ()
    return Scripts(
        loader=loader,
        batch=None if batch is REMOVE else batch,
        includes=() if include is REMOVE else include,
    )


def _portal_link(known: Record, options: UpdateOptions) -> str | None:
    """Return the new address, even an empty one (an unset variable), which is then refused."""
    return known.portal_link if options.portal_link is None else options.portal_link


def _job_notebook(known: Record, options: UpdateOptions, *, has_batch_script: bool) -> bool:
    """Keep a job notebook while there is a script to submit, unless the options decide."""
    if options.job_notebook is None:
        return known.job_notebook is not None and has_batch_script
    return options.job_notebook


def _data_path(known: Record, options: UpdateOptions, site: Site) -> Path | None:
    """Return the data's path; it follows a new link where it followed the old link."""
    if options.data_path is not None or known.data_path is None:
        return options.data_path
    if options.portal_link and known.portal_link:
        followed = path_of_data_link(site, known.portal_link) == known.data_path
        if followed and path_of_data_link(site, options.portal_link) is not None:
            return None
    return Path(known.data_path)


def _private(known: Record, options: UpdateOptions, remote: RemoteRepository | None) -> bool:
    if options.private is not None:
        return options.private
    if known.is_first_format and remote is not None:  # it was never recorded
        return remote.private
    return known.private


def _plan_as_found(
    known: Record,
    options: UpdateOptions,
    folder: Mapping[str, bytes],
    remote: RemoteRepository | None,
    site: Site,
) -> PlannedUpdate:
    private = _private(known, options, remote)
    plan = plan_legacy(known, folder, remote, site, private=private)
    if plan is None or options.changes_card:
        raise _refused(known, options, _needed(known, options), site)
    scan = scan_files(plan.hub_files, allowed=options.allow_secret)
    if scan.problems:
        raise _refused(known, options, scan.problems, site, warnings=scan.warnings)
    warning = (
        "The record holds no loader script, and its folder does not show which file it is: the "
        "card and the scripts found there are published as they are."
    )
    return PlannedUpdate(plan, missing(known), (warning, *scan.warnings))


def _needed(known: Record, options: UpdateOptions) -> list[Problem]:
    reason = "is needed: neither the record nor its folder holds it"
    values = {
        Field.LOADER: options.loader or known.loader,
        Field.PORTAL_LINK: _portal_link(known, options),
    }
    return [Problem(field, reason) for field, value in values.items() if value is None]


def _title_twice(options: UpdateOptions) -> tuple[Problem, ...]:
    if options.pretty_name is None or options.metadata is None:
        return ()
    return (Problem(Field.PRETTY_NAME, f"is stated in {options.metadata.name}; change it there"),)


def _assumed(record: Record, known: Record, options: UpdateOptions) -> tuple[str, ...]:
    pairs = (
        ("loader", options.loader, record.loader, known.loader),
        ("batch script", options.batch_script, record.batch_script, known.batch_script),
    )
    return tuple(
        f"The record holds no {what}; {found.name} in the catalog folder is used."
        for what, option, recorded, found in pairs
        if option is None and recorded is None and found is not None
    )


def _refused(
    known: Record,
    options: UpdateOptions,
    problems: list[Problem],
    site: Site,
    *,
    hint: Text | None = None,
    warnings: Sequence[Text] = (),
) -> RequestInvalidError | MetadataInvalidError:
    return refusal(
        [*problems, *access_problems(site)],
        nickname=known.nickname,
        action="updated",
        metadata=options.metadata,
        hint=hint,
        warnings=warnings,
    )
