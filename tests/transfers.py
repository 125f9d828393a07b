"""Transfers in tests: a run over files, from a source to a folder."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.engines.choice import no_report
from huggingnersc.adapters.engines.run_folder import RunFolder, RunSpec
from huggingnersc.adapters.files.open_folder import OpenFolder
from huggingnersc.adapters.transfer.compare_target import TargetComparison
from huggingnersc.adapters.transfer.fetch_files import FetchLimits, fetch_files
from huggingnersc.adapters.transfer.state_file import STATE_FILE, StateFile
from huggingnersc.adapters.transfer.target_folder import TargetFolder
from huggingnersc.adapters.transfer.wanted_file import WantedFile
from huggingnersc.adapters.transfer.web_source import WebSource
from huggingnersc.adapters.transfer.work_list import add_files
from huggingnersc.domain.loading.file_addresses import file_url
from huggingnersc.domain.text.escaped_names import escaped
from huggingnersc.fixes import Verb

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from huggingnersc.adapters.engines.choice import Report
    from huggingnersc.adapters.transfer.shared_work import Fetched
    from huggingnersc.adapters.transfer.source import FileSource


def wanted(files: Mapping[bytes, bytes]) -> list[WantedFile]:
    """What a manifest says of files."""
    return [
        WantedFile(path, len(content), hashlib.sha256(content).hexdigest())
        for path, content in sorted(files.items(), key=lambda item: escaped(item[0]))
    ]


def web_source(address: str, token: str | None = None, home: str = "") -> WebSource:
    """The files below an address."""
    base = f"{address}/"
    return WebSource(base, lambda path: file_url(base, path), token=token, home=home, timeout_s=5)


def transfer_run(runs: Path) -> RunFolder:
    """An empty run of a download."""
    spec = RunSpec(
        run_id="download",
        verb=Verb.DOWNLOAD_DATASET,
        engine="local",
        task="download",
        created_at="2026-11-22T00:00:00Z",
        arguments={},
        request={},
    )
    run = RunFolder.create(runs, spec)
    run.restart(spec.created_at)
    return run


def fetch(
    source: FileSource,
    files: Iterable[WantedFile],
    target: Path,
    *,
    jobs: int = 2,
    replace: bool = False,
    bytes_per_s: int | None = None,
    report: Report = no_report,
) -> Fetched:
    """Fetch what is missing of files, as a download does."""
    target.mkdir(exist_ok=True)
    run = transfer_run(target.parent / "runs")
    with (
        OpenFolder.at(target) as root,
        StateFile(root, make=True) as state,
        TargetFolder(root) as there,
    ):
        comparison = TargetComparison(state, there, replace)
        add_files(run, list(comparison.missing(files)))
        assert comparison.problems == []
        done = fetch_files(run, source, root, state, FetchLimits(jobs, bytes_per_s), report)
        state.compact()
    return done


def content_of(target: Path) -> dict[bytes, bytes]:
    """What is in a target, parts included, without the state."""
    return {
        os.fsencode(path.relative_to(target)): path.read_bytes()
        for path in target.rglob("*")
        if path.is_file() and path.name != STATE_FILE
    }
