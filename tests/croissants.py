"""Datasets with files, as `croissant.json` describes them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.catalog.describe_dataset import described
from huggingnersc.domain.catalog.version_history import VersionHistory
from huggingnersc.domain.draft.layout import Column, FileLayout
from huggingnersc.domain.draft.layout_json import layout_json
from huggingnersc.domain.loading.croissant import croissant_bytes
from huggingnersc.domain.loading.loading import Loading, Source
from huggingnersc.domain.text.escaped_names import escaped
from huggingnersc.domain.versions.version import digest_of
from tests.builders import make_entry, make_site, make_version

if TYPE_CHECKING:
    from collections.abc import Mapping

    from huggingnersc.domain.catalog.dataset_spec import DatasetSpec

TABLE = b"name,value\na,1\nb,2\n"
COLUMNS = (Column("name", "str"), Column("value", "int"))


def manifest_of(files: Mapping[str | bytes, bytes]) -> str:
    """The manifest of files, by their paths."""
    names = {name.encode() if isinstance(name, str) else name: name for name in files}
    return "".join(
        f"{escaped(path).decode()}\t{digest_of(files[name])}\t{len(files[name])}\t1\n"
        for path, name in sorted(names.items())
    )


def make_source(files: Mapping[Any, bytes] | None = None, **changes: Any) -> Source:
    """A table of two columns in `data.csv`; `layout` changes its structure."""
    layout = FileLayout(columns=COLUMNS)
    source = Source(
        file_type="csv",
        suffixes=(".csv",),
        layout=layout_json(replace(layout, **changes.pop("layout", {}))),
        manifest=manifest_of(files or {"data.csv": TABLE}),
        manifest_sha256="1" * 64,
    )
    return replace(source, **changes)


def entry_with(source: Source, **changes: Any) -> DatasetSpec:
    """A dataset with one version, whose files are public."""
    history = VersionHistory((make_version("v1.2"),), "", Loading(source=source))
    return make_entry(**{"history": history, **changes})


def croissant_of(source: Source, **changes: Any) -> dict[str, Any]:
    """The description of a dataset with these files."""
    entry = entry_with(source, **changes)
    found: dict[str, Any] = json.loads(croissant_bytes(described(entry, make_site()), source))
    return found
