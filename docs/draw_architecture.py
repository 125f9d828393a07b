"""Draw docs/architecture.svg, the rooms of the package and their imports, from the import graph.

python docs/draw_architecture.py

The exit code is 1, and nothing is written, where an import goes up or in a circle.
"""

from __future__ import annotations

import sys
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

import grimp

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from docs.layered_picture import Box, picture  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FILE = ROOT / "docs" / "architecture.svg"
PACKAGE = "huggingnersc"
ENTRY_POINTS = {PACKAGE: "from huggingnersc import ...", "__main__": "python -m huggingnersc"}
NAMED_FILES = 4  # as many names of files fit into one box


@dataclass(frozen=True)
class Imports:
    """Which part of the package imports which.

    Attributes:
        floors: the rows of floors, top first; floors of one row do not import each other.
        below: for each part what it imports. A part is a room (`cli.catalog`) or a file that is
            in no room (`cli.output`, `errors`).
        rooms: the parts that are rooms.
    """

    floors: tuple[tuple[str, ...], ...]
    below: Mapping[str, frozenset[str]]
    rooms: frozenset[str]

    def floor(self, part: str) -> int:
        """Return the number of the row that a part is in, 0 at the top."""
        name = part.split(".")[0]
        return next(number for number, row in enumerate(self.floors) if name in row)

    def neighbors(self, part: str) -> list[str]:
        """Return what a part imports of its own floor, sorted."""
        own = self.floor(part)
        return sorted(other for other in self.below[part] if self.floor(other) == own)

    def bottom_up(self) -> tuple[str, ...]:
        """Return the parts so that each comes after all that it imports of its own floor.

        Raises:
            CycleError: imports go in a circle.
        """
        neighbors = {part: self.neighbors(part) for part in sorted(self.below)}
        return tuple(TopologicalSorter(neighbors).static_order())


def read_imports() -> Imports:
    """Return the imports of the package; the floors are those of the first import contract."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    floors = [tuple(_part(name.strip()) for name in layer.split(":")) for layer in layers]
    graph = grimp.build_graph(PACKAGE, cache_dir=None)
    below: dict[str, set[str]] = defaultdict(set)
    for module in graph.modules:
        imported = graph.find_modules_directly_imported_by(module)
        below[_part(module)] |= {_part(other) for other in imported} - {_part(module)}
    rooms = {_part(name) for name in graph.modules if name.count(".") == 3}
    parts = {part: frozenset(others) for part, others in below.items()}
    return Imports((tuple(ENTRY_POINTS), *floors), parts, frozenset(rooms))


def _part(module: str) -> str:
    return ".".join(module.split(".")[1:3]) or PACKAGE


def problems(imports: Imports) -> Iterator[str]:
    """Yield every import that goes up, and a circle if there is one."""
    for part, others in sorted(imports.below.items()):
        for other in sorted(others):
            if imports.floor(other) < imports.floor(part):
                yield f"{part} imports {other}, which is above it"
    try:
        imports.bottom_up()
    except CycleError as error:
        yield "imports go in a circle: " + " -> ".join(error.args[1])


def architecture(imports: Imports) -> str:
    """Return the picture as SVG: an arrow leads from each box to those that it imports.

    A room has a box of its own. Files of a floor that are in no room share one where they stand on
    equally many rooms, so that every arrow can point down. The arrow from a room of commands
    to its verbs is drawn even where it follows from others.
    """
    levels: dict[str, int] = {}
    for part in imports.bottom_up():
        below = max((levels[other] for other in imports.neighbors(part)), default=0)
        levels[part] = below + (part in imports.rooms)
    members: dict[str, list[str]] = defaultdict(list)
    for part in sorted(levels):
        members[_box_name(imports, part, levels[part])].append(part)
    box_of = {part: name for name, parts in members.items() for part in parts}
    arrows = {(box_of[a], box_of[b]) for a in levels for b in imports.below[a]}
    boxes = [_box(imports, name, parts, levels[parts[0]]) for name, parts in members.items()]
    bands = [" ".join(row) for row in imports.floors]
    drawn = sorted((a, b) for a, b in arrows if a != b)
    kept = [(a, b) for a, b in drawn if a.replace("cli.", "api.") == b]
    return picture(["", *bands[1:]], boxes, drawn, kept)


def _box_name(imports: Imports, part: str, level: int) -> str:
    floor = part.split(".")[0]
    is_file_of_floor = "." in part or any(name.startswith(f"{part}.") for name in imports.below)
    alone = part in imports.rooms or not is_file_of_floor
    return part if alone else f"files of {floor} {level}"


def _box(imports: Imports, name: str, parts: list[str], level: int) -> Box:
    is_room = parts[0] in imports.rooms
    row = 2 * level + (not is_room)  # above the rooms that the files import
    band = imports.floor(parts[0])
    if name == parts[0]:
        return Box(name, band, row, ENTRY_POINTS.get(name, name.split(".")[-1]))
    files = [part.split(".")[1] for part in parts if "." in part]
    shown = files if len(files) <= NAMED_FILES else [*files[: NAMED_FILES - 1], "..."]
    return Box(name, band, row, "", ", ".join(shown))


def main() -> None:
    """Write the picture; exit with 1 where the imports cannot be drawn downwards."""
    imports = read_imports()
    found = list(problems(imports))
    if found:
        sys.exit("\n".join(found))
    FILE.write_text(architecture(imports), encoding="utf-8")


if __name__ == "__main__":
    main()
