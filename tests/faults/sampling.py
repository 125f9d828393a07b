"""Which points of the fault suite a run of the tests tries."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass

from tests.conftest import ROOT

# It shares no factor with the twenty faults of a request, so that every kind gets its turn.
_DESK_STEP = 97


@dataclass(frozen=True, slots=True)
class Sample:
    """Every `step`-th point, beginning with one that the commit decides."""

    step: int
    commit: str

    def __str__(self) -> str:
        if self.step == 1:
            return "all points"
        origin = f"commit {self.commit[:12]}" if self.commit else "no commit"
        return f"one point in {self.step} from number {self.offset_of(self.step)} on ({origin})"

    def offset_of(self, step: int) -> int:
        """Return the number of the first point where one in `step` is tried."""
        return int(self.commit or "0", 16) % step


def sample() -> Sample:
    """Return the sample that `FAULTS` asks for: `all`, or a number N for one point in N."""
    asked = os.environ.get("FAULTS", str(_DESK_STEP))
    step = 1 if asked == "all" else int(asked)
    return Sample(step, commit_hash())


def commit_hash() -> str:
    """Return the hash of the commit that is checked out; empty outside a git repository."""
    done = subprocess.run(
        ["git", "-c", "safe.directory=*", "rev-parse", "HEAD"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip()
