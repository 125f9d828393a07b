"""Write a catalog as a static site."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from huggingnersc.adapters.files.scratch_folder import scratch_folder
from huggingnersc.adapters.hub.client import Hub
from huggingnersc.adapters.hub.page_reader import page_reader
from huggingnersc.adapters.hub.scratch_space import explained_space
from huggingnersc.adapters.static_folder import require_replaceable, static_folder
from huggingnersc.api.hub.public_datasets import public_datasets, published_documents
from huggingnersc.api.hub.static_site import StaticSite, copy_pages
from huggingnersc.api.site import resolve_site
from huggingnersc.domain.catalog.plan import CARD_NAME
from huggingnersc.domain.hub.catalog_documents import (
    SearchEntry,
    catalog_json_ld,
    robots,
    search_index,
    sitemap,
)
from huggingnersc.domain.loading.croissant import CROISSANT_FILE
from huggingnersc.domain.site import is_web_address
from huggingnersc.errors import DatasetError, SettingsError
from huggingnersc.fixes import Fix, Message, Option, Placeholder, Verb

if TYPE_CHECKING:
    from collections.abc import Sequence
    from os import PathLike

    from huggingnersc.adapters.static_folder import StaticFolder
    from huggingnersc.api.hub.public_datasets import LeftOut, PublicDataset
    from huggingnersc.domain.site import Site
    from huggingnersc.fixes import Text

_INDEX = "index.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedCatalog:
    """A catalog as a static site.

    Attributes:
        folder: where it is.
        site: the name of the site.
        datasets: the datasets that it shows, by nickname.
        left_out: the others, and why.
        replaces: whether the folder held an earlier export.
        pages: how many pages it has; 0 where nothing was written.
        files: how many files.
        size_bytes: their size.
        warnings: what the steward should know.
    """

    folder: Path
    site: str
    datasets: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    replaces: bool
    pages: int = 0
    files: int = 0
    size_bytes: int = 0
    warnings: tuple[Text, ...] = ()


def export_catalog(
    folder: str | PathLike[str],
    *,
    base_url: str = "",
    dry_run: bool = False,
    site: Site | str | None = None,
) -> ExportedCatalog:
    """Write the pages of every public dataset of a catalog as a static site.

    The pages are those of the embedded Hub, made from what is recorded; the site's own Hub is
    asked only which datasets everyone may see. The folder is replaced as a whole, where it holds
    an earlier export, and stays as it is when anything goes wrong.

    Args:
        folder: the folder to write; missing, empty, or an earlier export.
        base_url: the address that the folder will have, for the sitemap.
        dry_run: whether to write nothing.
        site: the site, its name or its TOML file; chosen by the environment when None.

    Raises:
        SettingsError: the address is none, or no space is left for temporary files.
        DatasetError: the folder holds something else, the catalog cannot be read, or there is no
            dataset to show.
        HubError: the Hub does not answer, so it is not known what everyone may see.
    """
    chosen = resolve_site(site)
    base = _base(base_url)
    target = Path(folder)
    replaces = require_replaceable(target)
    shown, left_out = public_datasets(chosen)
    if not shown:
        raise DatasetError(
            f"The catalog of {chosen.profile.name} has no dataset that everyone may see.",
            hint=Message("See what it has: ", Fix(Verb.LIST_DATASETS)),
        )
    planned = ExportedCatalog(
        folder=target,
        site=chosen.profile.name,
        datasets=tuple(one.record.nickname for one in shown),
        left_out=tuple(left_out),
        replaces=replaces,
        warnings=tuple(_warnings(base)),
    )
    return planned if dry_run else _written(planned, shown, base, chosen)


def _base(text: str) -> str:
    if text and not (is_web_address(text) and not urlsplit(text).query and " " not in text):
        raise SettingsError(
            f"{text!r} is no address of a site.",
            hint="Give the one that the folder will have, such as https://portal.nersc.gov/data.",
        )
    return text.rstrip("/")


def _warnings(base: str) -> Sequence[Text]:
    if base:
        return ()
    option = Option("base_url", Placeholder.URL)
    return (Message("There is no sitemap.xml, which needs the address of the site: ", option),)


def _written(
    planned: ExportedCatalog, shown: list[PublicDataset], base: str, site: Site
) -> ExportedCatalog:
    from huggingnersc.hub_server import running_hub

    organization = site.profile.hub.organization
    address = "" if site.is_hub_here else site.hub_address
    static = StaticSite(organization, address)
    with (
        explained_space(),
        scratch_folder() as scratch,
        static_folder(planned.folder) as folder,
        running_hub(scratch / "hub", organizations=[organization], address=address) as running,
    ):
        _publish(shown, Hub(running.endpoint, running.token), site)
        with page_reader(running.endpoint) as reader:
            pages = copy_pages(static, reader, folder)
        _add_documents(folder, pages, shown, base, site)
    return replace(planned, pages=len(pages), files=folder.files, size_bytes=folder.size_bytes)


def _publish(shown: list[PublicDataset], hub: Hub, site: Site) -> None:
    """Put the datasets on a Hub, the one with the newest version last, so that it comes first."""
    for one in sorted(shown, key=lambda one: (one.day, one.record.nickname)):
        repo_id = one.record.repo_id
        hub.create_repository(repo_id, private=False)
        with published_documents(one, site) as stored:
            hub.commit(repo_id, one.plan.hub_files, message="Export", parent=None, stored=stored)


def _add_documents(
    folder: StaticFolder,
    pages: Sequence[str],
    shown: list[PublicDataset],
    base: str,
    site: Site,
) -> None:
    folder.add("search-index.json", search_index(map(_entry, shown)))
    described = [(one.described, _page_address(one, base)) for one in shown]
    folder.add("catalog.jsonld", catalog_json_ld(site.profile.title, base, described))
    folder.add("robots.txt", robots(base))
    for one in shown:
        for file in one.plan.hub_files:
            if file.path == CROISSANT_FILE:
                folder.add(f"datasets/{one.record.repo_id}/{CROISSANT_FILE}", file.content)
    if base:
        addresses = (f"{base}/{quote(page.removesuffix(_INDEX))}" for page in pages)
        folder.add("sitemap.xml", sitemap(addresses))


def _page_address(one: PublicDataset, base: str) -> str:
    return f"{base}/datasets/{one.record.repo_id}/" if base else one.described.address


def _entry(one: PublicDataset) -> SearchEntry:
    from huggingnersc.hub_server.protocol.card import parse_card
    from huggingnersc.hub_server.protocol.card_text import searchable_text, summary_of

    text = next(file.content for file in one.plan.hub_files if file.path == CARD_NAME)
    card, record = parse_card(text.decode(errors="replace")), one.record
    title = str(card.metadata.get("pretty_name") or record.official_name)
    return SearchEntry(
        href=f"{record.repo_id}/",
        title=title,
        name=record.repo_id,
        summary=summary_of(card),
        words=searchable_text(card, title, [record.official_name, record.nickname]),
    )
