"""The record of a cataloged dataset: `<nickname>_info.json` in its catalog folder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from huggingnersc.domain.catalog.scripts import Script
from huggingnersc.domain.metadata.strict_json import describe

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT = 2
# The keys of the first HuggingNERSC; newer records keep them, so old readers go on working.
FIRST_KEYS = ("nickname", "official_name", "hf_dir", "data_dir", "nersc_dir", "metadata")


@dataclass(frozen=True, slots=True)
class RecordedFile:
    """A file as it was pushed: `git_oid` is the SHA-1 that git and the Hub give its content."""

    path: str
    size_bytes: int
    git_oid: str


@dataclass(frozen=True, slots=True)
class Record:
    """All that is known of a cataloged dataset.

    Attributes:
        repo_id: `organization/nickname` on the Hub.
        hub_url: the repository's page.
        data_path: where the data lies, None where an old record does not say.
        portal_link: the data's address, None where an old record does not say.
        notebook: the notebook's file name, None for a distributed dataset.
        loader: the loader as its author wrote it; None in records of the first HuggingNERSC.
        hub_files: every file of the one commit, sorted by path; empty in old records.
        is_first_format: whether the first HuggingNERSC wrote the record.
    """

    nickname: str
    official_name: str
    repo_id: str
    hub_url: str
    catalog_dir: PurePosixPath
    data_path: PurePosixPath | None
    portal_link: str | None
    metadata: Mapping[str, Any]
    notebook: str | None = None
    distributed: bool = False
    private: bool = False
    loader: Script | None = None
    batch_script: Script | None = None
    includes: tuple[Script, ...] = ()
    hub_files: tuple[RecordedFile, ...] = ()
    is_first_format: bool = False


def record_name(nickname: str) -> str:
    """The file name of a record."""
    return f"{nickname}_info.json"


def record_bytes(record: Record) -> bytes:
    """Write a record as JSON: sorted keys, two spaces, UTF-8, a final newline."""
    content = {
        "format": FORMAT,
        "nickname": record.nickname,
        "official_name": record.official_name,
        "repo_id": record.repo_id,
        "hf_dir": record.hub_url,
        "data_dir": str(record.data_path),
        "nersc_dir": str(record.catalog_dir),
        "portal_link": record.portal_link,
        "notebook": record.notebook,
        "distributed": record.distributed,
        "private": record.private,
        "metadata": record.metadata,
        "loader": _script_json(record.loader),
        "batch_script": _script_json(record.batch_script),
        "includes": [_script_json(script) for script in record.includes],
        "hub_files": {
            file.path: {"git_oid": file.git_oid, "size_bytes": file.size_bytes}
            for file in record.hub_files
        },
    }
    return (json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def read_record(content: Mapping[str, Any]) -> Record:
    """Read a record of this or of the first format from its parsed JSON.

    Raises:
        ValueError: a key is missing or holds the wrong kind of value; the sentence says which.
    """
    if missing := [key for key in FIRST_KEYS if key not in content]:
        raise ValueError(f"the key {', '.join(missing)} is missing")
    format_number = content.get("format", 1)
    if format_number == 1:
        return _first_format(content)
    if format_number != FORMAT:
        raise ValueError(f"it has format {describe(format_number)}; this version reads 1 and 2")
    try:
        return _second_format(content)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"a value is missing or of the wrong kind ({error})") from error


def _second_format(content: Mapping[str, Any]) -> Record:
    files = sorted(content["hub_files"].items())
    return Record(
        nickname=_text(content, "nickname"),
        official_name=_text(content, "official_name"),
        repo_id=_text(content, "repo_id"),
        hub_url=_text(content, "hf_dir"),
        catalog_dir=PurePosixPath(_text(content, "nersc_dir")),
        data_path=PurePosixPath(_text(content, "data_dir")),
        portal_link=_text(content, "portal_link"),
        metadata=_object(content, "metadata"),
        notebook=None if content["notebook"] is None else _text(content, "notebook"),
        distributed=content["distributed"] is True,
        private=content["private"] is True,
        loader=_script(content["loader"]),
        batch_script=_script(content["batch_script"]) if content["batch_script"] else None,
        includes=tuple(_script(value) for value in content["includes"]),
        hub_files=tuple(
            RecordedFile(path, int(value["size_bytes"]), str(value["git_oid"]))
            for path, value in files
        ),
    )


def _first_format(content: Mapping[str, Any]) -> Record:
    hf_dir, data_dir = _text(content, "hf_dir"), _text(content, "data_dir")
    data_is_link = data_dir.startswith(("https://", "http://"))
    return Record(
        nickname=_text(content, "nickname"),
        official_name=_text(content, "official_name"),
        repo_id="/".join(urlsplit(hf_dir).path.strip("/").split("/")[-2:]),
        hub_url=hf_dir,
        catalog_dir=PurePosixPath(_text(content, "nersc_dir")),
        data_path=None if data_is_link else PurePosixPath(data_dir),
        portal_link=data_dir if data_is_link else None,
        metadata=_object(content, "metadata"),
        is_first_format=True,
    )


def _text(content: Mapping[str, Any], key: str) -> str:
    value = content[key]
    if not isinstance(value, str):
        raise ValueError(f"the key {key} holds {describe(value)}, not a string")
    return value


def _object(content: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = content[key]
    if not isinstance(value, dict):
        raise ValueError(f"the key {key} holds {describe(value)}, not an object")
    return value


def _script(value: Mapping[str, Any]) -> Script:
    return Script(name=_text(value, "name"), text=_text(value, "text"))


def _script_json(script: Script | None) -> dict[str, str] | None:
    return None if script is None else {"name": script.name, "text": script.text}
