"""The lines a reader copies to use a repository."""

from __future__ import annotations

import json
from dataclasses import dataclass
from shlex import quote
from typing import TYPE_CHECKING

from huggingnersc.domain.loading.loading import SAMPLE_CONFIG
from huggingnersc.domain.repo_names import RepoKind
from huggingnersc.hub_server.web.highlight import highlight_block

if TYPE_CHECKING:
    from markupsafe import Markup

    from huggingnersc.domain.repo_names import RepoName
    from huggingnersc.hub_server.web.card_outline import Place
    from huggingnersc.hub_server.web.data_access import DataAccess
    from huggingnersc.hub_server.web.script_note import ScriptNote

REAL_HUB = "https://huggingface.co"

_KEEP_TOKEN = "HF_HUB_DISABLE_IMPLICIT_TOKEN"  # noqa: S105 - the name of a variable


@dataclass(frozen=True, slots=True)
class Server:
    """A Hub, as a visitor's clients reach it.

    Attributes:
        address: without a final slash.
        keeps_token: whether a token that the visitor has for another Hub is to stay at home,
            because this one would refuse it; False where a repository needs the token of this Hub,
            so that the setting of another page is taken back; None to leave it as it is.
    """

    address: str
    keeps_token: bool | None = None

    @property
    def environment(self) -> dict[str, str]:
        """The variables that its clients read when they start."""
        point = {} if self.address == REAL_HUB else {"HF_ENDPOINT": self.address}
        if self.keeps_token is None:
            return point
        return point | {_KEEP_TOKEN: "1" if self.keeps_token else "0"}


@dataclass(frozen=True, slots=True)
class Snippet:
    """A few lines to copy, under a title, with safe HTML of the same lines."""

    title: str
    text: str
    html: Markup


def data_snippets(repo: RepoName, server: Server, access: DataAccess) -> tuple[Snippet, ...]:
    """Return the ways to load the data of `repo` on `server`, the likeliest first."""
    loader, batch, path = access.loader, access.batch, access.path
    made = []
    if access.has_sample:
        text = _load_dataset(repo, server, SAMPLE_CONFIG)
        made.append(_snippet("Load a sample in Python", "python", text))
    if access.loads:
        text = _load_dataset(repo, server, access.config)
        made.append(_snippet("Load in Python", "python", text))
    elif access.module:
        text = _load_in_python(repo, server, access.module)
        made.append(_snippet("Load in Python", "python", text))
    if loader:
        text = _in_folder(repo, server, loader.run or _command(loader, path))
        made.append(_snippet("Run the loader", "bash", text))
    is_enough = access.loads or access.module
    if loader and loader.has_load and loader.module and path and not is_enough:
        text = _load_in_python(repo, server, loader.module, path.text)
        made.append(_snippet("Load in Python", "python", text))
    if batch:
        text = _in_folder(repo, server, batch.run or f"sbatch {quote(batch.name)}")
        job = _snippet("Run as a batch job", "bash", text)
        is_for_jobs = not access.loads and not (loader and loader.has_load)
        made.insert(0 if is_for_jobs else len(made), job)
    return tuple(made)


def repository_snippets(repo: RepoName, server: Server) -> tuple[Snippet, ...]:
    """Return the ways to get the files of `repo` from `server`."""
    return (
        _snippet("Download", "bash", "\n".join(_download(repo, server, folder=""))),
        _snippet("Clone", "bash", f"git clone {server.address}/{repo.url_path}"),
    )


def _snippet(title: str, language: str, text: str) -> Snippet:
    return Snippet(title, text, highlight_block(text, language))


def _download(repo: RepoName, server: Server, folder: str) -> list[str]:
    point = [f"export {name}={value}" for name, value in server.environment.items()]
    flag = "" if repo.kind is RepoKind.MODEL else f" --repo-type {repo.kind}"
    target = f" --local-dir {quote(folder)}" if folder else ""
    return [*point, f"hf download {repo.repo_id}{flag}{target}"]


def _command(loader: ScriptNote, path: Place | None) -> str:
    words = [loader.program or "sh", loader.name, *([path.text] if path else [])]
    return " ".join(map(quote, words))


def _in_folder(repo: RepoName, server: Server, command: str) -> str:
    folder = f"cd {quote(repo.name)}"
    return "\n".join([*_download(repo, server, repo.name), folder, command])


def _load_dataset(repo: RepoName, server: Server, config: str) -> str:
    named = f", {json.dumps(config, ensure_ascii=False)}" if config else ""
    load = f'from datasets import load_dataset\n\ndata = load_dataset("{repo.repo_id}"{named})'
    return _python(server, "", load)


def _load_in_python(repo: RepoName, server: Server, module: str, path: str = "") -> str:
    fetch = f'sys.path.insert(0, snapshot_download("{repo.repo_id}", repo_type="dataset"))'
    lines = (
        "from huggingface_hub import snapshot_download",
        "",
        fetch,
        f"from {module} import load",
        "",
        f"data = load({json.dumps(path, ensure_ascii=False) if path else ''})",
    )
    return _python(server, "import sys\n", "\n".join(lines))


def _python(server: Server, imports: str, program: str) -> str:
    """Put the variables of the Hub on top, which the libraries read when they are imported."""
    lines = [f'os.environ["{name}"] = "{value}"\n' for name, value in server.environment.items()]
    return f"import os\n{imports}\n{''.join(lines)}{program}" if lines else imports + program
