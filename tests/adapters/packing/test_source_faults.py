from __future__ import annotations

from pathlib import Path

import pytest

from huggingnersc.adapters.packing.source_faults import SourceFaults
from huggingnersc.errors import SourceUnsuitableError


def test_what_helps_is_said_once_however_many_files_need_it() -> None:
    faults = SourceFaults()
    for number in range(9):
        faults.add(b"a%d" % number, "it is not readable", hint="Make it readable.")
    faults.add(b"b", "it is odd", hint="Remove it.")
    faults.add(b"c", "it is gone")
    with pytest.raises(SourceUnsuitableError) as caught:
        faults.require_none(Path("source"))
    assert str(caught.value.hint) == "Make it readable. Remove it."
    assert len(caught.value.problems) == 3


def test_what_is_counted_has_its_own_name() -> None:
    faults = SourceFaults()
    for noun, count in {"file": 2, "folder": 1, "sample": 6}.items():
        for number in range(count):
            faults.add(b"%d" % number, "it is odd", noun=noun)
    with pytest.raises(SourceUnsuitableError) as caught:
        faults.require_none(Path("source"))
    found = [problem.where for problem in caught.value.problems]
    assert found == ["2 files", "1 folder", "6 samples"]
