"""A repository's own mark: an emission spectrum drawn from its name.

Every name has different lines, so the entries of a list can be distinguished at a glance.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

WIDTH = 240
LINES = 14

# Colors along the visible spectrum, violet to red, bright enough on the dark band behind them.
_VISIBLE = (
    "#8f6bff #6f7bff #4f9dff #38c6f4 #2fe0c8 #46e58a #8bea55 #c9e84a #f3dc45 #fdbd3f #ff9a45"
    " #ff7550 #ff5a5f #f2476a"
)


@dataclass(frozen=True, slots=True)
class SpectrumLine:
    """One line: place and width in units of a band `WIDTH` wide, color as `#rrggbb`."""

    x: float
    width: float
    color: str
    opacity: float


def spectrum_of(name: str) -> tuple[SpectrumLine, ...]:
    """Return `LINES` lines of `name`, from left to right, always the same for one name."""
    seed = hashlib.sha256(name.lower().encode()).digest()
    pairs = (seed[2 * number : 2 * number + 2] for number in range(LINES))
    return tuple(sorted((_line(place, glow) for place, glow in pairs), key=lambda line: line.x))


def _line(place: int, glow: int) -> SpectrumLine:
    colors = _VISIBLE.split()
    x = place / 255 * (WIDTH - 6) + 1
    return SpectrumLine(
        x=round(x, 1),
        width=(0.8, 1.2, 1.8, 3.2)[glow % 4],
        color=colors[min(len(colors) - 1, place * len(colors) // 256)],
        opacity=round(0.55 + 0.45 * (glow / 255), 2),
    )
