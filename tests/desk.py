"""Which tests a run of all of them at a desk leaves out: four of five that take long.

These are the tests that run through all floors, and the slowest files of the others; they take
four fifths of the time. The commit decides which are left out, so that successive commits try
others. CI tries all of them; so does whoever names files or sets FAULTS.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest

SLOWEST = (
    "faults/test_faults.py",
    "test_readme.py",
    "examples/test_packed_examples.py",
    "examples/test_jetclass_ranks.py",
    "test_load_lines.py",
    "browser/test_static_site.py",
    "browser/test_accessibility.py",
    "test_tour.py",
    "test_hub_durability.py",
    "slurm/test_job_notebook.py",
    "slurm/test_engine.py",
    "slurm/test_job_cells.py",
    "faults/test_clocks.py",
    "faults/test_crowds.py",
    "loaders/test_generated_scripts.py",
    "loaders/test_generated_downloads.py",
    "api/versions/test_snapshot_dataset.py",
    "api/versions/test_closed_snapshots.py",
    "examples/test_jetclass.py",
    "examples/test_jetclass_batch.py",
    "loaders/test_distributed_loaders.py",
    "test_install.py",
    "test_croissant.py",
    "test_load_dataset.py",
    "browser/test_pages.py",
    "cli/test_completion.py",
    "cli/test_confirm.py",
    "cli/test_ctrl_c.py",
    "cli/test_hostile_text.py",
    "cli/test_terminal.py",
    "api/catalog/test_catalog_new_dataset.py",
    "api/catalog/test_preview_dataset.py",
    "api/check/test_run_loader.py",
    "api/hub/test_export_catalog.py",
    "hub_server/routes/test_odd_requests.py",
    "hub_server/test_clients.py",
    "adapters/hub/test_odd_answers.py",
    "adapters/loading/test_sample.py",
    "adapters/data_files/test_lines.py",
    "adapters/test_loader_process.py",
    "domain/catalog/test_run_command.py",
    "domain/draft/test_plan.py",
    "domain/loading/test_generated_loader.py",
    "domain/metadata/test_quick_check.py",
    "hub_server/test_server.py",
    "hub_server/services/test_smart_git.py",
    "hub_server/storage/test_durability.py",
    "hub_server/web/test_markdown.py",
    "hub_server/web/test_parquet.py",
    "hub_server/web/test_repository_pages.py",
    "test_second_user.py",
)
_THROUGH_ALL_FLOORS = (
    "api/", "browser/", "cli/", "examples/", "faults/", "loaders/", "notebooks/", "slurm/",
)  # fmt: skip
ONE_IN = 5
_VARIABLE = "PYTEST_DESK_SAMPLE"
_EXAMPLES_SHARE = 4


def is_desk(environ: Mapping[str, str] = os.environ) -> bool:
    """Return whether this run need not try everything."""
    return not environ.get("CI") and "FAULTS" not in environ


def examples(number: int) -> int:
    """Return how many examples of a property are tried where CI tries a number."""
    return number // _EXAMPLES_SHARE if is_desk() else number


def decide(config: pytest.Config) -> None:
    """Decide whether this run of all tests is a desk's; xdist's workers learn it by a variable."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        names_none = config.args_source is config.ArgsSource.TESTPATHS
        chooses = config.option.markexpr or config.option.keyword
        os.environ[_VARIABLE] = "yes" if is_desk() and names_none and not chooses else ""


def leaves_out_some() -> bool:
    """Return whether this run is such a one."""
    return bool(os.environ.get(_VARIABLE))


def is_left_out(item: pytest.Item) -> bool:
    """Return whether a desk leaves this test out."""
    file = item.nodeid.partition("::")[0].removeprefix("tests/")
    is_slow = file in SLOWEST or file.startswith(_THROUGH_ALL_FLOORS)
    return is_slow and crc32(item.nodeid.encode()) % ONE_IN != _turn()


@cache
def _turn() -> int:
    from tests.faults.sampling import commit_hash

    return int(commit_hash() or "0", 16) % ONE_IN
