"""The command lines that faults are tried on: each with those that set up its world."""

from __future__ import annotations

from dataclasses import dataclass

from tests.builders import IRIS, IRIS_LINK

Words = tuple[str, ...]

CATALOG: Words = (
    "catalog-new-dataset", "Fisher's Iris Data", "iris", str(IRIS / "iris_loader.py"), IRIS_LINK,
    str(IRIS / "iris_metadata.json"),
)  # fmt: skip
UPDATE: Words = (
    "update-dataset", "iris", "--official-name", "Iris", "--distributed", "--private", "--yes",
)  # fmt: skip
HIDDEN: Words = (*CATALOG, "--private")
REVEAL: Words = (
    "update-dataset", "iris", "--official-name", "Iris", "--distributed", "--public", "--yes",
)  # fmt: skip
TAKE: Words = ("update-dataset", "iris", "--take-edits", "--yes")
DATA = str(IRIS / "data")
HELD: Words = (*CATALOG, "--data-path", DATA)  # its data is on this machine
SNAPSHOT: Words = ("snapshot-dataset", "iris", "--no-statistics", "--jobs", "1", "--yes")
NEXT: Words = (*SNAPSHOT, "--version", "v2")
VERIFY: Words = ("verify-dataset", "iris", "--jobs", "1")
REMOVE: Words = ("remove-dataset", "iris", "--yes")
DELETE: Words = (*REMOVE, "--delete")
RESTORE: Words = ("restore-dataset", "iris")
SITE = "{home}/web/site"  # a static one
EXPORT: Words = ("export-catalog", SITE)
PACK: Words = (  # one shard, which is written in the process of the command
    "pack-dataset", str(IRIS), "{home}/web/pack", "--form", "webdataset", "--group-by", "file",
)  # fmt: skip
SHARDS = "{home}/pack"  # two of them
SPLIT: Words = (*PACK[:2], SHARDS, *PACK[3:], "--split", "train=0.5,test=0.5")
UPLOAD: Words = ("upload-dataset", "iris", SHARDS, "--private", "--jobs", "1", "--yes")
RENAME: Words = ("update-dataset", "iris", "--official-name", "Iris", "--yes")
DOWNLOAD: Words = (
    "download-dataset", "iris", "{home}/web/copy", "--from", "hub", "--jobs", "1",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scenario:
    """A command line, the ones before it, and the families of faults it is tried with.

    Attributes:
        has_shards: whether the whole data is on the Hub after the set-up.
        described: what a steward writes in the Hub's editor after the set-up; the families that
            have the Hub in the command's own process can do that.
    """

    name: str
    setup: tuple[Words, ...]
    words: Words
    families: tuple[str, ...] = ("requests", "kills", "disk", "full", "links")
    has_shards: bool = False
    described: str = ""


SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("catalog", (), CATALOG),
        Scenario("update", (CATALOG,), UPDATE),
        Scenario("reveal", (HIDDEN,), REVEAL, families=("kills",)),
        Scenario("take", (CATALOG,), TAKE, families=("kills",), described="<b>Words</b>"),
        Scenario("remove", (CATALOG,), REMOVE),
        Scenario("delete", (CATALOG,), DELETE),
        Scenario("restore", (CATALOG, REMOVE), RESTORE),
        Scenario("republish", (CATALOG, DELETE), RESTORE),
        Scenario("snapshot", (HELD,), SNAPSHOT),
        Scenario("next", (HELD, SNAPSHOT), NEXT, families=("kills",)),
        Scenario("rebuild", (HELD, SNAPSHOT, NEXT, DELETE), RESTORE, families=("kills",)),
        Scenario("export", (CATALOG, EXPORT, RENAME), EXPORT, families=("kills", "disk")),
        Scenario(
            "download",
            (CATALOG,),
            DOWNLOAD,
            families=("requests", "kills", "disk"),
            has_shards=True,
        ),
        Scenario("pack", (), PACK, families=("kills", "disk", "full")),
        Scenario("upload", (CATALOG, SPLIT), UPLOAD, families=("requests", "kills", "disk")),
        Scenario("verify", (HELD, SNAPSHOT), VERIFY, families=("kills", "disk")),
    )
}
