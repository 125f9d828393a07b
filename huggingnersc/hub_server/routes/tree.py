"""The files and folders of a repository at one revision."""

from __future__ import annotations

from functools import cache
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from huggingnersc.hub_server import json_shapes
from huggingnersc.hub_server.http_error import bad_request
from huggingnersc.hub_server.protocol.cursor import next_link, read_cursor, write_cursor
from huggingnersc.hub_server.routing import Route
from huggingnersc.hub_server.storage.errors import EntryMissingError

if TYPE_CHECKING:
    from starlette.responses import Response

    from huggingnersc.hub_server.context import RequestContext
    from huggingnersc.hub_server.storage.repository import GitRepository
    from huggingnersc.hub_server.storage.values import Commit, TreeEntry

PAGE = 1000
EXPANDED_PAGE = 50
EXPANDED_LOOKS = 50_000  # at commits, for all folders of a page together
MAX_PATHS = 10_000


def tree(context: RequestContext) -> Response:
    """`GET .../tree/{rev}[/{path}]`: one page; the cursor pins the commit it began with."""
    repository = context.visible().git
    folder = context.path_params.get("path", "").strip("/")
    commit, after = _position(context, repository)
    expand = context.flag("expand")
    limit = context.number("limit", EXPANDED_PAGE if expand else PAGE, PAGE)
    entries = repository.walk(commit, folder, recursive=context.flag("recursive"), after=after)
    found = list(islice(entries, limit + 1))
    headers = {}
    if len(found) > limit:
        cursor = write_cursor(commit.sha, _below(found[limit - 1], folder))
        headers["Link"] = next_link(context.url, context.raw_query, cursor)
    return json_shapes.answer(
        _shown(repository, commit, found[:limit], expand=expand), headers=headers
    )


def paths_info(context: RequestContext) -> Response:
    """`POST .../paths-info/{rev}`: the entries at some paths; missing ones are left out."""
    repository = context.visible().git
    commit = repository.resolve(context.path_params["rev"])
    paths, expand = _asked(context)
    if len(paths) > MAX_PATHS:
        raise bad_request(f"Ask for at most {MAX_PATHS} paths at once")
    asked = [path.strip("/") for path in paths if path.strip("/")]
    found = {path: repository.find(commit, path) for path in sorted(set(asked))}  # by folder
    entries = [entry for path in asked if (entry := found[path]) is not None]
    return json_shapes.answer(_shown(repository, commit, entries, expand=expand))


def tree_size(context: RequestContext) -> Response:
    """`GET .../treesize/{rev}[/{path}]`: the size of everything below a folder."""
    repository = context.visible().git
    commit = repository.resolve(context.path_params["rev"])
    path = context.path_params.get("path", "").strip("/")
    entry = repository.find(commit, path)
    if entry is None:
        raise EntryMissingError(path, commit=commit.sha)
    size = repository.objects.size_bytes(entry.oid) if entry.is_folder else entry.size_bytes
    return json_shapes.answer({"path": path, "size": size})


def _position(context: RequestContext, repository: GitRepository) -> tuple[Commit, str]:
    text = context.query("cursor")
    if text is None:
        return repository.resolve(context.path_params["rev"]), ""
    position = read_cursor(text, str, str)
    if position is None:
        raise bad_request("This cursor was not issued by this Hub")
    return repository.resolve(str(position[0])), str(position[1])


def _below(entry: TreeEntry, folder: str) -> str:
    path = entry.path[len(folder) + 1 :] if folder else entry.path
    return path + "/" if entry.is_folder else path


def _asked(context: RequestContext) -> tuple[list[str], bool]:
    if context.request.headers.get("content-type", "").startswith("application/json"):
        data = context.json()
        paths = data.get("paths")
        if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
            raise bad_request("paths must be a list of strings")
        return paths, data.get("expand") in (True, "true")
    try:
        pairs = parse_qsl(context.body.decode("ascii"), keep_blank_values=True)
    except ValueError as error:
        raise bad_request("The body is not a form") from error
    paths = [value for key, value in pairs if key in {"paths", "paths[]"}]
    return paths, dict(pairs).get("expand", "").lower() == "true"


def _shown(
    repository: GitRepository, commit: Commit, entries: list[TreeEntry], *, expand: bool
) -> list[dict[str, object]]:
    if not expand:
        return [json_shapes.entry(item) for item in entries]
    looks = iter(range(EXPANDED_LOOKS))
    last = cache(lambda folder: repository.last_commits(commit, folder, looks))
    return [
        json_shapes.entry(item, last(item.path.rpartition("/")[0]).get(item.name), expand=True)
        for item in entries
    ]


ROUTES = (
    Route("GET", "/api/{kind}/{ns}/{name}/tree/{rev}/{path*}", tree),
    Route("GET", "/api/{kind}/{ns}/{name}/tree/{rev}", tree),
    Route("GET", "/api/{kind}/{ns}/{name}/treesize/{rev}/{path*}", tree_size),
    Route("GET", "/api/{kind}/{ns}/{name}/treesize/{rev}", tree_size),
    Route("POST", "/api/{kind}/{ns}/{name}/paths-info/{rev}", paths_info),
)
