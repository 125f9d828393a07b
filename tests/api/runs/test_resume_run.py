from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.engines.run_folder import RunFolder
from huggingnersc.api.runs import resume_run as module
from huggingnersc.api.runs.resume_run import resume_run
from huggingnersc.cli.runs.resume_run import SHOWN_BY
from huggingnersc.cli.work_progress import LABELS
from huggingnersc.domain.engine_name import EngineName
from huggingnersc.errors import RunDamagedError, RunUnknownError, SettingsError
from huggingnersc.fixes import Verb
from tests.adapters.engines.test_run_folder import SPEC, made

if TYPE_CHECKING:
    from huggingnersc.adapters.engines.choice import EngineChoice, Report
    from huggingnersc.domain.site import Site


def finish(run: RunFolder, choice: EngineChoice, site: Site, report: Report) -> tuple[str, ...]:
    return run.spec.run_id, choice.engine, str(choice.jobs), site.profile.name


@pytest.mark.parametrize(
    ("engine", "used"), [(None, "slurm"), ("local", "local"), ("slurm", "slurm")]
)
def test_the_verb_completes_its_run_with_the_engine_it_had(
    site: Site, monkeypatch: pytest.MonkeyPatch, engine: str | None, used: str
) -> None:
    run = made(Path(site.run_root), b"a")
    run.update(replace(run.spec, engine=EngineName.SLURM))
    monkeypatch.setitem(module.FINISHING, SPEC.verb, f"{__name__}:finish")
    resumed = resume_run(SPEC.run_id, engine=engine, jobs=3, site=site)
    assert (resumed.verb, resumed.run_id) == (SPEC.verb, SPEC.run_id)
    assert resumed.result == (SPEC.run_id, used, "3", "nersc")


def test_a_run_that_cannot_be_resumed_is_explained(site: Site) -> None:
    with pytest.raises(RunUnknownError):
        resume_run("none", site=site)
    made(Path(site.run_root), b"a")
    with pytest.raises(SettingsError):
        resume_run(SPEC.run_id, engine="pbs", site=site)
    RunFolder.create(Path(site.run_root), replace(SPEC, run_id="x", verb=Verb.DOCTOR))
    with pytest.raises(RunDamagedError):
        resume_run("x", site=site)


def test_every_run_can_be_completed_and_its_result_shown() -> None:
    assert module.FINISHING.keys() == SHOWN_BY.keys() == LABELS.keys()
    for target in (*module.FINISHING.values(), *SHOWN_BY.values()):
        name, _, function = target.partition(":")
        assert callable(getattr(import_module(name), function))
