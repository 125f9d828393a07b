"""Publish a version and record it: one commit, its tag, and its folder in the catalog."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from huggingnersc.adapters.version_store import VersionStore
from huggingnersc.api.catalog.plan_target import UpdateOptions
from huggingnersc.api.catalog.update_dataset import OnEdits, apply_update, prepare_update
from huggingnersc.domain.versions.version import MAX_VERSION_BYTES, VERSION_FILE, version_bytes
from huggingnersc.errors import DatasetError
from huggingnersc.fixes import Fix, Message, Verb

if TYPE_CHECKING:
    from huggingnersc.adapters.catalog_folder import CatalogFolder
    from huggingnersc.adapters.hub.client import Hub
    from huggingnersc.api.catalog.publish import AddedVersion
    from huggingnersc.api.catalog.update_dataset import PreparedUpdate
    from huggingnersc.domain.site import Site


def plan_publication(
    new: AddedVersion,
    catalog: CatalogFolder,
    hub: Hub | None,
    site: Site,
    *,
    allow_secret: tuple[str, ...] = (),
) -> PreparedUpdate:
    """Work out what publishes a version; what a killed run did already is not done again.

    Call it while holding the nickname, and give the result to `publish_version`.

    Args:
        new: the version and its files.
        catalog: holds the dataset.
        hub: where it is published; None for a look at one that was never used.
        site: the site.
        allow_secret: hashes of lines of the scripts that only look like secrets.

    Raises:
        DatasetError: the dataset has another version of this name.
        HubConflictError: a tag of this name is of something else, or someone edited the
            repository; nothing was touched.
        The errors of `update_dataset`.
    """
    nickname = new.version.nickname
    there = catalog.record(nickname).history.find(new.recorded.name)
    if there is not None and there.digest != new.recorded.digest:
        raise _exists(new)
    is_kept = there is not None or _is_kept(new, VersionStore(catalog.root, nickname))
    new, options = replace(new, is_kept=is_kept), UpdateOptions(allow_secret=allow_secret)
    return prepare_update(nickname, options, catalog, hub, site, OnEdits(), new=new)


def publish_version(prepared: PreparedUpdate, catalog: CatalogFolder, hub: Hub) -> str | None:
    """Publish a version as it was worked out, and record it; return the commit on the Hub.

    The folder is staged, one commit goes to the Hub and gets the tag, then the version and the
    dataset's files are put in their place, the record last.

    Raises:
        DatasetError: the catalog folder cannot be written.
        HubError: the Hub refused or did not answer; the same command again completes the work.
    """
    if prepared.steps.is_nothing:
        return prepared.result.commit
    return apply_update(prepared, catalog, hub).commit


def _is_kept(new: AddedVersion, store: VersionStore) -> bool:
    """Return whether the catalog folder has the version already, from a run that was cut off.

    Raises:
        DatasetError: it has another one of this name.
    """
    name = new.version.name
    if name not in store.names:
        return False
    if store.read_bytes(name, VERSION_FILE, most=MAX_VERSION_BYTES) != version_bytes(new.version):
        raise _exists(new)
    return True


def _exists(new: AddedVersion) -> DatasetError:
    version = new.version
    return DatasetError(
        f'"{version.nickname}" has another version {version.name}; a version never changes.',
        hint=Message(
            "Choose another name. See which there are: ",
            Fix(Verb.LIST_VERSIONS, (version.nickname,)),
        ),
    )
