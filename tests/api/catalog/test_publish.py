from __future__ import annotations

from pathlib import Path

import pytest

from huggingnersc.api.catalog.publish import refusal
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.errors import MetadataInvalidError
from huggingnersc.problems import Problem


@pytest.mark.parametrize(
    ("where", "is_of_metadata"),
    [
        ("iris4", True),
        ("iris4: $.datacard_tags", True),
        ("iris4_loader.py:1", False),
        (Field.METADATA, False),
    ],
)
def test_only_problems_of_that_very_file_are_reported_as_the_metadatas(
    where: str, is_of_metadata: bool
) -> None:
    problem = Problem(where, "is wrong")
    error = refusal([problem], nickname="iris4", action="cataloged", metadata=Path("to/iris4"))
    assert isinstance(error, MetadataInvalidError) == is_of_metadata
    assert str(error).startswith("to/iris4 has 1" if is_of_metadata else '"iris4" cannot be')
