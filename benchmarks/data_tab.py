"""The Data tab of a dataset of 1,000,000 files against that of one of 10.

    python -m benchmarks.data_tab [FILES]

The tab shows the first 10 entries of either. The pages of the list show 200, so they are held
against those of a dataset of 1,200 files, which show as many. The datasets are asked for in
shuffled rounds, and the processor time of the server counts, not what waits. Target: at most 1.5
times.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.hub_listing import Client
from benchmarks.serving import serving_process
from benchmarks.timing import table
from huggingnersc.domain.versions.folders import folder_columns, folder_line
from huggingnersc.domain.versions.version import FileDigest, Version, version_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

FEW, SOME, MANY = 10, 1_200, 1_000_000
IN_A_FOLDER = 1_000
ROUNDS, REQUESTS = 7, 20
VIEWS = {
    "the tab": ("few", "data"),
    "200 folders": ("some", "data-files/main"),
    "200 files of a folder": ("some", "data-files/main?folder=run-0000"),
    "its last 200": ("some", "data-files/main?folder=run-0000&after=file-0799.nc"),
    "search in a folder": ("some", "data-files/main?find=file-0000.nc&folder=run-0000"),
    "search, found nowhere": ("some", "data-files/main?find=nothing"),
}
CARD = "---\nlicense: mit\n---\n# Runs\n\n- **Portal:** <https://portal.example.org/runs>\n"
_TICKS = os.sysconf("SC_CLK_TCK")
os.environ["HF_HUB_DISABLE_XET"] = "1"  # as this program's own client does


def main() -> None:
    """Make two datasets, ask for their pages, print the table."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else MANY
    with tempfile.TemporaryDirectory() as folder, serving_process(Path(folder) / "hub") as started:
        address, server = started
        for name, files in (("few", FEW), ("some", SOME), ("many", many)):
            _make(address, name, files, Path(folder))
        client = Client(address)
        rows = [_row(client, server.pid, title, *view) for title, view in VIEWS.items()]
    head = ["page", "held against", "its ms", f"{many:,} files, ms", "ratio"]
    sys.stdout.write(table(head, rows) + "\n")


def _row(client: Client, pid: int, title: str, small: str, view: str) -> list[str]:
    names = [small, "many"]
    spent: dict[str, list[float]] = {name: [] for name in names}
    for name in names:
        client.ask("GET", f"/datasets/NERSC/{name}/{view}")
    order = random.Random(1)  # noqa: S311 - a fair order, not a secret
    for _ in range(ROUNDS):
        order.shuffle(names)
        for name in names:
            begun = _processor_s(pid)
            for _ in range(REQUESTS):
                client.ask("GET", f"/datasets/NERSC/{name}/{view}")
            spent[name].append((_processor_s(pid) - begun) / REQUESTS * 1000)
    few, many = (statistics.median(spent[name]) for name in (small, "many"))
    files = f"{FEW if small == 'few' else SOME:,} files"
    return [title, files, f"{few:.1f}", f"{many:.1f}", f"{many / few:.2f}"]


def _processor_s(pid: int) -> float:
    words = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / _TICKS


def _lines(files: int) -> Iterator[bytes]:
    for number in range(files):
        folder, place = divmod(number, IN_A_FOLDER)
        if files == SOME and folder:
            folder, place = place + 1, 0
        digest = b"%064x" % number
        if files == FEW:
            yield b"file-%04d.nc\t%b\t%d\t1700000000000000000\n" % (place, digest, 10**6)
            continue
        yield b"run-%04d/file-%04d.nc\t%b\t%d\t1700000000000000000\n" % (
            folder, place, digest, 10**6 + number,
        )  # fmt: skip


def _make(address: str, name: str, files: int, folder: Path) -> None:
    from huggingface_hub import CommitOperationAdd, HfApi

    manifest = folder / f"{name}.tsv"
    with manifest.open("wb") as written:
        written.writelines(_lines(files))
    with manifest.open("rb") as lines:
        folders = b"".join(sorted(map(folder_line, folder_columns(lines))))
    version = Version(
        nickname=name,
        name="v1",
        created_at="2026-11-20T10:00:00Z",
        data_path="/global/cfs/runs",
        files=files,
        size_bytes=files * 10**6,
        manifest=FileDigest("a" * 64, manifest.stat().st_size),
    )
    documents: dict[str, bytes | Path] = {
        "README.md": CARD.encode(),
        "version/version.json": version_bytes(version),
        "version/statistics.json": json.dumps(_statistics(files)).encode(),
        "version/folders.tsv": folders,
        "version/manifest.tsv": manifest,
    }
    api = HfApi(address)
    api.create_repo(f"NERSC/{name}", repo_type="dataset")
    added = [CommitOperationAdd(path, content) for path, content in documents.items()]
    api.create_commit(f"NERSC/{name}", added, commit_message="Add", repo_type="dataset")


def _statistics(files: int) -> dict[str, object]:
    empty: list[object] = []
    keys = ("by_extension", "by_folder", "tables", "arrays", "texts", "images", "pictures")
    lists = dict.fromkeys((*keys, "withheld", "problems"), empty)
    return {"format": 1, "files": files, "size_bytes": files, "examples": None, **lists}


if __name__ == "__main__":
    main()
