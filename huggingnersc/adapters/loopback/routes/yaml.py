"""Check the front matter of a card before it is committed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse

from huggingnersc.adapters.loopback.call import text_of
from huggingnersc.adapters.loopback.rendering import answer
from huggingnersc.adapters.loopback.routing import Route
from huggingnersc.domain.hub.card_check import check_card

if TYPE_CHECKING:
    from starlette.responses import Response

    from huggingnersc.adapters.loopback.call import Call


def validate(call: Call) -> Response:
    """`POST /api/validate-yaml`: 400 with errors, 200 with at most warnings."""
    report = check_card(text_of(call.json(), "content"))
    status = 400 if report.errors else 200
    if call.request.headers.get("accept", "").startswith("text/plain"):
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
