"""Check that what the scripts of a dataset name is there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.api.check.data import is_of_this_machine
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.catalog.script_files import missing_files
from huggingnersc.domain.catalog.scripts import Scripts
from huggingnersc.domain.check.findings import unchecked, warning
from huggingnersc.domain.check.mentions import mentioned_paths
from huggingnersc.domain.scan.log_folders import log_folders
from huggingnersc.fixes import Fix, Option, update_fix

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import PurePosixPath

    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.check.findings import Finding
    from huggingnersc.domain.site import Site


def script_findings(record: Record, site: Site) -> Iterator[Finding]:
    """Yield what loader, batch script and companions name and would not find."""
    yield from _mention_findings(record, site)
    yield from _missing_file_findings(record)
    yield from _log_findings(record)


def _missing_file_findings(record: Record) -> Iterator[Finding]:
    if record.loader is None:
        return
    scripts = Scripts(record.loader, record.batch_script, record.includes)
    found = list(missing_files(scripts))
    fix = _inclusion(record, [missing.include for missing in found if missing.include])
    for missing in found:
        message = f"{missing.where} {missing.message}"
        yield warning("scripts", message, *([fix] if missing.include else []))


def _inclusion(record: Record, files: Iterable[str]) -> Fix:
    """Return the update that includes files beside the recorded ones, which it would replace."""
    names = dict.fromkeys([*(script.name for script in record.includes), *files])
    return update_fix(record.nickname, *(Option(Field.INCLUDE, name) for name in names))


def _log_findings(record: Record) -> Iterator[Finding]:
    batch = record.batch_script
    if batch is None:
        return
    for folder in log_folders(batch.code):
        path = folder.path
        if path.is_absolute() and is_of_this_machine(path) and not _exists(path):
            message = f"writes the output of the job to {path}, which does not exist"
            yield warning("scripts", f"{batch.name}:{folder.line} {message}")


def _mention_findings(record: Record, site: Site) -> Iterator[Finding]:
    """Yield the absolute paths in loader and batch script that do not exist.

    A path below a top folder that neither this machine nor the site has is ignored, because it may
    be something else, such as a group in an HDF5 file.
    """
    for script in filter(None, (record.loader, record.batch_script)):
        for mention in mentioned_paths(script.text, language=script.language):
            where, path = f"{script.name}:{mention.line}", mention.path
            if is_of_this_machine(path):
                if not any(map(_exists, (path, *mention.other_readings))):
                    yield warning("loader", f"{where} mentions {path}, which does not exist")
            elif path.parts[1] in _top_folders(site):
                yield unchecked("loader", f"{where} mentions {path}, which is not on this machine")


def _exists(path: PurePosixPath) -> bool:
    try:
        Path(path).stat()
    except PermissionError:
        return True
    except OSError:  # absent, a loop of links, a name longer than any file's
        return False
    return True


def _top_folders(site: Site) -> set[str]:
    profile = site.profile
    known = [profile.catalog.root, *(one.path for one in profile.notes)]
    if profile.portal:
        known.append(profile.portal.path)
    return {path.split("/")[1] for path in known if path.startswith("/")}
