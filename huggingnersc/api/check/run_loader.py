"""Run the loader of a dataset on its data, as a visitor would."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from huggingnersc.adapters.files.path_status import exists
from huggingnersc.adapters.files.permissions import read_status
from huggingnersc.api.catalog.trust import record_problems
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.catalog.legacy_record import fill_legacy_fields
from huggingnersc.domain.catalog.record import record_name
from huggingnersc.domain.catalog.record_checks import file_problems
from huggingnersc.domain.catalog.run_command import example_command, run_command
from huggingnersc.domain.catalog.scripts import Scripts
from huggingnersc.domain.check.findings import unchecked
from huggingnersc.domain.check.loader_run import Limit, PlannedRun, run_finding
from huggingnersc.domain.loading.script_name import is_script_name
from huggingnersc.domain.planned_file import PlannedFile
from huggingnersc.errors import RecordDamagedError
from huggingnersc.fixes import Message, Option, update_fix

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from huggingnersc.adapters.catalog_folder import CatalogFolder
    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.catalog.run_command import RunCommand
    from huggingnersc.domain.catalog.scripts import Script
    from huggingnersc.domain.check.findings import Finding
    from huggingnersc.domain.check.loader_run import RunLimits
    from huggingnersc.domain.site import Site


@dataclass(frozen=True, slots=True)
class PreparedRun:
    """A run of exactly what was shown, whatever happens to the record meanwhile.

    Attributes:
        planned: what was shown.
        words: of the command; empty where none is known.
        files: everything that is in the folder of the run.
        data: the path of the data.
        is_variable: whether `planned.call` names a variable of the loader.
    """

    planned: PlannedRun
    words: tuple[str, ...]
    files: tuple[PlannedFile, ...]
    data: PurePosixPath
    is_variable: bool = False


def prepare_run(
    nickname: str, catalog: CatalogFolder, site: Site, limits: RunLimits
) -> PreparedRun | Finding:
    """Return what is to be run; where nothing can be run, a finding that says why.

    Raises:
        DatasetUnknownError: no such dataset is cataloged.
    """
    try:
        record, content = catalog.dataset(nickname)
    except RecordDamagedError:  # the check reports it
        return _not_run("its record cannot be read")
    folder = PurePosixPath(catalog.root) / nickname
    if record_problems(record, site) or file_problems(record, content, folder):
        return _not_run("the record, or a file beside it, is not trusted; see its problems")
    known = fill_legacy_fields(record, content.files, site)
    if known.loader is None:
        return _not_run("the record holds none")
    if known.data_path is None or not exists(known.data_path):
        return _not_run("its data is not on this machine")
    return _prepared(known, known.loader, known.data_path, folder, limits, content.files)


def _not_run(reason: str) -> Finding:
    return unchecked("loader", f"the loader was not run: {reason}")


def _prepared(
    record: Record,
    loader: Script,
    data: PurePosixPath,
    folder: PurePosixPath,
    limits: RunLimits,
    content: Mapping[str, bytes],
) -> PreparedRun | Finding:
    run = run_command(loader, record.run_command)
    call = _call(run)
    if not run.words and call is None:
        message = f"the loader was not run: {run.doubt}; state its command, such as: "
        example = Option(Field.RUN_COMMAND, example_command(loader))
        fix = update_fix(record.nickname, example)
        return unchecked("loader", Message(message, fix))
    scripts = Scripts(loader, record.batch_script, record.includes)
    files = [PlannedFile(one.name, one.text.encode()) for one in scripts]
    script = _published_script(record, files, content) if record.history.loading.source else None
    if script:
        files.append(script)
    file = folder / record_name(record.nickname)
    planned = PlannedRun(
        nickname=record.nickname,
        command=run.line(loader.name, data),
        call=call,
        script=_first_example(script) if script else "",
        files=tuple(one.path for one in files),
        record=file,
        owner=read_status(Path(file)).owner,
        limits=limits,
    )
    is_variable = run.entry_point is not None and run.entry_point.is_variable
    return PreparedRun(planned, run.filled(loader.name, data), tuple(files), data, is_variable)


def _published_script(
    record: Record, scripts: Iterable[PlannedFile], content: Mapping[str, bytes]
) -> PlannedFile | None:
    """Return the script that loads the latest version; None where it is not as recorded."""
    own = {script.path for script in scripts}
    for file in record.hub_files:
        if is_script_name(file.path, record.nickname) and file.path not in own:
            script = PlannedFile(file.path, content.get(file.path, b""))
            return script if script.git_oid == file.git_oid else None  # the check reports it
    return None


def _first_example(script: PlannedFile) -> str:
    module = PurePosixPath(script.path).stem
    return f'from {module} import load; example = next(load(where="center"))'


def _call(run: RunCommand) -> str | None:
    """Return what the notebook evaluates for the data."""
    start = run.entry_point
    if start is None or (run.is_stated and not (start.is_variable or start.name == "load")):
        return None
    return start.call


def run_findings(prepared: PreparedRun) -> Iterator[Finding]:
    """Run the command and show its first example, then that of the published script."""
    from huggingnersc.adapters.loader_process import loader_folder, run_bounded
    from huggingnersc.adapters.templates import render

    planned, limits = prepared.planned, prepared.planned.limits
    with loader_folder(prepared.files) as folder:
        yield from _loader_findings(prepared, folder)
        if planned.script:
            code = render("check/first_loaded.py.j2", script=planned.script)
            ended = run_bounded(("python", "-c", code), folder, limits)
            yield run_finding(planned.script, ended, limits)


def _loader_findings(prepared: PreparedRun, folder: Path) -> Iterator[Finding]:
    """Run the command, then show the first example where that did not fail."""
    from huggingnersc.adapters.loader_process import run_bounded

    planned, limits = prepared.planned, prepared.planned.limits
    if prepared.words:
        ended = run_bounded(prepared.words, folder, limits)
        yield run_finding(planned.command, ended, limits)
        is_slow = ended.limit is Limit.TIME and not prepared.is_variable
        if ended.status != 0 and not is_slow:  # it would end in the same way
            return
    if planned.call is not None:
        ended = run_bounded(_example_words(prepared, planned.call, folder), folder, limits)
        yield run_finding(planned.call, ended, limits)


def _example_words(prepared: PreparedRun, call: str, folder: Path) -> tuple[str, ...]:
    from huggingnersc.adapters.templates import render

    loader = prepared.planned.files[0]
    module = "__main__" if prepared.is_variable else PurePosixPath(loader).stem
    code = render("check/first_example.py.j2", call=call)
    file, arguments = str(folder / loader), prepared.words[2:]
    return ("python", "-c", code, file, module, str(prepared.data), *arguments)
