"""Every point of a scenario at which something can go wrong, and what came of each.

A point is lost when the command line did not explain itself, or when the same command again,
undisturbed, does not lead to the state of a run that never was disturbed.
"""

from __future__ import annotations

import errno
import os
import sys
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from tests.faults.audit import Strikes, counting, failing, killing
from tests.faults.proxy import Fault
from tests.faults.world import Run, World, in_child, run_against, run_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.faults.scenarios import Scenario, Words

    Strike = Callable[[int, str], None]

MOST_WAITED_S = 60.0
_PAGE = 4096


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one point.

    Attributes:
        fault: its kind.
        at: the number of the request or change.
        code: how the disturbed run ended; None when it was killed.
        waited_s: how long its tries would have slept.
        lost: why the point is lost; empty when it converged.
    """

    scenario: str
    fault: str
    at: int
    code: int | None
    waited_s: float
    lost: str


def tried_requests(world: World, scenario: Scenario, *, share: slice) -> Iterator[Verdict]:
    """Spoil every request in every way."""
    undisturbed, requests = _through_proxy(world, scenario.words, None)
    yield _first(scenario, undisturbed)
    faults = [fault for at in range(requests) for fault in _faults(at)]
    for fault in faults[share]:
        world.put_back()
        signal, seen = in_child(partial(_both, world, scenario.words, fault))
        if signal:
            _, seen = in_child(lambda: _both(world, scenario.words, None))
            seen["first"] = None
        name = fault.kind + (" after" if fault.passed_on else "") + (" on" * fault.lasting)
        yield _judged(scenario, name, fault.at, seen, undisturbed)


def _faults(at: int) -> list[Fault]:
    once = [
        *(Fault(kind, at) for kind in ("reset", "timeout", "kill")),
        *(Fault(kind, at) for kind in ("401", "403", "404", "409", "412", "429", "500", "503")),
    ]
    answered = [
        Fault(kind, at, passed_on=True)
        for kind in ("reset", "timeout", "truncated", "500", "kill")
    ]
    return [
        Fault("refused", at, lasting=True),
        *once,
        *answered,
        Fault("429", at, lasting=True),
        Fault("503", at, lasting=True),
        Fault("reset", at, lasting=True),
    ]


def _through_proxy(world: World, words: Words, fault: Fault | None) -> tuple[dict[str, Any], int]:
    world.put_back()
    _, seen = in_child(lambda: _both(world, words, fault))
    return seen, seen["first"]["requests"]


def _both(world: World, words: Words, fault: Fault | None) -> dict[str, Any]:
    """In a child: the disturbed run, the same undisturbed, and what is there then."""
    with world.proxied() as proxy:
        first = run_against(world, proxy, words, fault)
        again = run_against(world, proxy, words, None)
    return {"first": asdict(first), "again": asdict(again), "state": world.state()}


def tried_kills(world: World, scenario: Scenario, *, share: slice) -> Iterator[Verdict]:
    """Kill the process before every change of a file and every connection, and after the last."""
    undisturbed = _locally(world, scenario, counting, connections=True)
    yield _first(scenario, undisturbed)
    for at in range(undisturbed["count"] + 1)[share]:
        seen = _locally(world, scenario, killing(at), connections=True)
        yield _judged(scenario, "kill -9", at, seen, undisturbed)


def tried_disk_faults(world: World, scenario: Scenario, *, share: slice) -> Iterator[Verdict]:
    """Let every change fail: for want of space from it on, for want of permission there only."""
    for code, lasting in ((errno.ENOSPC, True), (errno.EACCES, False)):
        undisturbed = _locally(world, scenario, counting, only_growing=lasting)
        if lasting:
            yield _first(scenario, undisturbed)
        for at in range(undisturbed["count"])[share]:
            strike = failing(code, at, lasting=lasting)
            seen = _locally(world, scenario, strike, only_growing=lasting)
            yield _judged(scenario, errno.errorcode[code], at, seen, undisturbed)


def tried_full_disk(world: World, scenario: Scenario, *, share: slice) -> Iterator[Verdict]:
    """Leave less and less room, page by page, on a real file system of limited size."""
    world.put_back()
    before = _free_bytes(world)
    undisturbed = _locally(world, scenario, counting)
    yield _first(scenario, undisturbed)
    needed = before - _free_bytes(world)
    for room in range(0, max(needed, 0) + _PAGE, _PAGE)[share]:
        world.put_back()
        filler = world.home / "filler"
        with filler.open("wb") as stream:
            os.posix_fallocate(stream.fileno(), 0, max(_free_bytes(world) - room, 1))

        def full(filler: Path = filler) -> dict[str, Any]:
            first = run_line(world, scenario.words)
            filler.unlink()
            again = run_line(world, scenario.words)
            return {"first": asdict(first), "again": asdict(again), "state": world.state()}

        _, seen = in_child(full)
        yield _judged(scenario, "full disk", room, seen, undisturbed)


def _free_bytes(world: World) -> int:
    here = os.statvfs(world.home)
    return here.f_bavail * here.f_frsize


def _locally(world: World, scenario: Scenario, strike: Strike, **counts: bool) -> dict[str, Any]:
    """Run with the embedded Hub inside the command; struck first, then undisturbed."""

    def struck() -> dict[str, Any]:
        strikes = Strikes(world.home, **counts)
        sys.addaudithook(strikes)
        strikes.strike = strike
        first = run_line(world, scenario.words)
        strikes.strike = None
        return _again(first) | {"count": strikes.count}

    def _again(first: Run | None) -> dict[str, Any]:
        again = run_line(world, scenario.words)
        return {
            "first": asdict(first) if first else None,
            "again": asdict(again),
            "state": world.state(),
        }

    world.put_back()
    signal, seen = in_child(struck)
    if signal:
        _, seen = in_child(lambda: _again(None))
    return dict(seen)


def _first(scenario: Scenario, undisturbed: dict[str, Any]) -> Verdict:
    run = undisturbed["first"]
    lost = "" if run["code"] == 0 and run["out"] else f"undisturbed, it fails: {run['err']}"
    return Verdict(scenario.name, "none", 0, run["code"], run["waited_s"], lost)


def _judged(
    scenario: Scenario, fault: str, at: int, seen: dict[str, Any], undisturbed: dict[str, Any]
) -> Verdict:
    verdict = Verdict(scenario.name, fault, at, None, 0.0, "")
    if seen is None:
        return replace(verdict, lost="the suite itself failed")
    reasons = [_unequal(seen, undisturbed)]
    if seen["first"] is not None:
        first = Run(**seen["first"])
        verdict = replace(verdict, code=first.code, waited_s=first.waited_s)
        reasons.insert(0, unexplained(first))
    return replace(verdict, lost="; ".join(filter(None, reasons)))


def unexplained(run: Run) -> str:
    """Say what a user misses in how a command ended; empty when it explained itself."""
    if "Traceback" in run.err or run.code not in {0, 3}:
        return f"exit {run.code}: {run.err[-2500:]}"
    if run.code == 0:
        return "" if run.out else "done, and no result"
    lines = run.err.splitlines()
    errors = [line for line in lines if line.startswith("error: ")]
    hints = [line for line in lines if line.startswith("hint: ")]
    if run.out or len(errors) != 1 or len(hints) != 1:
        return f"not one sentence and one next step: {run.out!r} {run.err!r}"
    if run.waited_s > MOST_WAITED_S:
        return f"waits {run.waited_s:.0f} s"
    return ""


def _unequal(seen: dict[str, Any], undisturbed: dict[str, Any]) -> str:
    if seen["again"]["code"] != 0:
        return f"again: exit {seen['again']['code']}: {seen['again']['err'].strip()}"
    ours, theirs = seen["state"].items(), undisturbed["state"].items()
    differing = sorted({key for key, _ in set(ours) ^ set(theirs)})
    return f"left otherwise: {', '.join(differing)}" if differing else ""
