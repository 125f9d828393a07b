"""Validate a request to catalog a dataset, every problem collected."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.source_files import link_problems, read_bytes, read_text, web_address
from huggingnersc.api.catalog.companions import companion_warnings
from huggingnersc.api.catalog.resolve_data_path import resolve_data_path
from huggingnersc.api.catalog.scan import PublicText, scan_texts
from huggingnersc.api.schema import read_schema, wider_schema
from huggingnersc.domain.catalog import request_checks
from huggingnersc.domain.catalog.dataset_spec import DatasetSpec
from huggingnersc.domain.catalog.description import description, description_problems
from huggingnersc.domain.catalog.fields import FACT_KINDS, Field, facts_of
from huggingnersc.domain.catalog.loader_advice import loader_advice
from huggingnersc.domain.catalog.papers import paper_warnings
from huggingnersc.domain.catalog.record import record_name
from huggingnersc.domain.catalog.request import Request
from huggingnersc.domain.catalog.scripts import Script, Scripts, without_our_comment
from huggingnersc.domain.metadata.card_requirements import document_problems
from huggingnersc.domain.metadata.strict_json import MAX_JSON_BYTES, read_object
from huggingnersc.domain.metadata.wide_hint import wide_hint
from huggingnersc.domain.site import SCHEMA_NAMES
from huggingnersc.fixes import Message, Option
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import PurePosixPath

    from huggingnersc.domain.metadata.schema import MetadataSchema
    from huggingnersc.domain.site import Site
    from huggingnersc.fixes import Text


_ORDER = (
    Field.OFFICIAL_NAME,
    Field.NICKNAME,
    Field.LOADER,
    Field.PORTAL_LINK,
    Field.METADATA,
)


@dataclass(frozen=True, slots=True)
class ValidatedRequest:
    """The result of validating a request.

    Attributes:
        spec: what to catalog; None when there are problems.
        problems: everything that is wrong, in the order of the arguments.
        warnings: what should be known although it stops nothing.
        hint: the order of the arguments, where they seem to be in another; or another schema.
    """

    spec: DatasetSpec | None
    problems: tuple[Problem, ...]
    warnings: tuple[Text, ...]
    hint: Message | None = None


@dataclass(frozen=True, slots=True)
class _ReadScript:
    """A script as it was read; one that cannot be read is empty and has problems."""

    field: Field
    script: Script
    problems: tuple[Problem, ...] = ()

    @property
    def name(self) -> str:
        return self.script.name


def validate_request(request: Request, site: Site) -> ValidatedRequest:
    """Read and check everything in a request; neither the Hub nor the catalog is asked."""
    stated, metadata_text, metadata_problems, schema_hint = _metadata(request, site)
    metadata = None if metadata_problems else stated
    about, about_problems = _about(request)
    described = description(about.text, title=request.official_name)
    about_problems = about_problems or description_problems(about.text)
    scripts = _read_scripts(request)
    script_problems = tuple(_script_problems(scripts, request))
    data_path, path_problems, path_warnings = resolve_data_path(request, site)
    texts = (*_public_texts(request, scripts), about, metadata_text)
    scan = scan_texts(texts, allowed=request.allow_secret)
    problems = (
        *request_checks.title_problems(request.official_name),
        *request_checks.nickname_problems(request.nickname, stated),
        *script_problems,
        *request_checks.loader_problems(() if script_problems else (scripts.loader.script,)),
        *request_checks.text_problems(stated),
        *request_checks.fact_problems(request),
        *_job_notebook_problems(request),
        *about_problems,
        *_link_problems(request.portal_link, site),
        *path_problems,
        *metadata_problems,
        *scan.problems,
    )
    warnings = (
        *_renaming(request),
        *path_warnings,
        *scan.warnings,
        *companion_warnings(scripts.map(lambda read: read.script), request.scripts),
        *(f"{about.name if about.is_file else 'The description'} {n}." for n in described.notes),
        *_advice(metadata),
    )
    if problems or metadata is None or data_path is None:
        return ValidatedRequest(None, problems, warnings, _order_hint(request) or schema_hint)
    spec = _spec(request, scripts.map(lambda read: read.script), data_path, metadata)
    advice = loader_advice(spec, site.profile.jupyter)
    return ValidatedRequest(replace(spec, about=described.text), (), (*warnings, *advice))


def _order_hint(request: Request) -> Message | None:
    files = (request.scripts.loader, request.metadata, request.scripts.batch)
    addresses = (web_address(file) for file in files if isinstance(file, Path))
    if not _is_file(request.portal_link) and not any(addresses):
        return None
    words = (part for field in _ORDER for part in (" ", field))
    return Message("Are the arguments in the right order?", *words)


def _link_problems(link: str, site: Site) -> tuple[Problem, ...]:
    if _is_file(link):
        return (Problem(Field.PORTAL_LINK, f"{link} is a file, not a web address"),)
    return request_checks.link_problems(link, site)


def _is_file(word: str) -> bool:
    try:
        return Path(word).is_file()
    except (OSError, ValueError):  # too long, or no name
        return False


def _advice(metadata: Mapping[str, Any] | None) -> Iterator[str]:
    if metadata is None:
        return
    if "license" not in metadata["datacard_tags"]:
        yield "The metadata names no license; readers do not know what they may do."
    yield from paper_warnings(metadata)


def _about(request: Request) -> tuple[PublicText, tuple[Problem, ...]]:
    """Return the description, of a file or of the record, and what is wrong with the file."""
    file = request.about_file
    if file is None:
        return PublicText(Field.ABOUT, request.about, is_file=False), ()
    problems = link_problems(file, name=Field.ABOUT)
    text, problems = (None, problems) if problems else read_text(file, name=Field.ABOUT)
    return PublicText(file.name, text or ""), problems


def _renaming(request: Request) -> tuple[str, ...]:
    name = request.scripts.loader.name
    renamed = request_checks.loader_name(name, request.nickname)
    if renamed == name:
        return ()
    return (
        f"{name} is called {renamed} in the repository: under its own "
        "name load_dataset would take it for a loading script, which it refuses.",
    )


def _spec(
    request: Request,
    scripts: Scripts[Script],
    data_path: PurePosixPath,
    metadata: Mapping[str, Any],
) -> DatasetSpec:
    return DatasetSpec(
        **facts_of(request),
        scripts=scripts.map(without_our_comment),
        portal_link=request.portal_link,
        data_path=data_path,
        metadata=metadata,
        job_notebook=request.job_notebook,
        history=request.history,
        upload=request.upload,
    )


def _metadata(
    request: Request, site: Site
) -> tuple[Mapping[str, Any] | None, PublicText, tuple[Problem, ...], Message | None]:
    name = request.schema if request.schema in SCHEMA_NAMES else ""  # others are a problem already
    schema = read_schema(site, name)
    if isinstance(request.metadata, Path):
        file = request.metadata
        data, problems = read_bytes(file, name=Field.METADATA, limit=MAX_JSON_BYTES)
        problems = problems or link_problems(file, name=Field.METADATA)
        text = PublicText(file.name, (data or b"").decode(errors="replace"))
        if data is None or problems:
            return None, text, problems, None
        document, problems = check_metadata(data, schema, name=file.name)
        return document, text, problems, _wide_hint(document, problems, site, name)
    recorded = request.metadata
    where = f"metadata in {record_name(request.nickname)}"
    text = PublicText(where, json.dumps(recorded, indent=2, ensure_ascii=False))
    problems = document_problems(recorded, schema, name=where)
    return recorded, text, problems, _wide_hint(recorded, problems, site, name)


def _wide_hint(
    document: Mapping[str, Any] | None, problems: tuple[Problem, ...], site: Site, schema: str
) -> Message | None:
    if not problems:
        return None
    return wide_hint(document, problems, wider_schema(site, schema), Option(Field.SCHEMA, "wide"))


def check_metadata(
    data: bytes, schema: MetadataSchema, *, name: str
) -> tuple[dict[str, Any] | None, tuple[Problem, ...]]:
    """Read the bytes of a metadata file called `name`; check them by schema and for the card.

    Returns:
        The document, valid or not, or None when it is not a JSON object; and the problems.
    """
    document, problems = read_object(data, name=name)
    if document is None:
        return None, problems
    return document, document_problems(document, schema, name=name)


def _public_texts(request: Request, scripts: Scripts[_ReadScript]) -> Iterator[PublicText]:
    names = (Field(name) for name, kind in FACT_KINDS.items() if kind is str)
    for name in names:
        if name != Field.ABOUT:  # it may be a file
            yield PublicText(name, getattr(request, name), is_file=False)
    for version in request.history.versions:
        yield PublicText(Field.MESSAGE, version.message, is_file=False)
        yield PublicText(Field.LABEL, "\n".join(version.labels), is_file=False)
    yield PublicText(Field.PORTAL_LINK, request.portal_link, is_file=False)
    yield PublicText(Field.DATA_PATH, str(request.data_path or ""), is_file=False)
    for read in scripts:
        if not read.problems:
            is_batch = read is scripts.batch
            yield PublicText(read.name, read.script.text, is_batch_script=is_batch)


def _read_scripts(request: Request) -> Scripts[_ReadScript]:
    files = request.scripts
    loader_name = request_checks.loader_name(files.loader.name, request.nickname)
    return Scripts(
        loader=_read_script(Field.LOADER, files.loader, name=loader_name),
        batch=None if files.batch is None else _read_script(Field.BATCH_SCRIPT, files.batch),
        includes=tuple(_read_script(Field.INCLUDE, file) for file in files.includes),
    )


def _read_script(field: Field, source: Path | Script, *, name: str | None = None) -> _ReadScript:
    name = source.name if name is None else name
    if isinstance(source, Script):
        return _ReadScript(field, Script(name, source.text))
    if problems := link_problems(source, name=field):
        return _ReadScript(field, Script(name, ""), problems)
    text, problems = read_text(source, name=field)
    return _ReadScript(field, Script(name, text or ""), problems)


def _script_problems(scripts: Scripts[_ReadScript], request: Request) -> Iterator[Problem]:
    names = [(read.field, read.name) for read in scripts]
    yield from request_checks.file_name_problems(names)
    yield from request_checks.catalog_name_problems(names, request.nickname)
    for read in scripts:
        yield from read.problems
        if request_checks.would_be_script(read.name, request.nickname):
            message = f"{read.name} would make load_dataset refuse the repository; rename the file"
            yield Problem(read.field, message)


def _job_notebook_problems(request: Request) -> tuple[Problem, ...]:
    if request.job_notebook is not True or request.scripts.batch:
        return request_checks.flag_problems(Field.JOB_NOTEBOOK, request.job_notebook)
    message = Message("needs ", Field.BATCH_SCRIPT, ", the script that it submits")
    return (Problem(Field.JOB_NOTEBOOK, message),)
