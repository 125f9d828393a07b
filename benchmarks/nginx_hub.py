"""nginx as a read-only Hub of two repositories: the fastest peer a download can have.

It serves the same bytes from a folder, and the client's few API questions from files that hold our
own answers. Each file has an ETag of its own (a map), as the client asks for.
"""

from __future__ import annotations

import json
import os
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from benchmarks.nginx import running_nginx

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

MAPS = """\
  map_hash_max_size 8192;
  map_hash_bucket_size 256;
  map $uri $oid {{ include {folder}/oids.map; }}
  map $name $commit {{ include {folder}/commits.map; }}
"""
SERVER = """\
    location /api/ {{
      default_type application/json;
      root {folder}/answers;
      try_files $uri.json =404;
    }}
    location ~ ^/datasets/NERSC/(?<name>[^/]+)/resolve/[^/]+/(?<path>.+)$ {{
      etag off;
      add_header ETag $oid;
      add_header X-Repo-Commit $commit;
      alias {folder}/files/$name/$path;
    }}
"""


@contextmanager
def nginx(folder: Path, hub: str, files: Path, repos: Sequence[str]) -> Iterator[str]:
    """Serve `files/<repository>/...` with the answers that `hub` gives for `repos`."""
    folder.mkdir()
    (folder / "files").symlink_to(files)
    commits = {name: _keep_answers(folder, hub, name) for name in repos}
    _write_maps(folder, hub, commits)
    for name in repos:  # the one file that the Hub added
        url = f"{hub}/datasets/NERSC/{name}/resolve/main/.gitattributes"
        with urllib.request.urlopen(url) as answer:
            (files / name / ".gitattributes").write_bytes(answer.read())
    with running_nginx(
        folder, SERVER.format(folder=folder), maps=MAPS.format(folder=folder)
    ) as address:
        yield address


def _keep_answers(folder: Path, hub: str, name: str) -> str:
    info = _get(hub, f"/api/datasets/NERSC/{name}/revision/main")
    commit = str(info["sha"])
    tree = _get(hub, f"/api/datasets/NERSC/{name}/tree/{commit}?recursive=true&expand=false")
    for path, answer in ((f"revision/{commit}", info), ("revision/main", info)):
        _keep(folder, f"/api/datasets/NERSC/{name}/{path}", answer)
    _keep(folder, f"/api/datasets/NERSC/{name}/tree/{commit}", tree)
    return commit


def _write_maps(folder: Path, hub: str, commits: dict[str, str]) -> None:
    lines = []
    for name, commit in commits.items():
        for entry in _get(hub, f"/api/datasets/NERSC/{name}/tree/{commit}?recursive=true"):
            oid = entry.get("lfs", entry)["oid"]
            for revision in ("main", commit):
                uri = f"/datasets/NERSC/{name}/resolve/{revision}/{entry['path']}"
                lines.append(f'"{uri}" \'"{oid}"\';')
    pairs = "\n".join(f'"{name}" "{commit}";' for name, commit in commits.items())
    (folder / "commits.map").write_text(f"{pairs}\n", encoding="utf-8")
    (folder / "oids.map").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _keep(folder: Path, path: str, answer: Any) -> None:
    file = folder / "answers" / f"{path.lstrip('/')}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(answer), encoding="utf-8")


def _get(hub: str, path: str) -> Any:
    """Read a JSON answer, all its pages."""
    url: str | None = f"{hub}{path}"
    pages: list[Any] = []
    while url:
        request = urllib.request.Request(
            url, headers={"Authorization": f"Bearer {os.environ['HF_TOKEN']}"}
        )
        with urllib.request.urlopen(request) as answer:
            pages.append(json.load(answer))
            link = answer.headers.get("Link", "")
        url = link.split(">")[0].lstrip("<") if 'rel="next"' in link else None
    if isinstance(pages[0], list):
        return [entry for page in pages for entry in page]
    return pages[0]
