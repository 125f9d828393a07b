"""Show a dataset's page as the Hub will show it, on a temporary Hub."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.browser import open_page
from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.files.scratch_folder import scratch_folder
from huggingnersc.adapters.hub.client import Hub
from huggingnersc.adapters.hub.scratch_space import explained_space
from huggingnersc.adapters.ssh_session import tunnel_command
from huggingnersc.adapters.templates import render
from huggingnersc.adapters.version_store import VersionStore
from huggingnersc.api.catalog.drafted_versions import drafted_versions
from huggingnersc.api.catalog.plan_target import plan_recorded
from huggingnersc.api.catalog.publish import refusal
from huggingnersc.api.catalog.result import DatasetResult
from huggingnersc.api.catalog.trust import record_warnings, require_own_files
from huggingnersc.api.catalog.validate_request import validate_request
from huggingnersc.api.several import paths, words
from huggingnersc.api.site import resolve_site
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.catalog.plan import CARD_NAME, make_plan
from huggingnersc.domain.catalog.request import Request, script_files
from huggingnersc.errors import DatasetError
from huggingnersc.fixes import Message, Option, Placeholder, update_fix

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from os import PathLike

    from huggingnersc.api.several import Files, Words
    from huggingnersc.domain.catalog.plan import Plan
    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.site import Site
    from huggingnersc.fixes import Text
    from huggingnersc.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview(DatasetResult):
    """A page that is served while the preview runs.

    Attributes:
        address: the URL of the page.
        endpoint: the URL of the temporary Hub, for any Hub client.
        card: the card as a file; its folder also holds the notebook and the record.
        tunnel: the command with which the page is reached from another computer; None outside of
            an SSH session.
        warnings: the warnings that cataloging would report.
    """

    address: str
    endpoint: str
    card: Path
    tunnel: str | None
    warnings: tuple[Text, ...]


def preview_dataset(
    name: str,
    nickname: str | None = None,
    loader_script: str | PathLike[str] | None = None,
    portal_link: str | None = None,
    metadata_json: str | PathLike[str] | None = None,
    batch_script: str | PathLike[str] | None = None,
    is_distributed: bool = False,  # noqa: FBT001, FBT002, RUF100 - as `catalog_new_dataset` has it
    *,
    data_path: str | PathLike[str] | None = None,
    include: Files = (),
    job_notebook: bool = False,
    about: str | PathLike[str] | None = None,
    run_command: str = "",
    kernel: str = "",
    schema: str = "",
    allow_secret: Words = (),
    port: int = 0,
    browser: bool = False,
    on_ready: Callable[[Preview], None],
    site: Site | str | None = None,
) -> None:
    """Publish a dataset to a temporary Hub on this machine while `on_ready` runs.

    Requires no token, no network and no write permission on the catalog.

    Args:
        name: the nickname of a cataloged dataset; or the official name of a new one, followed by
            the other arguments of `catalog_new_dataset`.
        nickname: the name in paths and on the Hub.
        loader_script: the script that loads the data.
        portal_link: the https address of the data.
        metadata_json: the metadata file.
        batch_script: a script that runs the loader as a batch job.
        is_distributed: whether the loader is distributed.
        data_path: where the data is stored.
        include: files that the loader or the batch script needs.
        job_notebook: whether to add a notebook that runs the batch script.
        about: a Markdown file that describes the dataset, for the card.
        run_command: how the loader is run, where it cannot be known from its text.
        kernel: the Jupyter kernel of the notebook; the site's when empty.
        schema: `wide` or `default`; the site's schema when empty.
        allow_secret: hashes of lines that only look like secrets, as the problems show them.
        port: the TCP port of the page; 0 selects a free one.
        browser: whether to open the page in a browser.
        on_ready: called once with the preview, which ends when it returns or on Ctrl-C.
        site: the site, its name or its TOML file; chosen by the environment when None.

    Raises:
        RequestInvalidError, MetadataInvalidError: an argument is invalid.
        DatasetUnknownError, RecordDamagedError: the dataset is not cataloged or its record is
            damaged.
        RecordRefusedError: a file of the catalog folder may be someone's private one.
        DatasetError: the record holds no loader and the folder no card.
        SettingsError: the port is in use, or no space is left for temporary files.
    """
    chosen = resolve_site(site)
    if nickname is None:
        plan, warnings = _plan_cataloged(name, chosen)
        store = VersionStore(Path(chosen.catalog_root), name)
    else:
        drafts = Path(metadata_json or "").parent
        drafted, store = drafted_versions(drafts, nickname), VersionStore(drafts)
        request = Request(
            official_name=name,
            nickname=nickname,
            scripts=script_files(loader_script or "", batch_script, paths(include)),
            portal_link=portal_link or "",
            metadata=Path(metadata_json or ""),
            distributed=is_distributed,
            data_path=Path(data_path) if data_path is not None else None,
            job_notebook=job_notebook,
            about_file=Path(about) if about is not None else None,
            run_command=run_command,
            kernel=kernel,
            schema=schema,
            allow_secret=words(allow_secret),
            history=drafted.history,
        )
        plan, warnings = _plan_new(request, chosen, drafted.problems)
    with _published(plan, warnings, chosen, port, store) as preview, suppress(KeyboardInterrupt):
        on_ready(_open_in_browser(preview) if browser else preview)


def _plan_cataloged(nickname: str, site: Site) -> tuple[Plan, tuple[Text, ...]]:
    catalog = CatalogFolder(Path(site.catalog_root))
    record, content = catalog.dataset(nickname)
    require_own_files(record, content, catalog.root / nickname)
    plan = plan_recorded(record, content.files, None, site)
    if plan is None:
        raise DatasetError(
            f'"{nickname}" has no page to show: its record holds no loader, its folder no card.',
            hint=Message(
                "Add the loader: ",
                update_fix(nickname, Option(Field.LOADER, Placeholder.FILE)),
            ),
        )
    return plan, record_warnings(record, site)


def _plan_new(
    request: Request, site: Site, of_versions: tuple[Problem, ...]
) -> tuple[Plan, tuple[Text, ...]]:
    validated = validate_request(request, site)
    if validated.spec is None or of_versions:
        metadata = request.metadata if isinstance(request.metadata, Path) else None
        raise refusal(
            (*validated.problems, *of_versions),
            nickname=request.nickname,
            action="previewed",
            metadata=metadata,
            hint=validated.hint,
            warnings=validated.warnings,
        )
    return make_plan(validated.spec, site, render), validated.warnings


@contextmanager
def _published(
    plan: Plan, warnings: tuple[Text, ...], site: Site, port: int, store: VersionStore
) -> Iterator[Preview]:
    from huggingnersc.hub_server import running_hub

    record, organization = plan.record, site.profile.hub.organization
    with ExitStack() as stack:
        with explained_space():
            folder = stack.enter_context(scratch_folder())
            files = folder / record.nickname
            files.mkdir()
            for file in plan.catalog_files:
                (files / file.path).write_bytes(file.content)
            running = stack.enter_context(
                running_hub(folder / "hub", port=port, organizations=[organization])
            )
            hub = Hub(running.endpoint, running.token)
            hub.create_repository(record.repo_id, private=False)
            message = f"Preview {record.official_name}"
            with _documents(record, store) as stored:
                commit = hub.commit(
                    record.repo_id, plan.hub_files, message=message, parent=None, stored=stored
                )
            if latest := record.history.latest:
                hub.create_tag(record.repo_id, latest.name, commit=commit)
        yield _preview(plan, running.endpoint, files, warnings)


@contextmanager
def _documents(record: Record, store: VersionStore) -> Iterator[dict[str, Path]]:
    """Yield what describes the latest version, by path; nothing where it cannot be read."""
    latest = record.history.latest
    with ExitStack() as stack:
        stored: dict[str, Path] = {}
        if latest is not None:
            with suppress(DatasetError):
                documents = store.documents(latest.name)
                stored = stack.enter_context(store.sources(latest.name, documents))
        yield stored


def _open_in_browser(preview: Preview) -> Preview:
    if open_page(preview.address):
        return preview
    warning = "No browser could be opened; open the page yourself."
    return replace(preview, warnings=(*preview.warnings, warning))


def _preview(plan: Plan, endpoint: str, files: Path, warnings: tuple[Text, ...]) -> Preview:
    record = plan.record
    return Preview(
        official_name=record.official_name,
        nickname=record.nickname,
        repo_id=record.repo_id,
        address=f"{endpoint}/datasets/{record.repo_id}",
        endpoint=endpoint,
        card=files / CARD_NAME,
        tunnel=tunnel_command(endpoint),
        warnings=warnings,
    )
