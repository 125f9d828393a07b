"""Every point of a scenario at which something can go wrong, and what came of each.

A point is lost when the fault did not strike, when the command line did not explain itself, when
what it left breaks the order of the transaction (`tests.faults.judge`), or when the same command
again, undisturbed, does again what was finished, or does not lead to the state of a run that never
was disturbed.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from tests.faults.audit import Strikes, counting, failing, killing
from tests.faults.colleague import (
    DIARY_OID,
    SWAPS,
    exposes_diary,
    look,
    make_private,
    put_link,
    undo,
)
from tests.faults.judge import done_again, premature, unequal, unexplained, without_remains
from tests.faults.proxy import OTHER_SHAPES, Fault
from tests.faults.world import Run, World, await_orphans, in_child, run_against, run_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from huggingnersc.hub_server import RunningHub
    from tests.faults.audit import Change
    from tests.faults.scenarios import Scenario, Words

    Seen = dict[str, Any]
    Strike = Callable[[Change], None]

_PAGE = 4096


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one point.

    Attributes:
        fault: its kind; `none` for the undisturbed run.
        at: the number of the request or change; of the undisturbed run, how many points there are.
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


class Trial:
    """The undisturbed run of a scenario, which the disturbed ones are compared with.

    Args:
        world: put back to its start.
        scenario: what is run.
        undisturbed: what is seen when nothing goes wrong.
    """

    def __init__(self, world: World, scenario: Scenario, undisturbed: Seen) -> None:
        self._name, self._undisturbed = scenario.name, undisturbed
        world.put_back()
        _, (self._start, self._old) = in_child(lambda: (world.state(), world.finished()))

    def first(self, points: int) -> Verdict:
        """Return the verdict on the undisturbed run."""
        run, end = Run(**self._undisturbed["first"]), self._undisturbed["state"]
        reasons = [
            "" if run.code == 0 and run.out else f"undisturbed, it fails: {run.err}",
            unequal(self._undisturbed["between"], end),
        ]
        return self._verdict("none", points, run, reasons)

    def verdict(self, fault: str, at: int, seen: Seen | None, *, kill: bool = False) -> Verdict:
        """Return the verdict on a disturbed run.

        Args:
            fault: the kind of fault.
            at: its number.
            seen: what was seen; None where the child ended without a word.
            kill: whether the fault is the end of the process.
        """
        if seen is None:
            return Verdict(self._name, fault, at, None, 0.0, "the suite itself failed")
        run = Run(**seen["first"]) if seen["first"] else None
        reasons = [
            "" if seen["signal"] == (signal.SIGKILL if kill else 0) else "not ended as it should",
            "" if seen["struck"] else "the fault did not strike",
            unexplained(run) if run else "",
            self._too_early(fault, seen["between"], run),
            done_again(*seen["finished"], old=self._old),
            self._not_completed(seen),
        ]
        return self._verdict(fault, at, run, reasons)

    def beside_colleague(self, fault: str, at: int, seen: Seen | None) -> Verdict:
        """Return the verdict on a run that a colleague's link disturbed."""
        if seen is None:
            return Verdict(self._name, fault, at, None, 0.0, "the suite itself failed")
        run = Run(**seen["first"])
        reasons = [
            "" if seen["private is untouched"] else "a folder outside the catalog was changed",
            "a private file was published"
            if seen["exposed"] or DIARY_OID in seen["between"].values()
            else "",
            unexplained(run),
            self._not_completed(seen),
        ]
        return self._verdict(fault, at, run, reasons)

    def _verdict(self, fault: str, at: int, run: Run | None, reasons: list[str]) -> Verdict:
        code, waited_s = (run.code, run.waited_s) if run else (None, 0.0)
        return Verdict(self._name, fault, at, code, waited_s, "; ".join(filter(None, reasons)))

    def _too_early(self, fault: str, between: dict[str, str], run: Run | None) -> str:
        end = self._undisturbed["state"]
        if run and run.code == 0:
            if fault == "404":  # "no such repository" is believed, for then nothing is left to do
                return ""
            differing = unequal(without_remains(between), end)
            return f"said to be done, but not: {differing}" if differing else ""
        return premature(between, self._start, end)

    def _not_completed(self, seen: Seen) -> str:
        if seen["again"]["code"] != 0:
            return f"again: exit {seen['again']['code']}: {seen['again']['err'].strip()}"
        differing = unequal(seen["state"], self._undisturbed["state"])
        return f"left otherwise: {differing}" if differing else ""


def tried_requests(world: World, scenario: Scenario, *, share: slice) -> Iterator[Verdict]:
    """Spoil every request in every way."""
    undisturbed = _proxied(world, scenario.words, None)
    trial = Trial(world, scenario, undisturbed)
    faults = [fault for at in range(undisturbed["first"]["requests"]) for fault in _faults(at)]
    yield trial.first(len(faults))
    for fault in faults[share]:
        seen = _proxied(world, scenario.words, fault)
        name = fault.kind + (" after" if fault.passed_on else "") + (" on" * fault.lasting)
        yield trial.verdict(name, fault.at, seen, kill=fault.kind == "kill")


def _faults(at: int) -> list[Fault]:
    once = [
        *(Fault(kind, at) for kind in ("reset", "timeout", "kill")),
        *(Fault(kind, at) for kind in ("401", "403", "404", "409", "412", "429", "500", "503")),
    ]
    answered = [
        Fault(kind, at, passed_on=True)
        for kind in ("reset", "timeout", "truncated", "500", "kill", *OTHER_SHAPES)
    ]
    return [
        Fault("refused", at, lasting=True),
        *once,
        *answered,
        Fault("429", at, lasting=True),
        Fault("503", at, lasting=True),
        Fault("reset", at, lasting=True),
    ]


def _proxied(world: World, words: Words, fault: Fault | None) -> Seen:
    """Run against the proxied Hub; spoilt first, then undisturbed."""

    def run(*, disturbed: bool) -> Seen:
        with world.proxied() as (proxy, running):
            first = run_against(world, proxy, words, fault) if disturbed else None
            return _seen(world, running, first, lambda: run_against(world, proxy, words, None))

    world.put_back()
    ended_by, seen = in_child(partial(run, disturbed=True))
    if ended_by:
        _, seen = in_child(partial(run, disturbed=False))
    # A refused connection never reaches the proxy, so it cannot be counted.
    is_counted = fault is not None and fault.kind != "refused" and seen and seen["first"]
    struck = not is_counted or seen["first"]["requests"] > fault.at  # type: ignore[union-attr]
    return seen and {**seen, "signal": ended_by, "struck": struck}


def _seen(
    world: World, running: RunningHub | None, first: Run | None, run_again: Callable[[], Run]
) -> Seen:
    """Look, run the command once more, look again."""
    between, finished = world.state(running), world.finished()
    again = run_again()
    return {
        "first": asdict(first) if first else None,
        "between": between,
        "again": asdict(again),
        "state": world.state(running),
        "finished": (finished, world.finished()),
    }


def tried_kills(world: World, scenario: Scenario, *, share: slice) -> Iterator[Verdict]:
    """Kill the process before every change of a file and every connection.

    Where there is a worker, it is killed alone, so that the command replaces it; the command is
    killed alone, so that the worker outlives it; and both are killed.
    """
    undisturbed = _locally(world, scenario, counting, connections=True)
    trial = Trial(world, scenario, undisturbed)
    kinds = (False, True) if scenario.has_worker else (True,)
    points = [(at, power) for at in range(undisturbed["count"]) for power in kinds]
    yield trial.first(len(points))
    for at, power in points[share]:
        seen = _locally(world, scenario, killing(at, power=power), connections=True)
        is_worker = seen and not power and not seen["signal"]
        struck = seen and {**seen, "struck": not is_worker or seen["count"] > at}
        kind = "kill -9" if power else "kill -9 one"
        yield trial.verdict(kind, at, struck, kill=not is_worker)


def tried_disk_faults(world: World, scenario: Scenario, *, share: slice) -> Iterator[Verdict]:
    """Let every change fail: for want of space from it on, for want of permission there only."""
    kinds = ((errno.ENOSPC, True), (errno.EACCES, False))
    undisturbed = _locally(world, scenario, counting)
    trial = Trial(world, scenario, undisturbed)
    counts = undisturbed["growing"], undisturbed["count"]
    yield trial.first(sum(counts))
    for (code, lasting), count in zip(kinds, counts, strict=True):
        for at in range(count)[share]:
            strike = failing(code, at, lasting=lasting)
            seen = _locally(world, scenario, strike, only_growing=lasting)
            struck = seen and {**seen, "struck": seen["count"] > at}
            yield trial.verdict(errno.errorcode[code], at, struck)


def tried_full_disk(world: World, scenario: Scenario, *, share: slice) -> Iterator[Verdict]:
    """Leave less and less room, page by page, on a real file system of limited size."""
    world.put_back()
    before = _free_bytes(world)
    undisturbed = _locally(world, scenario, counting)
    rooms = range(0, max(before - _free_bytes(world), 0) + _PAGE, _PAGE)
    trial = Trial(world, scenario, undisturbed)
    yield trial.first(len(rooms))
    for room in rooms[share]:
        world.put_back()
        filler = world.home / "filler"
        with filler.open("wb") as stream:
            os.posix_fallocate(stream.fileno(), 0, max(_free_bytes(world) - room, 1))

        def full(filler: Path = filler) -> Seen:
            first = run_line(world, scenario.words)
            filler.unlink()
            return _again(world, scenario, first)

        ended_by, seen = in_child(full)
        struck = seen and {**seen, "signal": ended_by, "struck": True}
        yield trial.verdict("full disk", room, struck)


def tried_links(world: World, scenario: Scenario, *, share: slice) -> Iterator[Verdict]:
    """Let a colleague put a link in the place of a name, before every change of a file."""
    private = world.home.parent / "private"
    undisturbed = _locally(world, scenario, counting)
    points = [(at, swap) for at in range(undisturbed["count"]) for swap in SWAPS]
    trial = Trial(world, scenario, undisturbed)
    yield trial.first(len(points))
    for at, swap in points[share]:
        untouched = make_private(private)
        seen = _beside_colleague(
            world, scenario, partial(put_link, world.catalog, private, swap), at
        )
        seen = seen and {**seen, "private is untouched": look(private) == untouched}
        yield trial.beside_colleague(str(swap), at, seen)


def _beside_colleague(world: World, scenario: Scenario, act: Callable[[], None], at: int) -> Seen:
    """Run while a colleague acts before change `at`; then again, without what that did."""

    def struck() -> Seen:
        strikes = Strikes(world.home)
        sys.addaudithook(strikes)
        strikes.strike = lambda change: act() if change.number == at else None
        first = run_line(world, scenario.words)
        strikes.strike = None
        undo(world.catalog)
        exposed = exposes_diary(world.catalog)
        return _again(world, scenario, first) | {"exposed": exposed}

    world.put_back()
    ended_by, seen = in_child(struck)
    return seen and {**seen, "signal": ended_by}


def _free_bytes(world: World) -> int:
    here = os.statvfs(world.home)
    return here.f_bavail * here.f_frsize


def _locally(world: World, scenario: Scenario, strike: Strike, **counts: bool) -> Seen:
    """Run with the embedded Hub inside the command; struck first, then undisturbed."""

    def struck() -> Seen:
        strikes = Strikes(world.home, **counts)
        sys.addaudithook(strikes)
        strikes.strike = strike
        first = run_line(world, scenario.words)
        strikes.strike = None
        return _again(world, scenario, first) | {
            "count": strikes.count,
            "growing": strikes.growing,
        }

    world.put_back()
    ended_by, seen = in_child(struck)
    if ended_by:
        await_orphans()
        _, seen = in_child(lambda: _again(world, scenario, None))
    return seen and {**seen, "signal": ended_by, "struck": True}


def _again(world: World, scenario: Scenario, first: Run | None) -> Seen:
    """Run the command once more; one Hub serves the looks before and after."""
    with ExitStack() as stack:
        # Where the disturbed run made no Hub, the next one has to make it.
        running = stack.enter_context(world.hub()) if world.hub_root.exists() else None
        return _seen(world, running, first, lambda: run_line(world, scenario.words))
