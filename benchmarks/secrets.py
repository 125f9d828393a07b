"""The search for secrets: its speed, and its false alarms by rule, in code that holds none.

    python -m benchmarks.secrets [--show]

Prints the tables of docs/security.md. `--show` prints each finding, to be judged by a person.
"""

from __future__ import annotations

import sys
import sysconfig
import time
from collections import Counter
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from huggingnersc.domain.scan.secrets import Secret, find_secrets

PACKAGES = ("numpy", "torch", "pandas", "datasets", "pyarrow", "huggingface_hub")


@dataclass
class Measured:
    """What the scanner did with the Python files of one library.

    Attributes:
        lines: the lines searched.
        size_bytes: the bytes searched.
        seconds: the processor time it took.
        alarms: the findings outside tests, by kind.
        in_tests: the findings in tests, which hold keys made for them.
    """

    lines: int = 0
    size_bytes: int = 0
    seconds: float = 0
    alarms: Counter[str] = field(default_factory=Counter)
    in_tests: Counter[str] = field(default_factory=Counter)


def folder_of(package: str) -> Path:
    """Return the folder of an installed package."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        sys.exit(f"{package} is not installed: pip install {package}")
    return Path(spec.origin).parent


def measure(folder: Path, *, show: bool) -> Measured:
    """Search every Python file below `folder`, except in installed packages."""
    done = Measured()
    for file in sorted(folder.rglob("*.py")):
        inner = file.relative_to(folder)
        if "site-packages" in inner.parts:
            continue
        text = file.read_text(encoding="utf-8", errors="replace")
        started_s = time.process_time()
        found = find_secrets(text)
        done.seconds += time.process_time() - started_s
        done.lines += text.count("\n")
        done.size_bytes += len(text.encode(errors="replace"))
        is_test = any("test" in part for part in inner.parts)
        (done.in_tests if is_test else done.alarms).update(secret.kind for secret in found)
        if show:
            show_findings(file, text, found)
    return done


def show_findings(file: Path, text: str, found: tuple[Secret, ...]) -> None:
    """Print each finding with its line."""
    for secret in found:
        line = text.split("\n")[secret.line - 1].strip()
        print(f"{file}:{secret.line}: {secret.kind}: {line[:120]}", file=sys.stderr)


def main() -> None:
    """Print both tables."""
    show = "--show" in sys.argv
    folders = {"the standard library": Path(sysconfig.get_path("stdlib"))}
    folders |= {package: folder_of(package) for package in PACKAGES}
    print("| code | lines | MB/s | false alarms | in its tests |\n|---|---:|---:|---:|---:|")
    alarms: Counter[str] = Counter()
    in_tests: Counter[str] = Counter()
    for name, folder in folders.items():
        done = measure(folder, show=show)
        speed = done.size_bytes / 1e6 / done.seconds
        counts = f"{done.alarms.total()} | {done.in_tests.total()}"
        print(f"| {name} | {done.lines:,} | {speed:.1f} | {counts} |")
        alarms, in_tests = alarms + done.alarms, in_tests + done.in_tests
    print("\n| rule | false alarms | in tests |\n|---|---:|---:|")
    for kind in sorted(alarms | in_tests):
        print(f"| {kind} | {alarms[kind]} | {in_tests[kind]} |")


if __name__ == "__main__":
    main()
