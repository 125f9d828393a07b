"""What is asked of an upload, and how its run keeps that."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.bucket_address import parse_bucket_address
from huggingnersc.errors import RunDamagedError

if TYPE_CHECKING:
    from huggingnersc.adapters.engines.run_folder import RunFolder
    from huggingnersc.domain.bucket_address import BucketAddress
    from huggingnersc.domain.site import Site

USUAL_JOBS = 4  # shards that are sent at a time; each is one connection


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadRequest:
    """What is asked of an upload.

    Attributes:
        nickname: the dataset.
        shards: the folder of the pack.
        private: whether the dataset becomes private or public; None leaves it.
        overwrite: whether what others put on the Hub in its place may be replaced.
        allow_secret: hashes of lines of the scripts that only look like secrets.
        jobs: how many shards are sent at a time.
        to: the folder of a bucket that they go to in place of the Hub.
    """

    nickname: str
    shards: Path
    private: bool | None = None
    overwrite: bool = False
    allow_secret: tuple[str, ...] = ()
    jobs: int = USUAL_JOBS
    to: BucketAddress | None = None

    def as_json(self, site: Site) -> dict[str, Any]:
        """Return the request and its catalog and Hub as JSON values, without the jobs."""
        return {
            "nickname": self.nickname,
            "shards": str(self.shards),
            "private": self.private,
            "overwrite": self.overwrite,
            "allow_secret": list(self.allow_secret),
            "catalog_root": str(site.catalog_root),
            "hub": site.hub_address,
            "to": str(self.to or ""),
        }

    @classmethod
    def of_run(cls, run: RunFolder, site: Site, *, jobs: int | None) -> UploadRequest:
        """Return what the run of an upload was begun for.

        Raises:
            RunDamagedError: the run is none of an upload, or of another catalog or Hub.
        """
        asked = run.spec.request
        try:
            request = cls(
                nickname=str(asked["nickname"]),
                shards=Path(str(asked["shards"])),
                private=None if asked["private"] is None else bool(asked["private"]),
                overwrite=bool(asked["overwrite"]),
                allow_secret=tuple(map(str, asked["allow_secret"])),
                jobs=jobs or USUAL_JOBS,
                to=parse_bucket_address(asked["to"]) if asked.get("to") else None,
            )
            places = asked["catalog_root"], asked["hub"]
        except (LookupError, TypeError, ValueError) as error:
            raise RunDamagedError(f"The run {run.spec.run_id} is none of an upload.") from error
        if places != (str(site.catalog_root), site.hub_address):
            raise RunDamagedError(
                f"The run {run.spec.run_id} is of the catalog {places[0]} and the Hub "
                f"{places[1]}.",
                hint="Name their site: --site",
            )
        return request
