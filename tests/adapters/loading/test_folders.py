from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.adapters.files import sorted_rows
from huggingnersc.adapters.loading.folders import list_folders
from huggingnersc.adapters.loading.work import LoadingWork
from huggingnersc.domain.versions.manifest import ManifestEntry
from tests.adapters.loading.works import part_of
from tests.manifest_lines import line_of

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_folders_are_written_in_order_whether_or_not_memory_holds_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = tmp_path / "manifest.tsv"
    paths = sorted(b"%d/%d/x.nc" % (one % 7, one) for one in range(40))
    manifest.write_bytes(b"".join(line_of(ManifestEntry(p, b"a" * 64, 1, 1)) for p in paths))
    work = LoadingWork(
        data=tmp_path,
        manifest=manifest,
        digest="",
        folder=tmp_path,
        portal_link="",
        site="local",
        sample_rows=0,
        tables=False,
        statistics=None,
        seconds=None,
    )
    whole = part_of(list_folders, work).files["folders.tsv"].read_bytes()
    monkeypatch.setattr(sorted_rows, "_MAX_ROWS", 5)
    assert part_of(list_folders, work).files["folders.tsv"].read_bytes() == whole
    lines = whole.splitlines()
    assert (len(lines), lines) == (1 + 7 + 40, sorted(lines))
