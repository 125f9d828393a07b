"""Which form of shards fits what a source holds, and options that contradict it."""

from __future__ import annotations

from typing import Any

import pytest

from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.packing.options import PackOptions, SourceKind
from huggingnersc.domain.packing.pack import ShardForm


@pytest.mark.parametrize(
    ("kind", "options", "form"),
    [
        (SourceKind.FILES, {}, ShardForm.WEBDATASET),
        (SourceKind.FILES, {"group_by": "(.*)_"}, ShardForm.WEBDATASET),
        (SourceKind.FILES, {"group_by": "folder:2"}, ShardForm.PARQUET),
        (SourceKind.FILES, {"group_by": "(?P<camera>.)_"}, ShardForm.PARQUET),
        (SourceKind.FILES, {"path_columns": "camera"}, ShardForm.PARQUET),
        (SourceKind.TABLES, {}, ShardForm.PARQUET),
        (SourceKind.IDX, {}, ShardForm.PARQUET),
        (SourceKind.CIFAR, {}, ShardForm.PARQUET),
    ],
)
def test_the_form_is_what_the_samples_fit_into(
    kind: SourceKind, options: dict[str, Any], form: ShardForm
) -> None:
    assert PackOptions(**options).chosen(kind).form == form


def test_columns_of_paths_are_for_parquet_only() -> None:
    options = PackOptions(form="webdataset", path_columns="camera")
    assert [problem.where for problem in options.problems()] == [Field.PATH_COLUMNS]
    options = PackOptions(path_columns="camera,camera")
    assert [problem.where for problem in options.problems()] == [Field.PATH_COLUMNS]
