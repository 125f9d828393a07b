"""Try every fault and print the table.

    python -m tests.faults [FAMILY [SCENARIO]] [--step N] [--json]
    python -m tests.faults --serve

The families: requests, kills, disk (each change of a file fails), full (a small file system of its
own) and links (another user of the group puts links into the catalog, which takes root). One
process imports everything once and forks for each point. With --serve it reads `FAMILY SCENARIO
STEP OFFSET` from each line of standard input and answers with a line of JSON, a list of verdicts.
"""

from __future__ import annotations

import argparse
import atexit
import json
import os
import sys
import tempfile
from collections import Counter
from contextlib import ExitStack
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING

from tests.clean_environment import clean_environment
from tests.forked_describing import PYARROW, forked_describing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.faults.points import Verdict
    from tests.faults.storage import Storage

FAMILIES = ("requests", "kills", "disk", "full", "links")


def main() -> None:
    """Parse, try, print; exit 1 when a point is lost."""
    from tests.faults.scenarios import SCENARIOS
    from tests.faults.world import WARMED, warm_up

    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("family", nargs="?", choices=FAMILIES)
    parser.add_argument("scenario", nargs="?", choices=SCENARIOS)
    parser.add_argument("--step", type=int, default=1, help="try every N-th point only")
    parser.add_argument("--offset", type=int, default=0, help="the number of the first of them")
    parser.add_argument("--lanes", type=int, default=4, help="points tried at the same time")
    parser.add_argument("--json", action="store_true", help="print a line for every point")
    parser.add_argument("--serve", action="store_true", help="read what to try from stdin")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="faults-hf-") as hf_home, forked_describing(PYARROW):
        clean_environment(hf_home)
        chosen = SCENARIOS.get(given.scenario)
        warm_up((*chosen.setup, chosen.words) if chosen and not chosen.needs else WARMED)
        sys.exit(_serve(given) if given.serve else _try_and_print(given))


def _serve(given: argparse.Namespace) -> int:
    """Answer each line of standard input."""
    from tests.faults.world import tasks

    for line in tasks():
        family, name, step, offset = line.split()
        given.step, given.offset = int(step), int(offset)
        _print(json.dumps([asdict(verdict) for verdict in _in_lanes(family, name, given)]))
    return 0


def _try_and_print(given: argparse.Namespace) -> bool:
    """Return whether a point is lost."""
    from tests.faults.colleague import can_act
    from tests.faults.scenarios import SCENARIOS

    verdicts = []
    families = [given.family] if given.family else list(FAMILIES)
    if "links" in families and not can_act():
        families.remove("links")
        _print("links: skipped, because only root can act as a second user")
    for family in families:
        for scenario in [SCENARIOS[given.scenario]] if given.scenario else SCENARIOS.values():
            if family not in scenario.families and not given.scenario:
                continue
            if scenario.missing:
                _print(f"{scenario.name}: skipped, because {scenario.missing} is not installed")
                continue
            found = _in_lanes(family, scenario.name, given)
            verdicts += [(family, verdict) for verdict in found]
            if given.json:
                _print(*(json.dumps(asdict(verdict)) for verdict in found))
            lost = sum(bool(verdict.lost) for verdict in found)
            sys.stderr.write(f"{family} {scenario.name}: {len(found)} tried, {lost} lost\n")
    if not given.json:
        _print(*_table(verdicts))
    return any(verdict.lost for _, verdict in verdicts)


def _in_lanes(family: str, name: str, given: argparse.Namespace) -> list[Verdict]:
    """Share the points among processes; each mostly waits for its Hub to start and stop."""
    from tests.faults.points import Verdict
    from tests.faults.scenarios import SCENARIOS

    _prepared(SCENARIOS[name].needs)
    readers = []
    for lane in range(given.lanes):
        reader, writer = os.pipe()
        if os.fork() == 0:
            os.close(reader)
            with os.fdopen(writer, "w") as stream:
                first = given.offset + lane * given.step
                share = slice(first, None, given.lanes * given.step)
                json.dump([asdict(verdict) for verdict in _tried(family, name, share)], stream)
            os._exit(0)
        os.close(writer)
        readers.append(reader)
    found = []
    for lane, reader in enumerate(readers):
        with os.fdopen(reader) as stream:
            verdicts = [Verdict(**values) for values in json.load(stream)]
        found += verdicts if lane == 0 else verdicts[1:]  # each begins with an undisturbed run
        os.wait()
    return found


@cache
def _prepared(needs: tuple[str, ...]) -> Storage | None:
    """Import what some scenarios need, and start their storage, to the end of this process."""
    from tests.faults.scenarios import FOR_BUCKETS, NEEDS_BUCKET, NEEDS_PARQUET, PACK_IMAGES
    from tests.faults.storage import running_storage
    from tests.faults.world import warm_up

    storage = None
    if needs == NEEDS_BUCKET:
        stack = ExitStack()
        atexit.register(stack.close)
        storage = stack.enter_context(running_storage())
        warm_up(FOR_BUCKETS, storage)
    elif needs == NEEDS_PARQUET:
        warm_up((PACK_IMAGES,))
    return storage


def _tried(family: str, name: str, share: slice) -> Iterator[Verdict]:
    from tests.faults import points
    from tests.faults.colleague import GROUP_ID
    from tests.faults.scenarios import SCENARIOS
    from tests.faults.world import adopt_orphans, in_child, new_world, run_against, run_line

    scenario = SCENARIOS[name]
    adopt_orphans()
    storage = _prepared(scenario.needs)
    with new_world(limited=family == "full", storage=storage) as world:
        if family == "links":
            world.share(GROUP_ID)

        def set_up() -> list[str]:
            if family != "requests":
                runs = [run_line(world, words) for words in scenario.setup]
                if scenario.described:
                    world.describe(scenario.described)
                if scenario.has_shards:
                    with world.hub() as running:
                        world.put_shards(running)
            else:
                with world.proxied() as (proxy, running):
                    runs = [run_against(world, proxy, words, None) for words in scenario.setup]
                    if scenario.has_shards:
                        world.put_shards(running)
            return [run.err for run in runs if run.code != 0]

        _, failed = in_child(set_up)
        if failed != []:
            sys.exit(f"{name} cannot be set up: {failed}")
        world.keep()
        try_all = {
            "requests": points.tried_requests,
            "kills": points.tried_kills,
            "disk": points.tried_disk_faults,
            "full": points.tried_full_disk,
            "links": points.tried_links,
        }
        yield from try_all[family](world, scenario, share=share)


def _table(verdicts: Iterable[tuple[str, Verdict]]) -> list[str]:
    tried: Counter[tuple[str, str]] = Counter()
    lost: Counter[tuple[str, str]] = Counter()
    details = []
    for family, verdict in verdicts:
        key = (f"{family}: {verdict.fault}", verdict.scenario)
        tried[key] += 1
        if verdict.lost:
            lost[key] += 1
            details.append(f"{key[0]} at {verdict.at} of {verdict.scenario}: {verdict.lost}")
    rows = list(dict.fromkeys(fault for fault, _ in tried))
    columns = list(dict.fromkeys(scenario for _, scenario in tried))
    lines = [f"{'':26}" + "".join(f"{column:>11}" for column in columns)]
    for row in rows:
        cells = (f"{tried[row, column]}/{lost[row, column]}" for column in columns)
        lines.append(f"{row:26}" + "".join(f"{cell:>11}" for cell in cells))
    total, gone = sum(tried.values()), sum(lost.values())
    return [*lines, *details, f"{total} points tried, {total - gone} converged, {gone} lost"]


def _print(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
