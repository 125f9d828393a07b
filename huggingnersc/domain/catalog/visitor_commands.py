"""The commands on the card and on top of the scripts, which a visitor pastes into bash."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.domain.catalog.run_command import LOADER, run_command
from huggingnersc.domain.text.shell import shell_word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.domain.catalog.dataset_spec import DatasetSpec
    from huggingnersc.domain.catalog.run_command import RunCommand
    from huggingnersc.domain.catalog.scripts import Script
    from huggingnersc.domain.site import Site

_USUAL_HUB = "https://huggingface.co"  # where `hf` looks
_ENVIRONMENT = re.compile(r"^dependencies:[ \t]*$", re.MULTILINE)  # of a file for conda
_QUOTED = re.compile(r"'[^'\n]*'|^[ \t]*#.*$", re.MULTILINE)  # what bash expands nothing in
_FIRST_ARGUMENT = re.compile(r"\$(?:1\b|\{1(?::?\?[^}]*)?\})")
_DEFAULT_ARGUMENT = re.compile(r"\$\{1:?[-=]")
_ALL_ARGUMENTS = re.compile(r"\$\{?[@*]")


@dataclass(frozen=True, slots=True)
class VisitorCommands:
    """Lines of bash for an empty folder at the center; an empty text where there is none.

    Attributes:
        fetch: download all files of the repository but shards to a new folder, and enter it.
        run: runs the loader in that folder; empty where the way to run it is not known.
        prepare: make the environment that the batch script needs.
        submit: submits the batch script.
        doubt: why the loader may not get the path of its data; empty where it does.
        version: downloads the same files as they were at the current version.
    """

    fetch: tuple[str, ...]
    run: str = ""
    prepare: tuple[str, ...] = ()
    submit: str = ""
    doubt: str = ""
    version: str = ""


def visitor_commands(spec: DatasetSpec, site: Site) -> VisitorCommands:
    """Return what a visitor types to run the scripts of a dataset."""
    loader, batch = spec.scripts.loader, spec.scripts.batch
    run = run_command(loader, spec.run_command)
    current = spec.history.current or spec.history.latest
    return VisitorCommands(
        fetch=(_download(spec, site), f"cd {shell_word(spec.nickname)}"),
        run=run.line(loader.name, spec.data_path),
        prepare=tuple(_preparation(spec, site)) if batch else (),
        submit=" ".join(map(shell_word, _submission(batch, run, spec))) if batch else "",
        doubt=run.doubt,
        version=_download(spec, site, current.name) if current else "",
    )


def _download(spec: DatasetSpec, site: Site, version: str = "") -> str:
    revision = f"--revision {version} " if version else ""
    folder = f"{spec.nickname}-{version}" if version else spec.nickname
    shards = "--exclude 'data/*' " if spec.upload and spec.upload.is_within else ""
    words = f"--repo-type dataset {revision}{shards}--local-dir {shell_word(folder)}"
    command = f"hf download {site.repo_id(spec.nickname)} {words}"
    return f"{_hub_variables(spec, site)} {command}".lstrip()


def _hub_variables(spec: DatasetSpec, site: Site) -> str:
    """Return what is set for a command; a private dataset on this machine needs its own token."""
    if site.is_hub_here and spec.private:
        # The card of a public dataset says to export 1, which would keep this token at home.
        return (
            "HF_ENDPOINT=${HF_ENDPOINT:?} HF_TOKEN=${HF_TOKEN:?} HF_HUB_DISABLE_IMPLICIT_TOKEN=0"
        )
    return hub_setting(site)


def hub_setting(site: Site) -> str:
    """Return the variables by which `hf` and `datasets` find the Hub; empty for the usual one."""
    if site.is_hub_here:
        # It does not know a token of huggingface.co, and anyone may listen at a port of a login
        # node. Where the variable is not set, bash refuses to run the command.
        return "HF_ENDPOINT=${HF_ENDPOINT:?} HF_HUB_DISABLE_IMPLICIT_TOKEN=1"
    hub = site.hub_address
    return "" if hub == _USUAL_HUB else f"HF_ENDPOINT={shell_word(hub)}"


def _preparation(spec: DatasetSpec, site: Site) -> Iterator[str]:
    files = [one.name for one in spec.scripts.includes if _is_environment(one)]
    if files:
        yield from site.profile.batch.setup
    yield from (f"conda env create -f {shell_word(name)}" for name in files)


def _is_environment(script: Script) -> bool:
    return script.name.endswith((".yml", ".yaml")) and bool(_ENVIRONMENT.search(script.text))


def _submission(batch: Script, run: RunCommand, spec: DatasetSpec) -> Iterator[str]:
    """Yield `sbatch`, the script, and the arguments that the script expects."""
    yield from ("sbatch", batch.name)
    code = _QUOTED.sub("", batch.code)
    if batch.language == "python" or _DEFAULT_ARGUMENT.search(code):
        return
    if _FIRST_ARGUMENT.search(code):
        yield str(spec.data_path)
    elif _ALL_ARGUMENTS.search(code) and LOADER in run.words:
        words = run.filled(LOADER, spec.data_path)
        yield from words[words.index(LOADER) + 1 :]
