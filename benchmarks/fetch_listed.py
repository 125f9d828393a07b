"""The transfer engine by itself, as a process: fetch what a manifest lists below an address.

python -m benchmarks.fetch_listed ADDRESS MANIFEST TARGET JOBS
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.engines.choice import no_report
from huggingnersc.adapters.engines.run_folder import RunFolder, RunSpec
from huggingnersc.adapters.files.open_folder import OpenFolder
from huggingnersc.adapters.transfer.compare_target import TargetComparison
from huggingnersc.adapters.transfer.fetch_files import FetchLimits, fetch_files
from huggingnersc.adapters.transfer.state_file import StateFile
from huggingnersc.adapters.transfer.target_folder import TargetFolder
from huggingnersc.adapters.transfer.wanted_file import WantedFile
from huggingnersc.adapters.transfer.web_source import WebSource
from huggingnersc.adapters.transfer.work_list import add_files
from huggingnersc.domain.loading.file_addresses import file_url
from huggingnersc.fixes import Verb

if TYPE_CHECKING:
    from collections.abc import Iterator


def main() -> None:
    """Fetch the files."""
    address, manifest, target, jobs = sys.argv[1:]
    folder = Path(target)
    spec = RunSpec(
        run_id="download",
        verb=Verb.DOWNLOAD_DATASET,
        engine="local",
        task="download",
        created_at="",
        arguments={},
        request={},
    )
    run = RunFolder.create(folder.parent / "runs", spec)
    folder.mkdir()
    source = WebSource(address, lambda path: file_url(address, path))
    with (
        OpenFolder.at(folder) as root,
        StateFile(root, make=True) as state,
        TargetFolder(root) as there,
    ):
        files = TargetComparison(state, there).missing(_wanted(Path(manifest)))
        add_files(run, files)
        done = fetch_files(run, source, root, state, FetchLimits(int(jobs)), no_report)
        state.compact()
    assert not done.problems, done.problems


def _wanted(manifest: Path) -> Iterator[WantedFile]:
    with manifest.open("rb") as stream:
        for line in stream:
            path, digest, size_bytes, _ = line.split(b"\t")
            yield WantedFile(path, int(size_bytes), digest.decode())


if __name__ == "__main__":
    main()
