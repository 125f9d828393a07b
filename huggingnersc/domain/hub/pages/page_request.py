"""What a browser asks for, read from the raw path so that `dev%2Fx` stays one revision."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

from huggingnersc.domain.hub.paths import path_problem
from huggingnersc.domain.hub.refs import MAIN
from huggingnersc.domain.hub.repo_names import RepoKind, RepoName, name_problem, repo_id_problem

VIEWS = frozenset({"tree", "blob", "commits", "commit", "figure"})
_WITH_PATH = frozenset({"tree", "blob", "figure"})


@dataclass(frozen=True, slots=True)
class RepoRequest:
    """A page of one repository; `view` is `card` or one of `VIEWS`."""

    repo: RepoName
    view: str
    revision: str = MAIN
    path: str = ""


@dataclass(frozen=True, slots=True)
class OwnerRequest:
    """The page of a namespace."""

    namespace: str


def read_request(raw_path: str) -> RepoRequest | OwnerRequest | None:
    """Say which page `raw_path` (still percent-encoded) asks for; `None` when it is no page."""
    parts = raw_path.strip("/").split("/")
    kind = RepoKind.MODEL
    if parts[0] in {"datasets", "models"}:
        kind = RepoKind.DATASET if parts[0] == "datasets" else RepoKind.MODEL
        parts = parts[1:]
    elif len(parts) == 1:
        return None if not parts[0] or name_problem(parts[0]) else OwnerRequest(parts[0])
    if len(parts) < 2 or repo_id_problem("/".join(parts[:2])):
        return None
    return _repo_request(RepoName(kind, parts[0], parts[1]), parts[2:])


def _repo_request(repo: RepoName, rest: list[str]) -> RepoRequest | None:
    if not rest:
        return RepoRequest(repo, "card")
    view, revision = rest[0], unquote(rest[1]) if len(rest) > 1 else MAIN
    path = unquote("/".join(rest[2:]))
    if view not in VIEWS or (path and (view not in _WITH_PATH or path_problem(path))):
        return None
    if not path and view in {"blob", "figure"}:
        return None
    return RepoRequest(repo, view, revision, path)
