"""Describe, label or retire a version; what it was made of never changes."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.api.catalog.plan_target import UpdateOptions
from huggingnersc.api.catalog.publish import refusal
from huggingnersc.api.catalog.update_dataset import plan_update
from huggingnersc.api.several import words
from huggingnersc.api.site import resolve_site
from huggingnersc.api.versions.find_version import split_title, version_of
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.catalog.version_history import VersionChange
from huggingnersc.domain.catalog.version_texts import label_problems, message_problems
from huggingnersc.domain.metadata.strict_json import quoted
from huggingnersc.errors import HubConflictError, HubEditedError, VersionUnknownError
from huggingnersc.fixes import Fix, Message, Verb
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.catalog.pending import Pending
    from huggingnersc.api.catalog.update_dataset import Updated
    from huggingnersc.api.several import Words
    from huggingnersc.domain.site import Site


@contextmanager
def plan_version_update(
    title: str,
    *,
    message: str | None = None,
    labels: Words = (),
    without_labels: Words = (),
    retired: bool | None = None,
    allow_secret: Words = (),
    dry_run: bool = False,
    site: Site | str | None = None,
) -> Iterator[Pending[Updated]]:
    """Plan the change of a version and yield it; `update_version` applies it at once.

    Args:
        title: the version, such as `iris@v1`.
        message: as in `update_version`, as are the others.
        labels: see there.
        without_labels: see there.
        retired: see there.
        allow_secret: see there.
        dry_run: whether nothing is to be applied.
        site: the site, its name or its TOML file; chosen by the environment when None.

    Raises:
        The errors of `update_version`.
    """
    chosen = resolve_site(site)
    nickname, name = split_title(title)
    record = CatalogFolder(Path(chosen.catalog_root)).record(nickname)
    if name is None:
        raise _unnamed(nickname, version_of(record, None).name)
    change = VersionChange(
        name=version_of(record, name).name,
        message=message if message is None else message.strip(),
        labels=words(labels),
        without_labels=words(without_labels),
        retired=retired,
    )
    if problems := _problems(change):
        raise refusal(problems, nickname=nickname, action="updated", metadata=None)
    options = UpdateOptions(version=change, allow_secret=words(allow_secret))
    with ExitStack() as stack:
        try:
            planned = plan_update(nickname, options, dry_run=dry_run, site=chosen)
            pending = stack.enter_context(planned)
        except HubConflictError as error:
            raise _with_own_hint(error, nickname) from error
        yield pending


def update_version(
    title: str,
    *,
    message: str | None = None,
    labels: Words = (),
    without_labels: Words = (),
    retired: bool | None = None,
    allow_secret: Words = (),
    dry_run: bool = False,
    site: Site | str | None = None,
) -> Updated:
    """Change what the record and the card say of a version; its files stay as they are.

    Args:
        title: the version, such as `iris@v1`.
        message: a new message; an empty one removes it.
        labels: words to attach to it.
        without_labels: words to take off.
        retired: whether it should no longer be used.
        allow_secret: hashes of lines that only look like secrets, as the problems show them.
        dry_run: whether to stop after planning.
        site: the site, its name or its TOML file; chosen by the environment when None.

    Raises:
        VersionUnknownError: there is no such version; the hint names the nearest ones.
        RequestInvalidError: the message or a label is wrong; nothing was touched.
        The errors of `update_dataset`.
    """
    with plan_version_update(
        title,
        message=message,
        labels=labels,
        without_labels=without_labels,
        retired=retired,
        allow_secret=allow_secret,
        dry_run=dry_run,
        site=site,
    ) as pending:
        return pending.apply()


def _problems(change: VersionChange) -> list[Problem]:
    both = sorted({*change.labels} & {*change.without_labels})
    return [
        *message_problems(change.message or ""),
        *label_problems(change.labels),
        *(Problem(Field.LABEL, f"{quoted(one)} is both attached and taken off") for one in both),
    ]


def _unnamed(nickname: str, current: str) -> VersionUnknownError:
    return VersionUnknownError(
        f"{quoted(nickname)} names a dataset, not one of its versions.",
        hint=f"The current one is {nickname}@{current}.",
    )


def _with_own_hint(error: HubConflictError, nickname: str) -> HubConflictError:
    """Return a conflict with a hint that has no option which only `update_dataset` knows."""
    hint = Message("Decide about this first: ", Fix(Verb.UPDATE_DATASET, (nickname,)))
    if isinstance(error, HubEditedError):
        return HubEditedError(str(error), changes=error.changes, hint=hint)
    return HubConflictError(str(error), hint=hint)
