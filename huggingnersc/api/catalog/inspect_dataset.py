"""Show all that is known of a cataloged dataset."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.files.path_status import is_file
from huggingnersc.adapters.hub.connection import connected, is_unused
from huggingnersc.api.catalog.result import CatalogResult, addresses
from huggingnersc.api.catalog.trust import record_warnings
from huggingnersc.api.site import resolve_site
from huggingnersc.domain.catalog.legacy_record import data_location
from huggingnersc.domain.catalog.record import notebook_name
from huggingnersc.domain.catalog.shards_repository import lost_shards
from huggingnersc.domain.catalog.update import recorded_oids
from huggingnersc.domain.loading.upload_card import upload_words
from huggingnersc.errors import HubError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.catalog.remote import RemoteRepository
    from huggingnersc.domain.catalog.version_history import RecordedVersion
    from huggingnersc.domain.site import Site
    from huggingnersc.fixes import Text


@dataclass(frozen=True, slots=True)
class RepositoryStatus:
    """A repository as the Hub shows it now.

    Attributes:
        reachable: whether the Hub answered.
        exists: whether it shows the repository; None when it did not answer.
        commit: the SHA of main.
        last_modified: ISO 8601 in UTC.
        as_recorded: whether its files are those of the record; None when that is not known.
        note: why a value is missing.
    """

    reachable: bool
    exists: bool | None = None
    commit: str | None = None
    last_modified: str | None = None
    private: bool | None = None
    as_recorded: bool | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected(CatalogResult):
    """All that is known of a dataset; None where nothing is known or there is no such thing.

    Attributes:
        about: the description on the card, Markdown; empty where there is none.
        schema: the name of the metadata schema; empty where it is the site's.
        version: the newest version that is not retired, or the newest where all are; None where
            there is none.
        version_count: how many versions there are.
        uploaded: what was uploaded of the data, as recorded: how much, in which form, and where;
            None where nothing was.
        warnings: what of the record every change would refuse.
    """

    hub: RepositoryStatus
    data_path: PurePosixPath | None
    portal_link: str | None
    notebook: PurePosixPath | None
    notebook_link: str | None
    job_notebook: PurePosixPath | None
    job_notebook_link: str | None
    distributed: bool
    loader: str | None
    batch_script: str | None
    includes: tuple[str, ...]
    about: str
    schema: str
    version: RecordedVersion | None
    version_count: int
    uploaded: str | None
    metadata: Mapping[str, Any]
    warnings: tuple[Text, ...]


def inspect_dataset(nickname: str, *, site: Site | str | None = None) -> Inspected:
    """Return all that is known of a cataloged dataset; works without the Hub and then says so.

    Args:
        nickname: the dataset's nickname.
        site: the site, its name or its TOML file; chosen by the environment when None.

    Raises:
        DatasetUnknownError: no such dataset is cataloged; the hint names the nearest ones.
        RecordDamagedError: its record cannot be read.
    """
    chosen = resolve_site(site)
    record = CatalogFolder(Path(chosen.catalog_root)).record(nickname)
    return _inspected(record, _hub_state(record, chosen), chosen)


def _hub_state(record: Record, site: Site) -> RepositoryStatus:
    if is_unused(site):
        return _absent(site)
    try:
        with connected(site) as hub:
            remote = hub.repository(site.repo_id(record.nickname))
    except (HubError, SettingsError) as error:
        return RepositoryStatus(reachable=False, note=str(error))
    return _absent(site) if remote is None else _shown(record, remote)


def _absent(site: Site) -> RepositoryStatus:
    note = (
        "The embedded Hub has no such repository; no other Hub was asked."
        if site.is_embedded
        else "The Hub shows no such repository to this account."
    )
    return RepositoryStatus(reachable=True, exists=False, note=note)


def _shown(record: Record, remote: RemoteRepository) -> RepositoryStatus:
    recorded = recorded_oids(record)
    return RepositoryStatus(
        reachable=True,
        exists=True,
        commit=remote.commit,
        last_modified=remote.last_modified,
        private=remote.private,
        as_recorded=_holds(record, remote) if recorded else None,
    )


def _holds(record: Record, remote: RemoteRepository) -> bool:
    """Return whether a repository has the recorded files, and the shards that are to be in it."""
    upload = record.upload if record.upload and record.upload.is_within else None
    is_whole = upload is None or not lost_shards(upload, remote)
    return is_whole and remote.holds(recorded_oids(record))


def _inspected(record: Record, hub: RepositoryStatus, site: Site) -> Inspected:
    data_path, link = data_location(record, site)
    notebook = _notebook(record)
    job_notebook = record.catalog_dir / record.job_notebook if record.job_notebook else None
    return Inspected(
        hub=hub,
        data_path=data_path,
        portal_link=link,
        notebook=notebook,
        notebook_link=site.notebook_link(notebook) if notebook else None,
        job_notebook=job_notebook,
        job_notebook_link=site.notebook_link(job_notebook) if job_notebook else None,
        distributed=record.distributed,
        loader=record.loader.name if record.loader else None,
        batch_script=record.batch_script.name if record.batch_script else None,
        includes=tuple(script.name for script in record.includes),
        about=record.about,
        schema=record.schema,
        version=record.history.current or record.history.latest,
        version_count=len(record.history.versions),
        uploaded=upload_words(record.upload, record.repo_id) if record.upload else None,
        metadata=record.metadata,
        warnings=record_warnings(record, site),
        **addresses(record, site),
    )


def _notebook(record: Record) -> PurePosixPath | None:
    if record.notebook:
        return record.catalog_dir / record.notebook
    usual = record.catalog_dir / notebook_name(record.nickname)
    return usual if record.is_first_format and is_file(usual) else None
