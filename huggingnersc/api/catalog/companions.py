"""Which files a dataset lacks that its scripts need, and where they are on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.files.path_status import is_file
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.catalog.python_arguments import imported_modules
from huggingnersc.domain.catalog.script_files import missing_files
from huggingnersc.domain.scan.python_code import syntax_tree
from huggingnersc.fixes import Message, Option

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from huggingnersc.domain.catalog.scripts import Script, Scripts


def companion_warnings(
    scripts: Scripts[Script], sources: Scripts[Path | Script]
) -> Iterator[Message]:
    """Yield what the scripts need and a copy of the repository would not have.

    Args:
        scripts: as they were read.
        sources: where each is from; a script that is recorded has no folder.
    """
    pairs = zip(scripts, sources, strict=True)
    folders = {script.name: source.parent for script, source in pairs if isinstance(source, Path)}
    for missing in missing_files(scripts):
        message = f"{missing.where} {missing.message}"
        if missing.include is None:
            yield Message(f"{message}.")
            continue
        beside = folders.get(missing.script, Path()) / missing.include
        file = str(beside) if is_file(beside) else missing.include
        yield Message(f"{message}; add it: ", Option(Field.INCLUDE, file))
    yield from _unincluded_imports(scripts, folders)


def _unincluded_imports(
    scripts: Scripts[Script], folders: Mapping[str, Path]
) -> Iterator[Message]:
    """Yield the modules that stand beside a Python script and were not included."""
    names = {script.name for script in scripts}
    for script in scripts:
        tree = syntax_tree(script.text) if script.language == "python" else None
        if tree is None or script.name not in folders:
            continue
        for name in sorted(f"{module}.py" for module in imported_modules(tree)):
            file = folders[script.name] / name
            if name not in names and is_file(file):
                where = (
                    f"{script.name} imports {name}, which is not among the files of the dataset"
                )
                yield Message(f"{where}; add it: ", Option(Field.INCLUDE, str(file)))
