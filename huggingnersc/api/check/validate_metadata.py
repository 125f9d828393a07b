"""Validate metadata files against the site's schema."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.source_files import read_bytes, read_names
from huggingnersc.api.catalog.validate_request import check_metadata
from huggingnersc.api.schema import read_schema, wider_schema
from huggingnersc.api.several import paths
from huggingnersc.api.site import resolve_site
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.catalog.papers import paper_warnings
from huggingnersc.domain.catalog.request_checks import text_problems
from huggingnersc.domain.metadata.strict_json import MAX_JSON_BYTES
from huggingnersc.domain.metadata.wide_hint import wide_hint
from huggingnersc.errors import MetadataError
from huggingnersc.fixes import Option
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from os import PathLike
    from typing import Any

    from huggingnersc.api.several import Files
    from huggingnersc.domain.metadata.schema import MetadataSchema
    from huggingnersc.domain.site import Site
    from huggingnersc.fixes import Message, Text

_MAX_COMPARED = 100  # files that are validated twice
_MAX_FILES_WITH_SUGGESTIONS = 100  # each lists a folder and compares all its names


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A metadata file and every problem in it.

    Attributes:
        file: its name as it was given.
        problems: where each is, as a JSON path (empty for the file itself), and what.
        warnings: worth a review, although the file can be cataloged.
    """

    file: str
    problems: tuple[Problem, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Validated:
    """The result of validating metadata files, in the order they were given.

    Attributes:
        hint: names the wide schema, where that allows more than the one in use.
    """

    valid: bool
    files: tuple[CheckedFile, ...]
    hint: Text | None = None

    @property
    def warnings(self) -> tuple[str, ...]:
        """The warnings of all files, each with the file's name, or one that there is no file."""
        if not self.files:
            return ("No file was named, so nothing was checked.",)
        return tuple(f"{one.file}: {warning}" for one in self.files for warning in one.warnings)


def validate_metadata(
    files: Files = (),
    *,
    from_file: str | PathLike[str] | None = None,
    schema: str = "",
    site: Site | str | None = None,
    on_progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Validated:
    """Validate every file against the site's schema and the rules of names; changes nothing.

    Args:
        files: the metadata files, or one.
        from_file: a file that names more of them, one a line or NUL-ended; `-` is stdin.
        schema: `wide`, `default` or a schema file; the site's schema when empty.
        site: the site, its name or its TOML file; chosen by the environment when None.
        on_progress: called after each file with how many are done and how many there are.

    Returns:
        Every file with all its problems; a file that cannot be read has one.

    Raises:
        MetadataError: the schema or the list of files cannot be read.
    """
    chosen = resolve_site(site)
    checks = _Checks(read_schema(chosen, schema), wider_schema(chosen, schema))
    names = [*paths(files), *(_listed(Path(from_file)) if from_file is not None else ())]
    suggest = len(names) <= _MAX_FILES_WITH_SUGGESTIONS
    checked = []
    for done, file in enumerate(names, 1):
        checked.append(_checked(file, checks, suggest=suggest))
        on_progress(done, len(names))
    is_valid = not any(one.problems for one in checked)
    return Validated(is_valid, tuple(checked), checks.hint)


@dataclass(slots=True)
class _Checks:
    """The schema of a run, and the hint of the first file of which the wide one allows more.

    At most 100 files are compared with the wide schema.
    """

    schema: MetadataSchema
    wide: MetadataSchema | None
    hint: Message | None = None
    compared: int = 0

    def compare(self, document: Mapping[str, Any] | None, problems: tuple[Problem, ...]) -> None:
        """Look whether the wide schema allows more of a document."""
        if problems and self.hint is None and self.compared < _MAX_COMPARED:
            self.compared += 1
            self.hint = wide_hint(document, problems, self.wide, Option(Field.SCHEMA, "wide"))


def _listed(file: Path) -> tuple[Path, ...]:
    try:
        return read_names(file)
    except OSError as error:
        raise MetadataError(
            f"The list of files {file} cannot be read: {error.strerror}.",
            hint="It holds one file name a line; `-` reads them from stdin.",
        ) from error


def _checked(file: Path, checks: _Checks, *, suggest: bool) -> CheckedFile:
    name = _printable(str(file))
    data, problems = read_bytes(file, name=name, limit=MAX_JSON_BYTES, suggest=suggest)
    warnings: tuple[str, ...] = ()
    if data is not None:
        document, problems = check_metadata(data, checks.schema, name=name)
        checks.compare(document, problems)
        problems += text_problems(document)
        warnings = tuple(paper_warnings(document or {}))
    return CheckedFile(name, tuple(_inside(problem, name) for problem in problems), warnings)


def _inside(problem: Problem, name: str) -> Problem:
    """Remove the file's name from a problem, because the result names the file already."""
    where = problem.where.removeprefix(name).removeprefix(": ")
    return Problem(where, _printable(str(problem.message)).removeprefix(f"{name} "))


def _printable(text: str) -> str:
    r"""Write bytes of a file name that are not UTF-8 as `\xff`."""
    return os.fsencode(text).decode(errors="backslashreplace")
