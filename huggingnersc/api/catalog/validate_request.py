"""Reading what a steward gives, every problem collected."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.source_files import link_problems, read_bytes, read_text, web_address
from huggingnersc.api.catalog.resolve_data_path import resolve_data_path
from huggingnersc.api.catalog.scan import PublicText, scan_texts
from huggingnersc.assets import asset
from huggingnersc.domain.catalog import request_checks
from huggingnersc.domain.catalog.dataset_spec import DatasetSpec
from huggingnersc.domain.catalog.papers import paper_warnings
from huggingnersc.domain.catalog.record import record_name
from huggingnersc.domain.catalog.request import Request
from huggingnersc.domain.catalog.scripts import Script, without_our_comment
from huggingnersc.domain.metadata.card_requirements import document_problems
from huggingnersc.domain.metadata.schema import MetadataSchema, schema_problem
from huggingnersc.domain.metadata.strict_json import MAX_JSON_BYTES, read_object
from huggingnersc.errors import MetadataError
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import PurePosixPath

    from huggingnersc.domain.site import Site


_ORDER = (
    "Are the arguments in order? OFFICIAL_NAME NICKNAME LOADER_SCRIPT PORTAL_LINK METADATA_JSON"
)


@dataclass(frozen=True, slots=True)
class ValidatedRequest:
    """What came of reading a request.

    Attributes:
        entry: what to catalog; None when there are problems.
        problems: everything that is wrong, in the order of the arguments.
        warnings: what should be said although it stops nothing.
        hint: how the arguments are meant, where they seem to be in another order.
    """

    entry: DatasetSpec | None
    problems: tuple[Problem, ...]
    warnings: tuple[str, ...]
    hint: str | None = None


def validate_request(request: Request, site: Site) -> ValidatedRequest:
    """Read and check what is given; neither the Hub nor the catalog is asked."""
    stated, metadata_text, metadata_problems = _metadata(request, site)
    metadata = None if metadata_problems else stated
    scripts, script_problems = _read_scripts(request)
    data_path, place_problems, place_warnings = resolve_data_path(request, site)
    texts = (*_public_texts(request, scripts), metadata_text)
    scan = scan_texts(texts, allowed=request.allow_secret)
    problems = (
        *request_checks.title_problems(request.official_name),
        *request_checks.nickname_problems(request.nickname, stated),
        *script_problems,
        *request_checks.loader_problems(() if script_problems else scripts[:1]),
        *request_checks.text_problems(stated),
        *_flag_problems(request),
        *_job_notebook_problems(request),
        *_link_problems(request.portal_link),
        *place_problems,
        *metadata_problems,
        *scan.problems,
    )
    warnings = (*_renaming(request), *place_warnings, *scan.warnings, *_advice(metadata))
    if problems or metadata is None or data_path is None or not scripts:
        return ValidatedRequest(
            None, problems, warnings, _ORDER if _is_disordered(request) else None
        )
    return ValidatedRequest(_entry(request, scripts, data_path, metadata), (), warnings)


def _link_problems(link: str) -> tuple[Problem, ...]:
    if _is_file(link):
        return (Problem("PORTAL_LINK", f"{link} is a file, not a web address"),)
    return request_checks.link_problems(link)


def _is_disordered(request: Request) -> bool:
    files = (request.loader_script, request.metadata_json, request.batch_script)
    addresses = (web_address(file) for file in files if isinstance(file, Path))
    return _is_file(request.portal_link) or any(addresses)


def _is_file(word: str) -> bool:
    try:
        return Path(word).is_file()
    except (OSError, ValueError):  # too long, or no name
        return False


def _advice(metadata: Mapping[str, Any] | None) -> Iterator[str]:
    if metadata is None:
        return
    if "license" not in metadata["datacard_tags"]:
        yield "The metadata names no license; readers will not know what they may do."
    yield from paper_warnings(metadata)


def _renaming(request: Request) -> tuple[str, ...]:
    name = request.loader_script.name
    renamed = request_checks.loader_name(name, request.nickname)
    if renamed == name:
        return ()
    return (
        f"{name} is called {renamed} in the repository: under its own "
        "name load_dataset would take it for a loading script, which it refuses.",
    )


def _entry(
    request: Request, scripts: list[Script], data_path: PurePosixPath, metadata: Mapping[str, Any]
) -> DatasetSpec:
    loader, *others = map(without_our_comment, scripts)
    batch_script = others.pop(0) if request.batch_script else None
    return DatasetSpec(
        official_name=request.official_name,
        nickname=request.nickname,
        loader=loader,
        portal_link=request.portal_link,
        data_path=data_path,
        metadata=metadata,
        batch_script=batch_script,
        includes=tuple(others),
        distributed=request.distributed,
        private=request.private,
        job_notebook=request.job_notebook,
    )


def _metadata(
    request: Request, site: Site
) -> tuple[Mapping[str, Any] | None, PublicText, tuple[Problem, ...]]:
    schema = MetadataSchema(read_schema(site))
    if isinstance(request.metadata_json, Path):
        file = request.metadata_json
        data, problems = read_bytes(file, name="METADATA_JSON", limit=MAX_JSON_BYTES)
        problems = problems or link_problems(file, name="METADATA_JSON")
        text = PublicText(file.name, (data or b"").decode(errors="replace"))
        if data is None or problems:
            return None, text, problems
        document, problems = check_metadata(data, schema, name=file.name)
        return document, text, problems
    recorded = request.metadata_json
    name = f"metadata in {record_name(request.nickname)}"
    text = PublicText(name, json.dumps(recorded, indent=2, ensure_ascii=False))
    problems = document_problems(recorded, schema, name=name)
    return recorded, text, problems


def check_metadata(
    data: bytes, schema: MetadataSchema, *, name: str
) -> tuple[dict[str, Any] | None, tuple[Problem, ...]]:
    """Read the bytes of a metadata file called `name`; check them by schema and for the card.

    Returns:
        What the file holds, valid or not, or None when it is no JSON object; and the problems.
    """
    document, problems = read_object(data, name=name)
    if document is None:
        return None, problems
    return document, document_problems(document, schema, name=name)


def _public_texts(request: Request, scripts: list[Script]) -> Iterator[PublicText]:
    yield PublicText("OFFICIAL_NAME", request.official_name, is_file=False)
    yield PublicText("PORTAL_LINK", request.portal_link, is_file=False)
    yield PublicText("--data-path", str(request.data_path or ""), is_file=False)
    batch_name = request.batch_script.name if request.batch_script else None
    for index, script in enumerate(scripts):
        is_batch = index > 0 and script.name == batch_name
        yield PublicText(script.name, script.text, is_batch_script=is_batch)


def read_schema(site: Site) -> dict[str, Any]:
    """Read the metadata schema of a site.

    Raises:
        MetadataError: it cannot be read, or is no JSON Schema.
    """
    file = Path(site.metadata_schema or asset("metadata_schema.json"))
    hint = "Mend the file, or take catalog.metadata_schema out of the site profile."
    try:
        schema: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise MetadataError(
            f"The metadata schema {file} cannot be read: {error}.", hint=hint
        ) from error
    if site.metadata_schema and (fault := schema_problem(schema)):  # ours is tested
        raise MetadataError(f"The metadata schema {file} is no JSON Schema: {fault}.", hint=hint)
    return schema


def _read_scripts(request: Request) -> tuple[list[Script], tuple[Problem, ...]]:
    nickname = request.nickname
    wanted: list[tuple[str, Path | Script]] = [("LOADER_SCRIPT", request.loader_script)]
    if request.batch_script:
        wanted.append(("BATCH_SCRIPT", request.batch_script))
    wanted.extend(("--include", file) for file in request.include)
    names = [
        (where, request_checks.loader_name(file.name, nickname) if index == 0 else file.name)
        for index, (where, file) in enumerate(wanted)
    ]
    scripts, problems = [], list(request_checks.file_name_problems(names))
    for (where, file), (_, name) in zip(wanted, names, strict=True):
        text, found = _text(file, where)
        problems.extend(found)
        if request_checks.would_be_script(name, nickname):
            message = f"{name} would make load_dataset refuse the repository; rename the file"
            problems.append(Problem(where, message))
        if text is not None:
            scripts.append(Script(name, text))
    return scripts, tuple(problems)


def _text(source: Path | Script, where: str) -> tuple[str | None, tuple[Problem, ...]]:
    if isinstance(source, Script):
        return source.text, ()
    if problems := link_problems(source, name=where):
        return None, problems
    return read_text(source, name=where)


def _flag_problems(request: Request) -> Iterator[Problem]:
    """Refuse what Python would take for true, such as the text "False"."""
    flags = {
        "IS_DISTRIBUTED": request.distributed,
        "--private": request.private,
        "--job-notebook": request.job_notebook,
    }
    for name, value in flags.items():
        if not isinstance(value, bool):
            yield Problem(name, f"found {value!r}; allowed: True or False")


def _job_notebook_problems(request: Request) -> tuple[Problem, ...]:
    if request.job_notebook is not True or request.batch_script:
        return ()
    return (Problem("--job-notebook", "needs BATCH_SCRIPT, the script that it submits"),)
