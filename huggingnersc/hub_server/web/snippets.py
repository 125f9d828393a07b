"""The lines a reader copies to use a repository."""

from __future__ import annotations

import json
from dataclasses import dataclass
from shlex import quote
from typing import TYPE_CHECKING

from huggingnersc.domain.repo_names import RepoKind
from huggingnersc.hub_server.web.highlight import highlight_block

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markupsafe import Markup

    from huggingnersc.domain.repo_names import RepoName
    from huggingnersc.hub_server.web.card_outline import Place
    from huggingnersc.hub_server.web.data_access import DataAccess
    from huggingnersc.hub_server.web.script_note import ScriptNote

REAL_HUB = "https://huggingface.co"


@dataclass(frozen=True, slots=True)
class Snippet:
    """A few lines to copy, under a title, with safe HTML of the same lines."""

    title: str
    text: str
    html: Markup


def data_snippets(repo: RepoName, address: str, access: DataAccess) -> tuple[Snippet, ...]:
    """Return the ways to load the data of `repo` on the server at `address`."""
    return tuple(_ways(repo, address, access))


def repository_snippets(repo: RepoName, address: str) -> tuple[Snippet, ...]:
    """Return the ways to get the files of `repo` from the server at `address`."""
    return (
        _snippet("Download", "bash", "\n".join(_download(repo, address, folder=""))),
        _snippet("Clone", "bash", f"git clone {address}/{repo.url_path}"),
    )


def _snippet(title: str, language: str, text: str) -> Snippet:
    return Snippet(title, text, highlight_block(text, language))


def _download(repo: RepoName, address: str, folder: str) -> list[str]:
    point = [] if address == REAL_HUB else [f"export HF_ENDPOINT={address}"]
    flag = "" if repo.kind is RepoKind.MODEL else f" --repo-type {repo.kind}"
    target = f" --local-dir {quote(folder)}" if folder else ""
    return [*point, f"hf download {repo.repo_id}{flag}{target}"]


def _ways(repo: RepoName, address: str, access: DataAccess) -> Iterator[Snippet]:
    loader, batch, path = access.loader, access.batch, access.path
    if access.loads:
        yield _snippet("Load in Python", "python", _load_dataset(repo, address))
    if loader:
        command = loader.run or _command(loader, path)
        yield _snippet("Run the loader", "bash", _in_folder(repo, address, command))
    if loader and loader.has_load and loader.module and path and not access.loads:
        text = _load_in_python(repo, address, loader, path)
        yield _snippet("Load in Python", "python", text)
    if batch:
        command = batch.run or f"sbatch {quote(batch.name)}"
        text = command if loader else _in_folder(repo, address, command)
        yield _snippet("As a batch job" + (", in that folder" if loader else ""), "bash", text)


def _command(loader: ScriptNote, path: Place | None) -> str:
    words = [loader.program or "sh", loader.name, *([path.text] if path else [])]
    return " ".join(map(quote, words))


def _in_folder(repo: RepoName, address: str, command: str) -> str:
    folder = f"cd {quote(repo.name)}"
    return "\n".join([*_download(repo, address, repo.name), folder, command])


def _load_dataset(repo: RepoName, address: str) -> str:
    load = f'from datasets import load_dataset\n\ndata = load_dataset("{repo.repo_id}")'
    return _python(address, "", load)


def _load_in_python(repo: RepoName, address: str, loader: ScriptNote, path: Place) -> str:
    fetch = f'sys.path.insert(0, snapshot_download("{repo.repo_id}", repo_type="dataset"))'
    lines = (
        "from huggingface_hub import snapshot_download",
        "",
        fetch,
        f"from {loader.module} import load",
        "",
        f"data = load({json.dumps(path.text, ensure_ascii=False)})",
    )
    return _python(address, "import sys\n", "\n".join(lines))


def _python(address: str, imports: str, program: str) -> str:
    """Put the address of the Hub on top, which the libraries read when they are imported."""
    if address == REAL_HUB:
        return f"{imports}{program}"
    return f'import os\n{imports}\nos.environ["HF_ENDPOINT"] = "{address}"\n{program}'
