"""Looking through everything that will be public, before it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from huggingnersc.domain.catalog.scripts import Script
from huggingnersc.domain.scan.secrets import find_secrets
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from huggingnersc.domain.planned_file import PlannedFile


@dataclass(frozen=True, slots=True)
class PublicText:
    """A text that will be public.

    Attributes:
        name: the file's name, or the argument's where it is no file.
        is_file: whether its lines have numbers worth telling.
        is_batch_script: whether sbatch will read it.
    """

    name: str
    text: str
    is_file: bool = True
    is_batch_script: bool = False


@dataclass(slots=True)
class Scan:
    """What was found in texts: problems that stop the command, and warnings."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def scan_texts(texts: Iterable[PublicText], *, allowed: Iterable[str] = ()) -> Scan:
    """Look for secrets in all texts and for faults in the scripts among them; nothing is run.

    Args:
        texts: what will be public.
        allowed: line hashes of findings that are no secrets.
    """
    scan, allowed = Scan(), frozenset(allowed)
    unused = set(allowed)
    for text in texts:
        for secret in find_secrets(text.text):
            unused.discard(secret.line_hash)
            if secret.line_hash not in allowed:
                where = f"{text.name}:{secret.line}" if text.is_file else text.name
                message = (
                    f"holds what looks like {secret.kind}: {secret.masked}; take it out, or say "
                    f"that it is none: --allow-secret {secret.line_hash}"
                )
                scan.problems.append(Problem(where, message))
        if text.is_file:
            _check_code(text, scan)
    scan.warnings.extend(
        f"--allow-secret {unknown}: no line of this content looks like a secret."
        for unknown in sorted(unused)
    )
    return scan


def scan_files(files: Iterable[PlannedFile], *, allowed: Iterable[str] = ()) -> Scan:
    """Look through files that are published as they were found, as `scan_texts` does."""
    texts = (PublicText(file.path, file.content.decode(errors="replace")) for file in files)
    return scan_texts(texts, allowed=allowed)


def _check_code(text: PublicText, scan: Scan) -> None:
    from huggingnersc.adapters.bash_syntax import bash_syntax_error
    from huggingnersc.domain.scan.python_code import python_problems

    language = Script(text.name, text.text).language
    if language == "python":
        scan.problems.extend(python_problems(text.text, name=text.name))
    elif language == "bash" and (fault := bash_syntax_error(text.text)):
        line, said = fault
        scan.problems.append(Problem(f"{text.name}:{line}", f"is not valid bash: {said}"))
    if text.is_batch_script:
        from huggingnersc.domain.scan.batch_script import check_batch_script

        remarks = check_batch_script(text.text, name=text.name)
        scan.problems.extend(remarks.problems)
        scan.warnings.extend(remarks.warnings)
