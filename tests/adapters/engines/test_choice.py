from __future__ import annotations

from dataclasses import replace

import pytest

from huggingnersc.adapters.engines.choice import EngineChoice, LocalBudget, local_budget
from huggingnersc.domain.engine_name import EngineName
from huggingnersc.domain.engine_settings import EngineSettings
from huggingnersc.errors import SettingsError
from tests.builders import make_site

LOGIN_NODE = EngineSettings(processes=4, seconds=600, gigabytes=0.5)


def budget(
    jobs: int | None, processors: int, settings: EngineSettings = LOGIN_NODE
) -> LocalBudget:
    return local_budget(EngineChoice(jobs=jobs, settings=settings), {}, processors)


def test_a_login_node_has_a_budget() -> None:
    expected = LocalBudget(processes=4, seconds=600, size_bytes=500_000_000)
    assert budget(None, 128) == budget(16, 128) == expected
    assert budget(3, 128) == budget(None, 3) == replace(expected, processes=3)


def test_a_machine_of_ones_own_has_none() -> None:
    settings = EngineSettings()
    assert budget(None, 8, settings) == LocalBudget(processes=8, seconds=None, size_bytes=None)
    assert budget(16, 8, settings).processes == 16


def test_a_job_of_slurm_has_none() -> None:
    choice = EngineChoice(settings=LOGIN_NODE)
    found = local_budget(choice, {"SLURM_JOB_ID": "7"}, 128)
    assert found == LocalBudget(processes=128, seconds=None, size_bytes=None)


def test_the_choice_takes_what_the_site_says() -> None:
    choice = EngineChoice.of(make_site(), engine="slurm", jobs=3, wait=False)
    assert (choice.engine, choice.jobs, choice.wait) == (EngineName.SLURM, 3, False)
    assert choice.projects == "/global/cfs/cdirs/"


@pytest.mark.parametrize(("engine", "jobs"), [("pbs", None), ("local", 0), ("slurm", -1)])
def test_a_wrong_choice_is_refused(engine: str, jobs: int | None) -> None:
    with pytest.raises(SettingsError):
        EngineChoice.of(make_site(), engine=engine, jobs=jobs)
