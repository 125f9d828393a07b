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
from huggingnersc.hub_server.web.slugs import Slugs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from huggingnersc.hub_server.web.markdown import Origin

CELL_LIMIT = 200
OUTPUT_LIMIT = 20
TEXT_LIMIT = 64 * 1024
"""At most so many cells, outputs of a cell, and characters of one text are shown."""

RENDERED_LIMIT = 128 * 1024
SHOWN_LIMIT = 2 * 1024 * 1024
"""Of one notebook so many characters are rendered or highlighted, and so many shown at all."""

# A browser breaks lines after a minus; of a number or a date that leaves two others.
_NUMBER_CELL = re.compile(r"<td>([-+0-9.,:eE/%]{1,40})</td>")
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
    cells, reader = _dicts(document.get("cells")), _Reader(origin, language)
    shown = []
    for number, cell in enumerate(cells[:CELL_LIMIT]):
        if reader.shown > SHOWN_LIMIT:
            break
        shown.append(reader.cell(number, cell))
    return Notebook(tuple(shown), len(cells) - len(shown), language)


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


class _Reader:
    """Reads cells, and counts what they cost: `shown` characters, `rendered` of them."""

    def __init__(self, origin: Origin, language: str) -> None:
        self.shown = 0
        self.rendered = 0
        self._origin = origin
        self._slugs = Slugs()
        self._language = language

    def cell(self, number: int, cell: Mapping[str, object]) -> Cell:
        """Return one cell, its texts cut and, past `RENDERED_LIMIT`, as their source."""
        source = self._counted(cell.get("source"))
        if cell.get("cell_type") == "markdown":
            return Cell("text", self._markdown(source), number)
        if cell.get("cell_type") != "code":
            return Cell("raw", escape(source), number)
        code = highlight_block(source, self._language if self._renders(source) else "")
        count = cell.get("execution_count")
        outputs = tuple(self._outputs(_dicts(cell.get("outputs"))))
        return Cell("code", code, number, str(count) if isinstance(count, int) else "", outputs)

    def _outputs(self, outputs: list[dict[str, object]]) -> Iterator[Output]:
        for place, output in enumerate(outputs[:OUTPUT_LIMIT]):
            if output.get("output_type") == "stream":
                is_error = output.get("name") == "stderr"
                yield Output(self._plain(output.get("text")), is_error=is_error)
            elif output.get("output_type") == "error":
                trace = output.get("traceback")
                lines = trace if isinstance(trace, list) else [output.get("evalue")]
                yield Output(self._plain("\n".join(map(str, lines))), is_error=True)
            else:
                yield self._rich(place, _dict(output.get("data")))
        if len(outputs) > OUTPUT_LIMIT:
            yield Output(self._plain(f"… and {len(outputs) - OUTPUT_LIMIT} more outputs"))

    def _rich(self, place: int, data: Mapping[str, object]) -> Output:
        if any(kind in data for kind in _PICTURES):
            return Output(escape(_text(data.get("text/plain"))[:200]), picture=place)
        html = _text(data.get("text/html"))
        if 0 < len(html) <= TEXT_LIMIT and self._renders(html):
            cleaned = str(clean_html(self._counted(html), self._origin.rewrite))
            cleaned = _NUMBER_CELL.sub(r'<td class="one-line">\1</td>', cleaned)
            return Output(Markup(f'<div class="table-frame">{cleaned}</div>'))  # noqa: S704 - clean
        if "text/markdown" in data:
            return Output(self._markdown(self._counted(data["text/markdown"])))
        return Output(self._plain(data.get("text/plain") or f"({', '.join(sorted(data)[:5])})"))

    def _markdown(self, text: str) -> Markup:
        if not self._renders(text):
            return _pre(text)
        return render_markdown(text, self._origin, slugs=self._slugs)

    def _plain(self, value: object) -> Markup:
        text = _ANSI.sub("", self._counted(value))
        return _pre(text + ("\n…" if len(_text(value)) > TEXT_LIMIT else ""))

    def _counted(self, value: object) -> str:
        text = _text(value)[:TEXT_LIMIT]
        self.shown += len(text)
        return text

    def _renders(self, text: str) -> bool:
        self.rendered += len(text)
        return self.rendered <= RENDERED_LIMIT


def _pre(text: str) -> Markup:
    return Markup("<pre>{}</pre>").format(text)


def _text(value: object) -> str:
    parts = value if isinstance(value, list) else [value]
    text = "".join(part for part in parts if isinstance(part, str))
    return text.encode(errors="replace").decode()  # JSON may hold half of a surrogate pair


def _dict(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _dicts(value: object) -> list[dict[str, object]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
