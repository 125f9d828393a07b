"""The big files of a repository: list them, delete them, share them with another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.domain.repo_names import RepoKind, RepoName
from huggingnersc.hub_server.http_error import bad_request
from huggingnersc.hub_server.json_shapes import answer, moment
from huggingnersc.hub_server.protocol.cursor import next_link, read_cursor, write_cursor
from huggingnersc.hub_server.protocol.lfs_pointer import is_lfs_oid
from huggingnersc.hub_server.routing import Route
from huggingnersc.hub_server.services import forget_files
from huggingnersc.hub_server.storage import history

if TYPE_CHECKING:
    from starlette.responses import Response

    from huggingnersc.hub_server.context import RequestContext
    from huggingnersc.hub_server.storage.repository import GitRepository

PAGE = 1000


def listing(context: RequestContext) -> Response:
    """`GET .../lfs-files`: every file some branch, tag or pull request holds, and unused ones."""
    session = context.writable()
    start = 0
    if (text := context.query("cursor")) is not None:
        position = read_cursor(text, int)
        if position is None:
            raise bad_request("This cursor was not issued by this Hub")
        start = int(position[0])
    links, places = session.hub.links.of(session.storage_id), _places(session.git)
    shown = []
    for link in links[start : start + PAGE]:
        path, ref = places.get(link.oid, ("", None))
        shown.append(
            {
                "fileOid": link.oid,
                "filename": path,
                "oid": link.oid,
                "pushedAt": moment(link.pushed_ms),
                "ref": ref,
                "size": link.size_bytes,
            }
        )
    headers = {}
    if start + PAGE < len(links):
        headers["Link"] = next_link(context.url, context.raw_query, write_cursor(start + PAGE))
    return answer(shown, headers=headers)


def delete(context: RequestContext) -> Response:
    """`POST .../lfs-files/batch`."""
    session = context.owned()
    deletions = context.json().get("deletions")
    if not isinstance(deletions, dict) or not isinstance(deletions.get("sha"), list):
        raise bad_request("deletions must be of the form {sha, rewriteHistory}")
    oids = {oid for oid in deletions["sha"] if is_lfs_oid(oid)}
    rewrite = deletions.get("rewriteHistory") is not False
    forget_files.forget_files(session, oids, rewrite=rewrite)
    return answer({})


def duplicate(context: RequestContext) -> Response:
    """`POST .../lfs-files/duplicate`: let another repository of the user use these files too."""
    source = context.readable()
    source.require_user()
    data = context.json()
    target = context.writable(_repo_name(data.get("target")))
    files, failed = data.get("files"), []
    if not isinstance(files, list) or not all(isinstance(one, dict) for one in files):
        raise bad_request("files must be a list of objects")
    for one in files:
        oid = one.get("sha256")
        size = context.hub.lfs.size(oid) if is_lfs_oid(oid) else None
        if size is None or not context.hub.links.holds(source.storage_id, oid):
            failed.append({"sha256": str(oid)[:64], "error": "no such file in this repository"})
        else:
            context.hub.links.add(target.storage_id, [(oid, size)])
    return answer({"failed": failed})


def _repo_name(said: object) -> RepoName:
    if not isinstance(said, dict) or "/" not in str(said.get("name")):
        raise bad_request("target must be of the form {type, name}")
    namespace, _, name = str(said["name"]).partition("/")
    try:
        kind = RepoKind(str(said.get("type")))
    except ValueError as error:
        raise bad_request("This Hub holds models, datasets and spaces only") from error
    return RepoName(kind, namespace, name)


def _places(repository: GitRepository) -> dict[str, tuple[str, str | None]]:
    objects, refs = repository.objects, repository.refs.all()
    found: dict[str, tuple[str, str | None]] = {}
    seen, trees = set[str](), set[str]()
    main_first = sorted(refs.items(), key=lambda item: (item[0] != "refs/heads/main", item[0]))
    for ref, sha in main_first:
        for commit in history.history(objects, sha):
            if commit.sha in seen:
                break
            seen.add(commit.sha)
            for entry in history.files_once(objects, commit.tree, trees):
                if entry.lfs is not None:
                    found.setdefault(entry.lfs.oid, (entry.path, ref))
    return found


_HERE = "/api/{kind}/{ns}/{name}/lfs-files"

ROUTES = (
    Route("GET", _HERE, listing),
    Route("POST", _HERE + "/batch", delete),
    Route("POST", _HERE + "/duplicate", duplicate),
)
