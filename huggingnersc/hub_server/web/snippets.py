"""The lines a reader copies to use a repository."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from huggingnersc.domain.repo_names import RepoKind
from huggingnersc.hub_server.web.highlight import highlight_block

if TYPE_CHECKING:
    from collections.abc import Iterable

    from markupsafe import Markup

    from huggingnersc.domain.repo_names import RepoName

_DATA_SUFFIXES = frozenset(
    {".csv", ".tsv", ".parquet", ".arrow", ".jsonl", ".ndjson", ".tar", ".h5", ".hdf5", ".zip"}
)


@dataclass(frozen=True, slots=True)
class Snippet:
    """A few lines to copy, under a title, with safe HTML of the same lines."""

    title: str
    text: str
    html: Markup


def snippets_of(repo: RepoName, address: str, *, loads: bool) -> tuple[Snippet, ...]:
    """Return the ways to use `repo` on the server at `address`.

    Args:
        repo: the repository.
        address: the server's address without a final slash.
        loads: whether `load_dataset` finds data in it.
    """
    flag = " --repo-type dataset" if repo.kind is RepoKind.DATASET else ""
    point = f"export HF_ENDPOINT={address}\n"
    made = [
        _snippet("Download", "bash", f"{point}hf download {repo.repo_id}{flag}"),
        _snippet("Clone", "bash", f"git clone {address}/{repo.url_path}"),
    ]
    if loads:
        load = f'from datasets import load_dataset\n\ndata = load_dataset("{repo.repo_id}")'
        made.insert(0, _snippet("Load in Python", "python", load))
    return tuple(made)


def holds_data(paths: Iterable[str]) -> bool:
    """Return whether `load_dataset` would find data: a card may name files that stay elsewhere."""
    return any(PurePosixPath(path).suffix.lower() in _DATA_SUFFIXES for path in paths)


def _snippet(title: str, language: str, text: str) -> Snippet:
    return Snippet(title, text, highlight_block(text, language))
