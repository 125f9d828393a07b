"""Draw the pictures of a card from statistics: few, the same bytes each time, with their words."""

from __future__ import annotations

from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any, cast

from huggingnersc.adapters.statistics.describing_process import DescribingProcess, DescriptionError
from huggingnersc.adapters.statistics.part import library_problem
from huggingnersc.domain.versions.charts import Bars, Heatmap, Ranges, charts_of
from huggingnersc.domain.versions.version import PICTURES_DIR

if TYPE_CHECKING:
    from huggingnersc.adapters.statistics.limits import DescribingLimits
    from huggingnersc.domain.versions.charts import Chart
    from huggingnersc.domain.versions.statistics import Picture, Statistics

_TASK = "huggingnersc.adapters.statistics.pictures:draw"
# 1200 pixels wide, which is more than the column of a card has; letters for a phone.
_WIDTH, _DPI = 5.0, 240
_TITLE_CHARS = 50  # of a line
_ROW, _MARGIN = 0.34, 0.75  # inches
_INK, _FAINT = "#1f2328", "#8c959f"
# Of Okabe and Ito: told apart by people who do not see all colors, and in gray.
_COLORS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7")
_STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 11,
    "text.color": _INK,
    "text.parse_math": False,  # a name may well hold two dollars
    "axes.edgecolor": _FAINT,
    "axes.labelcolor": _INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "figure.facecolor": "white",  # so that it is readable on a dark page too
    "savefig.facecolor": "white",
}


def with_pictures(found: Statistics, folder: Path, limits: DescribingLimits) -> Statistics:
    """Return statistics with their pictures, which are written to a folder.

    Without matplotlib, or where drawing fails, that is one more problem.

    Args:
        found: the statistics.
        folder: receives `pictures/*.png`.
        limits: of time and memory.
    """
    if not charts_of(found):
        return found
    problem = library_problem("matplotlib", "matplotlib", "Pictures")
    pictures: list[Picture] = []
    if problem is None:
        (folder / PICTURES_DIR).mkdir(mode=0o700, exist_ok=True)
        try:
            with DescribingProcess(limits) as process:
                pictures = process.ask(_TASK, statistics=found, folder=str(folder))
        except DescriptionError as error:
            problem = {"file": "", "message": f"Pictures were not drawn: {error}"}
    problems = [*found["problems"], *([problem] if problem else [])]
    return {**found, "pictures": pictures, "problems": problems}


def draw(statistics: dict[str, Any], folder: str) -> list[Picture]:
    """Draw the pictures of statistics, and return what they are."""
    import matplotlib as mpl

    mpl.use("Agg")
    pictures: list[Picture] = []
    with mpl.rc_context(_STYLE):
        for chart in charts_of(cast("Statistics", statistics)):
            path = f"{PICTURES_DIR}/{chart.name}.png"
            _save(_figure(chart), Path(folder) / path)
            pictures.append({"path": path, "title": chart.title, "alt": chart.alt})
    return pictures


def _save(figure: Any, file: Path) -> None:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about letters that the font does not have
        figure.savefig(file, dpi=_DPI, metadata={"Software": None})


def _figure(chart: Chart) -> Any:
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    layout = ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.08)
    height = _MARGIN + _ROW * max(2, _lines(chart))
    figure = Figure(figsize=(_WIDTH, height), layout=layout)
    axes = figure.add_subplot()
    match chart:
        case Bars():
            _draw_bars(axes, chart)
        case Ranges():
            _draw_ranges(axes, chart)
        case Heatmap():
            _draw_field(figure, axes, chart)
    figure.suptitle(fill(chart.title, _TITLE_CHARS), x=0.02, ha="left", size=12)
    return figure


def _lines(chart: Chart) -> float:
    """Return how many rows high a picture is."""
    match chart:
        case Bars():
            return len(chart.rows)
        case Ranges():
            return 1.5 * len(chart.rows)  # a name is above its range
        case Heatmap():
            return 9


def _draw_bars(axes: Any, chart: Bars) -> None:
    places = range(len(chart.rows))
    starts = [0.0] * len(chart.rows)
    for series, color in zip(chart.series, _COLORS, strict=False):
        axes.barh(places, series.values, left=starts, color=color, height=0.7, label=series.name)
        starts = [a + b for a, b in zip(starts, series.values, strict=True)]
    for place, (end, words) in enumerate(zip(starts, chart.words, strict=True)):
        axes.annotate(words, (end, place), (4, 0), textcoords="offset points", va="center")
    _rows_on_the_left(axes, chart.rows)
    axes.margins(x=0.15)
    if len(chart.series) > 1:
        columns = len(chart.series)
        axes.legend(frameon=False, loc="lower right", bbox_to_anchor=(1, 1), ncols=columns)


def _draw_ranges(axes: Any, chart: Ranges) -> None:
    for place, row in enumerate(chart.ranges):
        lowest, first, middle, third, highest = row.values
        size = highest - lowest
        low, mid, high = ((value - lowest) / size for value in (first, middle, third))
        axes.plot((0, 1), (place, place), color=_FAINT, linewidth=2, zorder=1)
        axes.barh(place, high - low, left=low, height=0.4, color=_COLORS[0], zorder=2)
        color = "white" if low < high else _COLORS[0]  # within the bar, or where there is none
        axes.plot((mid, mid), (place - 0.2, place + 0.2), color=color, linewidth=2.5, zorder=3)
        axes.text(-0.015, place, row.words[0], ha="right", va="center")
        axes.text(1.015, place, row.words[1], ha="left", va="center")
        axes.text(0, place - 0.3, chart.rows[place], va="bottom", weight="bold")
    axes.set_xlim(0, 1)
    axes.set_ylim(len(chart.rows) - 0.6, -0.8)
    axes.set_axis_off()


def _rows_on_the_left(axes: Any, rows: tuple[str, ...]) -> None:
    axes.set_yticks(range(len(rows)), rows)
    axes.tick_params(length=0)
    axes.set_xticks([])
    axes.invert_yaxis()
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)


def _draw_field(figure: Any, axes: Any, chart: Heatmap) -> None:
    import numpy as np

    values = np.array(chart.values, dtype=float)  # None becomes NaN, which is left white
    shown = axes.imshow(values, cmap="viridis", aspect="auto", interpolation="nearest")
    axes.set_xlabel(chart.columns)
    axes.set_ylabel(chart.rows_name)
    axes.set_xticks([])
    axes.set_yticks([])
    bar = figure.colorbar(shown, ax=axes, label=chart.units)
    bar.outline.set_visible(False)
