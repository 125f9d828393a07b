"""Iris on the centre's Hub and in its catalog, and looking at both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from huggingface_hub import CommitOperationAdd, HfApi

from huggingnersc import catalog_new_dataset, update_dataset
from huggingnersc.adapters.hub.client_settings import uploads_by_lfs
from tests.builders import IRIS, IRIS_LINK

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.api.catalog.catalog_new_dataset import Cataloged
    from huggingnersc.api.catalog.update_dataset import Updated
    from tests.api.conftest import Centre


def catalog_iris(centre: Centre, **changes: Any) -> Cataloged:
    given: dict[str, Any] = {
        "official_name": "Fisher's Iris Data",
        "nickname": "iris",
        "loader_script": IRIS / "iris_loader.py",
        "portal_link": IRIS_LINK,
        "metadata_json": IRIS / "iris_metadata.json",
        "site": str(centre.profile),
    }
    return catalog_new_dataset(**(given | changes))


def api(centre: Centre) -> HfApi:
    return HfApi(endpoint=centre.hub.endpoint, token=centre.hub.token)


def tree(root: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(root)): file.read_bytes()
        for file in sorted(root.rglob("*"))
        if file.is_file() and ".locks" not in file.parts
    }


def commits(centre: Centre) -> list[str]:
    """The titles of all commits to iris, the newest first."""
    listed = api(centre).list_repo_commits("NERSC/iris", repo_type="dataset")
    return [commit.title for commit in listed]


def hub_text(centre: Centre, path: str) -> str:
    """A file of iris as the Hub shows it now."""
    from pathlib import Path

    sha = api(centre).dataset_info("NERSC/iris").sha
    file = api(centre).hf_hub_download("NERSC/iris", path, repo_type="dataset", revision=sha)
    return Path(file).read_text(encoding="utf-8")


def edit_on_hub(centre: Centre, path: str, text: str) -> None:
    """What a colleague does on the Hub's website."""
    api(centre).upload_file(
        path_or_fileobj=text.encode(),
        path_in_repo=path,
        repo_id="NERSC/iris",
        repo_type="dataset",
    )


def is_private(centre: Centre, name: str = "iris") -> bool:
    """Return whether iris, or another dataset, is private on the Hub."""
    return bool(api(centre).dataset_info(f"NERSC/{name}").private)


def update_iris(centre: Centre, **changes: Any) -> Updated:
    return update_dataset("iris", site=str(centre.profile), **changes)


def shown(result: Updated) -> list[tuple[str, str, str]]:
    return [(c.location.value, c.path, c.kind.value) for c in result.changes]


def files(centre: Centre) -> list[str]:
    return sorted(api(centre).list_repo_files("NERSC/iris", repo_type="dataset"))


def publish_iris(centre: Centre, files: dict[str, bytes], *, tag: str = "") -> None:
    """Put files into the repository of iris on the Hub."""
    hub = api(centre)
    hub.create_repo("NERSC/iris", repo_type="dataset", exist_ok=True)
    added = [CommitOperationAdd(path, content) for path, content in files.items()]
    with uploads_by_lfs():
        hub.create_commit("NERSC/iris", added, commit_message="Add", repo_type="dataset")
    if tag:
        hub.create_tag("NERSC/iris", tag=tag, repo_type="dataset")
