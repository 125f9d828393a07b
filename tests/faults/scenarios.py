"""The command lines that faults are tried on: each with those that set up its world."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec

from tests.builders import IRIS, IRIS_LINK

Words = tuple[str, ...]
NEEDS_PARQUET = ("pyarrow",)
NEEDS_BUCKET = ("s3fs", "moto", "flask_cors")

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
PACK_IMAGES: Words = (  # two shards, which a worker writes
    "pack-dataset", "{home}/images", "{home}/web/pack", "--form", "parquet",
    "--split", "train=0.5,test=0.5", "--jobs", "1",
)  # fmt: skip
PACK_TABLE: Words = ("pack-dataset", DATA, "{home}/web/pack")
SHARDS = "{home}/pack"  # two of them
SPLIT: Words = (*PACK[:2], SHARDS, *PACK[3:], "--split", "train=0.5,test=0.5")
UPLOAD: Words = ("upload-dataset", "iris", SHARDS, "--private", "--jobs", "1", "--yes")
BUCKET = "s3://{bucket}/iris/v1"
UPLOAD_TO_BUCKET: Words = (
    "upload-dataset",
    "iris",
    SHARDS,
    "--to",
    BUCKET,
    "--jobs",
    "1",
    "--yes",
)
RENAME: Words = ("update-dataset", "iris", "--official-name", "Iris", "--yes")
DOWNLOAD: Words = (
    "download-dataset", "iris", "{home}/web/copy", "--from", "hub", "--jobs", "1",
)  # fmt: skip
DOWNLOAD_FROM_BUCKET: Words = (*DOWNLOAD[:3], "--from", "bucket", *DOWNLOAD[5:])
FOR_BUCKETS = (CATALOG, SPLIT, UPLOAD_TO_BUCKET, DOWNLOAD_FROM_BUCKET)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A command line, the ones before it, and the families of faults it is tried with.

    Attributes:
        has_shards: whether the whole data is on the Hub after the set-up.
        described: what a steward writes in the Hub's editor after the set-up; the families that
            have the Hub in the command's own process can do that.
        needs: optional packages.
        has_worker: whether a process beside that of the command makes changes.
    """

    name: str
    setup: tuple[Words, ...]
    words: Words
    families: tuple[str, ...] = ("requests", "kills", "disk", "full", "links")
    has_shards: bool = False
    described: str = ""
    needs: tuple[str, ...] = ()
    has_worker: bool = False

    @property
    def missing(self) -> str:
        """The first of the packages that it needs that is not installed; empty where none is."""
        return next((name for name in self.needs if not find_spec(name)), "")


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
        Scenario(
            "images",
            (),
            PACK_IMAGES,
            families=("kills", "disk", "full"),
            needs=NEEDS_PARQUET,
            has_worker=True,
        ),
        Scenario("table", (), PACK_TABLE, families=("kills", "disk", "full"), needs=NEEDS_PARQUET),
        Scenario("upload", (CATALOG, SPLIT), UPLOAD, families=("requests", "kills", "disk")),
        Scenario(
            "to-bucket",
            (CATALOG, SPLIT),
            UPLOAD_TO_BUCKET,
            families=("requests", "kills", "disk"),
            needs=NEEDS_BUCKET,
        ),
        Scenario(
            "from-bucket",
            (CATALOG, SPLIT, UPLOAD_TO_BUCKET),
            DOWNLOAD_FROM_BUCKET,
            families=("requests", "kills", "disk"),
            needs=NEEDS_BUCKET,
        ),
        Scenario("verify", (HELD, SNAPSHOT), VERIFY, families=("kills", "disk")),
    )
}
