"""What cataloging a dataset will write, worked out before anything is touched."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.catalog.card_statistics import card_statistics
from huggingnersc.domain.catalog.card_versions import card_versions
from huggingnersc.domain.catalog.data_access import download, globus_place, path_warnings
from huggingnersc.domain.catalog.describe_dataset import described
from huggingnersc.domain.catalog.description import description_block
from huggingnersc.domain.catalog.details import read_details
from huggingnersc.domain.catalog.fields import facts_of
from huggingnersc.domain.catalog.folder_card import card_in_folder
from huggingnersc.domain.catalog.hub_tags import hub_tags
from huggingnersc.domain.catalog.job_notebook import job_notebook_bytes
from huggingnersc.domain.catalog.kernel import notebook_kernel, python_kernel
from huggingnersc.domain.catalog.notebook import notebook_bytes
from huggingnersc.domain.catalog.papers import read_paper
from huggingnersc.domain.catalog.record import (
    Record,
    RecordedFile,
    record_bytes,
    record_name,
)
from huggingnersc.domain.catalog.run_command import run_command
from huggingnersc.domain.catalog.scripts import Script, line_end, split_opening
from huggingnersc.domain.catalog.visitor_commands import hub_setting, visitor_commands
from huggingnersc.domain.loading.card_configs import card_configs
from huggingnersc.domain.loading.center_configs import CENTER_FILE, DataPlace, center_file
from huggingnersc.domain.loading.croissant import CROISSANT_FILE, croissant_bytes
from huggingnersc.domain.loading.generated_loader import (
    LoadedDataset,
    generated_loader,
    has_script,
    script_facts,
)
from huggingnersc.domain.loading.load_lines import load_lines
from huggingnersc.domain.loading.script_name import free_module, is_script_name
from huggingnersc.domain.loading.shards_script import script_shards, shards_loader
from huggingnersc.domain.loading.upload_card import (
    UploadFacts,
    dataset_info,
    shards_title,
    upload_config,
    upload_facts,
    upload_import,
    upload_lines,
    upload_metadata,
)
from huggingnersc.domain.planned_file import PlannedFile
from huggingnersc.domain.render import Render
from huggingnersc.domain.text.front_matter import front_matter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from huggingnersc.domain.catalog.dataset_spec import DatasetSpec
    from huggingnersc.domain.catalog.version_history import VersionHistory
    from huggingnersc.domain.catalog.visitor_commands import VisitorCommands
    from huggingnersc.domain.loading.shards_script import ScriptShards
    from huggingnersc.domain.planned_file import StoredFile
    from huggingnersc.domain.site import Site

CARD_NAME = "README.md"


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that will be written, and nothing else.

    Attributes:
        record: what will be known of the dataset.
        hub_files: the files of the one commit, sorted by path.
        catalog_files: the files of the catalog folder, sorted by path.
        notebook_link: the link that opens the notebook at the site, where there is one.
        job_notebook_link: the same for the notebook that runs the batch script.
        documents: the description of the latest version in the repository; None where what is
            there stays.
        shards_card: the card of the repository of the shards; None where there is no such one.
    """

    record: Record
    hub_files: tuple[PlannedFile, ...]
    catalog_files: tuple[PlannedFile, ...]
    notebook_link: str | None
    job_notebook_link: str | None = None
    documents: tuple[StoredFile, ...] | None = None
    shards_card: PlannedFile | None = None


def is_changed_by_versions(path: str, nickname: str) -> bool:
    """Return whether a version changes a file of a repository beside its own documents."""
    return path in {CARD_NAME, CROISSANT_FILE} or is_script_name(path, nickname)


def make_plan(spec: DatasetSpec, site: Site, render: Render) -> Plan:
    """Work out every byte that cataloging `spec` at `site` writes; same input, same bytes."""
    folder = PurePosixPath(site.catalog_root) / spec.nickname
    shards_card = _shards_card(spec, site, render)
    draft = _record(spec, site, folder, shards_card)
    notebooks = _notebook_values(draft, site)
    loaded = _loaded(spec, site, folder)
    values = _template_values(spec, site, folder) | notebooks | {"load": script_facts(loaded)}
    card = PlannedFile(CARD_NAME, render("card.md.j2", **values).encode())
    scripts = _script_files(spec, render, values)
    taken = {CARD_NAME, *(script.path for script in scripts)}
    loading = [file for file in _loading_files(spec, site) if file.path not in taken]
    loading += _load_script(spec, site, loaded, render)
    hub_files = _sorted([card, *scripts, *loading])
    recorded = tuple(RecordedFile(f.path, f.size_bytes, f.git_oid) for f in hub_files)
    record = replace(draft, hub_files=recorded)
    catalog_files = {file.path: file for file in hub_files} | {
        file.path: file
        for file in (
            PlannedFile(CARD_NAME, card_in_folder(card.content, record)),
            PlannedFile(record_name(spec.nickname), record_bytes(record)),
            *_notebooks(spec, record, site, render, values, scripts),
            *_center_files(record, site),
        )
    }
    links = notebooks["notebook_link"], notebooks["job_notebook_link"]
    catalog = _sorted(catalog_files.values())
    return Plan(record, hub_files, catalog, *links, shards_card=shards_card)


def _shards_card(spec: DatasetSpec, site: Site, render: Render) -> PlannedFile | None:
    """Return the card of the repository of the shards; None where they are in the dataset's."""
    upload, repo_id = spec.upload, site.repo_id(spec.nickname)
    if upload is None or not upload.is_beside:
        return None
    text = render(
        "shards_card.md.j2",
        front_matter=front_matter(
            {
                **hub_tags(spec.metadata),
                "pretty_name": shards_title(spec.card_tags["pretty_name"]),
                **upload_metadata(upload),
            }
        ),
        official_name=spec.official_name,
        repo_id=repo_id,
        page=site.public_url(spec.nickname) or f"/datasets/{repo_id}",
        upload=_upload_facts(spec, site),
        lines="\n".join((upload_import(upload), "", *upload_lines(upload, repo_id))),
        hub_setting=hub_setting(site),
        private=spec.private,
        is_hub_here=site.is_hub_here,
    )
    return PlannedFile(CARD_NAME, text.encode())


def _upload_facts(spec: DatasetSpec, site: Site) -> UploadFacts | None:
    if spec.upload is None:
        return None
    repo_id = spec.upload.repo_id(site.repo_id(spec.nickname))
    page = site.public_url(repo_id.rpartition("/")[2]) or f"/datasets/{repo_id}"
    return upload_facts(spec.upload, site.repo_id(spec.nickname), page)


def _notebook_values(record: Record, site: Site) -> dict[str, str | None]:
    """Return the path and the link of each notebook, None where there is none."""
    values: dict[str, str | None] = {}
    for key, name in (("notebook", record.notebook), ("job_notebook", record.job_notebook)):
        path = record.catalog_dir / name if name else None
        values[key] = str(path) if path else None
        values[f"{key}_link"] = site.notebook_link(path) if path else None
    return values


def _notebooks(
    spec: DatasetSpec,
    record: Record,
    site: Site,
    render: Render,
    values: dict[str, Any],
    scripts: list[PlannedFile],
) -> Iterator[PlannedFile]:
    jupyter = site.profile.jupyter
    if record.notebook:
        run = run_command(spec.scripts.loader, spec.run_command)
        kernel = notebook_kernel(spec.scripts, run, spec.kernel, jupyter)
        yield PlannedFile(record.notebook, notebook_bytes(render, values, run, kernel))
    if record.job_notebook:
        content = job_notebook_bytes(render, values, scripts, python_kernel(jupyter))
        yield PlannedFile(record.job_notebook, content)


def _center_files(record: Record, site: Site) -> Iterator[PlannedFile]:
    if content := center_content(record, site):
        yield PlannedFile(CENTER_FILE, content)


def center_content(record: Record, site: Site) -> bytes | None:
    """Return the hidden file by which the catalog folder is loaded; None where there is none."""
    if record.data_path is None:
        return None
    place = _place(record.history, site, record.data_path, record.portal_link)
    is_uploaded = record.upload is not None and record.upload.is_within
    return center_file(record.history.loading, place, is_uploaded=is_uploaded)


def _place(
    history: VersionHistory, site: Site, path: PurePosixPath, link: str | None
) -> DataPlace:
    return DataPlace(
        site=site.profile.name,
        root=str(path),
        portal_link=link or "",
        version=history.latest.name if history.latest else "",
    )


def _record(
    spec: DatasetSpec, site: Site, folder: PurePosixPath, shards_card: PlannedFile | None
) -> Record:
    card_oid = shards_card.git_oid if shards_card else ""
    return Record(
        **facts_of(spec),
        repo_id=site.repo_id(spec.nickname),
        hub_url=site.hub_url(spec.nickname),
        catalog_dir=folder,
        data_path=spec.data_path,
        portal_link=spec.portal_link,
        metadata=spec.metadata,
        notebook=None if spec.distributed else f"{spec.nickname}_dataloader.ipynb",
        job_notebook=f"{spec.nickname}_job.ipynb" if spec.job_notebook else None,
        loader=spec.scripts.loader,
        batch_script=spec.scripts.batch,
        includes=spec.scripts.includes,
        history=spec.history,
        upload=replace(spec.upload, card_oid=card_oid) if spec.upload else None,
    )


def _template_values(spec: DatasetSpec, site: Site, folder: PurePosixPath) -> dict[str, Any]:
    tags, values = spec.card_tags, spec.scripts.map(_script_values)
    return {
        **facts_of(spec),
        "description": description_block(spec.about),
        "front_matter": front_matter(_card_metadata(spec)),
        "summary": f"{tags['pretty_name']}, {tags['size_categories']} examples.",
        "site_title": site.profile.title,
        "repo_id": site.repo_id(spec.nickname),
        "hub_url": site.hub_url(spec.nickname),
        "page": site.public_url(spec.nickname) or f"/datasets/{site.repo_id(spec.nickname)}",
        "data_path": str(spec.data_path),
        "portal_link": spec.portal_link,
        "catalog_dir": str(folder),
        "loader": values.loader,
        "batch_script": values.batch,
        "includes": values.includes,
        "commands": visitor_commands(spec, site),
        "download": download(site, spec.portal_link),
        "globus": globus_place(site, spec.data_path),
        "path_warnings": path_warnings(site, spec.data_path),
        "details": read_details(spec.metadata),
        "papers": [read_paper(text) for text in spec.papers],
        "history": spec.history,
        "load_lines": load_lines(
            spec.history.loading,
            _place(spec.history, site, spec.data_path, spec.portal_link),
            site.repo_id(spec.nickname),
            str(folder),
            spec.upload,
        ),
        "upload": _upload_facts(spec, site),
        "load_module": free_module(spec.nickname, _taken(spec)),
        "hub_setting": hub_setting(site),
        "is_hub_here": site.is_hub_here,
        "statistics": card_statistics(spec.history.statistics),
        "versions": card_versions(spec.history),
    }


def _card_metadata(spec: DatasetSpec) -> dict[str, Any]:
    """Return the steward's tags, and what the Hub and `datasets` may take for data.

    Without `configs` every companion such as a .csv would be taken for data; without `viewer` the
    page would show an error where the data would be.
    """
    configs = card_configs(spec.history.loading)
    if spec.upload and spec.upload.is_within:  # first: it is resolved whichever is asked for
        configs = [upload_config(spec.upload), *configs]
        info = dataset_info(spec.upload)
        return {**hub_tags(spec.metadata), "configs": configs, "dataset_info": info}
    if configs:
        return {**hub_tags(spec.metadata), "configs": configs}
    return {**hub_tags(spec.metadata), "viewer": False, "configs": NO_DATA_HERE}


NO_DATA_HERE = [{"config_name": "default", "data_files": [{"split": "train", "path": "data/*"}]}]


def _loaded(spec: DatasetSpec, site: Site, folder: PurePosixPath) -> LoadedDataset | None:
    """Return what is known for a script that loads the data; None where none can be made."""
    source, latest = spec.history.loading.source, spec.history.latest
    if source is None or latest is None or not has_script(source):
        return None
    return LoadedDataset(
        nickname=spec.nickname,
        title=spec.official_name,
        version=latest.name,
        data_path=str(spec.data_path),
        portal_link=spec.portal_link,
        site=site.profile.title,
        catalog_dir=str(folder),
        hub_url=site.public_url(spec.nickname),
        source=source,
        taken=_taken(spec),
        shards=_script_shards(spec, site),
    )


def _taken(spec: DatasetSpec) -> tuple[str, ...]:
    return CARD_NAME, *(script.name for script in spec.scripts)


def _script_shards(spec: DatasetSpec, site: Site) -> ScriptShards | None:
    return script_shards(spec.upload, site.repo_id(spec.nickname)) if spec.upload else None


def _load_script(
    spec: DatasetSpec, site: Site, loaded: LoadedDataset | None, render: Render
) -> Iterator[PlannedFile]:
    """Yield the script that loads the data: the files of a version, shards, or both."""
    shards = _script_shards(spec, site)
    if loaded is not None:
        yield generated_loader(loaded, render)
    elif shards is not None:
        title, taken = spec.official_name, _taken(spec)
        yield shards_loader(spec.nickname, title, shards, taken, render)


def _script_values(script: Script) -> dict[str, str]:
    return {
        "name": script.name,
        "text": script.code,
        "language": script.language,
    }


def _script_files(spec: DatasetSpec, render: Render, values: dict[str, Any]) -> list[PlannedFile]:
    scripts = spec.scripts
    commands: VisitorCommands = values["commands"]
    files = [_with_comment(scripts.loader, commands.run, render, values)]
    if scripts.batch:
        files.append(_with_comment(scripts.batch, commands.submit, render, values))
    included = (PlannedFile(one.name, one.text.encode()) for one in scripts.includes)
    return [*files, *included]


def _with_comment(
    script: Script, command: str, render: Render, values: dict[str, Any]
) -> PlannedFile:
    mark = script.comment_mark
    opening, rest = split_opening(script.text)
    if mark is None or not rest:  # nothing but a shebang: the comment would end up in it
        return PlannedFile(script.name, script.text.encode())
    comment = render("script_comment.txt.j2", **values, command=command).splitlines()
    text = render(
        "script.j2",
        opening=opening,
        mark=mark,
        comment=comment,
        line_end=line_end(script.text),
        rest=rest,
    )
    return PlannedFile(script.name, text.encode())


def _loading_files(spec: DatasetSpec, site: Site) -> Iterator[PlannedFile]:
    """Yield the files by which the data is loaded, as far as its files are public.

    A steward's own file of such a name, from before the name was reserved, stays.
    """
    if source := spec.history.loading.source:
        yield PlannedFile(CROISSANT_FILE, croissant_bytes(described(spec, site), source))


def _sorted(files: Iterable[PlannedFile]) -> tuple[PlannedFile, ...]:
    return tuple(sorted(files, key=lambda file: file.path))
