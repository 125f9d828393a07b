"""The record of a cataloged dataset: `<nickname>_info.json` in its catalog folder."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, TypeVar

from huggingnersc.domain.catalog.fields import FACT_KINDS, DatasetFacts, facts_of
from huggingnersc.domain.catalog.scripts import Script
from huggingnersc.domain.catalog.version_history import (
    NO_VERSIONS,
    RecordedVersion,
    VersionHistory,
)
from huggingnersc.domain.loading.croissant import CROISSANT_FILE
from huggingnersc.domain.loading.loading import NO_LOADING, loading_json, read_loading
from huggingnersc.domain.loading.upload import read_upload, upload_json
from huggingnersc.domain.metadata.strict_json import describe, quoted, read_object
from huggingnersc.domain.repo_names import repo_id_problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from huggingnersc.domain.loading.upload import Upload

FORMAT = 2
RECORD_SUFFIX = "_info.json"
# The keys of the first HuggingNERSC; newer records keep them, so old readers go on working.
FIRST_KEYS = ("nickname", "official_name", "hf_dir", "data_dir", "nersc_dir", "metadata")
# Every record of this format has these facts; one that came later has a key where it is not empty.
_FIRST_FACTS = ("official_name", "nickname", "distributed", "private")
MAX_RECORD_BYTES = 1 << 26  # it holds every script's text
_FIRST_HUB = "https://huggingface.co"  # where the first HuggingNERSC published
_KINDS: dict[type, str] = {
    str: "a string",
    bool: "true or false",
    int: "a whole number",
    list: "an array",
    dict: "an object",
}
T = TypeVar("T", str, bool, int, list[Any], dict[str, Any])


@dataclass(frozen=True, slots=True)
class RecordedFile:
    """A file as it was pushed: `git_oid` is the SHA-1 that git and the Hub give its content."""

    path: str
    size_bytes: int
    git_oid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(DatasetFacts):
    """All that is known of a cataloged dataset.

    Attributes:
        repo_id: `organization/nickname` on the Hub.
        hub_url: the repository's page.
        data_path: where the data is stored, None where an old record does not say.
        portal_link: the data's address, None where an old record does not say.
        notebook: the notebook's file name, None for a distributed dataset.
        job_notebook: the file name of the notebook that runs the batch script, where there is one.
        loader: the loader as its author wrote it; None in records of the first HuggingNERSC.
        hub_files: every file of the one commit, sorted by path; empty in old records.
        history: its versions; empty where no snapshot was made.
        upload: its shards on the Hub; None where the data is not there.
        is_first_format: whether the first HuggingNERSC wrote the record.
    """

    repo_id: str
    hub_url: str
    catalog_dir: PurePosixPath
    data_path: PurePosixPath | None
    portal_link: str | None
    metadata: Mapping[str, Any]
    notebook: str | None = None
    job_notebook: str | None = None
    loader: Script | None = None
    batch_script: Script | None = None
    includes: tuple[Script, ...] = ()
    hub_files: tuple[RecordedFile, ...] = ()
    history: VersionHistory = NO_VERSIONS
    upload: Upload | None = None
    is_first_format: bool = False


def record_name(nickname: str) -> str:
    """The file name of a record."""
    return f"{nickname}{RECORD_SUFFIX}"


def notebook_name(nickname: str) -> str:
    """The file name of the notebook that runs the loader; the first HuggingNERSC had it too."""
    return f"{nickname}_dataloader.ipynb"


def job_notebook_name(nickname: str) -> str:
    """The file name of the notebook that runs the batch script."""
    return f"{nickname}_job.ipynb"


def own_names(nickname: str) -> tuple[str, ...]:
    """The names of the files that are written beside the card and the scripts."""
    notebooks = (notebook_name(nickname), job_notebook_name(nickname))
    return (record_name(nickname), *notebooks, CROISSANT_FILE)


def record_bytes(record: Record) -> bytes:
    """Write a record as JSON: sorted keys, two spaces, UTF-8, a final newline.

    `hf_dir` and `nersc_dir` end with a slash, as the first HuggingNERSC wrote them, because its
    readers join paths as texts; records without it are read the same. Only the metadata keeps its
    author's order: the card has it, and is rendered from the record.
    """
    content = {
        "format": FORMAT,
        **{k: v for k, v in facts_of(record).items() if v or k in _FIRST_FACTS},
        "repo_id": record.repo_id,
        "hf_dir": f"{record.hub_url}/",
        "data_dir": None if record.data_path is None else str(record.data_path),
        "nersc_dir": f"{str(record.catalog_dir).removesuffix('/')}/",
        "portal_link": record.portal_link,
        "notebook": record.notebook,
        "metadata": record.metadata,
        "loader": _script_json(record.loader),
        "batch_script": _script_json(record.batch_script),
        "includes": [_script_json(script) for script in record.includes],
        "hub_files": {
            file.path: {"git_oid": file.git_oid, "size_bytes": file.size_bytes}
            for file in sorted(record.hub_files, key=lambda file: file.path)
        },
    }
    if record.job_notebook is not None:  # else no key: older records stay as they are, to the byte
        content["job_notebook"] = record.job_notebook
    if record.history.versions:
        content["versions"] = [asdict(version) for version in record.history.versions]
        content["statistics"] = record.history.statistics
    if record.history.loading != NO_LOADING:
        content["loading"] = loading_json(record.history.loading)
    if record.upload is not None:
        content["upload"] = upload_json(record.upload)
    ordered = dict(sorted(content.items()))
    return json_bytes(ordered)


def json_bytes(content: Mapping[str, Any]) -> bytes:
    """Write a record's JSON, its keys in their order."""
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()


def parse_record(data: bytes, nickname: str) -> Record:
    """Read the bytes of the record of `nickname`.

    Raises:
        ValueError: it is no JSON, no record, or another dataset's; the sentence says which.
    """
    content, problems = read_object(data, name=nickname, limit=MAX_RECORD_BYTES)
    if content is None:
        raise ValueError("; ".join(str(problem.message) for problem in problems))
    record = read_record(content)
    if record.nickname != nickname:
        raise ValueError(f"it is the record of {quoted(record.nickname)}")
    return record


def read_record(content: Mapping[str, Any]) -> Record:
    """Read a record of this or of the first format from its parsed JSON.

    Raises:
        ValueError: a key is missing or holds the wrong kind of value; the sentence says which.
    """
    if missing := [key for key in FIRST_KEYS if key not in content]:
        raise ValueError(f"the key {', '.join(missing)} is missing")
    if "format" not in content:
        return _first_format(content)
    if (number := content["format"]) != FORMAT:
        raise ValueError(f"its format is {describe(number)}; this version reads {FORMAT}")
    return _second_format(content)


def _second_format(content: Mapping[str, Any]) -> Record:
    data_dir = _text_or_none(content, "data_dir")
    return Record(
        repo_id=_checked_id(_get(content, "repo_id", str), "repo_id"),
        hub_url=_get(content, "hf_dir", str).removesuffix("/"),
        catalog_dir=PurePosixPath(_get(content, "nersc_dir", str)),
        data_path=None if data_dir is None else PurePosixPath(data_dir),
        portal_link=_text_or_none(content, "portal_link"),
        metadata=_get(content, "metadata", dict),
        notebook=_text_or_none(content, "notebook"),
        job_notebook=_text_or_none({"job_notebook": None, **content}, "job_notebook"),
        loader=_script_or_none(content, "loader"),
        batch_script=_script_or_none(content, "batch_script"),
        includes=tuple(_script(value, "includes") for value in _get(content, "includes", list)),
        hub_files=tuple(
            _recorded_file(path, value)
            for path, value in sorted(_get(content, "hub_files", dict).items())
        ),
        history=_history(content),
        upload=read_upload(_get(content, "upload", dict)) if "upload" in content else None,
        **_facts(content),
    )


def _facts(content: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _get(content, name, kind)
        for name, kind in FACT_KINDS.items()
        if name in content or name in _FIRST_FACTS
    }


def _first_format(content: Mapping[str, Any]) -> Record:
    hf_dir, data_dir = _get(content, "hf_dir", str), _text_or_none(content, "data_dir") or ""
    data_is_link = data_dir.startswith(("https://", "http://"))
    repo_id = _checked_id(_id_of_page(hf_dir), "hf_dir")
    page = hf_dir if "://" in hf_dir else f"{_FIRST_HUB}/datasets/{repo_id}"
    return Record(
        nickname=_get(content, "nickname", str),
        official_name=_get(content, "official_name", str),
        repo_id=repo_id,
        hub_url=page.removesuffix("/"),
        catalog_dir=PurePosixPath(_get(content, "nersc_dir", str)),
        data_path=PurePosixPath(data_dir) if data_dir and not data_is_link else None,
        portal_link=data_dir if data_is_link else None,
        metadata=_get(content, "metadata", dict),
        is_first_format=True,
    )


def _id_of_page(page: str) -> str:
    """Return `NERSC/iris` for itself and for any page of the repository."""
    _, is_address, after = page.partition("://")
    path = after.partition("/")[2] if is_address else page
    segments = path.strip("/").split("/")
    if segments[0] == "datasets":
        segments.pop(0)
    return "/".join(segments[:2] if is_address else segments)


def _checked_id(repo_id: str, key: str) -> str:
    if problem := repo_id_problem(repo_id):
        raise ValueError(f"the key {key} names the repository {quoted(repo_id)}, which {problem}")
    return repo_id


def _get(content: Any, key: str, kind: type[T], *, within: str = "") -> T:
    where = f"{within}.{key}" if within else key
    if not isinstance(content, dict):
        raise ValueError(f"the key {within} holds {describe(content)}, not an object")
    if key not in content:
        raise ValueError(f"the key {where} is missing")
    value = content[key]
    if type(value) is not kind:  # exactly: true is no number
        raise ValueError(f"the key {where} holds {describe(value)}, not {_KINDS[kind]}")
    return value


def _text_or_none(content: Mapping[str, Any], key: str) -> str | None:
    return None if key in content and content[key] is None else _get(content, key, str)


def _script_or_none(content: Mapping[str, Any], key: str) -> Script | None:
    if key in content and content[key] is None:
        return None
    return _script(_get(content, key, dict), key)


def _script(value: Any, key: str) -> Script:
    name, text = _get(value, "name", str, within=key), _get(value, "text", str, within=key)
    return Script(name=name, text=text)


def _recorded_file(path: str, value: Any) -> RecordedFile:
    where = f"hub_files[{quoted(path)}]"
    size_bytes = _get(value, "size_bytes", int, within=where)
    return RecordedFile(path, size_bytes, _get(value, "git_oid", str, within=where))


def _history(content: Mapping[str, Any]) -> VersionHistory:
    if "versions" not in content:
        return NO_VERSIONS
    versions = tuple(_version(one) for one in _get(content, "versions", list))
    loading = read_loading(_get(content, "loading", dict)) if "loading" in content else NO_LOADING
    return VersionHistory(versions, _get(content, "statistics", str), loading)


def _version(value: Any) -> RecordedVersion:
    def of(key: str, kind: type[T]) -> T:
        return _get(value, key, kind, within="versions")

    labels = of("labels", list)
    if not all(isinstance(label, str) for label in labels):
        raise ValueError("the key versions.labels holds something other than strings")
    return RecordedVersion(
        name=of("name", str),
        digest=of("digest", str),
        created_at=of("created_at", str),
        files=of("files", int),
        size_bytes=of("size_bytes", int),
        message=of("message", str),
        parent=of("parent", str),
        changes=of("changes", str),
        labels=tuple(labels),
        retired=of("retired", bool),
    )


def _script_json(script: Script | None) -> dict[str, str] | None:
    return None if script is None else {"name": script.name, "text": script.text}
