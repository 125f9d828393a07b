"""What `load_<nickname>.py` knows of uploaded shards, and the script that loads these alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.domain.loading.script_name import free_module
from huggingnersc.domain.loading.upload import DATA_CONFIG, UploadForm
from huggingnersc.domain.loading.upload_card import shard_names, storage_options, tar_features
from huggingnersc.domain.planned_file import PlannedFile

if TYPE_CHECKING:
    from collections.abc import Collection

    from huggingnersc.domain.loading.upload import Upload
    from huggingnersc.domain.render import Render


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptShards:
    """The shards of a dataset, as a script reads them.

    Attributes:
        place: the word for it: `hub` or `bucket`.
        repository: the one on the Hub that holds them; empty for a bucket.
        config: the configuration of its card that loads them.
        bucket: the folder of a bucket; empty for the Hub.
        storage: Python that makes the options by which the bucket is read.
        builder: what `datasets` calls files of this form.
        features: the columns of tar files, as `datasets.Features.from_dict` takes them: without
            them it takes those of the first samples, and drops the others. Empty where they are
            not known, and for Parquet, which has them.
        splits: Python that makes the names of the shards, by split.
        streams: whether `datasets` reads them from there without copying them first.
        version: the version that was packed; empty where that is not known.
        pack_sha256: the SHA-256 of the `pack.json` in the bucket.
        pack_bytes: its size; 0 where that is not known.
    """

    place: str
    repository: str
    config: str
    bucket: str
    storage: str
    builder: str
    features: dict[str, dict[str, str]]
    splits: dict[str, str]
    streams: bool
    version: str
    pack_sha256: str
    pack_bytes: int


def script_shards(upload: Upload, repo_id: str) -> ScriptShards:
    """Return what a script knows of an upload.

    Args:
        upload: what was uploaded.
        repo_id: the repository of the dataset.
    """
    bucket = upload.bucket
    return ScriptShards(
        place="bucket" if bucket else "hub",
        repository="" if bucket else upload.repo_id(repo_id),
        config=DATA_CONFIG,
        bucket=bucket.address if bucket else "",
        storage=storage_options(bucket) if bucket else "",
        builder=upload.form.value,
        features=tar_features(upload),
        splits={one.name: shard_names(one) for one in upload.splits},
        streams=not bucket or upload.form is UploadForm.PARQUET,
        version=upload.version,
        pack_sha256=upload.pack_sha256,
        pack_bytes=bucket.pack_bytes if bucket else 0,
    )


def shards_loader(
    nickname: str, title: str, shards: ScriptShards, taken: Collection[str], render: Render
) -> PlannedFile:
    """Return the script of a dataset of which only the shards can be loaded.

    Args:
        nickname: its name on the Hub.
        title: its name for people.
        shards: what was uploaded.
        taken: the names of files that are in the repository already.
        render: fills the template.
    """
    module = free_module(nickname, taken)
    text = render("load/shards_only.py.j2", module=module, title=title, shards=shards)
    return PlannedFile(f"{module}.py", text.encode())
