"""The command lines that faults are tried on: each with those that set up its world."""

from __future__ import annotations

from dataclasses import dataclass

from tests.builders import IRIS, IRIS_LINK

Words = tuple[str, ...]

CATALOG: Words = (
    "catalog-new-dataset", "Fisher's Iris Data", "iris", str(IRIS / "iris_loader.py"), IRIS_LINK,
    str(IRIS / "iris_metadata.json"),
)  # fmt: skip
UPDATE: Words = (
    "update-dataset", "iris", "--official-name", "Iris", "--distributed", "--private", "--yes",
)  # fmt: skip
REMOVE: Words = ("remove-dataset", "iris", "--yes")
DELETE: Words = (*REMOVE, "--delete")
RESTORE: Words = ("restore-dataset", "iris")


@dataclass(frozen=True, slots=True)
class Scenario:
    """A command line, and the ones before it."""

    name: str
    setup: tuple[Words, ...]
    words: Words


SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("catalog", (), CATALOG),
        Scenario("update", (CATALOG,), UPDATE),
        Scenario("remove", (CATALOG,), REMOVE),
        Scenario("delete", (CATALOG,), DELETE),
        Scenario("restore", (CATALOG, REMOVE), RESTORE),
        Scenario("republish", (CATALOG, DELETE), RESTORE),
    )
}
