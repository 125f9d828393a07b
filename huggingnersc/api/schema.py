"""The metadata schema that a verb uses."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.source_files import read_bytes
from huggingnersc.assets import asset, schema_file
from huggingnersc.domain.metadata.references import inlined
from huggingnersc.domain.metadata.schema import (
    MAX_SCHEMA_BYTES,
    MetadataSchema,
    parse_schema,
    schema_problem,
)
from huggingnersc.domain.metadata.wide_rules import broken_rules
from huggingnersc.domain.site import SCHEMA_NAMES, SchemaName
from huggingnersc.errors import MetadataError
from huggingnersc.problems import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from huggingnersc.domain.site import Site


def read_schema(site: Site, word: str = "") -> MetadataSchema:
    """Read the metadata schema that a word names, as `--schema` has it.

    Args:
        site: whose schema is read where the word is empty.
        word: `default`, `wide`, a schema file, or nothing.

    Raises:
        MetadataError: it cannot be read, or is not a JSON Schema.
    """
    choice = _choice(site, word)
    if isinstance(choice, SchemaName):
        return read_named_schema(choice)
    content = schema_content(site, word)
    if reason := schema_problem(content):  # those of the program are tested
        raise MetadataError(
            f"The metadata schema {choice} is not a JSON Schema: {reason}.", hint=_hint(word)
        )
    return MetadataSchema(content)


def schema_content(site: Site, word: str = "") -> Mapping[str, Any]:
    """Return a schema as `read_schema` does, parsed only.

    Raises:
        MetadataError: it cannot be read.
    """
    choice = _choice(site, word)
    if isinstance(choice, SchemaName):
        return _named_content(choice)
    file = Path(choice)
    data, problems = read_bytes(file, name="", limit=MAX_SCHEMA_BYTES, suggest=False)
    if data is None:
        raise MetadataError(f"The metadata schema {problems[0].message}.", hint=_hint(word))
    try:
        return parse_schema(data)
    except ValueError as error:
        raise MetadataError(
            f"The metadata schema {file} cannot be read: {error}.", hint=_hint(word)
        ) from error


def read_named_schema(name: SchemaName) -> MetadataSchema:
    """Read a schema that comes with the program."""
    rules = {SchemaName.WIDE: broken_rules}
    return MetadataSchema(_named_content(name), rules=rules.get(name))


def wider_schema(site: Site, word: str = "") -> MetadataSchema | None:
    """Return the wide schema where the default one is in use; None elsewhere.

    A site with a schema of its own has reasons for it.
    """
    is_default = (word or site.metadata_schema) == SchemaName.DEFAULT
    return read_named_schema(SchemaName.WIDE) if is_default else None


def _choice(site: Site, word: str) -> SchemaName | PurePosixPath:
    if not word:
        return site.metadata_schema
    return SchemaName(word) if word in SCHEMA_NAMES else PurePosixPath(word)


def _hint(word: str) -> str:
    if not word:
        return "Fix the file, or remove catalog.metadata_schema from the site profile."
    close = nearest(word, SCHEMA_NAMES)
    meant = f"Did you mean {close[0]}? " if close else ""
    return f"{meant}A schema is {', '.join(SchemaName)} or a file."


@cache
def _named_content(name: SchemaName) -> Mapping[str, Any]:
    if name is SchemaName.DEFAULT:
        return parse_schema(asset("metadata_schema.json").read_bytes())
    files = ("wide.json", "hub_values.json")
    wide, values = (json.loads(schema_file(file).read_text(encoding="utf-8")) for file in files)
    schema: Mapping[str, Any] = inlined(wide, {"hub_values.json": values})
    return schema
