"""Scan everything that will be public, before it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.catalog.scripts import Script
from huggingnersc.domain.scan.secrets import find_secrets
from huggingnersc.fixes import Message, Option
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from huggingnersc.domain.planned_file import PlannedFile
    from huggingnersc.fixes import Text


@dataclass(frozen=True, slots=True)
class PublicText:
    """A text that will be public.

    Attributes:
        name: the file's name, or the field where the text is not a file.
        is_file: whether its lines are numbered.
        is_batch_script: whether sbatch will read it.
    """

    name: str
    text: str
    is_file: bool = True
    is_batch_script: bool = False


@dataclass(slots=True)
class Scan:
    """The findings in texts: problems that stop the command, and warnings."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[Text] = field(default_factory=list)


def scan_texts(texts: Iterable[PublicText], *, allowed: Iterable[str] = ()) -> Scan:
    """Search all texts for secrets, and the scripts among them for errors; nothing is run.

    Args:
        texts: what will be public.
        allowed: line hashes of findings that are not secrets.
    """
    scan, allowed = Scan(), frozenset(allowed)
    unused = set(allowed)
    for text in texts:
        for secret in find_secrets(text.text):
            unused.discard(secret.line_hash)
            if secret.line_hash not in allowed:
                where = f"{text.name}:{secret.line}" if text.is_file else text.name
                message = Message(
                    f"holds what looks like {secret.kind}: {secret.masked}; remove it, or allow "
                    "it if it is not a secret: ",
                    Option(Field.ALLOW_SECRET, secret.line_hash),
                )
                scan.problems.append(Problem(where, message))
        if text.is_file:
            _check_code(text, scan)
    scan.warnings.extend(
        Message(
            Option(Field.ALLOW_SECRET, unknown), ": no line of this content looks like a secret."
        )
        for unknown in sorted(unused)
    )
    return scan


def scan_files(files: Iterable[PlannedFile], *, allowed: Iterable[str] = ()) -> Scan:
    """Scan files that are published as they were found, as `scan_texts` does."""
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

        checked = check_batch_script(text.text, name=text.name)
        scan.problems.extend(checked.problems)
        scan.warnings.extend(checked.warnings)
