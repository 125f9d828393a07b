"""Check the front matter of a card before it is committed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse

from huggingnersc.hub_server.context import text_of
from huggingnersc.hub_server.json_shapes import answer
from huggingnersc.hub_server.protocol.card_check import check_card
from huggingnersc.hub_server.routing import Route

if TYPE_CHECKING:
    from starlette.responses import Response

    from huggingnersc.hub_server.context import RequestContext


def validate(context: RequestContext) -> Response:
    """`POST /api/validate-yaml`: 400 with errors, 200 with at most warnings."""
    report = check_card(text_of(context.json(), "content"))
    status = 400 if report.errors else 200
    if context.request.headers.get("accept", "").startswith("text/plain"):
        lines = [f"- Error: {text}" for text in report.errors]
        lines += [f"- Warning: {text}" for text in report.warnings]
        return PlainTextResponse("\n".join(lines), status)
    return answer(
        {
            "errors": [{"message": text} for text in report.errors],
            "warnings": [{"message": text} for text in report.warnings],
        },
        status,
    )


ROUTES = (Route("POST", "/api/validate-yaml", validate),)
