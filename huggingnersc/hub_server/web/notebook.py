"""A Jupyter notebook -> cells to read: nothing in it runs, nothing is loaded from elsewhere."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from markupsafe import Markup, escape

from huggingnersc.hub_server.web.highlight import highlight_block, language_of_fence
from huggingnersc.hub_server.web.markdown import render_markdown
from huggingnersc.hub_server.web.sanitize import clean_html

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from huggingnersc.hub_server.web.markdown import Origin

CELL_LIMIT = 200
OUTPUT_LIMIT = 20
TEXT_LIMIT = 64 * 1024
"""At most so many cells, outputs of a cell, and characters of one text are shown."""

_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
_SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF")


@dataclass(frozen=True, slots=True)
class Output:
    """One output of a cell: `html` is safe; `picture` is the output's number when it is one."""

    html: Markup
    picture: int | None = None
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text as safe HTML, and what it gave when it last ran."""

    kind: Literal["text", "code", "raw"]
    html: Markup
    number: int
    count: str = ""
    outputs: tuple[Output, ...] = ()


@dataclass(frozen=True, slots=True)
class Notebook:
    """The cells shown, how many more there are, and the language of the code."""

    cells: tuple[Cell, ...]
    left_out: int
    language: str


def read_notebook(data: bytes, origin: Origin) -> Notebook | None:
    """Read a notebook of format 4; `None` when `data` is anything else."""
    document = _document(data)
    if document is None:
        return None
    language = _language(document)
    cells = _dicts(document.get("cells"))
    shown = tuple(_cell(n, cell, origin, language) for n, cell in enumerate(cells[:CELL_LIMIT]))
    return Notebook(shown, max(0, len(cells) - CELL_LIMIT), language)


def notebook_picture(data: bytes, *, cell: int, output: int) -> tuple[str, bytes] | None:
    """Return media type and the bytes of a picture in a notebook; `None` when there is none."""
    document = _document(data)
    cells = _dicts(document.get("cells")) if document else []
    outputs = _dicts(cells[cell].get("outputs")) if 0 <= cell < len(cells) else []
    bundle = _dict(outputs[output].get("data")) if 0 <= output < len(outputs) else {}
    kind = next((kind for kind in _PICTURES if kind in bundle), None)
    if kind is None:
        return None
    try:
        picture = base64.b64decode(_text(bundle[kind]).encode("ascii", "ignore"))
    except binascii.Error:
        return None
    return (kind, picture) if picture.startswith(_SIGNATURES) else None


def _document(data: bytes) -> dict[str, object] | None:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return None
    is_format_4 = isinstance(document, dict) and document.get("nbformat") == 4
    return document if is_format_4 else None


def _language(document: Mapping[str, object]) -> str:
    metadata = _dict(document.get("metadata"))
    named = _dict(metadata.get("language_info")).get("name")
    named = named or _dict(metadata.get("kernelspec")).get("language") or "python"
    return language_of_fence(str(named))


def _cell(number: int, cell: Mapping[str, object], origin: Origin, language: str) -> Cell:
    source = _text(cell.get("source"))[:TEXT_LIMIT]
    if cell.get("cell_type") == "markdown":
        return Cell("text", render_markdown(source, origin), number)
    if cell.get("cell_type") != "code":
        return Cell("raw", escape(source), number)
    count = cell.get("execution_count")
    outputs = tuple(_outputs(_dicts(cell.get("outputs")), origin))
    shown = str(count) if isinstance(count, int) else ""
    return Cell("code", highlight_block(source, language), number, shown, outputs)


def _outputs(outputs: list[dict[str, object]], origin: Origin) -> Iterator[Output]:
    for place, output in enumerate(outputs[:OUTPUT_LIMIT]):
        if output.get("output_type") == "stream":
            yield Output(_plain(output.get("text")), is_error=output.get("name") == "stderr")
        elif output.get("output_type") == "error":
            trace = output.get("traceback")
            lines = trace if isinstance(trace, list) else [output.get("evalue")]
            yield Output(_plain("\n".join(map(str, lines))), is_error=True)
        else:
            yield _rich_output(place, _dict(output.get("data")), origin)
    if len(outputs) > OUTPUT_LIMIT:
        yield Output(_plain(f"… and {len(outputs) - OUTPUT_LIMIT} more outputs"))


def _rich_output(place: int, data: Mapping[str, object], origin: Origin) -> Output:
    if any(kind in data for kind in _PICTURES):
        return Output(escape(_text(data.get("text/plain"))[:200]), picture=place)
    html = _text(data.get("text/html"))
    if html and len(html) <= TEXT_LIMIT:
        cleaned = clean_html(html, origin.rewrite)
        return Output(Markup('<div class="table-frame">{}</div>').format(cleaned))
    if "text/markdown" in data:
        return Output(render_markdown(_text(data["text/markdown"])[:TEXT_LIMIT], origin))
    return Output(_plain(data.get("text/plain") or f"({', '.join(sorted(data)[:5])})"))


def _plain(value: object) -> Markup:
    text = _ANSI.sub("", _text(value))
    cut = "\n…" if len(text) > TEXT_LIMIT else ""
    return Markup("<pre>{}</pre>").format(text[:TEXT_LIMIT] + cut)


def _text(value: object) -> str:
    parts = value if isinstance(value, list) else [value]
    return "".join(part for part in parts if isinstance(part, str))


def _dict(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _dicts(value: object) -> list[dict[str, object]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
