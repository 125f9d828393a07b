"""Change the modules that decide and write, one place at a time, and see whether a test notices.

python -m tests.mutants [--most N] [--all] [MODULE ...]

Each mutant runs in a forked child: the changed module takes the place of the one on disk, then
the module's tests run until one fails. A mutant that all tests accept has survived; those that
may are listed in tests/README.md with the reason. Exit code 1: another one survived, or fewer
than 90 of 100 were noticed.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import importlib.abc
import importlib.util
import os
import re
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.mutants.operators import Mutant, mutants_of
from tests.mutants.targets import TARGETS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from importlib.machinery import ModuleSpec
    from types import CodeType, ModuleType

ROOT = Path(__file__).parents[2]
README = ROOT / "tests" / "README.md"
TARGET_PERCENT = 90
_SECONDS = 120
_LANES = 2
_BROKEN = 70
_PLUGINS_ARE_IMPORTED = "ignore::pytest.PytestAssertRewriteWarning"
# What every child needs and no mutant is in; imported once, before the children are forked.
_HEAVY = ("pytest", "huggingface_hub", "starlette.applications", "uvicorn",
          "dulwich.repo", "jsonschema", "nbformat", "jinja2", "yaml", "rich.console",
          "typer.main", "pydantic")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a mutant: `killed`, `survived` or `hung` (ended after two minutes)."""

    name: str
    place: str
    outcome: str


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module from changed code."""

    def __init__(self, module: str, file: Path, code: CodeType) -> None:
        self._module, self._file, self._code = module, file, code

    def find_spec(
        self,
        name: str,
        path: Sequence[str] | None,  # noqa: ARG002 - the protocol's
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        if name != self._module:
            return None
        return importlib.util.spec_from_file_location(name, self._file, loader=self)

    def exec_module(self, module: ModuleType) -> None:
        exec(self._code, module.__dict__)  # noqa: S102 - the point of it


def main() -> int:
    """Try the mutants and print the survivors; see the module's docstring."""
    asked = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that no child is left behind
    for name in _HEAVY:
        importlib.import_module(name)
    chosen = asked.modules or list(TARGETS)
    started = time.monotonic()
    controls = list(_tried([(module, _unchanged(module)) for module in chosen]))
    if failing := [control.place for control in controls if control.outcome != "survived"]:
        print(f"The tests fail without any change: {', '.join(failing)}")
        return 1
    work = [
        (module, mutant)
        for module in chosen
        for mutant in _sample(module, None if asked.all else asked.most)
    ]
    verdicts = []
    for verdict in _tried(work):
        verdicts.append(verdict)
        if verdict.outcome == "survived":
            print(f"survived: {verdict.name}  {verdict.place}", flush=True)
    return _report(verdicts, chosen, seconds=time.monotonic() - started)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("modules", nargs="*", help="by default all targets", metavar="MODULE")
    parser.add_argument("--most", type=int, default=12, help="mutants of each module")
    parser.add_argument("--all", action="store_true", help="every mutant")
    return parser.parse_args()


def _file(module: str) -> Path:
    return ROOT / f"{module.replace('.', '/')}.py"


def _unchanged(module: str) -> Mutant:
    return Mutant("unchanged", 1, ast.parse(_file(module).read_text(encoding="utf-8")))


def _sample(module: str, most: int | None) -> list[Mutant]:
    """Return `most` mutants spread evenly over the module: the same ones at every run."""
    mutants = list(mutants_of(_file(module).read_text(encoding="utf-8")))
    if most is None or len(mutants) <= most:
        return mutants
    return [mutants[index * len(mutants) // most] for index in range(most)]


def _tried(work: list[tuple[str, Mutant]]) -> Iterator[Verdict]:
    """Try mutants in forked children, two at a time; only this process ever forks one."""
    waiting = list(reversed(work))
    running: dict[int, tuple[str, Mutant, float]] = {}
    try:
        while waiting or running:
            while waiting and len(running) < _LANES:
                module, mutant = waiting.pop()
                running[_forked(module, mutant)] = (module, mutant, time.monotonic() + _SECONDS)
            for child, (module, mutant, deadline) in list(running.items()):
                if (outcome := _outcome(child, deadline)) is not None:
                    del running[child]
                    place = f"{_file(module).relative_to(ROOT)}:{mutant.line}"
                    yield Verdict(f"{module}:{mutant.name}", place, outcome)
            time.sleep(0.01)
    finally:
        for child in running:
            os.killpg(child, signal.SIGKILL)


def _forked(module: str, mutant: Mutant) -> int:
    child = os.fork()
    if child:
        os.setpgid(child, child)
        return child
    code = _BROKEN
    try:
        os.setpgid(0, 0)
        code = _tests_accept(module, mutant)
    finally:  # whatever happens, the child never goes on as a second parent
        os._exit(code)


def _outcome(child: int, deadline: float) -> str | None:
    """Return how a child ended; None while it runs."""
    pid, status = os.waitpid(child, os.WNOHANG)
    if pid:
        return "survived" if os.waitstatus_to_exitcode(status) == 0 else "killed"
    if time.monotonic() < deadline:
        return None
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "hung"


def _tests_accept(module: str, mutant: Mutant) -> int:
    """Run the module's tests in this (forked) process; return 0 where all of them pass."""
    import pytest
    from hypothesis import settings

    settings.register_profile("mutants", max_examples=20, deadline=None)
    settings.load_profile("mutants")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    file = _file(module)
    sys.meta_path.insert(0, _Changed(module, file, compile(mutant.tree, str(file), "exec")))
    tests = [str(ROOT / "tests" / name) for name in TARGETS[module]]
    words = ["-x", "-q", "--no-header", "-p", "no:cacheprovider", "-W", _PLUGINS_ARE_IMPORTED]
    return int(pytest.main([*words, f"--rootdir={ROOT}", *tests]))


def _report(verdicts: list[Verdict], modules: list[str], *, seconds: float) -> int:
    accepted = set(re.findall(r"^\| `([\w.:-]+)` \|", README.read_text("utf-8"), re.MULTILINE))
    survivors = [verdict for verdict in verdicts if verdict.outcome == "survived"]
    for module in modules:
        own = [verdict for verdict in verdicts if verdict.name.startswith(f"{module}:")]
        killed = sum(verdict.outcome != "survived" for verdict in own)
        print(f"{killed:4} of {len(own):4}  {module}")
    killed = len(verdicts) - len(survivors)
    percent = 100 * killed / max(len(verdicts), 1)
    print(f"mutants: {len(verdicts)} tried, {killed} killed ({percent:.0f} %), {seconds:.0f} s")
    unlisted = [verdict.name for verdict in survivors if verdict.name not in accepted]
    if unlisted:
        print(f"not listed in tests/README.md: {', '.join(unlisted)}")
    return int(bool(unlisted) or percent < TARGET_PERCENT)


if __name__ == "__main__":
    sys.exit(main())
